//! A partner's vault comes back from a backup, and the platform sees no theft in it.

use std::path::Path;
use std::time::Duration;

use ambient::{Clock, Entropy};
use client::{Client, Config, Credentials, Exchange};
use db::{Db, values};
use protocol::{DAY, HOUR, PrincipalType, TokenHash};
use secrecy::SecretString;
use testkit::House;
use vault::{Broker, Established, LinkedTo, NewAccount, NewFlow, NoToken, Vault};

/// A partner of its own, with a clock that goes with the house's.
struct Partner<'a> {
    house: &'a House,
    clock: Clock,
    folder: tempfile::TempDir,
}

impl Partner<'_> {
    fn credentials(&self) -> Credentials {
        let app = self.house.app("Meridian");
        Credentials {
            client_id: app.client_id,
            client_secret: app.client_secret.clone().into(),
        }
    }

    fn client(&self) -> Client {
        let centers = ["us2", "eu2"].map(|name| self.house.center(name).parse().unwrap());
        let config = Config {
            landing_zone: self.house.center("glz").parse().unwrap(),
            data_centers: centers.into(),
            timeout: Duration::from_secs(20),
        };
        Client::new(config, self.clock.clone(), Entropy::System).unwrap()
    }

    fn file(&self) -> std::path::PathBuf {
        self.folder.path().join("partner.sqlite")
    }

    /// Whether the vault found that it was restored, and its broker.
    async fn open(&self) -> (bool, Broker) {
        let db = Db::open_sqlite(&self.file()).unwrap();
        let vault = Vault::open(db, &[5; 32], self.clock.clone(), Entropy::System);
        let vault = vault.await.unwrap();
        let marker = self.folder.path().join("vault.marker");
        let restored = vault.marked_by(&marker).await.unwrap();
        let broker = Broker::new(vault, self.client(), vec![self.credentials()]);
        (restored, broker)
    }

    async fn connect(&self) {
        let (company, app) = (self.house.company("Brackwater"), self.house.app("Meridian"));
        let token = self.house.request_token(company, app).await;
        let (_, broker) = self.open().await;
        let request_token: SecretString = token.request_token.into();
        let exchange = Exchange {
            credentials: &self.credentials(),
            kind: PrincipalType::Company,
            id: token.id,
            request_token: &request_token,
        };
        let exchanged = self.client().exchange(exchange).await.result.unwrap();
        let cookie = TokenHash::of("cookie");
        let new = NewFlow {
            app: app.client_id,
            principal: token.id,
            request_token: "kept elsewhere".into(),
            clicked_by: None,
            cookie,
            replaces: None,
        };
        broker.vault().begin_flow(new).await.unwrap();
        let flow = broker.vault().flow(cookie, app.client_id).await;
        let account = NewAccount {
            email: "maren@brackwater.example".into(),
            name: "Maren Holloway".into(),
            company_name: "Brackwater".into(),
            password_hash: "x".into(),
            answers: None,
        };
        let established = Established {
            kind: PrincipalType::Company,
            exchanged: &exchanged,
            name: None,
            linked_to: LinkedTo::NewAccount(account),
            language: None,
            correlation_id: None,
        };
        let flow = flow.unwrap().unwrap();
        broker.vault().connect(&flow, established).await.unwrap();
    }

    /// Gets a token and uses it, as a partner does.
    async fn use_it(&self, broker: &Broker) -> Result<(), NoToken> {
        let (company, app) = (self.house.company("Brackwater"), self.house.app("Meridian"));
        let principal = uuid::Uuid::parse_str(&company.id.to_string()).unwrap();
        let token = broker.access_token(app.client_id, principal).await?;
        let profile = self
            .client()
            .profile(&token.geolocation, &token.value)
            .await;
        profile.result.unwrap();
        Ok(())
    }

    fn pass(&self, time: Duration) {
        self.clock.advance(time);
        self.house.advance(time);
    }
}

fn put_back(file: &Path, backup: &[u8]) {
    for suffix in ["-wal", "-shm"] {
        let _ = std::fs::remove_file(format!("{}{suffix}", file.display()));
    }
    std::fs::write(file, backup).unwrap();
}

async fn revoked_lineages(house: &House) -> i64 {
    let mut tx = house.platform.db.read().await.unwrap();
    let row = tx
        .query_opt(
            "SELECT COUNT(*) AS number FROM refresh_tokens WHERE state = $1",
            &values!["revoked"],
        )
        .await
        .unwrap();
    row.unwrap().get("number").unwrap()
}

/// The vault is used for so long after its backup, and the backup is put back. Gives whether the
/// connection still works.
async fn drill(age: Duration) -> bool {
    let house = House::start().await;
    let partner = Partner {
        clock: Clock::starting_at(house.now()),
        house: &house,
        folder: tempfile::tempdir().unwrap(),
    };
    partner.connect().await;
    let backup = std::fs::read(partner.file()).unwrap();
    let (restored, broker) = partner.open().await;
    assert!(!restored);
    let step = (age / 6).clamp(HOUR, DAY);
    let until = partner.clock.now() + age;
    while partner.clock.now() < until {
        partner.pass(step);
        partner.use_it(&broker).await.unwrap();
    }
    drop(broker);
    put_back(&partner.file(), &backup);

    let (restored, broker) = partner.open().await;
    if !restored {
        // No token had changed since the backup: it is as good as the original.
        assert!(age < 7 * DAY);
        broker.vault().restored().await.unwrap();
    }
    partner.pass(HOUR);
    let result = partner.use_it(&broker).await;
    assert_eq!(revoked_lineages(&house).await, 0);
    match result {
        Ok(()) => true,
        Err(NoToken::NeedsReconnect) => {
            let counts = broker.vault().count_connections().await.unwrap();
            assert_eq!(counts.needs_reconnect, 1);
            false
        }
        Err(why) => panic!("{why}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn s59_a_backup_of_an_hour_keeps_the_connection() {
    assert!(drill(HOUR).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn s59_a_backup_of_a_day_keeps_the_connection() {
    assert!(drill(DAY).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn s59_a_backup_of_six_days_keeps_the_connection() {
    assert!(drill(6 * DAY).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn s59_a_backup_of_thirty_days_asks_to_reconnect_and_looks_like_no_theft() {
    assert!(!drill(30 * DAY).await);
}
