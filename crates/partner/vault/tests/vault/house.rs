//! A vault in front of a [`Platform`], with as many connections as a test wants.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use ambient::{Clock, Entropy};
use client::{Client, Config, Credentials, Exchanged, StandIn, Tokens};
use db::Db;
use protocol::{AppId, Origin, PrincipalType, Timestamp, TokenHash};
use uuid::Uuid;
use vault::{Broker, Established, LinkedTo, NewAccount, NewFlow, Vault};

use crate::platform::Platform;
use crate::stage::{APP, KEY};

pub const START: Timestamp = Timestamp::from_seconds(1_795_000_000);

/// A folder in memory, where there is one: nothing here tests the disk.
pub fn folder() -> tempfile::TempDir {
    match Path::new("/dev/shm").is_dir() {
        true => tempfile::tempdir_in("/dev/shm").unwrap(),
        false => tempfile::tempdir().unwrap(),
    }
}

/// How a vault is opened.
#[derive(Clone)]
pub struct Opening {
    pub database: PathBuf,
    pub clock: Clock,
    pub seed: u64,
    pub platform: Origin,
    /// Within the process, instead of on the platform's port.
    pub stand_in: Option<Arc<StandIn>>,
}

impl Opening {
    pub fn of(platform: &Platform, folder: &Path, clock: Clock) -> Opening {
        Opening {
            database: folder.join("partner.sqlite"),
            clock,
            seed: 1,
            platform: platform.origin().clone(),
            stand_in: None,
        }
    }

    pub fn within(platform: &Platform, folder: &Path, clock: Clock) -> Opening {
        Opening {
            stand_in: Some(platform.stand_in()),
            ..Opening::of(platform, folder, clock)
        }
    }

    pub async fn vault(&self) -> Vault {
        let db = Db::open_sqlite(&self.database).unwrap();
        let entropy = Entropy::seeded(self.seed);
        Vault::open(db, &KEY, self.clock.clone(), entropy)
            .await
            .unwrap()
    }

    pub fn broker(&self, vault: Vault) -> Broker {
        let config = Config {
            landing_zone: self.platform.clone(),
            data_centers: vec![self.platform.clone()],
            timeout: Duration::from_secs(30),
        };
        let entropy = Entropy::seeded(self.seed + 1_000_000);
        let client = Client::new(config, self.clock.clone(), entropy).unwrap();
        let mut client = client.repeating(0);
        if let Some(stand_in) = &self.stand_in {
            client = client.answered_by(stand_in.clone());
        }
        let credentials = Credentials {
            client_id: APP,
            client_secret: "app secret".into(),
        };
        Broker::new(vault, client, vec![credentials])
    }

    pub async fn open(&self) -> Broker {
        self.broker(self.vault().await)
    }
}

/// Connects company number `number` with this refresh token; its access token is spent already.
pub async fn connect(
    vault: &Vault,
    at: &Origin,
    now: Timestamp,
    number: u128,
    token: &str,
) -> Uuid {
    connect_to(APP, vault, (at, now), number, token).await
}

/// The same, to another app.
pub async fn connect_to(
    app: AppId,
    vault: &Vault,
    (at, now): (&Origin, Timestamp),
    number: u128,
    token: &str,
) -> Uuid {
    let principal = Uuid::from_u128(number);
    let cookie = TokenHash::of(&format!("cookie {number} {now:?}"));
    let new = NewFlow {
        app,
        principal,
        request_token: "at-token".into(),
        clicked_by: None,
        cookie,
        replaces: None,
    };
    vault.begin_flow(new).await.unwrap();
    let flow = vault.flow(cookie, app).await.unwrap().unwrap();
    let exchanged = Exchanged {
        refresh_token: token.into(),
        tokens: Tokens {
            access_token: "first access".into(),
            access_expires_at: now,
            refresh_token: Some(token.into()),
            refresh_expires_at: Some(now + protocol::DAY * 180),
            geolocation: at.clone(),
            scope: "openid".into(),
            id_token: None,
        },
    };
    let account = NewAccount {
        email: format!("{number}@example.com"),
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
