use std::fmt;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::{Duration, Instant};

use ambient::{Clock, Entropy};
use db::Db;
use mail::Mailer;
use protocol::jose::SigningAlgorithm;
use protocol::{DAY, DataCenters, HOUR, MINUTE, Origin, SealingKey, TokenHash, hmac_sha256};
use rate_limit::Limits;

use uuid::Uuid;

use crate::held_keys::{HeldKeys, MAX_STALENESS};
use crate::key_rotation::{self, KeyTimes};
use crate::keys::Keys;
use crate::{audit, migrations, server_secrets, standing};

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
    /// How long clients may keep the published keys (`Cache-Control: max-age`).
    pub jwks_max_age: Duration,
    /// How long a key signs before the next one does.
    pub key_lifetime: Duration,
    /// What a rotation waits beyond the ages of caches and tokens: for slow clients, clocks that
    /// differ, and nodes that have not read the tables again yet.
    pub key_margin: Duration,
    /// Whether connect URIs may lead to the loopback address: a demo or sandbox.
    pub loopback_partners: bool,
    /// Sign-ins shown on the sign-in page of a demo: login and password.
    pub demo_sign_ins: Vec<(String, String)>,
    /// Where a demo shows its mails; linked on the customers' site.
    pub demo_outbox: Option<Origin>,
    /// How mail is sent. Never inside a transaction.
    pub mail: Mailer,
}

/// Calls of the authentication service in a minute; `None` is no limit. So many at once, refilled
/// steadily. Nodes on one PostgreSQL count together (`rate_limits`).
#[derive(Clone, Debug)]
pub struct CallLimits {
    /// By one app, whatever addresses it calls from.
    pub per_client: Option<NonZeroU32>,
    /// By one app for one company or its people: a program that loops for one customer stops none of
    /// the others.
    pub per_company: Option<NonZeroU32>,
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
            per_company: NonZeroU32::new(600),
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
            jwks_max_age: 5 * MINUTE,
            key_lifetime: 90 * DAY,
            key_margin: 5 * MINUTE,
            loopback_partners: false,
            demo_sign_ins: Vec::new(),
            demo_outbox: None,
            mail: Mailer::none(),
        }
    }

    /// publish → wait for every cache → sign → retire → wait for every token → remove (S25).
    pub fn key_times(&self) -> KeyTimes {
        KeyTimes {
            publish: self.jwks_max_age + self.key_margin,
            sign: self.key_lifetime,
            retire: self.access_token_lifetime + self.key_margin,
        }
    }
}

/// Everything a request on the platform is handled with. Cheap to clone; there is no other state.
#[derive(Clone)]
pub struct App(Arc<Inner>);

pub struct Inner {
    /// This process, among those that serve the database.
    pub node: Uuid,
    pub db: Db,
    pub clock: Clock,
    pub entropy: Entropy,
    pub settings: Settings,
    /// What nodes count together.
    pub limits: Limits,
    held_keys: HeldKeys,
    sealing: SealingKey,
    request_sealing: SealingKey,
    refresh_derivation_key: [u8; 32],
    client_secret_key: [u8; 32],
    one_time_password_key: [u8; 32],
    audit_key: [u8; 32],
}

/// Why a platform cannot start on its database.
#[derive(Debug)]
pub enum OpenError {
    Storage(db::Error),
    /// The key-encryption secret is not the one under which the database's keys were sealed.
    WrongSecret,
    /// No key signs with this algorithm. A node that serves makes one in its next round.
    NoSigningKey(SigningAlgorithm),
}

impl App {
    /// Brings the tables up to this program, and loads the deployment's keys from it or makes them. They are sealed
    /// under `key_secret`, which stands outside the database.
    pub async fn open(
        db: Db,
        key_secret: &[u8; 32],
        clock: Clock,
        entropy: Entropy,
        settings: Settings,
    ) -> Result<App, OpenError> {
        db.migrate(migrations()).await?;
        let sealing = SealingKey::derive(key_secret, standing::SEALING);
        let request_sealing = SealingKey::derive(key_secret, "authorization requests");
        let mut tx = db.write().await?;
        let secrets = server_secrets::Vault {
            sealing: &sealing,
            entropy: &entropy,
        };
        let refresh_derivation_key = secrets.load_or_make(&mut tx, "refresh-derivation").await?;
        let client_secret_key = secrets.load_or_make(&mut tx, "client-secret-hash").await?;
        let one_time_password_key = secrets.load_or_make(&mut tx, "one-time-passwords").await?;
        let audit_key = secrets.load_or_make(&mut tx, audit::KEY).await?;
        let (now, seen) = (clock.now(), Instant::now());
        let times = (settings.key_times(), now);
        let keys = key_rotation::open(&mut tx, &sealing, &entropy, times).await?;
        tx.commit().await?;
        let max_age = db.serves_many().then_some(MAX_STALENESS);
        Ok(App(Arc::new(Inner {
            node: entropy.uuid(),
            limits: Limits::new(hmac_sha256(key_secret, b"rate limits"), clock.clone()),
            db,
            clock,
            entropy,
            settings,
            held_keys: HeldKeys::new(keys, seen, max_age),
            sealing,
            request_sealing,
            refresh_derivation_key,
            client_secret_key,
            one_time_password_key,
            audit_key,
        })))
    }
}

impl Inner {
    /// The signing keys as they stand; see `key_rotation` for how they change. Unavailable when they
    /// have not been seen in the table for `MAX_STALENESS`: one of them may have leaked since.
    pub fn keys(&self) -> Result<Arc<Keys>, db::Error> {
        self.held_keys.current()
    }

    /// How long ago the signing keys were last seen in the table.
    pub fn keys_age(&self) -> Duration {
        self.held_keys.age()
    }

    pub(crate) fn held_keys(&self) -> &HeldKeys {
        &self.held_keys
    }

    pub(crate) fn sealing(&self) -> &SealingKey {
        &self.sealing
    }

    /// Seals what browsers carry for us; see `AuthorizationRequest`.
    pub(crate) fn request_sealing(&self) -> &SealingKey {
        &self.request_sealing
    }

    /// The key from which refresh tokens are derived; see `protocol::RefreshTokenValue::derive`.
    pub fn refresh_derivation_key(&self) -> &[u8] {
        &self.refresh_derivation_key
    }

    /// The key under which the end of the audit log's chain is recorded.
    pub(crate) fn audit_key(&self) -> &[u8] {
        &self.audit_key
    }

    /// What is stored of a client secret: a keyed hash, fast because the secrets are random (S14).
    pub fn client_secret_hash(&self, secret: &str) -> TokenHash {
        let keyed = hmac_sha256(&self.client_secret_key, secret.as_bytes());
        TokenHash::from_bytes(keyed)
    }

    /// A keyed hash of what an app says when it asks for a one-time password: `what` tells an address
    /// from parameters. Nobody who reads the tables can try addresses out.
    pub fn one_time_password_hash(&self, what: &str, text: &str) -> TokenHash {
        let message = format!("{what}\0{text}");
        let keyed = hmac_sha256(&self.one_time_password_key, message.as_bytes());
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
            OpenError::NoSigningKey(algorithm) => write!(f, "no key signs with {algorithm}"),
        }
    }
}

impl std::error::Error for OpenError {}
