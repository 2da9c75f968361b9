use db::{Error, Row, Tx, values};
use protocol::{AppId, Principal, ScopeSet, Timestamp, TokenHash, UserId};
use uuid::Uuid;

use crate::columns::{client, parsed, parsed_opt, principal, scopes, time};

/// A request token, of which only the hash is kept (S09).
#[derive(Clone)]
pub struct RequestToken {
    pub hash: TokenHash,
    pub principal: Principal,
    pub app: AppId,
    /// Who clicked Connect.
    pub user: UserId,
    /// The click that it belongs to; none when an operator minted it.
    pub attempt: Option<Uuid>,
    /// What the administrator agreed to.
    pub scopes: ScopeSet,
    pub expires_at: Timestamp,
    /// Successful exchanges so far.
    pub uses: i64,
    /// The refresh token that its first exchange yielded.
    pub refresh_token: Option<i64>,
    /// Taken back by a disconnect or by giving up.
    pub void: bool,
}

pub async fn insert(tx: &mut Tx, token: &RequestToken) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO request_tokens (token_hash, company_id, client_id, principal_type,
           principal_id, user_id, attempt_id, scopes, expires_at, uses, refresh_token_id, void)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        &values![
            token.hash.as_bytes(),
            token.principal.company().to_string(),
            token.app.to_string(),
            token.principal.kind().as_str(),
            token.principal.id().to_string(),
            token.user.to_string(),
            token.attempt.map(|attempt| attempt.to_string()),
            token.scopes.to_string(),
            token.expires_at.as_micros(),
            token.uses,
            token.refresh_token,
            token.void,
        ],
    )
    .await?;
    Ok(())
}

/// Found by its hash alone: whose it is, it tells itself. Where there is none, its neighbour is read
/// instead and dropped: how long it takes does not tell (S10).
pub async fn find(tx: &mut Tx, hash: TokenHash) -> Result<Option<RequestToken>, Error> {
    let row = tx
        .query_opt(
            "SELECT token_hash, company_id, client_id, principal_type, principal_id,
               user_id, attempt_id, scopes, expires_at, uses, refresh_token_id, void
             FROM request_tokens WHERE token_hash <= $1
             ORDER BY token_hash DESC LIMIT 1",
            &values![hash.as_bytes()],
        )
        .await?;
    let Some(row) = row else { return Ok(None) };
    let token = from_row(&row, hash)?;
    let is_asked_for = hash.matches(&row.get::<Vec<u8>>("token_hash")?);
    Ok(Some(token).filter(|_| is_asked_for))
}

/// Counts one exchange, and remembers what it yielded.
pub async fn record_use(tx: &mut Tx, token: &RequestToken, yielded: i64) -> Result<(), Error> {
    tx.execute(
        "UPDATE request_tokens SET uses = uses + 1, refresh_token_id = $3
         WHERE token_hash = $1 AND company_id = $2",
        &values![
            token.hash.as_bytes(),
            token.principal.company().to_string(),
            yielded
        ],
    )
    .await?;
    Ok(())
}

/// Takes back every request token for a connection: after a disconnect none may revive it.
pub async fn void_all(tx: &mut Tx, principal: Principal, app: AppId) -> Result<(), Error> {
    tx.execute(
        "UPDATE request_tokens SET void = TRUE
         WHERE company_id = $1 AND client_id = $2 AND principal_id = $3",
        &values![
            principal.company().to_string(),
            app.to_string(),
            principal.id().to_string()
        ],
    )
    .await?;
    Ok(())
}

/// Takes back the request token of one click.
pub async fn void_attempt(
    tx: &mut Tx,
    company: protocol::CompanyId,
    attempt: Uuid,
) -> Result<(), Error> {
    tx.execute(
        "UPDATE request_tokens SET void = TRUE WHERE company_id = $1 AND attempt_id = $2",
        &values![company.to_string(), attempt.to_string()],
    )
    .await?;
    Ok(())
}

/// Takes back every request token: they may have been used, and that be lost.
pub(crate) async fn void_everything(tx: &mut Tx) -> Result<(), Error> {
    tx.execute("UPDATE request_tokens SET void = TRUE", &[])
        .await?;
    Ok(())
}

/// Removes some of those that expired by `before`; returns how many.
pub async fn delete_expired(tx: &mut Tx, before: Timestamp, at_most: i64) -> Result<u64, Error> {
    tx.execute(
        "DELETE FROM request_tokens WHERE token_hash IN
           (SELECT token_hash FROM request_tokens WHERE expires_at <= $1 LIMIT $2)",
        &values![before.as_micros(), at_most],
    )
    .await
}

fn from_row(row: &Row, hash: TokenHash) -> Result<RequestToken, Error> {
    Ok(RequestToken {
        hash,
        principal: principal(row)?,
        app: client(row)?,
        user: parsed(row, "user_id")?,
        attempt: parsed_opt(row, "attempt_id")?,
        scopes: scopes(row, "scopes")?,
        expires_at: time(row, "expires_at")?,
        uses: row.get("uses")?,
        refresh_token: row.get("refresh_token_id")?,
        void: row.get("void")?,
    })
}
