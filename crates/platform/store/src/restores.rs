//! When the database was put back from a backup (S41, S59).
//!
//! A restored database knows the refresh tokens up to the backup. Partners hold some that were issued
//! after it, and some that it believes live were replaced meanwhile. What becomes of them is decided
//! where tokens are presented; here stands when it happened.

use std::time::Duration;

use db::{Error, Row, Tx, values};
use protocol::{DAY, MINUTE, Timestamp};
use uuid::Uuid;

use crate::audit::{self, Action, By, Change};
use crate::columns::{parsed, time};
use crate::{
    App, RefreshToken, authorization_codes, one_time_passwords, refresh_tokens, request_tokens,
    sessions,
};

/// For so long after a restore a token that was replaced is refused and not taken for a theft: its
/// owner may have been restored as well.
pub const GRACE: Duration = DAY.saturating_mul(7);
/// So much the clocks of nodes may differ, and so long a request may have taken.
const SLACK: Duration = MINUTE.saturating_mul(10);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Restore {
    pub id: Uuid,
    /// The newest that the database knew when it came back.
    pub known_until: Timestamp,
    pub restored_at: Timestamp,
}

impl Restore {
    /// Whether what was written at an instant may have been lost.
    pub fn lost(&self, at: Timestamp) -> bool {
        at + SLACK >= self.known_until && at <= self.restored_at + SLACK
    }

    /// Whether a token of a lineage that comes back at `now`, replaced, may be an honest partner's.
    pub fn forgives(&self, token: &RefreshToken, now: Timestamp) -> bool {
        let began = refresh_tokens::instant_of(token.lineage);
        began <= self.restored_at + SLACK && now < self.restored_at + GRACE
    }
}

/// Every restore that this database remembers.
pub async fn all(tx: &mut Tx) -> Result<Vec<Restore>, Error> {
    let rows = tx
        .query(
            "SELECT id, known_until, restored_at FROM restores ORDER BY restored_at, id",
            &[],
        )
        .await?;
    rows.iter().map(from_row).collect()
}

/// Records that the database was put back, before anybody is answered from it. `known_until` is the
/// backup's instant; left out, that of the newest refresh token.
///
/// What could be used once and was open at the backup may have been used since: request tokens, codes
/// and one-time passwords are void, and everybody is signed out.
pub async fn record(
    app: &App,
    tx: &mut Tx,
    known_until: Option<Timestamp>,
    by: By<'_>,
) -> Result<Restore, Error> {
    let newest = refresh_tokens::newest_of_all(tx).await?;
    let restore = Restore {
        id: app.entropy.uuid(),
        known_until: known_until.unwrap_or(refresh_tokens::instant_of(newest)),
        restored_at: by.now,
    };
    tx.execute(
        "INSERT INTO restores (id, known_until, restored_at) VALUES ($1, $2, $3)",
        &values![
            restore.id.to_string(),
            restore.known_until.as_micros(),
            restore.restored_at.as_micros(),
        ],
    )
    .await?;
    request_tokens::void_everything(tx).await?;
    authorization_codes::void_everything(tx, by.now).await?;
    one_time_passwords::void_everything(tx, by.now).await?;
    sessions::end_everything(tx).await?;
    let change = Change {
        action: Action::DatabaseRestored,
        company: None,
        app: None,
        subject: &restore.known_until.to_rfc3339(),
    };
    audit::record(tx, &app.entropy, by, change).await?;
    Ok(restore)
}

fn from_row(row: &Row) -> Result<Restore, Error> {
    Ok(Restore {
        id: parsed(row, "id")?,
        known_until: time(row, "known_until")?,
        restored_at: time(row, "restored_at")?,
    })
}
