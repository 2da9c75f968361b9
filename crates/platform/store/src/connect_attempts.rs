use db::{Error, Row, Tx, values};
use protocol::{CompanyId, Timestamp, UserId};
use uuid::Uuid;

use crate::columns::{parsed, time, unreadable};

/// One click on Connect, as the listing behind the partner's window shows it.
#[derive(Clone, Debug)]
pub struct Attempt {
    pub id: Uuid,
    pub user: UserId,
    pub listing: String,
    pub state: AttemptState,
    pub started_at: Timestamp,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AttemptState {
    /// The partner's window is open.
    Pending,
    /// The partner has exchanged the request token.
    Connected,
    /// The window was closed before that. The partner may still finish.
    Closed,
    /// The partner's server did not answer; nothing was handed out.
    Unreachable,
    /// Given up by the person who began it; its request token is void.
    Cancelled,
}

impl AttemptState {
    pub const fn as_str(self) -> &'static str {
        match self {
            AttemptState::Pending => "pending",
            AttemptState::Connected => "connected",
            AttemptState::Closed => "closed",
            AttemptState::Unreachable => "unreachable",
            AttemptState::Cancelled => "cancelled",
        }
    }
}

pub async fn insert(tx: &mut Tx, company: CompanyId, attempt: &Attempt) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO connect_attempts (company_id, id, user_id, listing_id, state, started_at)
         VALUES ($1, $2, $3, $4, $5, $6)",
        &values![
            company.to_string(),
            attempt.id.to_string(),
            attempt.user.to_string(),
            &attempt.listing,
            attempt.state.as_str(),
            attempt.started_at.as_micros(),
        ],
    )
    .await?;
    Ok(())
}

/// Moves an attempt on, unless it has come to an end already. Returns whether it moved.
pub async fn set_state(
    tx: &mut Tx,
    company: CompanyId,
    attempt: Uuid,
    state: AttemptState,
) -> Result<bool, Error> {
    let changed = tx
        .execute(
            "UPDATE connect_attempts SET state = $3
             WHERE company_id = $1 AND id = $2 AND state IN ('pending', 'closed') AND state <> $3",
            &values![company.to_string(), attempt.to_string(), state.as_str()],
        )
        .await?;
    Ok(changed > 0)
}

/// The newest attempt of one person on one listing since `since`.
pub async fn newest(
    tx: &mut Tx,
    company: CompanyId,
    user: UserId,
    listing: &str,
    since: Timestamp,
) -> Result<Option<Attempt>, Error> {
    let row = tx
        .query_opt(
            "SELECT company_id, id, user_id, listing_id, state, started_at
             FROM connect_attempts
             WHERE company_id = $1 AND user_id = $2 AND listing_id = $3 AND started_at > $4
             ORDER BY started_at DESC, id LIMIT 1",
            &values![
                company.to_string(),
                user.to_string(),
                listing,
                since.as_micros()
            ],
        )
        .await?;
    row.as_ref().map(from_row).transpose()
}

/// Removes some of those that began by `before`; returns how many.
pub async fn delete_older(tx: &mut Tx, before: Timestamp, at_most: i64) -> Result<u64, Error> {
    tx.execute(
        "DELETE FROM connect_attempts WHERE (company_id, id) IN
           (SELECT company_id, id FROM connect_attempts WHERE started_at <= $1 LIMIT $2)",
        &values![before.as_micros(), at_most],
    )
    .await
}

fn from_row(row: &Row) -> Result<Attempt, Error> {
    Ok(Attempt {
        id: parsed(row, "id")?,
        user: parsed(row, "user_id")?,
        listing: row.get("listing_id")?,
        state: match row.get::<String>("state")?.as_str() {
            "pending" => AttemptState::Pending,
            "connected" => AttemptState::Connected,
            "closed" => AttemptState::Closed,
            "unreachable" => AttemptState::Unreachable,
            "cancelled" => AttemptState::Cancelled,
            _ => return Err(unreadable("state")),
        },
        started_at: time(row, "started_at")?,
    })
}
