//! A platform that answers token requests by a script, and a vault in front of it.

#![allow(dead_code, reason = "each test file uses its part")]

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use ambient::{Clock, Entropy};
use client::{Client, Config, Credentials, Exchanged, Tokens};
use db::Db;
use protocol::{AppId, Form, Origin, PrincipalType, Timestamp, TokenHash};
use test_database::TestDatabase;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use uuid::Uuid;
use vault::{Broker, Established, Flow, LinkedTo, NewAccount, NewFlow, Vault};

pub const APP: AppId = AppId::from_uuid(Uuid::from_u128(0xa));
pub const COMPANY: Uuid = Uuid::from_u128(0xc0);
pub const KEY: [u8; 32] = [7; 32];

pub enum Answer {
    /// Tokens, with this refresh token.
    Tokens(&'static str),
    Refuse(u16),
    Status(u16),
    HangUp,
}

pub struct Stage {
    pub vault: Vault,
    pub broker: Broker,
    pub db: Db,
    pub clock: Clock,
    pub dir: tempfile::TempDir,
    pub database: TestDatabase,
    pub platform: Origin,
    script: Arc<Mutex<VecDeque<Answer>>>,
    presented: Arc<Mutex<Vec<String>>>,
}

impl Stage {
    pub async fn set() -> Stage {
        let dir = tempfile::tempdir().unwrap();
        let database = TestDatabase::migrated(vault::MIGRATIONS).await;
        let db = database.open();
        let clock = Clock::starting_at(Timestamp::from_seconds(1_795_000_000));
        let entropy = Entropy::seeded(3);
        let script = Arc::new(Mutex::new(VecDeque::new()));
        let presented = Arc::new(Mutex::new(Vec::new()));
        let platform = serve(script.clone(), presented.clone(), clock.clone()).await;
        let config = Config {
            landing_zone: platform.clone(),
            data_centers: vec![platform.clone()],
            timeout: Duration::from_secs(5),
        };
        let client = Client::new(config, clock.clone(), entropy.clone()).unwrap();
        let vault = Vault::open(db.clone(), &KEY, clock.clone(), entropy)
            .await
            .unwrap();
        let credentials = Credentials {
            client_id: APP,
            client_secret: "app secret".into(),
        };
        let broker = Broker::new(vault.clone(), client, vec![credentials]);
        Stage {
            vault,
            broker,
            db,
            clock,
            dir,
            database,
            platform,
            script,
            presented,
        }
    }

    /// A broker like this one, over another opening of the same vault.
    pub fn broker_of(&self, vault: Vault) -> Broker {
        let config = Config {
            landing_zone: self.platform.clone(),
            data_centers: vec![self.platform.clone()],
            timeout: Duration::from_secs(5),
        };
        let client = Client::new(config, self.clock.clone(), Entropy::seeded(8)).unwrap();
        let credentials = Credentials {
            client_id: APP,
            client_secret: "app secret".into(),
        };
        Broker::new(vault, client.repeating(0), vec![credentials])
    }

    pub fn then(&self, answer: Answer) -> &Stage {
        self.script.lock().unwrap().push_back(answer);
        self
    }

    /// The refresh tokens that were presented, and `DELETE` for revocations, since last asked.
    pub fn presented(&self) -> Vec<String> {
        std::mem::take(&mut self.presented.lock().unwrap())
    }

    pub async fn flow(&self, principal: Uuid) -> Flow {
        let cookie = TokenHash::of(&format!("cookie of {principal} {:?}", self.clock.now()));
        let new = NewFlow {
            app: APP,
            principal,
            request_token: "at-token".into(),
            clicked_by: None,
            cookie,
            replaces: None,
        };
        self.vault.begin_flow(new).await.unwrap();
        self.vault.flow(cookie, APP).await.unwrap().unwrap()
    }

    /// Connects a company with the refresh token `first`.
    pub async fn connect(&self, principal: Uuid, first: &str) -> Uuid {
        let account = NewAccount {
            email: format!("{principal}@example.com"),
            name: "Maren Holloway".into(),
            company_name: "Brackwater".into(),
            password_hash: "x".into(),
            answers: None,
        };
        self.connect_as(principal, first, LinkedTo::NewAccount(account))
            .await
    }

    pub async fn connect_as(&self, principal: Uuid, first: &str, linked_to: LinkedTo) -> Uuid {
        let flow = self.flow(principal).await;
        let exchanged = self.exchanged(first);
        let new = Established {
            kind: PrincipalType::Company,
            exchanged: &exchanged,
            name: Some("Brackwater Instruments".into()),
            linked_to,
            language: None,
            correlation_id: None,
        };
        self.vault.connect(&flow, new).await.unwrap()
    }

    pub fn exchanged(&self, refresh_token: &str) -> Exchanged {
        Exchanged {
            refresh_token: refresh_token.into(),
            tokens: Tokens {
                access_token: "first access".into(),
                access_expires_at: self.clock.now(),
                refresh_token: Some(refresh_token.into()),
                refresh_expires_at: None,
                geolocation: self.platform.clone(),
                scope: "openid".into(),
                id_token: None,
            },
        }
    }

    pub async fn state(&self, id: Uuid) -> vault::ConnectionState {
        self.vault.connection(id).await.unwrap().unwrap().state
    }

    pub async fn sql(&self, sql: &str) -> Vec<db::Row> {
        self.sql_with(sql, &[]).await
    }

    pub async fn sql_with(&self, sql: &str, values: &[db::Value]) -> Vec<db::Row> {
        let mut tx = self.db.write().await.unwrap();
        let rows = tx.query(sql, values).await.unwrap();
        tx.commit().await.unwrap();
        rows
    }
}

async fn serve(
    script: Arc<Mutex<VecDeque<Answer>>>,
    presented: Arc<Mutex<Vec<String>>>,
    clock: Clock,
) -> Origin {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin: Origin = format!("http://{}", listener.local_addr().unwrap())
        .parse()
        .unwrap();
    let geolocation = origin.clone();
    tokio::spawn(async move {
        loop {
            let (mut socket, _) = listener.accept().await.unwrap();
            let (line, body) = read(&mut socket).await;
            let form = Form::parse(body.as_bytes()).unwrap();
            let token = form.get("refresh_token").unwrap_or("DELETE").to_owned();
            presented.lock().unwrap().push(token.clone());
            let next = script.lock().unwrap().pop_front();
            let tokens = |refresh: &str| {
                serde_json::json!({ "expires_in": 3600, "access_token": format!("access by {token}"),
                    "refresh_token": refresh, "geolocation": geolocation,
                    "refresh_expires_in": clock.now().as_seconds() + 15_552_000 })
                .to_string()
            };
            let (status, body) = match next {
                Some(Answer::HangUp) => continue,
                Some(Answer::Status(status)) => (status, String::new()),
                Some(Answer::Refuse(code)) => (
                    400,
                    serde_json::json!({ "code": code, "error": "x", "error_description": "x" })
                        .to_string(),
                ),
                Some(Answer::Tokens(refresh)) => (200, tokens(refresh)),
                None if line.starts_with("DELETE") => (200, String::new()),
                None => (200, tokens(&token)),
            };
            let answer = format!(
                "HTTP/1.1 {status} X\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
                body.len()
            );
            socket.write_all(answer.as_bytes()).await.unwrap();
        }
    });
    origin
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
                    let line = line.to_ascii_lowercase();
                    line.strip_prefix("content-length: ")?.parse().ok()
                })
                .unwrap_or(0);
            if body.len() >= wanted || length == 0 {
                return (head.to_owned(), body.to_owned());
            }
        }
    }
}
