//! The broker, served on a port, in front of a platform on another.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use ambient::{Clock, Entropy};
use axum::body::Bytes;
use axum::extract::State as Context;
use axum::response::{IntoResponse, Response};
use broker::State;
use client::{Client, Config, Credentials, Exchanged, Tokens};
use db::Db;
use http::{HeaderMap, Method, StatusCode, Uri};
use protocol::{AppId, Origin, PrincipalType, Timestamp, TokenHash};
use secrecy::ExposeSecret;
use serde_json::Value;
use test_database::TestDatabase;
use tokio::task::JoinSet;
use uuid::Uuid;
use vault::{Broker, Established, LinkedTo, NewAccount, NewFlow, Vault};

pub const APP: AppId = AppId::from_uuid(Uuid::from_u128(0xa));
pub const OTHER_APP: AppId = AppId::from_uuid(Uuid::from_u128(0xb));
pub const COMPANY: Uuid = Uuid::from_u128(0xc0);

/// A call that reached the platform's APIs.
pub struct Seen {
    pub method: Method,
    pub uri: Uri,
    pub headers: HeaderMap,
    pub body: Bytes,
}

#[derive(Clone, Default)]
pub struct Platform {
    pub seen: Arc<Mutex<Vec<Seen>>>,
    pub refreshes: Arc<Mutex<usize>>,
    /// The access token that the APIs accept; all of them while it is empty.
    pub accepts: Arc<Mutex<String>>,
    pub geolocation: Arc<Mutex<String>>,
    pub is_down: Arc<Mutex<bool>>,
    /// Refuses every refresh token with 108.
    pub knows_no_token: Arc<Mutex<bool>>,
}

async fn answer(
    Context(platform): Context<Platform>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    if *platform.is_down.lock().unwrap() {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    if uri.path() == "/oauth2/v0/token" && *platform.knows_no_token.lock().unwrap() {
        let refused = serde_json::json!({ "code": 108, "error": "x", "error_description": "x" });
        return (StatusCode::BAD_REQUEST, axum::Json(refused)).into_response();
    }
    if uri.path() == "/oauth2/v0/token" {
        let number = {
            let mut refreshes = platform.refreshes.lock().unwrap();
            *refreshes += 1;
            *refreshes
        };
        return axum::Json(serde_json::json!({
            "expires_in": 3600, "access_token": format!("access-{number}"),
            "refresh_token": "r1", "geolocation": *platform.geolocation.lock().unwrap(),
        }))
        .into_response();
    }
    let accepts = platform.accepts.lock().unwrap().clone();
    let shown = headers["authorization"].to_str().unwrap().to_owned();
    platform.seen.lock().unwrap().push(Seen {
        method,
        uri: uri.clone(),
        headers,
        body,
    });
    if !accepts.is_empty() && shown != format!("Bearer {accepts}") {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    match uri.path() {
        "/api/classic" => (
            StatusCode::BAD_REQUEST,
            [("content-type", "application/xml"), ("set-cookie", "a=b")],
            "<Error/>",
        )
            .into_response(),
        "/api/elsewhere" => (
            StatusCode::FOUND,
            [("location", "https://elsewhere.example/")],
        )
            .into_response(),
        _ => ([("x-api-warn", "sunset")], "passed").into_response(),
    }
}

/// A process of the broker: a vault of its own in front of the database, served on a port, which hears
/// what ends.
pub struct Node {
    pub broker: Broker,
    pub url: String,
    _jobs: JoinSet<()>,
}

impl Node {
    async fn start(db: Db, clock: &Clock, platform: &Origin) -> Node {
        let entropy = Entropy::System;
        let vault = Vault::open(db, &[7; 32], clock.clone(), entropy.clone());
        let vault = vault.await.unwrap();
        let config = Config {
            landing_zone: platform.clone(),
            data_centers: vec![platform.clone()],
            timeout: Duration::from_secs(20),
        };
        let client = Client::new(config, clock.clone(), entropy.clone()).unwrap();
        let credentials = Credentials {
            client_id: APP,
            client_secret: "s".into(),
        };
        let broker = Broker::new(vault.clone(), client.repeating(0), vec![credentials]);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let state = State {
            broker: broker.clone(),
            clock: clock.clone(),
        };
        let site = broker::site(state, url.parse().unwrap(), entropy);
        let mut jobs = JoinSet::new();
        jobs.spawn(async move { axum::serve(listener, site).await.unwrap() });
        jobs.spawn(vault.remember());
        Node {
            broker,
            url,
            _jobs: jobs,
        }
    }
}

pub struct Stage {
    pub node: Node,
    pub vault: Vault,
    pub clock: Clock,
    pub platform: Platform,
    pub url: String,
    pub key: String,
    pub http: reqwest::Client,
    pub database: TestDatabase,
    origin: Origin,
}

impl Stage {
    pub async fn set() -> Stage {
        let platform = Platform::default();
        let router = axum::Router::new()
            .fallback(answer)
            .with_state(platform.clone());
        let origin = served(router).await;
        *platform.geolocation.lock().unwrap() = origin.to_string();
        let clock = Clock::starting_at(Timestamp::from_seconds(1_795_000_000));
        let database = TestDatabase::migrated(vault::MIGRATIONS).await;
        let node = Node::start(database.open(), &clock, &origin).await;
        let vault = node.broker.vault().clone();
        let key = vault.issue_api_key(APP, "erp", "test").await.unwrap().key;
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()
            .unwrap();
        let stage = Stage {
            vault,
            clock,
            platform,
            url: node.url.clone(),
            key: key.expose_secret().to_owned(),
            http,
            database,
            origin,
            node,
        };
        stage.connect().await;
        stage
    }

    /// Another process, which reaches the database so.
    pub async fn another(&self, db: Db) -> Node {
        Node::start(db, &self.clock, &self.origin).await
    }

    /// Connects the company, for the first time or again. Gives the connection's id.
    pub async fn connect(&self) -> Uuid {
        connect(&self.vault, &self.origin, &self.clock).await
    }

    pub fn ask(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let url = format!("{}/v1/apps/{APP}/connections{path}", self.url);
        self.http.request(method, url).bearer_auth(&self.key)
    }

    pub async fn json(&self, path: &str) -> (u16, Value) {
        let answer = self.ask(Method::GET, path).send().await.unwrap();
        let status = answer.status().as_u16();
        (
            status,
            serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap(),
        )
    }

    pub fn seen(&self) -> Vec<Seen> {
        std::mem::take(&mut self.platform.seen.lock().unwrap())
    }
}

async fn served(router: axum::Router) -> Origin {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    origin.parse().unwrap()
}

async fn connect(vault: &Vault, geolocation: &Origin, clock: &Clock) -> Uuid {
    let cookie = TokenHash::of(&Entropy::System.uuid().to_string());
    let new = NewFlow {
        app: APP,
        principal: COMPANY,
        request_token: "at-token".into(),
        clicked_by: None,
        cookie,
        replaces: None,
    };
    vault.begin_flow(new).await.unwrap();
    let flow = vault.flow(cookie, APP).await.unwrap().unwrap();
    let exchanged = Exchanged {
        refresh_token: "r1".into(),
        tokens: Tokens {
            access_token: "first".into(),
            access_expires_at: clock.now(),
            refresh_token: None,
            refresh_expires_at: None,
            geolocation: geolocation.clone(),
            scope: "openid".into(),
            id_token: None,
        },
    };
    let account = NewAccount {
        email: "maren@brackwater.example".into(),
        name: "Maren Holloway".into(),
        company_name: "Brackwater".into(),
        password_hash: "x".into(),
        answers: None,
    };
    let new = Established {
        kind: PrincipalType::Company,
        exchanged: &exchanged,
        name: Some("Brackwater Instruments".into()),
        linked_to: LinkedTo::NewAccount(account),
        language: None,
        correlation_id: None,
    };
    vault.connect(&flow, new).await.unwrap()
}
