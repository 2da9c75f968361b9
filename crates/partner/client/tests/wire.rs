//! The client against a small platform that answers by a script.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may stop")]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use ambient::{Clock, Entropy};
use client::{Client, Config, Credentials, Exchange, Exchanged, Outcome, Reason};
use protocol::jose::{IdClaims, SigningAlgorithm, SigningKey, generate};
use protocol::{AppId, Origin, PrincipalType, Timestamp};
use secrecy::{ExposeSecret, SecretString};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use uuid::Uuid;

const NOW: i64 = 1_795_000_000;
const COMPANY: Uuid = Uuid::from_u128(0xc0);
const APP: AppId = AppId::from_uuid(Uuid::from_u128(0xa));

/// Answers of one server, in order: status and body, or `None` to hang up without a word.
type Script = Vec<Option<(u16, String)>>;

struct Server {
    origin: Origin,
    /// First line and body of each request.
    seen: Arc<Mutex<Vec<(String, String)>>>,
    script: Arc<Mutex<Script>>,
}

impl Server {
    async fn start() -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let seen = Arc::new(Mutex::new(Vec::new()));
        let script: Arc<Mutex<Script>> = Arc::default();
        let (log, answers) = (seen.clone(), script.clone());
        tokio::spawn(async move {
            loop {
                let (mut socket, _) = listener.accept().await.unwrap();
                let request = read(&mut socket).await;
                log.lock().unwrap().push(request);
                let next = answers.lock().unwrap().remove(0);
                let Some((status, body)) = next else { continue };
                let answer = format!(
                    "HTTP/1.1 {status} X\r\ncontent-type: application/json\r\nconcur-correlationid: theirs\r\n\
                     content-length: {}\r\nconnection: close\r\n\r\n{body}",
                    body.len()
                );
                socket.write_all(answer.as_bytes()).await.unwrap();
            }
        });
        Server {
            origin: origin.parse().unwrap(),
            seen,
            script,
        }
    }

    fn then(&self, status: u16, body: impl Into<String>) -> &Server {
        self.script
            .lock()
            .unwrap()
            .push(Some((status, body.into())));
        self
    }

    fn then_hangs_up(&self) -> &Server {
        self.script.lock().unwrap().push(None);
        self
    }

    fn requests(&self) -> Vec<String> {
        let seen = self.seen.lock().unwrap();
        seen.iter().map(|(line, _)| line.clone()).collect()
    }

    fn bodies(&self) -> Vec<String> {
        let seen = self.seen.lock().unwrap();
        seen.iter().map(|(_, body)| body.clone()).collect()
    }
}

async fn read(socket: &mut tokio::net::TcpStream) -> (String, String) {
    let mut text = String::new();
    loop {
        let mut buffer = [0; 4096];
        let length = socket.read(&mut buffer).await.unwrap();
        text.push_str(std::str::from_utf8(&buffer[..length]).unwrap());
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let wanted = head
                .lines()
                .find_map(|line| {
                    line.to_ascii_lowercase()
                        .strip_prefix("content-length: ")?
                        .parse()
                        .ok()
                })
                .unwrap_or(0);
            if body.len() >= wanted || length == 0 {
                return (head.lines().next().unwrap().to_owned(), body.to_owned());
            }
        }
    }
}

struct Stage {
    zone: Server,
    center: Server,
    key: SigningKey,
    client: Client,
}

impl Stage {
    async fn set() -> Stage {
        let (zone, center) = (Server::start().await, Server::start().await);
        let config = Config {
            landing_zone: zone.origin.clone(),
            data_centers: vec![center.origin.clone()],
            timeout: Duration::from_secs(5),
        };
        let clock = Clock::starting_at(Timestamp::from_seconds(NOW));
        Stage {
            client: Client::new(config, clock, Entropy::seeded(1)).unwrap(),
            key: signing_key(),
            zone,
            center,
        }
    }

    fn tokens_for(&self, subject: Uuid) -> String {
        let claims = IdClaims {
            iss: self.center.origin.clone(),
            sub: subject,
            aud: APP.to_string(),
            principal_type: PrincipalType::Company,
            version: 2,
            at_hash: None,
            nonce: None,
            auth_time: None,
            iat: NOW,
            nbf: NOW,
            exp: NOW + 3_600,
        };
        serde_json::json!({
            "expires_in": 3600, "scope": "openid", "token_type": "Bearer", "access_token": "access",
            "refresh_token": "refresh", "refresh_expires_in": NOW + 15_552_000,
            "id_token": self.key.sign(&claims).unwrap(), "geolocation": format!("{}/", self.center.origin),
        })
        .to_string()
    }

    fn keys(&self) -> String {
        serde_json::json!({ "keys": [self.key.public()] }).to_string()
    }

    fn elsewhere(&self, geolocation: &str) -> String {
        serde_json::json!({ "code": 16, "error": "invalid_request",
            "error_description": "user lives elsewhere", "geolocation": geolocation })
        .to_string()
    }

    async fn exchange(&self) -> Outcome<Exchanged> {
        let credentials = Credentials {
            client_id: APP,
            client_secret: "app secret".into(),
        };
        let request_token: SecretString = "at-token".into();
        let exchange = Exchange {
            credentials: &credentials,
            kind: PrincipalType::Company,
            id: COMPANY,
            request_token: &request_token,
        };
        self.client.exchange(exchange).await
    }
}

#[tokio::test]
async fn code_16_is_followed_and_the_id_token_is_checked() {
    let stage = Stage::set().await;
    stage
        .zone
        .then(400, stage.elsewhere(stage.center.origin.as_str()));
    stage
        .center
        .then(200, stage.tokens_for(COMPANY))
        .then(200, stage.keys());
    let outcome = stage.exchange().await;
    let exchanged = outcome.result.ok().unwrap();
    assert_eq!(exchanged.tokens.geolocation, stage.center.origin);
    assert_eq!(exchanged.refresh_token.expose_secret(), "refresh");
    let logged: Vec<_> = outcome
        .calls
        .iter()
        .map(|call| (call.what, call.status, call.code))
        .collect();
    assert_eq!(
        logged,
        [
            ("POST /oauth2/v0/token", Some(400), Some(16)),
            ("POST /oauth2/v0/token", Some(200), None),
            ("GET /oauth2/v0/jwks", Some(200), None),
        ]
    );
    assert_eq!(outcome.calls[0].correlation_id, "theirs");
    // Credentials and token go in the body, the same one each time (CF-22).
    assert_eq!(stage.zone.bodies()[0], stage.center.bodies()[0]);
    assert!(
        stage.zone.bodies()[0].contains("credtype=authtoken&")
            || stage.zone.bodies()[0].ends_with("credtype=authtoken")
    );
    assert_eq!(stage.zone.requests(), ["POST /oauth2/v0/token HTTP/1.1"]);
}

#[tokio::test]
async fn a_data_centre_outside_the_allow_list_gets_nothing() {
    let stage = Stage::set().await;
    let stranger = Server::start().await;
    stage
        .zone
        .then(400, stage.elsewhere(stranger.origin.as_str()));
    let refusal = stage.exchange().await.result.err().unwrap();
    assert_eq!(refusal.reason, Reason::ElsewhereNotAllowed);
    assert!(stranger.requests().is_empty());
}

#[tokio::test]
async fn s49_being_sent_in_circles_asks_no_place_twice() {
    let stage = Stage::set().await;
    let there = stage.elsewhere(stage.center.origin.as_str());
    let back = stage.elsewhere(stage.zone.origin.as_str());
    stage.zone.then(400, there);
    stage.center.then(400, back);
    let refusal = stage.exchange().await.result.err().unwrap();
    assert_eq!(refusal.code, Some(16));
    assert_eq!(stage.zone.requests().len(), 1);
    assert_eq!(stage.center.requests().len(), 1);
}

#[tokio::test]
async fn a_cut_connection_and_maintenance_are_tried_again_with_the_same_token() {
    let stage = Stage::set().await;
    stage.zone.then_hangs_up();
    stage.zone.then(
        400,
        r#"{"code":134,"error":"invalid_request","error_description":"maintenance"}"#,
    );
    stage.zone.then(200, stage.tokens_for(COMPANY));
    stage.center.then(200, stage.keys());
    let outcome = stage.exchange().await;
    assert!(outcome.result.is_ok());
    let bodies = stage.zone.bodies();
    assert!(bodies.len() == 3 && bodies.iter().all(|body| *body == bodies[0]));
    assert_eq!(outcome.calls[0].status, None);
}

#[tokio::test]
async fn a_definite_refusal_is_not_repeated() {
    let stage = Stage::set().await;
    stage.zone.then(400, r#"{"code":5,"error":"invalid_grant","error_description":"Incorrect credentials. Please Retry"}"#);
    let refusal = stage.exchange().await.result.err().unwrap();
    assert_eq!(
        (refusal.reason, refusal.code),
        (Reason::LinkExpired, Some(5))
    );
    assert_eq!(stage.zone.requests().len(), 1);
}

#[tokio::test]
async fn tokens_of_somebody_else_are_revoked_and_refused() {
    let stage = Stage::set().await;
    stage
        .zone
        .then(200, stage.tokens_for(Uuid::from_u128(0xbad)));
    stage.center.then(200, stage.keys()).then(200, "");
    let refusal = stage.exchange().await.result.err().unwrap();
    assert_eq!(refusal.reason, Reason::NotBelieved);
    assert_eq!(
        stage.center.requests(),
        [
            "GET /oauth2/v0/jwks HTTP/1.1",
            "DELETE /app-mgmt/v0/connections HTTP/1.1"
        ]
    );
}

#[tokio::test]
async fn an_id_token_signed_by_another_key_is_refused() {
    let stage = Stage::set().await;
    let other = signing_key();
    stage.zone.then(200, stage.tokens_for(COMPANY));
    let keys = serde_json::json!({ "keys": [other.public()] }).to_string();
    stage.center.then(200, keys).then(200, "");
    let refusal = stage.exchange().await.result.err().unwrap();
    assert_eq!(refusal.reason, Reason::NotBelieved);
}

#[tokio::test]
async fn without_an_id_token_the_profile_says_whose_it_is() {
    let stage = Stage::set().await;
    let mut answer: serde_json::Value = serde_json::from_str(&stage.tokens_for(COMPANY)).unwrap();
    answer.as_object_mut().unwrap().remove("id_token");
    stage.zone.then(200, answer.to_string());
    stage
        .center
        .then(200, format!(r#"{{"id":"{COMPANY}","name":"Brackwater"}}"#));
    assert!(stage.exchange().await.result.is_ok());
}

#[tokio::test]
async fn a_request_never_leaves_for_a_geolocation_that_is_not_allowed() {
    let stage = Stage::set().await;
    let stranger: Origin = "http://127.0.0.1:9".parse().unwrap();
    let outcome = stage.client.profile(&stranger, &"access".into()).await;
    assert_eq!(
        outcome.result.err().unwrap().reason,
        Reason::ElsewhereNotAllowed
    );
    assert!(outcome.calls.is_empty());
}

#[tokio::test]
async fn an_exchange_can_run_on_its_own() {
    let stage = Stage::set().await;
    stage.zone.then(
        400,
        r#"{"code":136,"error":"invalid_request","error_description":"x"}"#,
    );
    let refusal = tokio::spawn(async move { stage.exchange().await.result.err().unwrap() });
    assert_eq!(refusal.await.unwrap().reason, Reason::WrongApp);
}

fn signing_key() -> SigningKey {
    let algorithm = SigningAlgorithm::Rs256;
    SigningKey::from_pkcs8("k", algorithm, &generate(algorithm).unwrap()).unwrap()
}
