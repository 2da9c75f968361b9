use db::{Error, Tx, values};
use protocol::{CompanyId, Timestamp, TokenHash, UserId};

use crate::columns::{company, parsed, time};

/// Somebody who has signed in to the customers' site.
#[derive(Clone, Copy, Debug)]
pub struct Session {
    pub company: CompanyId,
    pub user: UserId,
    /// When the password was last given.
    pub authenticated_at: Timestamp,
    pub expires_at: Timestamp,
}

pub async fn insert(tx: &mut Tx, token: TokenHash, session: &Session) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO sessions (token_hash, company_id, user_id, authenticated_at, expires_at)
         VALUES ($1, $2, $3, $4, $5)",
        &values![
            token.as_bytes(),
            session.company.to_string(),
            session.user.to_string(),
            session.authenticated_at.as_micros(),
            session.expires_at.as_micros(),
        ],
    )
    .await?;
    Ok(())
}

/// A session that has not expired at `now`.
pub async fn find(tx: &mut Tx, token: TokenHash, now: Timestamp) -> Result<Option<Session>, Error> {
    let row = tx
        .query_opt(
            "SELECT token_hash, company_id, user_id, authenticated_at, expires_at
             FROM sessions WHERE token_hash = $1 AND expires_at > $2",
            &values![token.as_bytes(), now.as_micros()],
        )
        .await?;
    row.map(|row| {
        Ok(Session {
            company: company(&row)?,
            user: parsed(&row, "user_id")?,
            authenticated_at: time(&row, "authenticated_at")?,
            expires_at: time(&row, "expires_at")?,
        })
    })
    .transpose()
}

pub async fn delete(tx: &mut Tx, token: TokenHash) -> Result<(), Error> {
    tx.execute(
        "DELETE FROM sessions WHERE token_hash = $1",
        &values![token.as_bytes()],
    )
    .await?;
    Ok(())
}

/// Ends every sign-in of a person.
pub async fn end_all_of(tx: &mut Tx, company: CompanyId, user: UserId) -> Result<(), Error> {
    tx.execute(
        "DELETE FROM sessions WHERE company_id = $1 AND user_id = $2",
        &values![company.to_string(), user.to_string()],
    )
    .await?;
    Ok(())
}

/// Ends every sign-in of everybody.
pub(crate) async fn end_everything(tx: &mut Tx) -> Result<(), Error> {
    tx.execute("DELETE FROM sessions", &[]).await?;
    Ok(())
}

/// Removes some of those that expired by `before`; returns how many.
pub async fn delete_expired(tx: &mut Tx, before: Timestamp, at_most: i64) -> Result<u64, Error> {
    tx.execute(
        "DELETE FROM sessions WHERE token_hash IN
           (SELECT token_hash FROM sessions WHERE expires_at <= $1 LIMIT $2)",
        &values![before.as_micros(), at_most],
    )
    .await
}
