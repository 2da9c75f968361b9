use std::time::Duration;

use db::{Error, Tx, values};
use protocol::{Timestamp, TokenHash};

/// Counts an attempt to sign in to an account before its password is looked at, so that attempts at
/// the same time count too. Returns how many there were within `period` of the first.
pub async fn count(
    tx: &mut Tx,
    account: &TokenHash,
    period: Duration,
    now: Timestamp,
) -> Result<i64, Error> {
    let row = tx
        .query_opt(
            "INSERT INTO password_attempts (account_hash, began_at, attempts) VALUES ($1, $2, 1)
             ON CONFLICT (account_hash) DO UPDATE SET
               began_at = CASE WHEN password_attempts.began_at <= $3 THEN excluded.began_at
                 ELSE password_attempts.began_at END,
               attempts = CASE WHEN password_attempts.began_at <= $3 THEN 1
                 ELSE password_attempts.attempts + 1 END
             RETURNING attempts",
            &values![
                account.as_bytes(),
                now.as_micros(),
                (now - period).as_micros()
            ],
        )
        .await?;
    let row = row.ok_or_else(|| Error::Program("no count was returned".to_owned()))?;
    row.get("attempts")
}

/// Forgets the attempts: one succeeded.
pub async fn clear(tx: &mut Tx, account: &TokenHash) -> Result<(), Error> {
    tx.execute(
        "DELETE FROM password_attempts WHERE account_hash = $1",
        &values![account.as_bytes()],
    )
    .await?;
    Ok(())
}

/// Removes some of those that began by `before`; returns how many.
pub async fn delete_older(tx: &mut Tx, before: Timestamp, at_most: i64) -> Result<u64, Error> {
    tx.execute(
        "DELETE FROM password_attempts WHERE account_hash IN
           (SELECT account_hash FROM password_attempts WHERE began_at <= $1 LIMIT $2)",
        &values![before.as_micros(), at_most],
    )
    .await
}
