use std::fmt;
use std::sync::Arc;

use ambient::{Clock, Entropy};
use db::{Db, Migration};
use protocol::hmac_sha256;
use secrecy::SecretString;
use zeroize::Zeroizing;

use crate::By;
use crate::keys::VaultKeys;
use crate::remembered::Remembered;
use crate::sealing_proof;
use crate::usage::UsageBuffer;
use crate::watermarks::Watermark;

/// The partner's schema, oldest first.
pub const MIGRATIONS: &[Migration] = &[
    Migration {
        name: "0001_vault",
        sql: include_str!("../../../../migrations/partner/0001_vault.sql"),
    },
    Migration {
        name: "0002_keeping",
        sql: include_str!("../../../../migrations/partner/0002_keeping.sql"),
    },
    Migration {
        name: "0003_inquiry_watch",
        sql: include_str!("../../../../migrations/partner/0003_inquiry_watch.sql"),
    },
    Migration {
        name: "0004_sign_up",
        sql: include_str!("../../../../migrations/partner/0004_sign_up.sql"),
    },
    Migration {
        name: "0005_console",
        sql: include_str!("../../../../migrations/partner/0005_console.sql"),
    },
    Migration {
        name: "0006_language",
        sql: include_str!("../../../../migrations/partner/0006_language.sql"),
    },
    Migration {
        name: "0007_standing",
        sql: include_str!("../../../../migrations/partner/0007_standing.sql"),
    },
];

/// A partner's tables, the keys that open what is sealed in them, and on whose behalf they are
/// changed: the vault's own unless [`Vault::by`] says otherwise. Cheap to clone.
#[derive(Clone)]
pub struct Vault {
    inner: Arc<Inner>,
    by: By,
}

struct Inner {
    db: Db,
    keys: VaultKeys,
    /// Hashes verification codes, so that the table alone does not allow guessing them.
    code_key: Zeroizing<[u8; 32]>,
    clock: Clock,
    entropy: Entropy,
    watermark: Watermark,
    usage: UsageBuffer,
    remembered: Remembered,
}

/// Why a vault does not open.
#[derive(Debug)]
pub enum OpenError {
    Db(db::Error),
    /// What the database holds was sealed under another key (S45).
    WrongKey,
    /// The marker beside the key cannot be read or written.
    Marker(std::io::Error),
}

impl Vault {
    /// Brings the tables up to date and makes sure that `keys` open what is sealed in them.
    pub async fn open(
        db: Db,
        keys: impl Into<VaultKeys>,
        clock: Clock,
        entropy: Entropy,
    ) -> Result<Vault, OpenError> {
        let keys = keys.into();
        db.migrate(MIGRATIONS).await?;
        let mut tx = db.write().await?;
        let nonces = [entropy.bytes(), entropy.bytes()];
        let code_key = sealing_proof::prove(&mut tx, &keys, nonces).await?;
        let watermark = Watermark::load(&mut tx, entropy.uuid()).await?;
        tx.commit().await?;
        Ok(Vault {
            inner: Arc::new(Inner {
                db,
                keys,
                code_key,
                clock,
                entropy,
                watermark,
                usage: UsageBuffer::default(),
                remembered: Remembered::default(),
            }),
            by: By::system(),
        })
    }

    /// The same vault; what is changed through it is written to the audit log as done so.
    pub fn by(&self, by: By) -> Vault {
        Vault {
            inner: self.inner.clone(),
            by,
        }
    }

    pub(crate) fn acting(&self) -> &By {
        &self.by
    }

    pub(crate) fn db(&self) -> &Db {
        &self.inner.db
    }

    pub(crate) fn keys(&self) -> &VaultKeys {
        &self.inner.keys
    }

    pub(crate) fn clock(&self) -> &Clock {
        &self.inner.clock
    }

    pub(crate) fn entropy(&self) -> &Entropy {
        &self.inner.entropy
    }

    pub(crate) fn watermark(&self) -> &Watermark {
        &self.inner.watermark
    }

    pub(crate) fn usage(&self) -> &UsageBuffer {
        &self.inner.usage
    }

    pub(crate) fn remembered(&self) -> &Remembered {
        &self.inner.remembered
    }

    pub(crate) fn seal(&self, place: &str, secret: &SecretString) -> Vec<u8> {
        use secrecy::ExposeSecret;
        self.seal_bytes(place, secret.expose_secret().as_bytes())
    }

    pub(crate) fn seal_bytes(&self, place: &str, plain: &[u8]) -> Vec<u8> {
        let nonce = self.inner.entropy.bytes();
        self.inner.keys.current().sealing.seal(nonce, place, plain)
    }

    /// Under the current key, whichever sealed it before.
    pub(crate) fn seal_anew(&self, place: &str, sealed: &[u8]) -> Result<Vec<u8>, db::Error> {
        let plain = self.open_bytes(place, sealed)?;
        Ok(self.seal_bytes(place, &plain))
    }

    /// An error means that the row was moved, damaged, or sealed under another key.
    pub(crate) fn open_bytes(
        &self,
        place: &str,
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, db::Error> {
        let opened = self.inner.keys.open(place, sealed);
        opened.map_err(|_| db::Error::Program(format!("{place} cannot be opened")))
    }

    pub(crate) fn open_sealed(
        &self,
        place: &str,
        sealed: &[u8],
    ) -> Result<SecretString, db::Error> {
        text(place, &self.open_bytes(place, sealed)?)
    }

    pub(crate) fn code_hash(&self, normalized: &str) -> Vec<u8> {
        hmac_sha256(&*self.inner.code_key, normalized.as_bytes()).to_vec()
    }
}

pub(crate) fn text(place: &str, plain: &[u8]) -> Result<SecretString, db::Error> {
    let text = std::str::from_utf8(plain)
        .map_err(|_| db::Error::Program(format!("{place} is not text")))?;
    Ok(text.into())
}

impl From<db::Error> for OpenError {
    fn from(error: db::Error) -> OpenError {
        OpenError::Db(error)
    }
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            OpenError::Db(error) => error.fmt(f),
            OpenError::WrongKey => f.write_str("the vault was sealed under another key"),
            OpenError::Marker(error) => write!(f, "the vault's marker: {error}"),
        }
    }
}

impl std::error::Error for OpenError {}
