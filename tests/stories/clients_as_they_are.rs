//! What third-party clients need (reference §11.9), one statement after the other.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use protocol::DAY;
use reqwest::RequestBuilder;
use serde_json::Value;
use testkit::{Answer, House};

const FORM: &str = "application/x-www-form-urlencoded";

async fn connected(house: &House) -> Answer {
    let (company, app) = (house.company("Brackwater"), house.app("Meridian"));
    let connect = house.request_token(company, app).await;
    house.exchange(app, &connect).await
}

fn claims(jwt: &str) -> Value {
    let payload = jwt.split('.').nth(1).expect("a JWT has three parts");
    let payload = URL_SAFE_NO_PAD.decode(payload).expect("base64url");
    serde_json::from_slice(&payload).expect("claims")
}

#[tokio::test(flavor = "multi_thread")]
async fn numbers_are_numbers_and_the_expiry_is_an_instant() {
    let house = House::start().await;
    let app = house.app("Meridian");
    let granted = connected(&house).await;
    let refreshed = house
        .refresh("glz", app, &granted.text("refresh_token"))
        .await;
    for answer in [&granted, &refreshed] {
        let answer = answer.json();
        assert_eq!(answer["expires_in"], 3600);
        let expiry = answer["refresh_expires_in"].as_i64().unwrap();
        assert_eq!(expiry, (house.now() + 180 * DAY).as_seconds());
    }
    let own = house.app_token("us2", app).await.json();
    assert_eq!(own["expires_in"], 3600);
    assert!(own.get("refresh_token").is_none() && own.get("refresh_expires_in").is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_are_jwts_that_scripts_can_decode() {
    let house = House::start().await;
    let granted = connected(&house).await;
    let company = house.company("Brackwater").id.to_string();
    for name in ["access_token", "id_token"] {
        let claims = claims(&granted.text(name));
        assert_eq!(claims["sub"], company, "{name}");
        assert_eq!(claims["concur.type"], "company", "{name}");
        assert!(claims["exp"].as_i64() > claims["iat"].as_i64(), "{name}");
    }
    let at_hash = claims(&granted.text("id_token"))["at_hash"].clone();
    let half = URL_SAFE_NO_PAD.decode(at_hash.as_str().unwrap()).unwrap();
    assert_eq!(half.len(), 16, "the left half of a SHA-256, not hex");
}

/// What `application/x-www-form-urlencoded` makes of a text when it escapes all that it may.
fn escaped(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

/// A call at which a client authenticates, without its credentials.
fn call(house: &House, endpoint: &str, content_type: &str) -> RequestBuilder {
    let url = format!("{}/oauth2/v0/{endpoint}", house.center("glz"));
    house
        .request("POST", &url)
        .header("content-type", content_type)
}

fn fields(endpoint: &str) -> &'static str {
    match endpoint {
        "token" => "grant_type=client_credentials",
        _ => "token=x",
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn credentials_come_in_the_body_or_as_basic_escaped_or_not() {
    let house = House::start().await;
    let app = house.app("Meridian");
    let (id, secret) = (app.client_id.to_string(), &app.client_secret);
    for endpoint in ["token", "introspect", "revoke"] {
        for kind in [
            FORM.to_owned(),
            format!("{FORM};charset=utf-8"),
            format!("{FORM}; charset=UTF-8"),
            FORM.to_uppercase(),
        ] {
            let fields = fields(endpoint);
            let body = format!("{fields}&client_id={id}&client_secret={secret}");
            let in_body = house.send(call(&house, endpoint, &kind).body(body)).await;
            assert_eq!(in_body.status, 200, "{endpoint} {kind}: {}", in_body.body);
            for pair in [
                format!("{id}:{secret}"),
                format!("{}:{}", escaped(&id), escaped(secret)),
            ] {
                let basic = format!("Basic {}", STANDARD.encode(&pair));
                let request = call(&house, endpoint, &kind).header("authorization", basic);
                let as_basic = house.send(request.body(fields)).await;
                assert_eq!(as_basic.status, 200, "{endpoint} {pair}: {}", as_basic.body);
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn s14_secrets_with_signs_of_their_own_survive_basic_when_they_are_escaped() {
    let house = House::start().await;
    let app = house.app("Meridian");
    let secret = "50% + 1:ä&=";
    house.add_secret(app, secret, true).await;
    let pair = format!("{}:{}", app.client_id, escaped(secret));
    let basic = format!("Basic {}", STANDARD.encode(pair));
    let request = call(&house, "token", FORM).header("authorization", basic);
    let answer = house.send(request.body(fields("token"))).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn s04_before_any_grant_runs_the_request_is_read_whole_or_refused() {
    let house = House::start().await;
    let app = house.app("Meridian");
    let (id, secret) = (app.client_id.to_string(), &app.client_secret);
    for endpoint in ["token", "introspect", "revoke"] {
        let good = format!("{}&client_id={id}&client_secret={secret}", fields(endpoint));
        let large = format!("{good}&padding={}", "x".repeat(64 * 1024));
        for (query, kind, body, status) in [
            (format!("?client_secret={secret}"), FORM, good.clone(), 400),
            (format!("?client_id={id}"), FORM, good.clone(), 400),
            (String::new(), FORM, format!("{good}&client_id={id}"), 400),
            (String::new(), FORM, format!("{good}&x=1&x=2"), 400),
            (String::new(), FORM, format!("{good}&x=%00"), 400),
            (String::new(), "text/plain", good.clone(), 400),
            (String::new(), "application/json", "{}".to_owned(), 400),
            (String::new(), "", good.clone(), 400),
            (String::new(), FORM, large, 413),
        ] {
            let request = call(&house, &format!("{endpoint}{query}"), kind).body(body);
            let answer = house.send(request).await;
            let seen = (answer.status, answer.code());
            assert_eq!(seen, (status, 135), "{endpoint}{query} {kind:?}");
            assert!(!answer.body.contains(secret.as_str()));
        }
        let answer = house.send(call(&house, endpoint, FORM).body(good)).await;
        assert_eq!(answer.status, 200, "{endpoint}: {}", answer.body);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chunked_body_is_read_like_any_other() {
    use std::io::{Read, Write};
    let house = House::start().await;
    let address = house.facts.data_centers["glz"].authority().to_owned();
    let app = house.app("Meridian");
    let (id, secret) = (app.client_id, app.client_secret.clone());
    let body = format!("grant_type=client_credentials&client_id={id}&client_secret={secret}");
    let answer = tokio::task::spawn_blocking(move || {
        let (one, two) = body.split_at(20);
        let request = format!(
            "POST /oauth2/v0/token HTTP/1.1\r\nHost: {address}\r\nContent-Type: {FORM}\r\n\
             Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n\
             {:x}\r\n{one}\r\n{:x}\r\n{two}\r\n0\r\n\r\n",
            one.len(),
            two.len()
        );
        let mut stream = std::net::TcpStream::connect(&address).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    });
    let answer = answer.await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(answer.contains("access_token"), "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_port_speaks_http_1_1_and_http_2_with_prior_knowledge() {
    let house = House::start().await;
    let app = house.app("Meridian");
    let clients = [
        reqwest::Client::builder().no_proxy().http1_only(),
        reqwest::Client::builder()
            .no_proxy()
            .http2_prior_knowledge(),
    ];
    for (client, version) in clients
        .into_iter()
        .zip([reqwest::Version::HTTP_11, reqwest::Version::HTTP_2])
    {
        let request = client
            .build()
            .unwrap()
            .post(format!("{}/oauth2/v0/token", house.center("us2")))
            .basic_auth(app.client_id.to_string(), Some(&app.client_secret))
            .form(&[("grant_type", "client_credentials")]);
        let response = request.send().await.unwrap();
        assert_eq!(
            (response.version(), response.status().as_u16()),
            (version, 200)
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ending_a_connection_ignores_a_form_in_the_body() {
    let house = House::start().await;
    let token = connected(&house).await.text("access_token");
    let url = format!("{}/app-mgmt/v0/connections/", house.center("us2"));
    let request = house
        .request("DELETE", &url)
        .bearer_auth(&token)
        .form(&[("client_id", "x"), ("client_id", "y")]);
    let answer = house.send(request).await;
    assert_eq!((answer.status, answer.body.as_str()), (200, ""));
    let gone = house.get("us2", "/profile/v1/me", &token).await;
    assert_eq!(gone.status, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_route_answers_every_other_method_with_405_and_what_it_allows() {
    let house = House::start().await;
    let endpoints = node::api_endpoints();
    for endpoint in &endpoints {
        let path = endpoint.path.replace("{id}", "x").replace("{secret}", "x");
        let url = format!("{}{path}", house.center("us2"));
        let takes = |method: &str| {
            let mut all = endpoints.iter().filter(|other| other.path == endpoint.path);
            all.any(|other| other.method == method)
        };
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] {
            if takes(method) {
                continue;
            }
            let answer = house.send(house.request(method, &url)).await;
            assert_eq!(
                (answer.status, answer.code()),
                (405, 405),
                "{method} {path}"
            );
            let allowed = answer.header("allow");
            assert!(
                allowed.contains(endpoint.method.as_str()),
                "{path}: {allowed}"
            );
        }
        let head = house.send(house.request("HEAD", &url)).await;
        assert_eq!(head.body, "", "{path}");
        assert_eq!(head.status == 405, !takes("GET"), "{path} {}", head.status);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn unknown_addresses_are_404_with_a_json_body() {
    let house = House::start().await;
    for path in [
        "/",
        "/oauth2/v0",
        "/oauth2/v0/token/x",
        "/oauth2/v1/token",
        "/api",
        "/%00",
        "//",
    ] {
        for method in ["GET", "POST"] {
            let url = format!("{}{path}", house.center("eu2"));
            let answer = house.send(house.request(method, &url)).await;
            assert_eq!(
                (answer.status, answer.code()),
                (404, 404),
                "{method} {path}"
            );
            assert_eq!(answer.header("content-type"), "application/json");
        }
    }
}
