use std::fmt;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use ambient::{Clock, Entropy};
use db::Db;
use protocol::jose::{KeySet, SigningKey};
use protocol::{DAY, DataCenters, HOUR, Origin, SealingKey, TokenHash, hmac_sha256};

use crate::{MIGRATIONS, server_secrets, signing_keys};

/// What an operator decides about a deployment.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The name in the interface.
    pub platform_name: String,
    /// The customers' site.
    pub app_center: Origin,
    pub data_centers: DataCenters,
    /// Life of an access token.
    pub access_token_lifetime: Duration,
    /// A refresh token unused for so long expires.
    pub refresh_token_lifetime: Duration,
    /// However often it is used, a connection must be made anew after so long.
    pub refresh_token_cap: Duration,
    /// A refresh token older than this is replaced when it is used.
    pub rotation_age: Duration,
    /// How long after a rotation the old refresh token may still be presented, while nothing shows
    /// that the new one arrived.
    pub unproven_for: Duration,
    /// How often within that time.
    pub unproven_retries: i64,
    /// Whether apps may sign people in with the people's own passwords (OA-20): off unless an
    /// operator decides so, because an app then sees them.
    pub user_password_grant: bool,
    /// How often clients may call the authentication service (S29).
    pub call_limits: CallLimits,
    /// Whether connect URIs may lead to the loopback address: a demo or sandbox.
    pub loopback_partners: bool,
    /// Sign-ins shown on the sign-in page of a demo: login and password.
    pub demo_sign_ins: Vec<(String, String)>,
    /// Where a copy of each mail is put as a file; a deployment without one sends none.
    pub outbox: Option<std::path::PathBuf>,
}

/// Calls of the authentication service in a minute; `None` is no limit. So many at once, refilled
/// steadily. Each node counts for itself.
#[derive(Clone, Debug)]
pub struct CallLimits {
    /// By one app, whatever addresses it calls from.
    pub per_client: Option<NonZeroU32>,
    /// From one network address, whoever calls.
    pub per_address: Option<NonZeroU32>,
    /// Refused credentials of apps and people, and refused request tokens, from one address (SE-20).
    pub failures_per_address: Option<NonZeroU32>,
}

impl Default for CallLimits {
    /// More than a program that does its work ever calls: a partner may refresh all its connections
    /// in one go.
    fn default() -> CallLimits {
        CallLimits {
            per_client: NonZeroU32::new(6_000),
            per_address: NonZeroU32::new(6_000),
            failures_per_address: NonZeroU32::new(60),
        }
    }
}

impl Settings {
    /// The defaults of the reference and of "Refresh tokens: the rules".
    pub fn new(app_center: Origin, data_centers: DataCenters) -> Settings {
        Settings {
            platform_name: "Quick Connect".to_owned(),
            app_center,
            data_centers,
            access_token_lifetime: HOUR,
            refresh_token_lifetime: 180 * DAY,
            refresh_token_cap: 730 * DAY,
            rotation_age: 7 * DAY,
            unproven_for: 72 * HOUR,
            unproven_retries: 20,
            user_password_grant: false,
            call_limits: CallLimits::default(),
            loopback_partners: false,
            demo_sign_ins: Vec::new(),
            outbox: None,
        }
    }
}

/// Everything a request on the platform is handled with. Cheap to clone; there is no other state.
#[derive(Clone)]
pub struct App(Arc<Inner>);

pub struct Inner {
    pub db: Db,
    pub clock: Clock,
    pub entropy: Entropy,
    pub settings: Settings,
    pub signing_key: SigningKey,
    /// The public halves of all keys that may have signed a token still alive.
    pub public_keys: KeySet,
    refresh_derivation_key: [u8; 32],
    client_secret_key: [u8; 32],
}

/// Why a platform cannot start on its database.
#[derive(Debug)]
pub enum OpenError {
    Storage(db::Error),
    /// The key-encryption secret is not the one under which the database's keys were sealed.
    WrongSecret,
}

impl App {
    /// Migrates the database, and loads the deployment's keys from it or makes them. They are sealed
    /// under `key_secret`, which stands outside the database.
    pub async fn open(
        db: Db,
        key_secret: &[u8; 32],
        clock: Clock,
        entropy: Entropy,
        settings: Settings,
    ) -> Result<App, OpenError> {
        db.migrate(MIGRATIONS).await?;
        let sealing = SealingKey::derive(key_secret, "platform");
        let mut tx = db.write().await?;
        let secrets = server_secrets::Vault {
            sealing: &sealing,
            entropy: &entropy,
        };
        let refresh_derivation_key = secrets.load_or_make(&mut tx, "refresh-derivation").await?;
        let client_secret_key = secrets.load_or_make(&mut tx, "client-secret-hash").await?;
        let now = clock.now();
        let keys = signing_keys::load_or_make(&mut tx, &sealing, &entropy, now).await?;
        tx.commit().await?;
        let public_keys = KeySet {
            keys: keys.iter().map(|key| key.public().clone()).collect(),
        };
        let signing_key = keys.into_iter().next_back().ok_or(OpenError::WrongSecret)?;
        Ok(App(Arc::new(Inner {
            db,
            clock,
            entropy,
            settings,
            signing_key,
            public_keys,
            refresh_derivation_key,
            client_secret_key,
        })))
    }
}

impl Inner {
    /// The key from which refresh tokens are derived; see `protocol::RefreshTokenValue::derive`.
    pub fn refresh_derivation_key(&self) -> &[u8] {
        &self.refresh_derivation_key
    }

    /// What is stored of a client secret: a keyed hash, fast because the secrets are random (S14).
    pub fn client_secret_hash(&self, secret: &str) -> TokenHash {
        let keyed = hmac_sha256(&self.client_secret_key, secret.as_bytes());
        TokenHash::from_bytes(keyed)
    }

    /// Whether an issuer is one of this deployment's origins.
    pub fn is_issuer(&self, issuer: &Origin) -> bool {
        self.settings.data_centers.contains(issuer)
    }
}

impl std::ops::Deref for App {
    type Target = Inner;
    fn deref(&self) -> &Inner {
        &self.0
    }
}

impl From<db::Error> for OpenError {
    fn from(error: db::Error) -> OpenError {
        OpenError::Storage(error)
    }
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            OpenError::Storage(error) => error.fmt(f),
            OpenError::WrongSecret => f.write_str(
                "the keys in this database were sealed under another key-encryption secret",
            ),
        }
    }
}

impl std::error::Error for OpenError {}
