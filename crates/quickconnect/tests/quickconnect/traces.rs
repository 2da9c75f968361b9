//! Traces of a node that is served, as a collector receives them. In builds with the feature `otel`.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

use crate::deployment::Deployment;

/// Takes what is exported to it.
struct Collector {
    address: SocketAddr,
    received: Arc<Mutex<Vec<u8>>>,
}

impl Collector {
    async fn start() -> Collector {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let received = Arc::new(Mutex::new(Vec::new()));
        let into = received.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(take(stream, into.clone()));
            }
        });
        Collector { address, received }
    }

    /// Heads and bodies of all requests so far: names and values stand in OTLP's bytes as they are.
    fn received(&self) -> String {
        String::from_utf8_lossy(&self.received.lock().unwrap()).into_owned()
    }
}

async fn take(stream: TcpStream, into: Arc<Mutex<Vec<u8>>>) {
    let mut stream = BufReader::new(stream);
    loop {
        let (mut head, mut length) = (String::new(), 0);
        loop {
            let begun = head.len();
            if stream.read_line(&mut head).await.unwrap_or(0) == 0 {
                return;
            }
            let line = head[begun..].trim_end().to_ascii_lowercase();
            if let Some(value) = line.strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            }
            if line.is_empty() {
                break;
            }
        }
        let mut body = vec![0; length];
        if stream.read_exact(&mut body).await.is_err() {
            return;
        }
        into.lock()
            .unwrap()
            .extend([head.as_bytes(), &body].concat());
        let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";
        if stream.write_all(answer).await.is_err() {
            return;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_leave_spans_without_a_secret_and_the_last_ones_at_the_end() {
    let collector = Collector::start().await;
    let deployment = Deployment::on_a_file();
    deployment.configure(|text| {
        let endpoint = format!("http://{}/v1/traces", collector.address);
        let telemetry =
            format!("traces_endpoint = \"{endpoint}\"\nservice_name = \"quick-traced\"");
        format!("{text}\n[log]\nrequests = true\n\n[telemetry]\n{telemetry}\n")
    });
    let mut served = deployment.serve().await;
    let made = deployment.run(&[
        "app",
        "create",
        "--name",
        "Ledger",
        "--grant",
        "client_credentials",
        "--grant",
        "authorization_code",
        "--redirect-uri",
        "https://books.example/back",
        "--scope",
        "openid",
        "--json",
    ]);
    let said = String::from_utf8_lossy(&made.stderr);
    assert!(made.status.success(), "{said}");
    let app: Value = serde_json::from_slice(&made.stdout).unwrap();
    let text = |name: &str| app[name].as_str().unwrap().to_owned();
    let (client_id, client_secret) = (text("client_id"), text("client_secret"));

    let http = reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap();
    let url = |path: &str| format!("http://127.0.0.1:{}{path}", deployment.port);
    let form = [
        ("grant_type", "client_credentials"),
        ("client_id", &client_id),
        ("client_secret", &client_secret),
    ];
    let token = http
        .post(url("/oauth2/v0/token"))
        .header("host", "us2.api.example")
        .header("concur-correlationid", "the-token-s-request")
        .header("cookie", "session=hidden-cookie")
        .header("x-forwarded-for", "198.51.100.77")
        .form(&form);
    let answer: Value = token.send().await.unwrap().json().await.unwrap();
    let access_token = answer["access_token"].as_str().expect("a token");
    // Of which the log says whose it is.
    let query = format!(
        "client_id={client_id}&redirect_uri=https://books.example/back&response_type=hidden-type\
         &state=hidden-state"
    );
    let authorize = http
        .get(url(&format!("/oauth2/v0/authorize?{query}")))
        .header("host", "us2.api.example");
    assert!(authorize.send().await.unwrap().status().is_redirection());
    let nowhere = http
        .get(url("/hidden-path?password=hidden-query"))
        .header("host", "apps.example")
        .bearer_auth("hidden-bearer");
    assert_eq!(nowhere.send().await.unwrap().status(), 404);

    served.terminate();
    let ended = tokio::task::spawn_blocking(move || served.process.wait());
    let ended = tokio::time::timeout(Duration::from_secs(60), ended).await;
    assert!(ended.unwrap().unwrap().unwrap().success());

    let (received, log) = (collector.received(), deployment.log());
    for told in [
        "POST /v1/traces",
        "quick-traced",
        "POST /oauth2/v0/token",
        "the-token-s-request",
        "GET /oauth2/v0/authorize",
        "http.response.status_code",
        "app_center",
        "app.id",
        client_id.as_str(),
    ] {
        assert!(received.contains(told), "{told} in {received}\n{log}");
    }
    for secret in [
        client_secret.as_str(),
        access_token,
        "hidden-",
        "198.51.100.77",
        "client_secret",
        "books.example",
    ] {
        assert!(!received.contains(secret), "{secret} in {received}");
    }
    // The log is what it is without traces.
    for line in log.lines() {
        let line: Value = serde_json::from_str(line).expect("a line of JSON");
        assert!(line.get("span").is_none() && line.get("spans").is_none());
    }
    assert!(log.contains("the-token-s-request"), "{log}");
}
