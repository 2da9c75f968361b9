use db::{Error, Row, Tx, values};
use protocol::{AppId, Place, Principal, ScopeSet, Timestamp};

use crate::columns::{client, principal, scopes, time, time_opt, unreadable};
use crate::connections::key;

/// A refresh token, of which only the hash is kept.
#[derive(Clone, Debug)]
pub struct RefreshToken {
    /// Grows with time; stands at the head of the token itself.
    pub id: i64,
    pub principal: Principal,
    pub app: AppId,
    /// The id of its first ancestor. A connection that is made anew begins another lineage.
    pub lineage: i64,
    /// 0 for the one that an exchange yields, 1 for its successor, and so on.
    pub generation: i64,
    pub secret_hash: Vec<u8>,
    pub scopes: ScopeSet,
    pub issued_at: Timestamp,
    /// Slides with use.
    pub expires_at: Timestamp,
    /// Does not.
    pub absolute_expires_at: Timestamp,
    /// When the client was first seen to hold it, or an access token issued with it.
    pub proven_at: Option<Timestamp>,
    pub successor: Option<i64>,
    /// How often it was presented after it had a successor.
    pub retries: i64,
    pub state: RefreshTokenState,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefreshTokenState {
    Live,
    /// Its successor is proven to have arrived; presented again, it is a replay.
    Retired,
    /// The connection was made anew, and that is proven to have arrived.
    Superseded,
    /// The connection was ended, or its lineage was replayed.
    Revoked,
}

impl RefreshTokenState {
    const fn as_str(self) -> &'static str {
        match self {
            RefreshTokenState::Live => "live",
            RefreshTokenState::Retired => "retired",
            RefreshTokenState::Superseded => "superseded",
            RefreshTokenState::Revoked => "revoked",
        }
    }
}

impl RefreshToken {
    pub fn place(&self) -> Place {
        Place {
            row: self.id,
            lineage: self.lineage,
            generation: self.generation,
        }
    }
}

/// All columns by name: one that a newer release adds changes nothing here.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, company_id, client_id, principal_type, principal_id, lineage,
               generation, secret_hash, scopes, issued_at, expires_at, absolute_expires_at,
               proven_at, successor_id, retries, state
             FROM refresh_tokens ",
            $rest
        )
    };
}

/// When the token with this key was issued: keys begin with the time.
pub const fn instant_of(id: i64) -> Timestamp {
    Timestamp::from_micros(id / 1024)
}

/// Writes a new token. `false` when its id is taken: draw another.
pub async fn insert(tx: &mut Tx, token: &RefreshToken) -> Result<bool, Error> {
    let written = tx
        .execute(
            "INSERT INTO refresh_tokens (id, company_id, client_id, principal_type, principal_id,
               lineage, generation, secret_hash, scopes, issued_at, expires_at,
               absolute_expires_at, proven_at, successor_id, retries, state)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
             ON CONFLICT (id) DO NOTHING",
            &values![
                token.id,
                token.principal.company().to_string(),
                token.app.to_string(),
                token.principal.kind().as_str(),
                token.principal.id().to_string(),
                token.lineage,
                token.generation,
                token.secret_hash.as_slice(),
                token.scopes.to_string(),
                token.issued_at.as_micros(),
                token.expires_at.as_micros(),
                token.absolute_expires_at.as_micros(),
                token.proven_at.map(Timestamp::as_micros),
                token.successor,
                token.retries,
                token.state.as_str(),
            ],
        )
        .await?;
    Ok(written > 0)
}

/// Found by its key, which the token carries: whose it is, it tells itself.
pub async fn find(tx: &mut Tx, id: i64) -> Result<Option<RefreshToken>, Error> {
    let row = tx.query_opt(select!("WHERE id = $1"), &values![id]).await?;
    row.as_ref().map(from_row).transpose()
}

/// What the table knows of a lineage, oldest first. Found by what a proven token names.
pub async fn of_lineage(tx: &mut Tx, lineage: i64) -> Result<Vec<RefreshToken>, Error> {
    let rows = tx
        .query(select!("WHERE lineage = $1 ORDER BY id"), &values![lineage])
        .await?;
    rows.iter().map(from_row).collect()
}

/// Writes a token whose row was lost, and which has just been presented: whatever else there is of
/// its lineage was replaced by it, and retires. `false` when its id is taken.
pub async fn adopt(tx: &mut Tx, token: &RefreshToken, now: Timestamp) -> Result<bool, Error> {
    if !insert(tx, token).await? {
        return Ok(false);
    }
    prove(tx, token, now).await?;
    tx.execute(
        "UPDATE refresh_tokens SET state = 'retired'
         WHERE lineage = $1 AND id <> $2 AND state = 'live'",
        &values![token.lineage, token.id],
    )
    .await?;
    Ok(true)
}

/// Whether one was seen in use, or is worth nothing any longer. Where none is asked about, the newest
/// is read and dropped: it takes as long (S10).
pub async fn has_arrived(tx: &mut Tx, id: Option<i64>) -> Result<bool, Error> {
    let row = tx
        .query_opt(
            "SELECT id, proven_at, state FROM refresh_tokens WHERE id <= $1
             ORDER BY id DESC LIMIT 1",
            &values![id.unwrap_or(i64::MAX)],
        )
        .await?;
    let Some(row) = row else { return Ok(false) };
    let arrived = time_opt(&row, "proven_at")?.is_some()
        || row.get::<String>("state")? != RefreshTokenState::Live.as_str();
    Ok(arrived && Some(row.get("id")?) == id)
}

/// Sets the successor, unless there is one already. `false` when there is.
pub async fn set_successor(tx: &mut Tx, id: i64, successor: i64) -> Result<bool, Error> {
    let changed = tx
        .execute(
            "UPDATE refresh_tokens SET successor_id = $2 WHERE id = $1 AND successor_id IS NULL",
            &values![id, successor],
        )
        .await?;
    Ok(changed > 0)
}

pub async fn count_retry(tx: &mut Tx, id: i64) -> Result<(), Error> {
    tx.execute(
        "UPDATE refresh_tokens SET retries = retries + 1 WHERE id = $1",
        &values![id],
    )
    .await?;
    Ok(())
}

pub async fn extend(tx: &mut Tx, id: i64, expires_at: Timestamp) -> Result<(), Error> {
    tx.execute(
        "UPDATE refresh_tokens SET expires_at = $2 WHERE id = $1",
        &values![id, expires_at.as_micros()],
    )
    .await?;
    Ok(())
}

/// Records that a token arrived: its ancestors in the lineage retire, and lineages of the same
/// connection that began before it are superseded.
pub async fn prove(tx: &mut Tx, token: &RefreshToken, now: Timestamp) -> Result<(), Error> {
    tx.execute(
        "UPDATE refresh_tokens SET proven_at = $2 WHERE id = $1 AND proven_at IS NULL",
        &values![token.id, now.as_micros()],
    )
    .await?;
    let [company, client, principal] = key(token.principal, token.app);
    tx.execute(
        "UPDATE refresh_tokens
         SET state = CASE WHEN lineage = $4 THEN 'retired' ELSE 'superseded' END
         WHERE company_id = $1 AND client_id = $2 AND principal_id = $3 AND lineage <= $4
           AND (lineage < $4 OR generation < $5) AND state IN ('live', 'retired')",
        &[
            company,
            client,
            principal,
            token.lineage.into(),
            token.generation.into(),
        ],
    )
    .await?;
    Ok(())
}

/// Revokes every token of one lineage.
pub async fn revoke_lineage(tx: &mut Tx, token: &RefreshToken) -> Result<(), Error> {
    let [company, client, principal] = key(token.principal, token.app);
    tx.execute(
        "UPDATE refresh_tokens SET state = 'revoked'
         WHERE company_id = $1 AND client_id = $2 AND principal_id = $3 AND lineage = $4",
        &[company, client, principal, token.lineage.into()],
    )
    .await?;
    Ok(())
}

/// Revokes every token of a connection.
pub async fn revoke_all(tx: &mut Tx, principal: Principal, app: AppId) -> Result<(), Error> {
    tx.execute(
        "UPDATE refresh_tokens SET state = 'revoked'
         WHERE company_id = $1 AND client_id = $2 AND principal_id = $3 AND state <> 'revoked'",
        &key(principal, app),
    )
    .await?;
    Ok(())
}

/// The newest key that a connection has ever had: the next lineage must lie above it, even when a
/// clock was set back.
pub async fn newest_id(tx: &mut Tx, principal: Principal, app: AppId) -> Result<i64, Error> {
    let row = tx
        .query_opt(
            "SELECT id FROM refresh_tokens
             WHERE company_id = $1 AND client_id = $2 AND principal_id = $3
             ORDER BY id DESC LIMIT 1",
            &key(principal, app),
        )
        .await?;
    row.map_or(Ok(0), |row| row.get("id"))
}

/// The newest key of all.
pub(crate) async fn newest_of_all(tx: &mut Tx) -> Result<i64, Error> {
    let row = tx
        .query_opt(
            "SELECT id FROM refresh_tokens ORDER BY id DESC LIMIT 1",
            &[],
        )
        .await?;
    row.map_or(Ok(0), |row| row.get("id"))
}

/// Whether a connection has a token that could still be refreshed at `now`.
pub async fn any_live(
    tx: &mut Tx,
    principal: Principal,
    app: AppId,
    now: Timestamp,
) -> Result<bool, Error> {
    let [company, client, principal] = key(principal, app);
    let row = tx
        .query_opt(
            "SELECT 1 AS found FROM refresh_tokens
             WHERE company_id = $1 AND client_id = $2 AND principal_id = $3
               AND state = 'live' AND expires_at > $4 LIMIT 1",
            &[company, client, principal, now.as_micros().into()],
        )
        .await?;
    Ok(row.is_some())
}

/// When a connection ends at the latest, however often it is used; `None` when it has no live token.
pub async fn absolute_expiry(
    tx: &mut Tx,
    principal: Principal,
    app: AppId,
) -> Result<Option<Timestamp>, Error> {
    let row = tx
        .query_opt(
            "SELECT MAX(absolute_expires_at) AS latest FROM refresh_tokens
             WHERE company_id = $1 AND client_id = $2 AND principal_id = $3 AND state = 'live'",
            &key(principal, app),
        )
        .await?;
    row.map_or(Ok(None), |row| time_opt(&row, "latest"))
}

/// Whether a token that could still be refreshed at `now` covers all of `wanted`.
pub async fn covers(
    tx: &mut Tx,
    principal: Principal,
    app: AppId,
    (wanted, now): (&ScopeSet, Timestamp),
) -> Result<bool, Error> {
    let [company, client, principal] = key(principal, app);
    let rows = tx
        .query(
            "SELECT scopes FROM refresh_tokens
             WHERE company_id = $1 AND client_id = $2 AND principal_id = $3
               AND state = 'live' AND expires_at > $4 AND absolute_expires_at > $4",
            &[company, client, principal, now.as_micros().into()],
        )
        .await?;
    for row in &rows {
        if wanted.is_subset_of(&scopes(row, "scopes")?) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Removes some of those that were issued by `before` and have expired by then; returns how many.
///
/// They are found from the oldest on by their key, which grows with time: an index by expiry would
/// have to be written at every use. A token that old is not live: used, it was replaced.
pub async fn delete_expired(tx: &mut Tx, before: Timestamp, at_most: i64) -> Result<u64, Error> {
    tx.execute(
        "DELETE FROM refresh_tokens WHERE id IN
           (SELECT id FROM refresh_tokens WHERE id <= $1 AND expires_at <= $2
            ORDER BY id LIMIT $3)",
        &values![
            before.as_micros().saturating_mul(1024),
            before.as_micros(),
            at_most
        ],
    )
    .await
}

fn from_row(row: &Row) -> Result<RefreshToken, Error> {
    Ok(RefreshToken {
        id: row.get("id")?,
        principal: principal(row)?,
        app: client(row)?,
        lineage: row.get("lineage")?,
        generation: row.get("generation")?,
        secret_hash: row.get("secret_hash")?,
        scopes: scopes(row, "scopes")?,
        issued_at: time(row, "issued_at")?,
        expires_at: time(row, "expires_at")?,
        absolute_expires_at: time(row, "absolute_expires_at")?,
        proven_at: time_opt(row, "proven_at")?,
        successor: row.get("successor_id")?,
        retries: row.get("retries")?,
        state: match row.get::<String>("state")?.as_str() {
            "live" => RefreshTokenState::Live,
            "retired" => RefreshTokenState::Retired,
            "superseded" => RefreshTokenState::Superseded,
            "revoked" => RefreshTokenState::Revoked,
            _ => return Err(unreadable("state")),
        },
    })
}
