use db::{Error, Tx, values};
use protocol::Timestamp;

/// Takes an access token back, by its `jti`. It is remembered until it would have expired. `false`
/// when it was taken back before.
pub async fn insert(tx: &mut Tx, jti: &str, expires_at: Timestamp) -> Result<bool, Error> {
    let written = tx
        .execute(
            "INSERT INTO revoked_access_tokens (jti, expires_at) VALUES ($1, $2)
         ON CONFLICT (jti) DO NOTHING",
            &values![jti, expires_at.as_micros()],
        )
        .await?;
    Ok(written > 0)
}

/// Whether an access token was taken back.
pub async fn contains(tx: &mut Tx, jti: &str) -> Result<bool, Error> {
    let row = tx
        .query_opt(
            "SELECT 1 AS found FROM revoked_access_tokens WHERE jti = $1",
            &values![jti],
        )
        .await?;
    Ok(row.is_some())
}

/// Removes some of those that expired by `before`; returns how many.
pub async fn delete_expired(tx: &mut Tx, before: Timestamp, at_most: i64) -> Result<u64, Error> {
    tx.execute(
        "DELETE FROM revoked_access_tokens WHERE jti IN
           (SELECT jti FROM revoked_access_tokens WHERE expires_at <= $1 LIMIT $2)",
        &values![before.as_micros(), at_most],
    )
    .await
}
