use db::{Error, Tx, values};
use protocol::{AppId, Timestamp, TokenHash};
use uuid::Uuid;

/// A client secret, of which only a keyed hash is kept. Two may be active at once (S14).
pub struct AppSecret {
    pub client_id: AppId,
    pub id: Uuid,
    pub hash: TokenHash,
    pub active: bool,
    pub created_at: Timestamp,
}

pub async fn insert(tx: &mut Tx, secret: &AppSecret) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO app_secrets (client_id, id, secret_hash, active, created_at)
         VALUES ($1, $2, $3, $4, $5)",
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
