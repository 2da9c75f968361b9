use db::{Error, Row, Tx, values};
use protocol::{AppId, Timestamp, TokenHash};
use secrecy::SecretString;
use uuid::Uuid;

use crate::App;
use crate::columns::{parsed, time};

/// A client secret, of which only a keyed hash is kept. Several may be active at once (S14).
pub struct AppSecret {
    pub client_id: AppId,
    pub id: Uuid,
    pub hash: TokenHash,
    pub active: bool,
    pub created_at: Timestamp,
}

/// What may be shown of a client secret after it was made (reference §3.7).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecretRecord {
    pub id: Uuid,
    pub active: bool,
    pub created_at: Timestamp,
    /// When it was last switched on or off.
    pub updated_at: Timestamp,
}

/// An app may have so many secrets, active or not.
pub const SECRET_LIMIT: usize = 10;

/// Makes a secret of 256 random bits. The value is shown to whoever asked for it and is gone then.
pub async fn make(
    app: &App,
    tx: &mut Tx,
    client: AppId,
    active: bool,
    now: Timestamp,
) -> Result<(SecretString, SecretRecord), Error> {
    let random: [u8; 32] = app.entropy.bytes();
    let value: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
    let secret = AppSecret {
        client_id: client,
        id: app.entropy.uuid(),
        hash: app.client_secret_hash(&value),
        active,
        created_at: now,
    };
    insert(tx, &secret).await?;
    let record = SecretRecord {
        id: secret.id,
        active,
        created_at: now,
        updated_at: now,
    };
    Ok((SecretString::from(value), record))
}

pub async fn insert(tx: &mut Tx, secret: &AppSecret) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO app_secrets (client_id, id, secret_hash, active, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $5)",
        &values![
            secret.client_id.to_string(),
            secret.id.to_string(),
            secret.hash.as_bytes(),
            secret.active,
            secret.created_at.as_micros(),
        ],
    )
    .await?;
    Ok(())
}

/// An app's secrets, oldest first.
pub async fn all(tx: &mut Tx, app: AppId) -> Result<Vec<SecretRecord>, Error> {
    let rows = tx
        .query(
            "SELECT id, active, created_at, updated_at FROM app_secrets WHERE client_id = $1
             ORDER BY created_at, id",
            &values![app.to_string()],
        )
        .await?;
    rows.iter().map(from_row).collect()
}

/// Switches a secret on or off: from the next request on.
pub async fn set_active(
    tx: &mut Tx,
    app: AppId,
    secret: Uuid,
    active: bool,
    now: Timestamp,
) -> Result<(), Error> {
    tx.execute(
        "UPDATE app_secrets SET active = $3, updated_at = $4
         WHERE client_id = $1 AND id = $2 AND active <> $3",
        &values![app.to_string(), secret.to_string(), active, now.as_micros()],
    )
    .await?;
    Ok(())
}

/// Deletes a secret that is not active. `false` when it is, or is not there.
pub async fn delete(tx: &mut Tx, app: AppId, secret: Uuid) -> Result<bool, Error> {
    let deleted = tx
        .execute(
            "DELETE FROM app_secrets WHERE client_id = $1 AND id = $2 AND NOT active",
            &values![app.to_string(), secret.to_string()],
        )
        .await?;
    Ok(deleted > 0)
}

/// Whether `presented` is one of the app's active secrets; each is compared in constant time.
pub async fn is_active(tx: &mut Tx, app: AppId, presented: &TokenHash) -> Result<bool, Error> {
    let rows = tx
        .query(
            "SELECT secret_hash FROM app_secrets WHERE client_id = $1 AND active",
            &values![app.to_string()],
        )
        .await?;
    let mut known = false;
    for row in rows {
        known |= presented.matches(&row.get::<Vec<u8>>("secret_hash")?);
    }
    Ok(known)
}

fn from_row(row: &Row) -> Result<SecretRecord, Error> {
    Ok(SecretRecord {
        id: parsed(row, "id")?,
        active: row.get("active")?,
        created_at: time(row, "created_at")?,
        updated_at: time(row, "updated_at")?,
    })
}
