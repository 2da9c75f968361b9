use db::{Error, Row, Tx, values};
use protocol::{AppId, CodeChallenge, Principal, ScopeSet, Timestamp, TokenHash};

use crate::columns::{client, company, parsed, scopes, time, time_opt, unreadable};
use crate::connections::key;

/// An authorization code, of which only the hash is kept: what one person let one app have.
#[derive(Clone)]
pub struct AuthorizationCode {
    pub hash: TokenHash,
    /// Always a person.
    pub principal: Principal,
    pub app: AppId,
    /// Where it was sent.
    pub redirect_uri: String,
    /// Whether the request named it: then the exchange must, too (RFC 6749 §4.1.3).
    pub redirect_uri_given: bool,
    pub scopes: ScopeSet,
    pub nonce: Option<String>,
    pub code_challenge: Option<CodeChallenge>,
    /// When the person signed in.
    pub authenticated_at: Timestamp,
    pub expires_at: Timestamp,
    /// When it was exchanged, or taken back by a disconnect.
    pub used_at: Option<Timestamp>,
    /// The refresh token that its exchange yielded.
    pub refresh_token: Option<i64>,
}

pub async fn insert(tx: &mut Tx, code: &AuthorizationCode) -> Result<(), Error> {
    let [company, client, user] = key(code.principal, code.app);
    tx.execute(
        "INSERT INTO authorization_codes (code_hash, company_id, client_id, user_id, redirect_uri,
           redirect_uri_given, scopes, nonce, code_challenge, authenticated_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        &values![
            code.hash.as_bytes(),
            company,
            client,
            user,
            &code.redirect_uri,
            code.redirect_uri_given,
            code.scopes.to_string(),
            code.nonce.clone(),
            code.code_challenge
                .as_ref()
                .map(|challenge| challenge.as_str().to_owned()),
            code.authenticated_at.as_micros(),
            code.expires_at.as_micros(),
        ],
    )
    .await?;
    Ok(())
}

/// Found by its hash alone: whose it is, it tells itself.
pub async fn find(tx: &mut Tx, hash: TokenHash) -> Result<Option<AuthorizationCode>, Error> {
    let row = tx
        .query_opt(
            "SELECT code_hash, company_id, client_id, user_id, redirect_uri,
               redirect_uri_given, scopes, nonce, code_challenge, authenticated_at,
               expires_at, used_at, refresh_token_id
             FROM authorization_codes WHERE code_hash = $1",
            &values![hash.as_bytes()],
        )
        .await?;
    row.map(|row| from_row(&row, hash)).transpose()
}

/// Uses a code up. `false` when somebody else was quicker.
pub async fn consume(tx: &mut Tx, code: &AuthorizationCode, now: Timestamp) -> Result<bool, Error> {
    let changed = tx
        .execute(
            "UPDATE authorization_codes SET used_at = $3
             WHERE code_hash = $1 AND company_id = $2 AND used_at IS NULL",
            &values![
                code.hash.as_bytes(),
                code.principal.company().to_string(),
                now.as_micros()
            ],
        )
        .await?;
    Ok(changed > 0)
}

/// Remembers what a code yielded: it is revoked when the code comes back.
pub async fn record_yield(
    tx: &mut Tx,
    code: &AuthorizationCode,
    refresh_token: i64,
) -> Result<(), Error> {
    tx.execute(
        "UPDATE authorization_codes SET refresh_token_id = $3
         WHERE code_hash = $1 AND company_id = $2",
        &values![
            code.hash.as_bytes(),
            code.principal.company().to_string(),
            refresh_token
        ],
    )
    .await?;
    Ok(())
}

/// Takes back every code for a connection: after a disconnect none may revive it.
pub async fn void_all(
    tx: &mut Tx,
    principal: Principal,
    app: AppId,
    now: Timestamp,
) -> Result<(), Error> {
    let [company, client, user] = key(principal, app);
    tx.execute(
        "UPDATE authorization_codes SET used_at = $4
         WHERE company_id = $1 AND client_id = $2 AND user_id = $3 AND used_at IS NULL",
        &[company, client, user, now.as_micros().into()],
    )
    .await?;
    Ok(())
}

/// Takes back every code that is open: they may have been used, and that be lost.
pub(crate) async fn void_everything(tx: &mut Tx, now: Timestamp) -> Result<(), Error> {
    tx.execute(
        "UPDATE authorization_codes SET used_at = $1 WHERE used_at IS NULL",
        &values![now.as_micros()],
    )
    .await?;
    Ok(())
}

/// Removes some of those that expired by `before`; returns how many.
pub async fn delete_expired(tx: &mut Tx, before: Timestamp, at_most: i64) -> Result<u64, Error> {
    tx.execute(
        "DELETE FROM authorization_codes WHERE code_hash IN
           (SELECT code_hash FROM authorization_codes WHERE expires_at <= $1 LIMIT $2)",
        &values![before.as_micros(), at_most],
    )
    .await
}

fn from_row(row: &Row, hash: TokenHash) -> Result<AuthorizationCode, Error> {
    let challenge: Option<String> = row.get("code_challenge")?;
    let challenge = challenge
        .map(|text| CodeChallenge::parse(&text).ok_or_else(|| unreadable("code_challenge")));
    Ok(AuthorizationCode {
        hash,
        principal: Principal::User(company(row)?, parsed(row, "user_id")?),
        app: client(row)?,
        redirect_uri: row.get("redirect_uri")?,
        redirect_uri_given: row.get("redirect_uri_given")?,
        scopes: scopes(row, "scopes")?,
        nonce: row.get("nonce")?,
        code_challenge: challenge.transpose()?,
        authenticated_at: time(row, "authenticated_at")?,
        expires_at: time(row, "expires_at")?,
        used_at: time_opt(row, "used_at")?,
        refresh_token: row.get("refresh_token_id")?,
    })
}
