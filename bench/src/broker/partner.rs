//! The partner under measurement: a vault full of connections, and the process that serves it. There
//! is no platform: every access token is fresh until all is over.

use std::path::Path;
use std::process::Command;

use ambient::{Clock, Entropy};
use client::{Exchanged, Tokens};
use db::Db;
use hosting::KeySecret;
use protocol::{AppId, DAY, HOUR, Origin, PrincipalType, Timestamp};
use secrecy::{ExposeSecret, SecretString};
use tempfile::TempDir;
use test_database::TestDatabase;
use uuid::Uuid;
use vault::{Established, Flow, LinkedTo, NewAccount, Step, Vault, VaultKeys};

use crate::Failure;
use crate::server::{Server, free_port};

const DATA_CENTER: &str = "https://us2.bench.example";
/// How long a platform's access token is: the reference's are of about this length.
const TOKEN_LENGTH: usize = 1_400;
/// Longer than anything here takes.
const TOKENS_LAST: u32 = 12;

pub struct Partner {
    dir: TempDir,
    database: TestDatabase,
    app: AppId,
    /// Of the pages, of health, of the broker.
    ports: [u16; 3],
}

impl Partner {
    /// On SQLite, or on the PostgreSQL server that the environment names.
    pub async fn prepare() -> Result<Partner, Failure> {
        let partner = Partner {
            dir: tempfile::tempdir()?,
            database: TestDatabase::migrated(vault::MIGRATIONS).await,
            app: AppId::from_uuid(Entropy::System.uuid()),
            ports: [free_port()?, free_port()?, free_port()?],
        };
        for (name, content) in [
            ("vault.key", "5a".repeat(32).as_str()),
            ("app.secret", "a secret that no platform knows"),
            ("logo.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\"/>"),
            ("database", &partner.database.address()),
            ("partner.toml", &partner.configuration()),
        ] {
            std::fs::write(partner.dir.path().join(name), content)?;
        }
        Ok(partner)
    }

    fn configuration(&self) -> String {
        let folder = self.dir.path().display();
        let [pages, health, broker] = self.ports;
        format!(
            r#"
database_file = "{folder}/database"
vault_key_file = "{folder}/vault.key"
marker_file = "{folder}/vault.marker"
listen = "127.0.0.1:{pages}"
health_listen = "127.0.0.1:{health}"
public_origin = "http://127.0.0.1:{pages}"

[platform]
name = "Bench"
landing_zone = "{DATA_CENTER}"
[platform.data_centers]
us2 = "{DATA_CENTER}"

[broker]
listen = "127.0.0.1:{broker}"

[apps.bench]
client_id = "{app}"
client_secret_file = "{folder}/app.secret"
[apps.bench.page]
name = "Bench"
company = "Bench"
call_to_action = "sign_in_or_up"
scopes = ["openid", "company.read"]
logo = "logo.svg"
next_steps = ["Wait."]
[apps.bench.page.links]
terms = "https://bench.example/terms"
privacy = "https://bench.example/privacy"
support = "https://bench.example/support"
help = "https://bench.example/help"
"#,
            app = self.app
        )
    }

    pub fn engine(&self) -> &'static str {
        match self.database.open() {
            Db::Sqlite(_) => "SQLite",
            Db::Postgres(_) => "PostgreSQL",
        }
    }

    pub fn broker_port(&self) -> u16 {
        self.ports[2]
    }

    /// Connects so many companies. Gives a request for each one's access token, in a drawn order.
    pub async fn fill(&self, connections: usize) -> Result<Vec<Vec<u8>>, Failure> {
        let secret = KeySecret::read(&self.dir.path().join("vault.key"))?;
        let keys = VaultKeys::new(secret.bytes());
        let (clock, entropy) = (Clock::System, Entropy::System);
        let now = clock.now();
        let vault = Vault::open(self.database.open(), keys, clock, entropy.clone()).await?;
        let account = self.account(&vault).await?;
        let key = vault.issue_api_key(self.app, "bench", "bench").await?;
        let mut companies = Vec::with_capacity(connections);
        for _ in 0..connections {
            let (company, exchanged) = (entropy.uuid(), exchanged(now)?);
            let established = established(&exchanged, account);
            vault.connect(&self.flow(company, now), established).await?;
            companies.push(company);
        }
        companies.sort_by_cached_key(|_| u64::from_be_bytes(entropy.bytes()));
        let request = |company: &Uuid| self.request(*company, &key.key);
        Ok(companies.iter().map(request).collect())
    }

    /// All connections belong to one account; the first one makes it.
    async fn account(&self, vault: &Vault) -> Result<Uuid, Failure> {
        let email = "bench@bench.example";
        let account = NewAccount {
            email: email.to_owned(),
            name: "Bench".to_owned(),
            company_name: "Bench".to_owned(),
            password_hash: "nobody signs in".to_owned(),
            answers: None,
        };
        vault.seed_account(self.app, &account).await?;
        let account = vault.account_by_email(self.app, email).await?;
        Ok(account.ok_or("it was added just now")?.id)
    }

    fn flow(&self, company: Uuid, now: Timestamp) -> Flow {
        Flow {
            id: Entropy::System.uuid(),
            app: self.app,
            principal: company,
            clicked_by: Some(Entropy::System.uuid()),
            step: Step::Exchanging,
            name: None,
            email: None,
            password_hash: None,
            company_name: None,
            answers: None,
            account_id: None,
            code_id: None,
            connection_id: None,
            exchanging_since: None,
            refusal: None,
            created_at: now,
            expires_at: now + DAY,
        }
    }

    fn request(&self, company: Uuid, key: &SecretString) -> Vec<u8> {
        let text = format!(
            "GET /v1/apps/{}/connections/{company}/token HTTP/1.1\r\nHost: 127.0.0.1:{}\r\n\
             Authorization: Bearer {}\r\nAccept: application/json\r\n\r\n",
            self.app,
            self.broker_port(),
            key.expose_secret()
        );
        text.into_bytes()
    }

    pub async fn serve(&self, program: &Path) -> Result<Server, Failure> {
        let [_, health, broker] = self.ports;
        let folder = self.dir.path();
        let mut command = Command::new(program);
        command
            .args(["partner", "--config"])
            .arg(folder.join("partner.toml"));
        Server::start(command, (broker, health), &folder.join("log")).await
    }
}

/// What a platform handed out for a company.
fn established(exchanged: &Exchanged, account: Uuid) -> Established<'_> {
    Established {
        kind: PrincipalType::Company,
        exchanged,
        name: Some("Company".to_owned()),
        linked_to: LinkedTo::Account(account),
        language: None,
        correlation_id: None,
    }
}

fn exchanged(now: Timestamp) -> Result<Exchanged, Failure> {
    let token = |length: usize| -> SecretString {
        let digits = Entropy::System.uuid().simple().to_string();
        digits.repeat(length.div_ceil(digits.len())).into()
    };
    let refresh_token = token(60);
    let geolocation: Origin = DATA_CENTER.parse()?;
    Ok(Exchanged {
        tokens: Tokens {
            access_token: token(TOKEN_LENGTH),
            access_expires_at: now + HOUR * TOKENS_LAST,
            refresh_token: Some(refresh_token.clone()),
            refresh_expires_at: Some(now + 180 * DAY),
            geolocation,
            scope: "openid company.read".to_owned(),
            id_token: None,
        },
        refresh_token,
    })
}
