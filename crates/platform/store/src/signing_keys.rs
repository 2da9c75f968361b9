use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use ambient::Entropy;
use db::{Error, Row, Tx, values};
use protocol::jose::{SigningAlgorithm, SigningKey, generate};
use protocol::{SealingKey, Timestamp};

use crate::OpenError;
use crate::columns::{parsed, time};

/// What is known of a signing key without its private half.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyRecord {
    pub kid: String,
    pub algorithm: SigningAlgorithm,
    pub state: KeyState,
    /// When it came into this state.
    pub since: Timestamp,
    pub created_at: Timestamp,
}

/// A key's life, in this order (S25).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyState {
    /// Shown to clients; signs when its turn comes.
    Published,
    Signing,
    /// Signs no longer, and is shown until the last token that it signed has expired.
    Retired,
    /// Shown no longer: what it signed is refused. Its private half is deleted.
    Removed,
}

/// A private key that has just been made, sealed.
pub(crate) struct FreshKey {
    kid: String,
    pub algorithm: SigningAlgorithm,
    sealed: Vec<u8>,
}

impl FreshKey {
    pub fn make(sealing: &SealingKey, entropy: &Entropy, algorithm: SigningAlgorithm) -> FreshKey {
        let kid = entropy.uuid().simple().to_string();
        let der = generate(algorithm).expect("the library makes keys of these kinds");
        let sealed = sealing.seal(entropy.bytes(), &associated(&kid), &der);
        FreshKey {
            kid,
            algorithm,
            sealed,
        }
    }
}

impl KeyState {
    pub const fn as_str(self) -> &'static str {
        match self {
            KeyState::Published => "published",
            KeyState::Signing => "signing",
            KeyState::Retired => "retired",
            KeyState::Removed => "removed",
        }
    }
}

impl fmt::Display for KeyState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for KeyState {
    type Err = ();
    fn from_str(text: &str) -> Result<KeyState, ()> {
        [
            KeyState::Published,
            KeyState::Signing,
            KeyState::Retired,
            KeyState::Removed,
        ]
        .into_iter()
        .find(|state| state.as_str() == text)
        .ok_or(())
    }
}

/// All columns by name: one that a newer release adds changes nothing here.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT kid, algorithm, sealed, created_at, state, state_since
             FROM signing_keys ",
            $rest
        )
    };
}

/// All keys there ever were, oldest first.
pub async fn all(tx: &mut Tx) -> Result<Vec<KeyRecord>, Error> {
    let rows = tx.query(select!("ORDER BY created_at, kid"), &[]).await?;
    rows.iter().map(from_row).collect()
}

/// The keys that are shown, opened.
pub(crate) async fn load(
    tx: &mut Tx,
    sealing: &SealingKey,
) -> Result<Vec<(KeyRecord, Arc<SigningKey>)>, OpenError> {
    let rows = tx
        .query(
            select!("WHERE state <> 'removed' ORDER BY created_at, kid"),
            &[],
        )
        .await?;
    let mut keys = Vec::new();
    for row in rows {
        let record = from_row(&row)?;
        let der = sealing
            .open(
                &associated(&record.kid),
                &row.get::<Vec<u8>>("sealed").map_err(OpenError::Storage)?,
            )
            .map_err(|_| OpenError::WrongSecret)?;
        let key = SigningKey::from_pkcs8(&record.kid, record.algorithm, &der)
            .map_err(|_| OpenError::WrongSecret)?;
        keys.push((record, Arc::new(key)));
    }
    Ok(keys)
}

/// All keys, each private half opened and dropped again: whether this is the secret under which they
/// were sealed.
pub(crate) async fn opened(tx: &mut Tx, sealing: &SealingKey) -> Result<Vec<KeyRecord>, OpenError> {
    let rows = tx.query(select!("ORDER BY created_at, kid"), &[]).await?;
    let mut keys = Vec::new();
    for row in &rows {
        let record = from_row(row)?;
        let sealed: Vec<u8> = row.get("sealed")?;
        if record.state != KeyState::Removed {
            let opened = sealing.open(&associated(&record.kid), &sealed);
            opened.map_err(|_| OpenError::WrongSecret)?;
        }
        keys.push(record);
    }
    Ok(keys)
}

/// Writes a fresh key. Where another process has put one in that place, nothing is written.
pub(crate) async fn insert(
    tx: &mut Tx,
    key: FreshKey,
    state: KeyState,
    now: Timestamp,
) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO signing_keys (kid, algorithm, sealed, created_at, state, state_since)
         VALUES ($1, $2, $3, $4, $5, $4)
         ON CONFLICT DO NOTHING",
        &values![
            key.kid,
            key.algorithm.as_str(),
            key.sealed,
            now.as_micros(),
            state.as_str(),
        ],
    )
    .await?;
    Ok(())
}

/// Moves a key on. `false` when another process was quicker.
pub(crate) async fn set_state(
    tx: &mut Tx,
    kid: &str,
    (from, to): (KeyState, KeyState),
    now: Timestamp,
) -> Result<bool, Error> {
    let changed = tx
        .execute(
            "UPDATE signing_keys SET state = $3, state_since = $4 WHERE kid = $1 AND state = $2",
            &values![kid, from.as_str(), to.as_str(), now.as_micros()],
        )
        .await?;
    Ok(changed > 0)
}

/// Takes a key away for good: the private half is deleted.
pub(crate) async fn remove(tx: &mut Tx, kid: &str, now: Timestamp) -> Result<(), Error> {
    tx.execute(
        "UPDATE signing_keys SET state = 'removed', state_since = $2, sealed = $3
         WHERE kid = $1 AND state <> 'removed'",
        &values![kid, now.as_micros(), Vec::<u8>::new()],
    )
    .await?;
    Ok(())
}

fn from_row(row: &Row) -> Result<KeyRecord, Error> {
    Ok(KeyRecord {
        kid: row.get("kid")?,
        algorithm: parsed(row, "algorithm")?,
        state: parsed(row, "state")?,
        since: time(row, "state_since")?,
        created_at: time(row, "created_at")?,
    })
}

fn associated(kid: &str) -> String {
    format!("signing key {kid}")
}
