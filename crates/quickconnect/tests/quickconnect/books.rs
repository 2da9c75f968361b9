//! The database of a deployment, looked at from outside. It is opened for a moment and closed again,
//! so that a node that was killed finds its files as it left them.

use std::time::Duration;

use ambient::{Clock, Entropy};
use db::{Db, Tx, values};
use node::Config;
use protocol::jose::SigningAlgorithm;
use protocol::{CompanyId, Edition, Principal, PrincipalType, UserId};
use protocol::{REQUEST_TOKEN_LIFETIME, RefreshTokenValue, RequestTokenValue};
use secrecy::ExposeSecret;
use store::connect_attempts::{self, Attempt, AttemptState};
use store::registration::{self, NewApp};
use store::{Address, App, Company, RequestToken, companies, refresh_tokens, request_tokens};

use crate::deployment::Deployment;

/// An app as its partner knows it.
#[derive(Clone)]
pub struct Client {
    pub id: String,
    pub secret: String,
}

const SCOPES: [&str; 2] = ["openid", "company.read"];

pub fn open(deployment: &Deployment) -> Db {
    Db::open(&deployment.address).unwrap()
}

/// Writes an app whose tokens are signed with `algorithm` and so many companies, none of them
/// connected.
pub async fn prepare(
    deployment: &Deployment,
    algorithm: SigningAlgorithm,
    count: usize,
) -> (Client, Vec<CompanyId>) {
    let config = Config::read(&deployment.path("quickconnect.toml")).unwrap();
    let (clock, entropy) = (Clock::System, Entropy::System);
    let settings = config.settings().unwrap();
    let app = App::open(open(deployment), &[0x5a; 32], clock, entropy, settings);
    let app = app.await.unwrap();
    let now = app.clock.now();
    let mut tx = app.db.write().await.unwrap();
    let new = NewApp {
        name: "Ledger".to_owned(),
        grants: vec!["password".to_owned(), "refresh_token".to_owned()],
        scopes: SCOPES.map(str::to_owned).to_vec(),
        redirect_uris: vec![],
        connect_uri: None,
        allowed_principal: None,
        algorithm,
        principal_type: PrincipalType::Company,
        require_pkce: false,
    };
    let made = registration::register(&app, &mut tx, new, now)
        .await
        .unwrap();
    let mut customers = Vec::new();
    for number in 0..count {
        let company = CompanyId::from_uuid(app.entropy.uuid());
        companies::insert(&mut tx, &named(company, number))
            .await
            .unwrap();
        customers.push(company);
    }
    tx.commit().await.unwrap();
    let client = Client {
        id: made.app.client_id.to_string(),
        secret: made.secret.expose_secret().to_owned(),
    };
    (client, customers)
}

fn named(id: CompanyId, number: usize) -> Company {
    Company {
        id,
        name: format!("Company {number}"),
        edition: Edition::Standard,
        data_center: "us2".to_owned(),
        internet_domain: "company.example".to_owned(),
        default_language: "en-us".to_owned(),
        employees: 12,
        address: Address {
            street_address: "1 Main Street".to_owned(),
            locality: "Springfield".to_owned(),
            region: "IL".to_owned(),
            country: "US".to_owned(),
            postal_code: "62701".to_owned(),
        },
        enabled: true,
    }
}

/// An administrator clicks on Connect; the request token that the partner's window begins with.
pub async fn click(deployment: &Deployment, client: &Client, company: CompanyId) -> String {
    let mut clicks = clicks(deployment, client, &[company], 1).await;
    clicks.pop().and_then(|mut one| one.pop()).expect("one")
}

/// The request tokens of so many clicks for each company.
pub async fn clicks(
    deployment: &Deployment,
    client: &Client,
    companies: &[CompanyId],
    each: usize,
) -> Vec<Vec<String>> {
    let db = open(deployment);
    let mut tx = db.write().await.unwrap();
    let mut all = Vec::new();
    for company in companies {
        let mut clicks = Vec::new();
        for _ in 0..each {
            clicks.push(mint(&mut tx, client, *company).await);
        }
        all.push(clicks);
    }
    tx.commit().await.unwrap();
    all
}

async fn mint(tx: &mut Tx, client: &Client, company: CompanyId) -> String {
    let (now, entropy) = (Clock::System.now(), Entropy::System);
    let attempt = Attempt {
        id: entropy.uuid(),
        user: UserId::from_uuid(entropy.uuid()),
        listing: "ledger".to_owned(),
        state: AttemptState::Pending,
        started_at: now,
    };
    let value = RequestTokenValue::mint(entropy.bytes());
    let token = RequestToken {
        hash: value.hash(),
        principal: Principal::Company(company),
        app: client.id.parse().unwrap(),
        user: attempt.user,
        attempt: Some(attempt.id),
        scopes: SCOPES.into_iter().collect(),
        expires_at: now + REQUEST_TOKEN_LIFETIME,
        uses: 0,
        refresh_token: None,
        void: false,
    };
    let done = connect_attempts::insert(tx, company, &attempt).await;
    done.unwrap();
    request_tokens::insert(tx, &token).await.unwrap();
    value.expose().to_owned()
}

/// Lets a company's newest refresh token be so much older, and so much nearer to its expiry.
pub async fn age(deployment: &Deployment, company: CompanyId, older: Duration, nearer: Duration) {
    let change = "UPDATE refresh_tokens SET issued_at = issued_at - $2,
                    expires_at = expires_at - $3
                  WHERE company_id = $1 AND successor_id IS NULL AND state = 'live'";
    let micros = |span: Duration| i64::try_from(span.as_micros()).unwrap();
    let parameters = values![company.to_string(), micros(older), micros(nearer)];
    let db = open(deployment);
    let mut tx = db.write().await.unwrap();
    let changed = tx.execute(change, &parameters).await.unwrap();
    assert!(changed > 0, "there is a token that can age");
    tx.commit().await.unwrap();
}

/// Lets every newest refresh token that is known to have arrived be so much older.
pub async fn age_all(deployment: &Deployment, older: Duration) {
    let change = "UPDATE refresh_tokens SET issued_at = issued_at - $1
                  WHERE successor_id IS NULL AND proven_at IS NOT NULL AND state = 'live'";
    let db = open(deployment);
    let mut tx = db.write().await.unwrap();
    let older = i64::try_from(older.as_micros()).unwrap();
    tx.execute(change, &values![older]).await.unwrap();
    tx.commit().await.unwrap();
}

/// What must hold of a company whatever happened to the node. `acknowledged` are all refresh tokens
/// that its partner was ever answered with; `replays`, how often it was told of one.
pub async fn audit(db: &Db, company: CompanyId, acknowledged: &[String]) -> Audit {
    let mut tx = db.read().await.unwrap();
    for value in acknowledged {
        let value = RefreshTokenValue::parse(value).expect("an answer holds a refresh token");
        let token = refresh_tokens::find(&mut tx, value.row()).await.unwrap();
        let token = token.expect("an acknowledged token is known");
        assert!(
            value.hash().matches(&token.secret_hash),
            "under its own key"
        );
        assert_eq!(token.principal, Principal::Company(company));
    }
    let siblings = "SELECT lineage, generation FROM refresh_tokens WHERE company_id = $1
                    GROUP BY lineage, generation HAVING COUNT(*) > 1";
    assert_eq!(count(&mut tx, siblings, company).await, 0, "two siblings");
    let branches = "SELECT lineage FROM refresh_tokens
                    WHERE company_id = $1 AND state = 'live' AND successor_id IS NULL
                    GROUP BY lineage HAVING COUNT(*) > 1";
    assert_eq!(
        count(&mut tx, branches, company).await,
        0,
        "two live branches"
    );
    let orphans = "SELECT a.id FROM refresh_tokens a
                   WHERE a.company_id = $1 AND a.successor_id IS NOT NULL
                     AND NOT EXISTS (SELECT 1 FROM refresh_tokens b WHERE b.id = a.successor_id)";
    assert_eq!(
        count(&mut tx, orphans, company).await,
        0,
        "a missing successor"
    );
    let overused = "SELECT uses FROM request_tokens WHERE company_id = $1 AND uses > 5";
    assert_eq!(count(&mut tx, overused, company).await, 0, "used too often");
    let connections = "SELECT state FROM connections WHERE company_id = $1";
    assert_eq!(count(&mut tx, connections, company).await, 1);
    // What the history tells, the audit log tells: both, or neither (S38).
    let history = "SELECT id FROM connection_events WHERE company_id = $1";
    let log = "SELECT id FROM audit_events WHERE company_id = $1
               AND action IN ('connected', 'reconnected', 'disconnected', 'replay_detected')";
    let events = count(&mut tx, history, company).await;
    assert_eq!(events, count(&mut tx, log, company).await);
    let lineages = "SELECT DISTINCT lineage FROM refresh_tokens WHERE company_id = $1";
    let live = "SELECT DISTINCT lineage FROM refresh_tokens
                WHERE company_id = $1 AND state = 'live'";
    let replays = "SELECT id FROM connection_events
                   WHERE company_id = $1 AND kind = 'replay_detected'";
    Audit {
        lineages: count(&mut tx, lineages, company).await,
        live_lineages: count(&mut tx, live, company).await,
        replays: count(&mut tx, replays, company).await,
    }
}

pub struct Audit {
    pub lineages: usize,
    pub live_lineages: usize,
    pub replays: usize,
}

async fn count(tx: &mut Tx, sql: &str, company: CompanyId) -> usize {
    let rows = tx.query(sql, &values![company.to_string()]).await;
    rows.unwrap().len()
}
