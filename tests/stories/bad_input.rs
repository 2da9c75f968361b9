//! Bad input gets a clear protocol error, and nothing is written.

use testkit::{Answer, House};

async fn post(house: &House, query: &str, content_type: &str, body: String) -> Answer {
    let url = format!("{}/oauth2/v0/token{query}", house.center("glz"));
    let request = house
        .request("POST", &url)
        .header("content-type", content_type)
        .body(body);
    house.send(request).await
}

const FORM: &str = "application/x-www-form-urlencoded";

#[tokio::test(flavor = "multi_thread")]
async fn s04_malformed_requests_are_135_and_consume_nothing() {
    let house = House::start().await;
    let (company, app) = (house.company("Brackwater"), house.app("Meridian"));
    let connect = house.request_token(company, app).await;
    let good = format!(
        "client_id={}&client_secret={}&grant_type=password&username={}&password={}&credtype=authtoken",
        app.client_id, app.client_secret, connect.id, connect.request_token
    );
    let json = serde_json::json!({ "grant_type": "password" }).to_string();
    for (query, content_type, body) in [
        ("", FORM, format!("{good}&username={}", connect.id)),
        ("", FORM, format!("{good}&custom=1&custom=2")),
        ("", "application/json", json),
        ("", "multipart/form-data; boundary=x", good.clone()),
        ("", FORM, format!("{good}&x=%ff")),
        (
            &format!("?client_secret={}", app.client_secret),
            FORM,
            good.clone(),
        ),
        (&format!("?{good}"), FORM, String::new()),
        ("?grant_type=password", FORM, good.clone()),
    ] {
        let answer = post(&house, query, content_type, body).await;
        assert_eq!(
            (answer.status, answer.code()),
            (400, 135),
            "{query} {}",
            answer.body
        );
        assert!(!answer.body.contains(&app.client_secret));
    }
    for _ in 0..5 {
        assert_eq!(
            post(&house, "", FORM, good.clone()).await.status,
            200,
            "none was consumed"
        );
    }
}

/// PostgreSQL keeps no U+0000 in a text: that must not become a fault of the server.
#[tokio::test(flavor = "multi_thread")]
async fn the_character_zero_is_nobodys_name_and_no_failure() {
    let house = House::start_with(|settings| settings.user_password_grant = true).await;
    let app = house.app("Pedalpath");
    for grant in [
        "password&username=ada%00@example.com&password=x",
        "password&username=ada&password=%00",
        "refresh_token&refresh_token=%00",
    ] {
        let body = format!(
            "client_id={}&client_secret={}&grant_type={grant}",
            app.client_id, app.client_secret
        );
        let answer = post(&house, "", FORM, body).await;
        assert_eq!((answer.status, answer.code()), (400, 135), "{grant}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_over_64_kib_is_413_with_a_json_body() {
    let house = House::start().await;
    let large = format!("grant_type=password&padding={}", "x".repeat(64 * 1024));
    let answer = post(&house, "", FORM, large).await;
    assert_eq!((answer.status, answer.code()), (413, 135));
    for origin in [
        house.facts.app_center.as_str(),
        house.facts.partner.as_str(),
    ] {
        let request = house.request("POST", &format!("{origin}/sign-in"));
        let request = request
            .header("content-type", FORM)
            .body("x".repeat(70_000));
        assert_eq!(house.send(request).await.status, 413, "{origin}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chunked_body_over_the_limit_is_413_as_well() {
    use std::io::Write;
    let house = House::start().await;
    let address = house.facts.data_centers["glz"].authority().to_owned();
    let status = tokio::task::spawn_blocking(move || {
        let mut stream = std::net::TcpStream::connect(&address).unwrap();
        let head = format!(
            "POST /oauth2/v0/token HTTP/1.1\r\nHost: {address}\r\nContent-Type: {FORM}\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).unwrap();
        let chunk = format!("1000\r\n{}\r\n", "x".repeat(4096));
        for _ in 0..20 {
            if stream.write_all(chunk.as_bytes()).is_err() {
                break;
            }
        }
        let _ = stream.write_all(b"0\r\n\r\n");
        let mut answer = [0; 12];
        std::io::Read::read_exact(&mut stream, &mut answer).unwrap();
        String::from_utf8_lossy(&answer).into_owned()
    });
    assert_eq!(status.await.unwrap(), "HTTP/1.1 413");
}

#[tokio::test(flavor = "multi_thread")]
async fn unknown_addresses_and_methods_have_a_json_body_and_a_correlation_id() {
    let house = House::start().await;
    for (method, path, status) in [
        ("GET", "/oauth2/v0/token", 405),
        ("GET", "/nowhere", 404),
        ("PUT", "/profile/v1/me", 405),
    ] {
        let url = format!("{}{path}", house.center("us2"));
        let answer = house.send(house.request(method, &url)).await;
        assert_eq!(answer.status, status, "{method} {path}");
        assert_eq!(
            answer.text("concur-correlationid"),
            answer.header("concur-correlationid")
        );
    }
}
