//! What the broker answers to the partner's own programs.

use http::Method;
use protocol::{AppId, HOUR};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use uuid::Uuid;

use crate::stage::{APP, COMPANY, OTHER_APP, Stage};

#[tokio::test]
async fn a_token_lasts_as_long_as_it_is_asked_for_and_comes_from_memory() {
    let stage = Stage::set().await;
    let path = format!("/{COMPANY}/token");
    let (status, token) = stage.json(&path).await;
    assert_eq!((status, &token["access_token"]), (200, &"access-1".into()));
    assert_eq!(token["expires_in"], 3600);
    let geolocation = stage.platform.geolocation.lock().unwrap().clone();
    assert_eq!(token["geolocation"], geolocation);
    stage.clock.advance(HOUR / 2);
    let (_, same) = stage.json(&format!("{path}?min_minutes=30")).await;
    assert_eq!(same["access_token"], "access-1");
    let (_, longer) = stage.json(&format!("{path}?min_minutes=31")).await;
    assert_eq!(longer["access_token"], "access-2");
    for bad in ["0", "56", "x", "-1"] {
        let answer = stage.ask(Method::GET, &format!("{path}?min_minutes={bad}"));
        assert_eq!(answer.send().await.unwrap().status(), 400, "{bad}");
    }
    assert_eq!(stage.json(&format!("/{}/token", Uuid::nil())).await.0, 404);
    let used = stage.vault.usage_of(APP, COMPANY).await.unwrap();
    let tokens = used.iter().find(|used| used.kind == "token").unwrap();
    assert_eq!(tokens.number, 3);
}

#[tokio::test]
async fn a_key_opens_one_app_until_it_is_revoked() {
    let stage = Stage::set().await;
    let status = async |key: &str, app: AppId| {
        let url = format!("{}/v1/apps/{app}/connections", stage.url);
        let asked = stage.http.get(url).bearer_auth(key).send().await.unwrap();
        asked.status().as_u16()
    };
    assert_eq!(status(&stage.key, APP).await, 200);
    assert_eq!(status(&stage.key, OTHER_APP).await, 403);
    assert_eq!(status("qcb_0000", APP).await, 401);
    let without = stage
        .http
        .get(format!("{}/v1/apps/{APP}/connections", stage.url));
    assert_eq!(without.send().await.unwrap().status(), 401);
    let keys = stage.vault.api_keys(APP).await.unwrap();
    assert_eq!((keys.len(), keys[0].name.as_str()), (1, "erp"));
    assert!(keys[0].last_used_at.is_some());
    assert!(
        !stage
            .vault
            .revoke_api_key(OTHER_APP, keys[0].id)
            .await
            .unwrap()
    );
    assert!(stage.vault.revoke_api_key(APP, keys[0].id).await.unwrap());
    assert_eq!(status(&stage.key, APP).await, 401);
}

#[tokio::test]
async fn every_route_but_the_description_wants_a_key() {
    let stage = Stage::set().await;
    for endpoint in broker::routes().endpoints() {
        let path = endpoint
            .path
            .replace("{app}", &APP.to_string())
            .replace("{company}", &COMPANY.to_string())
            .replace("{*path}", "api/x");
        let url = format!("{}{path}", stage.url);
        let asked = stage.http.request(endpoint.method.clone(), url);
        let status = asked.send().await.unwrap().status();
        let expected = match endpoint.access {
            web::Access::Public => 200,
            _ => 401,
        };
        assert_eq!(status, expected, "{} {path}", endpoint.method);
    }
    assert!(stage.seen().is_empty());
    assert_eq!(*stage.platform.refreshes.lock().unwrap(), 0);
}

#[tokio::test]
async fn connections_are_listed_with_their_health() {
    let stage = Stage::set().await;
    let (_, listed) = stage.json("").await;
    let connection = &listed["connections"][0];
    assert_eq!(connection["company"], COMPANY.to_string());
    assert_eq!(connection["name"], "Brackwater Instruments");
    assert_eq!(connection["health"], "ok");
    assert!(listed["next_after"].is_null());
    assert!(!listed.to_string().contains("r1"));
    let (_, rest) = stage.json(&format!("?after={COMPANY}")).await;
    assert_eq!(rest["connections"], serde_json::json!([]));
}

#[tokio::test]
async fn a_call_goes_to_the_connections_data_center_with_its_token() {
    let stage = Stage::set().await;
    let path = format!("/{COMPANY}/proxy/api/v3.0/items?user=ALL&limit=5");
    let answer = stage
        .ask(Method::POST, &path)
        .header("cookie", "session=1")
        .header("x-mine", "1")
        .header("connection", "x-mine")
        .header("accept", "application/xml")
        .body("<x/>")
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.headers()["x-api-warn"], "sunset");
    assert_eq!(answer.text().await.unwrap(), "passed");
    let seen = stage.seen();
    let call = &seen[0];
    assert_eq!(call.method, Method::POST);
    assert_eq!(call.uri.to_string(), "/api/v3.0/items?user=ALL&limit=5");
    assert_eq!(&call.body[..], b"<x/>");
    assert_eq!(call.headers["authorization"], "Bearer access-1");
    assert_eq!(call.headers["accept"], "application/xml");
    assert!(call.headers.contains_key("concur-correlationid"));
    for name in ["cookie", "x-mine"] {
        assert!(!call.headers.contains_key(name), "{name}");
    }
    let connection = stage
        .vault
        .connection_of(APP, COMPANY)
        .await
        .unwrap()
        .unwrap();
    let calls = stage.vault.latest_calls(connection.id, 10).await.unwrap();
    assert_eq!(calls.len(), 2, "the refresh and the call");
}

#[tokio::test]
async fn a_refused_token_is_renewed_once_however_many_ask() {
    let stage = Stage::set().await;
    let path = format!("/{COMPANY}/proxy/api/x");
    let status = async |path: &str| stage.ask(Method::GET, path).send().await.unwrap().status();
    assert_eq!(status(&path).await, 200);
    *stage.platform.accepts.lock().unwrap() = "access-2".into();
    let asked = (0..8).map(|_| {
        let asked = stage.ask(Method::GET, &path);
        tokio::spawn(async move { asked.send().await.unwrap().status() })
    });
    for answer in asked.collect::<Vec<_>>() {
        assert_eq!(answer.await.unwrap(), 200);
    }
    assert_eq!(*stage.platform.refreshes.lock().unwrap(), 2);
    *stage.platform.accepts.lock().unwrap() = "none".into();
    assert_eq!(status(&path).await, 401, "the platform's own answer");
    assert_eq!(*stage.platform.refreshes.lock().unwrap(), 3);
}

#[tokio::test]
async fn answers_come_as_they_are_and_lead_nowhere_else() {
    let stage = Stage::set().await;
    let get = async |path: &str| {
        let path = format!("/{COMPANY}/proxy/{path}");
        stage.ask(Method::GET, &path).send().await.unwrap()
    };
    let classic = get("api/classic").await;
    assert_eq!(classic.status(), 400);
    assert_eq!(classic.headers()["content-type"], "application/xml");
    assert!(!classic.headers().contains_key("set-cookie"));
    assert_eq!(classic.text().await.unwrap(), "<Error/>");
    assert_eq!(get("api/elsewhere").await.status(), 302);
    stage.seen();
    for reserved in [
        "oauth2/v0/token",
        "app-mgmt/v0/connections",
        "OAUTH2/v0/token",
    ] {
        assert_eq!(get(reserved).await.status(), 403, "{reserved}");
    }
    // The platform sends the connection to a place outside the allow-list.
    *stage.platform.geolocation.lock().unwrap() = "http://127.0.0.2:9".into();
    stage.clock.advance(HOUR);
    assert_eq!(get("api/x").await.status(), 502);
    assert!(stage.seen().is_empty());
}

#[tokio::test]
async fn large_bodies_stream_and_have_a_limit() {
    let stage = Stage::set().await;
    let post = async |length: usize| {
        let path = format!("/{COMPANY}/proxy/api/upload");
        let asked = stage.ask(Method::POST, &path).body(vec![7_u8; length]);
        asked.send().await.unwrap().status().as_u16()
    };
    // The platform's stand-in takes two megabytes.
    assert_eq!(post(1024 * 1024).await, 200);
    let seen = stage.seen();
    assert_eq!(seen[0].body.len(), 1024 * 1024);
    assert_eq!(seen[0].headers["content-length"], "1048576");
    let announced = format!(
        "POST /v1/apps/{APP}/connections/{COMPANY}/proxy/api/upload HTTP/1.1\r\nhost: {}\r\n\
         authorization: Bearer {}\r\ncontent-length: {}\r\n\r\n",
        &stage.url["http://".len()..],
        stage.key,
        33 * 1024 * 1024
    );
    let mut socket = tokio::net::TcpStream::connect(&stage.url["http://".len()..])
        .await
        .unwrap();
    socket.write_all(announced.as_bytes()).await.unwrap();
    let mut status = [0; 12];
    socket.read_exact(&mut status).await.unwrap();
    assert_eq!(&status, b"HTTP/1.1 413");
    assert!(stage.seen().is_empty());
}

#[tokio::test]
async fn what_it_offers_is_described() {
    let stage = Stage::set().await;
    let asked = stage.http.get(format!("{}/openapi.json", stage.url));
    let document = asked.send().await.unwrap().text().await.unwrap();
    let document: Value = serde_json::from_str(&document).unwrap();
    assert_eq!(document["openapi"], "3.1.0");
}
