use std::time::Duration;

use db::{Error, Row, Tx, values};
use protocol::{AppId, CompanyId, DAY, Timestamp, TokenHash, UserId};

use crate::columns::{parsed_opt, time, time_opt};

/// The link in the mail is good for so long (OA-42).
pub const LIFETIME: Duration = DAY;
/// So many wrong ones, and what is open for the address is so no longer.
pub const ATTEMPTS: i64 = 5;

/// A one-time password, of which only the hash is kept.
#[derive(Clone)]
pub struct OneTimePasswordRow {
    pub hash: TokenHash,
    pub app: AppId,
    /// The address, hashed under a key: not every address that is named is somebody's.
    pub handle: TokenHash,
    /// The app's own parameters, which must come again (OA-41), hashed under a key.
    pub parameters: Vec<u8>,
    /// Who was mailed; nobody where the address is nobody's.
    pub user: Option<(CompanyId, UserId)>,
    pub expires_at: Timestamp,
    pub attempts: i64,
    pub used_at: Option<Timestamp>,
}

impl OneTimePasswordRow {
    /// Whom it signs in now: nobody once it is used, expired, or tried out.
    pub fn good_for(&self, now: Timestamp) -> Option<(CompanyId, UserId)> {
        let open = self.used_at.is_none() && now < self.expires_at && self.attempts < ATTEMPTS;
        self.user.filter(|_| open)
    }
}

pub async fn insert(tx: &mut Tx, row: &OneTimePasswordRow) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO one_time_passwords (otp_hash, client_id, handle_hash, parameters_hash,
           company_id, user_id, expires_at, attempts, used_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        &values![
            row.hash.as_bytes(),
            row.app.to_string(),
            row.handle.as_bytes(),
            row.parameters.clone(),
            row.user.map(|(company, _)| company.to_string()),
            row.user.map(|(_, user)| user.to_string()),
            row.expires_at.as_micros(),
            row.attempts,
            row.used_at.map(Timestamp::as_micros),
        ],
    )
    .await?;
    Ok(())
}

/// How many an app has asked for at an address that are neither used nor expired.
pub async fn count_open(
    tx: &mut Tx,
    app: AppId,
    handle: &TokenHash,
    now: Timestamp,
) -> Result<i64, Error> {
    let row = tx
        .query_opt(
            "SELECT COUNT(*) AS n FROM one_time_passwords
             WHERE client_id = $1 AND handle_hash = $2 AND expires_at > $3 AND used_at IS NULL",
            &values![app.to_string(), handle.as_bytes(), now.as_micros()],
        )
        .await?;
    row.map_or(Ok(0), |row| row.get("n"))
}

/// Found by what an app presents: whose it is, it tells itself.
pub async fn find(
    tx: &mut Tx,
    app: AppId,
    handle: TokenHash,
    hash: TokenHash,
) -> Result<Option<OneTimePasswordRow>, Error> {
    let row = tx
        .query_opt(
            "SELECT otp_hash, client_id, handle_hash, parameters_hash, company_id, user_id,
               expires_at, attempts, used_at
             FROM one_time_passwords
             WHERE otp_hash = $1 AND client_id = $2 AND handle_hash = $3",
            &values![hash.as_bytes(), app.to_string(), handle.as_bytes()],
        )
        .await?;
    row.map(|row| from_row(&row, app, (handle, hash)))
        .transpose()
}

/// Counts a wrong one against all that are open at the address. Returns how many those are.
pub async fn count_attempt(
    tx: &mut Tx,
    app: AppId,
    handle: &TokenHash,
    now: Timestamp,
) -> Result<u64, Error> {
    tx.execute(
        "UPDATE one_time_passwords SET attempts = attempts + 1
         WHERE client_id = $1 AND handle_hash = $2 AND expires_at > $3 AND used_at IS NULL
           AND attempts < $4",
        &values![
            app.to_string(),
            handle.as_bytes(),
            now.as_micros(),
            ATTEMPTS
        ],
    )
    .await
}

/// Uses it up. `false` when it was used, or expired, already.
pub async fn take(tx: &mut Tx, hash: &TokenHash, now: Timestamp) -> Result<bool, Error> {
    let taken = tx
        .execute(
            "UPDATE one_time_passwords SET used_at = $2
             WHERE otp_hash = $1 AND used_at IS NULL AND expires_at > $2 AND attempts < $3",
            &values![hash.as_bytes(), now.as_micros(), ATTEMPTS],
        )
        .await?;
    Ok(taken > 0)
}

/// Takes back every one that is open: they may have been used, and that be lost.
pub(crate) async fn void_everything(tx: &mut Tx, now: Timestamp) -> Result<(), Error> {
    tx.execute(
        "UPDATE one_time_passwords SET used_at = $1 WHERE used_at IS NULL",
        &values![now.as_micros()],
    )
    .await?;
    Ok(())
}

/// Takes one back of which the mail could not be sent.
pub async fn delete(tx: &mut Tx, hash: &TokenHash) -> Result<(), Error> {
    tx.execute(
        "DELETE FROM one_time_passwords WHERE otp_hash = $1",
        &values![hash.as_bytes()],
    )
    .await?;
    Ok(())
}

/// Removes some of those that expired by `before`; returns how many.
pub async fn delete_expired(tx: &mut Tx, before: Timestamp, at_most: i64) -> Result<u64, Error> {
    tx.execute(
        "DELETE FROM one_time_passwords WHERE otp_hash IN
           (SELECT otp_hash FROM one_time_passwords WHERE expires_at <= $1 LIMIT $2)",
        &values![before.as_micros(), at_most],
    )
    .await
}

fn from_row(
    row: &Row,
    app: AppId,
    (handle, hash): (TokenHash, TokenHash),
) -> Result<OneTimePasswordRow, Error> {
    let company = parsed_opt(row, "company_id")?;
    Ok(OneTimePasswordRow {
        hash,
        app,
        handle,
        parameters: row.get("parameters_hash")?,
        user: company.zip(parsed_opt(row, "user_id")?),
        expires_at: time(row, "expires_at")?,
        attempts: row.get("attempts")?,
        used_at: time_opt(row, "used_at")?,
    })
}
