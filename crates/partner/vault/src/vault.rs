use std::fmt;
use std::sync::Arc;

use ambient::{Clock, Entropy};
use db::{Db, Migration, values};
use protocol::{SealingKey, hmac_sha256};
use secrecy::SecretString;
use zeroize::Zeroizing;

const MIGRATIONS: &[Migration] = &[Migration {
    name: "0001_vault",
    sql: include_str!("../../../../migrations/partner/0001_vault.sql"),
}];

/// A partner's tables and the key that opens what is sealed in them. Cheap to clone.
#[derive(Clone)]
pub struct Vault(Arc<Inner>);

struct Inner {
    db: Db,
    sealing: SealingKey,
    /// Hashes verification codes, so that the table alone does not allow guessing them.
    code_key: Zeroizing<[u8; 32]>,
    clock: Clock,
    entropy: Entropy,
}

/// Why a vault does not open.
#[derive(Debug)]
pub enum OpenError {
    Db(db::Error),
    /// What the database holds was sealed under another key (S45).
    WrongKey,
}

impl Vault {
    /// Brings the tables up to date and makes sure that `key` opens what is sealed in them.
    pub async fn open(
        db: Db,
        key: &[u8; 32],
        clock: Clock,
        entropy: Entropy,
    ) -> Result<Vault, OpenError> {
        db.migrate(MIGRATIONS).await?;
        let vault = Vault(Arc::new(Inner {
            db,
            sealing: SealingKey::derive(key, "partner vault"),
            code_key: Zeroizing::new(hmac_sha256(key, b"verification codes")),
            clock,
            entropy,
        }));
        vault.prove_key().await?;
        Ok(vault)
    }

    /// Opens the row that the first start sealed, or seals it.
    async fn prove_key(&self) -> Result<(), OpenError> {
        let mut tx = self.0.db.write().await?;
        let row = tx
            .query_opt(
                "SELECT sealed FROM sealing_proof WHERE id = $1",
                &values!["vault"],
            )
            .await?;
        match row {
            Some(row) => {
                let sealed: Vec<u8> = row.get("sealed")?;
                self.open_sealed("sealing proof", &sealed)
                    .map_err(|_| OpenError::WrongKey)?;
            }
            None => {
                let sealed = self.seal("sealing proof", &"quickconnect".into());
                tx.execute(
                    "INSERT INTO sealing_proof (id, sealed) VALUES ($1, $2)",
                    &values!["vault", sealed],
                )
                .await?;
                tx.commit().await?;
            }
        }
        Ok(())
    }

    pub(crate) fn db(&self) -> &Db {
        &self.0.db
    }

    pub(crate) fn clock(&self) -> &Clock {
        &self.0.clock
    }

    pub(crate) fn entropy(&self) -> &Entropy {
        &self.0.entropy
    }

    pub(crate) fn seal(&self, place: &str, secret: &SecretString) -> Vec<u8> {
        use secrecy::ExposeSecret;
        let plain = secret.expose_secret().as_bytes();
        self.0.sealing.seal(self.0.entropy.bytes(), place, plain)
    }

    /// An error means that the row was moved, damaged, or sealed under another key.
    pub(crate) fn open_sealed(
        &self,
        place: &str,
        sealed: &[u8],
    ) -> Result<SecretString, db::Error> {
        let fault = |_| db::Error::Program(format!("{place} cannot be opened"));
        let plain = self.0.sealing.open(place, sealed).map_err(fault)?;
        let text = std::str::from_utf8(&plain)
            .map_err(|_| db::Error::Program(format!("{place} is not text")))?;
        Ok(text.into())
    }

    pub(crate) fn code_hash(&self, normalized: &str) -> Vec<u8> {
        hmac_sha256(&*self.0.code_key, normalized.as_bytes()).to_vec()
    }
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
        }
    }
}

impl std::error::Error for OpenError {}
