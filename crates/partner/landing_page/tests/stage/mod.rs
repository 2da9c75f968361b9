//! A small platform, a partner in front of it, and somebody with a browser.

#![allow(dead_code, reason = "each test file uses its part")]

mod browser;

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use ambient::{Clock, Entropy};
use axum::extract::State;
use axum::routing::{delete, get, post};
use axum::{Json, Router};
use client::Client;
use db::Db;
use http::{HeaderMap, StatusCode};
use landing_page::{
    AppConfig, AppLinks, CallToAction, Config, Document, Language, NewStaff, Partner, SignUpField,
    SignUpStep, Text, seed_staff,
};
use protocol::jose::{IdClaims, SigningAlgorithm, SigningKey, generate};
use protocol::{AppId, DataCenter, Form, Origin, PrincipalType, Timestamp};
use serde_json::{Value, json};
use test_database::TestDatabase;
use uuid::Uuid;
use vault::{Broker, Connection, NewCode, Vault};

#[allow(unused_imports, reason = "each test file uses its part")]
pub use browser::{Browser, Page};

pub const NOW: i64 = 1_795_000_000;
pub const COMPANY: &str = "d5ffead2-0555-4abc-b5f0-734ccd124d13";
pub const OTHER: &str = "0badc0de-0555-4abc-b5f0-734ccd124d13";
pub const LEDGER: AppId = AppId::from_uuid(Uuid::from_u128(1));
pub const CARDS: AppId = AppId::from_uuid(Uuid::from_u128(2));
pub const CODE: &str = "ACDE-3467-9FGH-JKMN";

/// What the platform was asked, and how it answers the next exchange.
#[derive(Default)]
pub struct Platform {
    pub exchanges: usize,
    pub revocations: usize,
    pub refuse_with: Option<u16>,
    pub slow: Duration,
    /// Whom its id tokens are about, instead of whom the link named.
    pub about: Option<String>,
    /// The data center that its answers name, instead of its own address.
    pub names: Option<Origin>,
    /// Client ids and access tokens that it was shown.
    pub heard: Vec<String>,
}

#[derive(Clone)]
struct PlatformState {
    platform: Arc<Mutex<Platform>>,
    key: Arc<SigningKey>,
    origin: Origin,
}

impl PlatformState {
    fn hears(&self, headers: &HeaderMap) {
        let shown = headers["authorization"].to_str().unwrap().to_owned();
        self.platform.lock().unwrap().heard.push(shown);
    }
}

pub struct Stage {
    pub platform: Arc<Mutex<Platform>>,
    /// A second one, which no app is registered with unless a test says so.
    pub sandbox: Arc<Mutex<Platform>>,
    /// Where the first one is.
    pub origin: Origin,
    apps: Vec<AppConfig>,
    pub vault: Vault,
    pub partner: Partner,
    pub site: Router,
    pub clock: Clock,
    outbox: tempfile::TempDir,
    database: TestDatabase,
}

impl Stage {
    pub async fn set() -> Stage {
        Stage::with(|_, _| {}).await
    }

    /// The second app is registered with the sandbox.
    pub async fn at_two_platforms() -> Stage {
        Stage::with(|config, sandbox| config.apps[1].platform = sandbox).await
    }

    /// The first app asks about the books of whoever signs up.
    pub async fn asking() -> Stage {
        let field = |name: &str, label: &str| SignUpField {
            name: name.into(),
            label: label.into(),
            help: Text::default(),
            optional: name == "cost_center",
            options: match name {
                "ledger" => vec!["Northbook".into(), "Southbook".into()],
                _ => Vec::new(),
            },
        };
        let books = SignUpStep {
            title: "Your books".into(),
            lead: "So that reports are posted where they belong.".into(),
            fields: vec![
                field("vat_id", "VAT id"),
                field("ledger", "Which ledger do you keep?"),
                field("cost_center", "Cost center"),
            ],
        };
        Stage::with(|config, _| config.apps[0].sign_up = vec![books]).await
    }

    pub async fn with(change: impl FnOnce(&mut Config, landing_page::Platform)) -> Stage {
        let platform = Arc::new(Mutex::new(Platform::default()));
        let origin = serve(platform.clone()).await;
        let sandbox = Arc::new(Mutex::new(Platform::default()));
        let sandbox_origin = serve(sandbox.clone()).await;
        let known = known_as("Example Spend", "us2", &origin);
        let known_sandbox = known_as("Sandbox Spend", "sandbox", &sandbox_origin);
        let database = TestDatabase::migrated(vault::MIGRATIONS).await;
        let db = database.open();
        let clock = Clock::starting_at(Timestamp::from_seconds(NOW));
        let entropy = Entropy::seeded(5);
        let vault = Vault::open(db, &[1; 32], clock.clone(), entropy.clone())
            .await
            .unwrap();
        let staff = NewStaff {
            email: "ruth@partner.example".into(),
            name: "Ruth Adeyemi".into(),
            password: "correct horse".into(),
        };
        seed_staff(&vault, &entropy, staff).await.unwrap();
        let client = |origin: &Origin| {
            let config = client::Config {
                landing_zone: origin.clone(),
                data_centers: vec![origin.clone()],
                timeout: Duration::from_secs(5),
            };
            Client::new(config, clock.clone(), entropy.clone()).unwrap()
        };
        let mut config = Config {
            public_origin: "http://127.0.0.1:8090".parse().unwrap(),
            apps: vec![
                app("ledger", LEDGER, CallToAction::SignInOrUp, &known),
                app("cards", CARDS, CallToAction::Verification, &known),
            ],
            demo_sign_in: None,
        };
        change(&mut config, known_sandbox.clone());
        let apps = config.apps.clone();
        let outbox = tempfile::tempdir().unwrap();
        let mailer = mail::Mailer::into_outbox(outbox.path());
        let at = |name: &str| {
            let there = config.apps.iter().filter(|app| app.platform.name == name);
            there.map(landing_page::credentials).collect()
        };
        let broker = Broker::new(vault.clone(), client(&origin), at(&known.name))
            .also_at(client(&sandbox_origin), at(&known_sandbox.name));
        let partner = Partner::new(config, broker, mailer, clock.clone(), entropy).unwrap();
        let listing = "https://platform.example/listings/cards".to_owned();
        let partner = partner.listed_at(HashMap::from([(CARDS, listing)]));
        Stage {
            site: landing_page::site(&partner),
            platform,
            sandbox,
            origin,
            apps,
            vault,
            partner,
            clock,
            outbox,
            database,
        }
    }

    pub fn browser(&self) -> Browser {
        Browser {
            site: self.site.clone(),
            cookies: BTreeMap::new(),
            accepts: "en",
        }
    }

    pub fn mailer(&self) -> mail::Mailer {
        mail::Mailer::into_outbox(self.outbox.path())
    }

    /// What was written to customers, newest last.
    pub fn mails(&self) -> Vec<mail::outbox::Mail> {
        let folder = self.outbox.path();
        let names = mail::outbox::names(folder).unwrap();
        let read = |name: &String| mail::outbox::read(folder, name).unwrap().unwrap();
        names.iter().map(read).collect()
    }

    /// A browser in which a member of staff has signed in.
    pub async fn staff(&self) -> Browser {
        let mut browser = self.browser();
        let page = browser.get("/console/sign-in").await;
        let right = [
            ("email", "ruth@partner.example"),
            ("password", "correct horse"),
        ];
        let next = browser.submit(&page, "/console/sign-in", &right).await;
        next.leads_to("/console/connections");
        browser
    }

    /// [`CODE`] was issued to the company, for the cards.
    pub async fn seed_code(&self) {
        let new = NewCode {
            app: CARDS,
            label: "Brackwater".into(),
            issued_by: "test".into(),
            lifetime: None,
        };
        self.vault.seed_code(CODE, new).await.unwrap();
    }

    /// Connects the company to the cards, with a code.
    pub async fn connect(&self) {
        self.seed_code().await;
        let mut browser = self.browser();
        let page = browser.open(&link("cards", COMPANY)).await;
        let code = [("code", CODE), ("terms", "yes"), ("privacy", "yes")];
        let next = browser.submit(&page, "/connect/cards/code", &code).await;
        let page = browser.open(&next.location).await;
        browser.submit(&page, "/connect/cards/confirm", &[]).await;
    }

    /// What [`Stage::connect`] has made.
    pub async fn connection(&self) -> Connection {
        let found = self.vault.connection_of(CARDS, COMPANY.parse().unwrap());
        found.await.unwrap().unwrap()
    }

    pub fn db(&self) -> Db {
        self.database.open()
    }

    /// An app as it is configured.
    pub fn app(&self, slug: &str) -> AppConfig {
        let mut apps = self.apps.iter();
        apps.find(|app| app.slug == slug).unwrap().clone()
    }

    pub fn exchanges(&self) -> usize {
        self.platform.lock().unwrap().exchanges
    }

    pub fn refuse(&self, code: u16) {
        self.platform.lock().unwrap().refuse_with = Some(code);
    }
}

fn known_as(name: &str, data_center: &str, base_uri: &Origin) -> landing_page::Platform {
    landing_page::Platform {
        name: name.into(),
        data_centers: vec![DataCenter {
            name: data_center.into(),
            base_uri: base_uri.clone(),
        }],
    }
}

pub fn link(slug: &str, id: &str) -> String {
    format!(
        "/connect/{slug}?ID={id}&requesttoken=at-token&userID=9bdded51-00b8-4f84-8bef-6d3afe727007"
    )
}

fn app(
    slug: &str,
    client_id: AppId,
    call_to_action: CallToAction,
    platform: &landing_page::Platform,
) -> AppConfig {
    let document = |slug: &str| Document {
        slug: slug.into(),
        title: format!("The {slug}").into(),
        markdown: format!("# {slug} of the app\n\nText.").into(),
    };
    AppConfig {
        slug: slug.into(),
        client_id,
        client_secret: "app secret".into(),
        platform: platform.clone(),
        name: format!("App {slug}"),
        company: "Meridian Systems".into(),
        kind: PrincipalType::Company,
        call_to_action,
        scopes: vec!["openid".into()],
        shared: vec!["Expense reports, to read".into()],
        logo_svg: "<svg xmlns=\"http://www.w3.org/2000/svg\"/>".into(),
        accent: "#1d5fae".into(),
        accent_text: "#ffffff".into(),
        accent_dark: "#8fbcf5".into(),
        accent_dark_text: "#0f1b2b".into(),
        languages: Language::ALL.to_vec(),
        lead: "It does your books.".into(),
        connect_summary: vec!["Reports are read.".into()],
        next_steps: vec!["Open the ledger.".into()],
        sign_up: Vec::new(),
        trial_text: Some("The trial lasts 30 days.".into()),
        contact_text: None,
        test: slug == "cards",
        frame: None,
        links: AppLinks::own(slug),
        documents: ["terms", "privacy", "support", "help"]
            .map(document)
            .to_vec(),
    }
}

async fn serve(platform: Arc<Mutex<Platform>>) -> Origin {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin: Origin = format!("http://{}", listener.local_addr().unwrap())
        .parse()
        .unwrap();
    let state = PlatformState {
        platform,
        key: Arc::new(signing_key()),
        origin: origin.clone(),
    };
    let router = Router::new()
        .route("/oauth2/v0/token", post(token))
        .route("/oauth2/v0/jwks", get(keys))
        .route("/profile/v1/me", get(profile))
        .route("/api/v3.0/expense/reports", get(reports))
        .route("/app-mgmt/v0/connections", delete(revoke))
        .with_state(state);
    tokio::spawn(async move { axum::serve(listener, router).await });
    origin
}

async fn token(State(state): State<PlatformState>, body: String) -> (StatusCode, Json<Value>) {
    let form = Form::parse(body.as_bytes()).unwrap();
    let (refusal, slow, about, names) = {
        let mut platform = state.platform.lock().unwrap();
        let client = form.get("client_id").unwrap_or_default();
        platform.heard.push(client.to_owned());
        platform.exchanges += usize::from(form.get("grant_type") == Some("password"));
        let about = platform.about.clone();
        let names = platform.names.clone();
        (platform.refuse_with, platform.slow, about, names)
    };
    tokio::time::sleep(slow).await;
    if let Some(code) = refusal {
        let refusal = json!({ "code": code, "error": "x", "error_description": "as asked" });
        return (StatusCode::BAD_REQUEST, Json(refusal));
    }
    let subject = about.as_deref().or(form.get("username")).unwrap_or(COMPANY);
    let claims = IdClaims {
        iss: state.origin.clone(),
        sub: subject.parse().unwrap(),
        aud: form.get("client_id").unwrap().into(),
        principal_type: PrincipalType::Company,
        version: 2,
        at_hash: None,
        nonce: None,
        auth_time: None,
        iat: NOW,
        nbf: NOW,
        exp: NOW + 3_600,
    };
    let answer = json!({ "expires_in": 3600, "scope": "openid EXPRPT", "token_type": "Bearer",
        "access_token": format!("access of {}", state.origin), "refresh_token": "refresh",
        "refresh_expires_in": NOW + 15_552_000, "id_token": state.key.sign(&claims).unwrap(),
        "geolocation": names.unwrap_or(state.origin) });
    (StatusCode::OK, Json(answer))
}

async fn keys(State(state): State<PlatformState>) -> Json<Value> {
    Json(json!({ "keys": [state.key.public()] }))
}

async fn profile(State(state): State<PlatformState>, headers: HeaderMap) -> Json<Value> {
    state.hears(&headers);
    Json(
        json!({ "id": COMPANY, "name": "Brackwater Instruments Inc.",
        "com:concur:Expense:0.1": { "marketingName": "Enterprise" } }),
    )
}

async fn reports(State(state): State<PlatformState>, headers: HeaderMap) -> Json<Value> {
    state.hears(&headers);
    Json(
        json!({ "Items": [{ "ID": "1", "Name": "Rotterdam, November", "OwnerName": "Tom Okafor",
        "Total": 1284.5, "CurrencyCode": "EUR", "ApprovalStatusName": "Approved" }], "NextPage": null }),
    )
}

async fn revoke(State(state): State<PlatformState>, headers: HeaderMap) -> StatusCode {
    state.hears(&headers);
    state.platform.lock().unwrap().revocations += 1;
    StatusCode::OK
}

fn signing_key() -> SigningKey {
    let algorithm = SigningAlgorithm::Rs256;
    SigningKey::from_pkcs8("k", algorithm, &generate(algorithm).unwrap()).unwrap()
}
