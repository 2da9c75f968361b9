//! A platform with two companies and three apps, a partner's server, and people with browsers.

use ambient::{Clock, Entropy};
use axum::Router;
use axum::body::Body;
use axum::response::Response;
use http::header::{CONTENT_TYPE, COOKIE, HOST, LOCATION, SET_COOKIE};
use http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::BodyExt;
use protocol::{AppId, CompanyId, DataCenter, DataCenters, Principal, Timestamp, UserId};
use store::{App, Connection, ConnectionState, Settings};
use test_database::TestDatabase;
use tokio::net::TcpListener;
use tower::ServiceExt;
use url::Url;
use uuid::Uuid;

use crate::seed::fill;

pub const LEDGER: &str = "4f0ba190d9a9551b5d378044";
pub const RIDES: &str = "b6a9ad2c7e82c0818136f5a1";
pub const PRIVATE: &str = "aaaaaaaaaaaaaaaaaaaaaaaa";

pub const ADMIN: &str = "maren@brackwater.example";
pub const EMPLOYEE: &str = "tobias@brackwater.example";
pub const STRANGER: &str = "ines@elsewhere.example";

pub const COMPANY: CompanyId = CompanyId::from_uuid(Uuid::from_u128(0xC1));
pub const OTHER_COMPANY: CompanyId = CompanyId::from_uuid(Uuid::from_u128(0xC2));
pub const ADMIN_ID: UserId = UserId::from_uuid(Uuid::from_u128(0xA1));
pub const EMPLOYEE_ID: UserId = UserId::from_uuid(Uuid::from_u128(0xA2));
pub const LEDGER_APP: AppId = AppId::from_uuid(Uuid::from_u128(0xB1));
pub const RIDES_APP: AppId = AppId::from_uuid(Uuid::from_u128(0xB2));
pub const PRIVATE_APP: AppId = AppId::from_uuid(Uuid::from_u128(0xB3));

pub const NOW: Timestamp = Timestamp::from_seconds(1_795_000_000);

pub struct World {
    pub app: App,
    pub router: Router,
    /// Dropped, the partner no longer answers.
    pub partner: Option<TcpListener>,
    pub partner_origin: String,
    pub directory: tempfile::TempDir,
    _database: TestDatabase,
}

impl World {
    pub async fn new() -> World {
        let directory = tempfile::tempdir().unwrap();
        let partner = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let partner_origin = format!("http://{}", partner.local_addr().unwrap());
        let center = |name: &str, uri: &str| DataCenter {
            name: name.to_owned(),
            base_uri: uri.parse().unwrap(),
        };
        let centers = DataCenters {
            landing_zone: center("glz", "http://127.0.0.1:1"),
            regions: vec![center("us2", "http://127.0.0.1:2")],
        };
        let mut settings = Settings::new("http://127.0.0.1:3000".parse().unwrap(), centers);
        settings.loopback_partners = true;
        settings.mail = mail::Mailer::into_outbox(&directory.path().join("outbox"));
        settings.demo_sign_ins = vec![(ADMIN.to_owned(), "correct".to_owned())];
        let database = TestDatabase::migrated(store::MIGRATIONS).await;
        let db = database.open();
        let (clock, entropy) = (Clock::starting_at(NOW), Entropy::seeded(1));
        let app = App::open(db, &[7; 32], clock, entropy, settings)
            .await
            .unwrap();
        fill(&app, &partner_origin).await;
        World {
            router: app_center::site(app_center::State::new(app.clone())),
            app,
            partner: Some(partner),
            partner_origin,
            directory,
            _database: database,
        }
    }

    /// A browser in which nobody has signed in.
    pub fn browser(&self) -> Browser {
        Browser {
            router: self.router.clone(),
            cookies: Vec::new(),
        }
    }

    pub async fn signed_in(&self, login: &str) -> Browser {
        let mut browser = self.browser();
        let answer = browser.sign_in(login, "correct", "/app-center").await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
        browser
    }

    /// What the partner's exchange leaves behind.
    pub async fn connect(&self, principal: Principal, client: AppId, by: UserId) {
        let mut tx = self.app.db.write().await.unwrap();
        let connection = Connection {
            principal,
            app: client,
            state: ConnectionState::Connected,
            connected_at: NOW,
            connected_by: by,
            expires_at: NOW + 180 * protocol::DAY,
        };
        store::connections::put(&mut tx, &connection).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// How many rows a table has.
    pub async fn rows(&self, table: &str) -> i64 {
        let mut tx = self.app.db.read().await.unwrap();
        let sql = format!("SELECT count(*) AS n FROM {table}");
        let row = tx.query_opt(&sql, &[]).await.unwrap().unwrap();
        row.get("n").unwrap()
    }
}

pub struct Browser {
    router: Router,
    pub cookies: Vec<(String, String)>,
}

#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

impl Answer {
    pub fn location(&self) -> &str {
        self.header(LOCATION.as_str())
    }

    pub fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name);
        value.map_or("", |value| value.to_str().unwrap())
    }

    /// The value of an input, by its name.
    pub fn input(&self, name: &str) -> Option<String> {
        let after = self
            .body
            .split_once(&format!("name=\"{name}\" value=\""))?
            .1;
        Some(after.split_once('"')?.0.to_owned())
    }
}

impl Browser {
    pub async fn get(&mut self, path: &str) -> Answer {
        self.send(Method::GET, path, String::new()).await
    }

    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let mut body = url::form_urlencoded::Serializer::new(String::new());
        body.extend_pairs(fields);
        self.send(Method::POST, path, body.finish()).await
    }

    /// Opens `page`, and posts to `path` with that page's csrf field.
    pub async fn submit(&mut self, page: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
        let csrf = self.get(page).await.input("csrf").unwrap();
        let fields = [&[("csrf", csrf.as_str())], fields].concat();
        self.post(path, &fields).await
    }

    pub async fn sign_in(&mut self, login: &str, password: &str, return_to: &str) -> Answer {
        let fields = [
            ("login", login),
            ("password", password),
            ("return_to", return_to),
        ];
        self.submit("/sign-in", "/sign-in", &fields).await
    }

    /// Opens the terms, ticks every box that is there, and agrees.
    pub async fn agree(&mut self, listing: &str) -> Answer {
        let page = self
            .get(&format!("/app-center/listings/{listing}/terms"))
            .await;
        let names = [
            "csrf",
            "end_user_terms",
            "shared_information",
            "company_authorization",
        ];
        let fields: Vec<(&str, String)> = names
            .into_iter()
            .filter_map(|name| Some((name, page.input(name)?)))
            .collect();
        let fields: Vec<(&str, &str)> = fields.iter().map(|(k, v)| (*k, v.as_str())).collect();
        self.post(&format!("/app-center/listings/{listing}/connect"), &fields)
            .await
    }

    async fn send(&mut self, method: Method, path: &str, body: String) -> Answer {
        let cookies: Vec<String> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(HOST, "127.0.0.1:3000")
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(COOKIE, cookies.join("; "))
            .body(Body::from(body))
            .unwrap();
        let response: Response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        for cookie in parts.headers.get_all(SET_COOKIE) {
            let pair = cookie.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            self.cookies.retain(|(known, _)| known != name);
            if !value.is_empty() {
                self.cookies.push((name.to_owned(), value.to_owned()));
            }
        }
        let bytes = body.collect().await.unwrap().to_bytes();
        Answer {
            status: parts.status,
            headers: parts.headers,
            body: String::from_utf8_lossy(&bytes).into_owned(),
        }
    }
}

/// The address of a page of a listing.
pub fn path(listing: &str, suffix: &str) -> String {
    format!("/app-center/listings/{listing}{suffix}")
}

/// A parameter of the address that an answer leads to.
pub fn parameter(answer: &Answer, name: &str) -> Option<String> {
    let target: Url = answer.location().parse().unwrap();
    let found = target.query_pairs().find(|(key, _)| key == name);
    found.map(|(_, value)| value.into_owned())
}

/// What the waiting listing is told.
pub async fn status(browser: &mut Browser, listing: &str) -> String {
    let answer = browser.get(&path(listing, "/status")).await;
    let state = answer.body.trim_start_matches("{\"state\":\"");
    state.trim_end_matches("\"}").to_owned()
}
