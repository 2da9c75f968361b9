use client::Call;
use db::{Row, Tx, values};
use protocol::Timestamp;
use uuid::Uuid;

use crate::{Vault, columns};

/// How many calls are kept per connection.
const KEPT: i64 = 200;

/// A call as the console shows it.
#[derive(Clone, Debug)]
pub struct LoggedCall {
    pub at: Timestamp,
    pub what: String,
    pub origin: String,
    /// `None` when no answer came.
    pub status: Option<i64>,
    pub code: Option<i64>,
    pub correlation_id: String,
    pub millis: i64,
}

impl Vault {
    /// Adds calls to the log of a connection; of old ones the latest two hundred stay.
    pub async fn log_calls(&self, connection: Uuid, calls: &[Call]) -> Result<(), db::Error> {
        if calls.is_empty() {
            return Ok(());
        }
        let mut tx = self.db().write().await?;
        insert_all(&mut tx, self, connection, calls).await?;
        tx.commit().await
    }

    /// The latest calls of a connection, the newest first.
    pub async fn latest_calls(
        &self,
        connection: Uuid,
        limit: i64,
    ) -> Result<Vec<LoggedCall>, db::Error> {
        let mut tx = self.db().read().await?;
        let rows = tx
            .query(
                "SELECT at, what, origin, status, code, correlation_id, millis FROM calls
                 WHERE connection_id = $1 ORDER BY at DESC, id DESC LIMIT $2",
                &values![connection.to_string(), limit],
            )
            .await?;
        rows.iter().map(read).collect()
    }
}

/// Of old calls the latest two hundred stay.
pub(crate) async fn insert_all(
    tx: &mut Tx,
    vault: &Vault,
    connection: Uuid,
    calls: &[Call],
) -> Result<(), db::Error> {
    for call in calls {
        insert(tx, vault.entropy().uuid(), connection, call).await?;
    }
    if !calls.is_empty() {
        tx.execute(
            "DELETE FROM calls WHERE connection_id = $1 AND id NOT IN (
                 SELECT id FROM calls WHERE connection_id = $1 ORDER BY at DESC, id DESC LIMIT $2)",
            &values![connection.to_string(), KEPT],
        )
        .await?;
    }
    Ok(())
}

async fn insert(tx: &mut Tx, id: Uuid, connection: Uuid, call: &Call) -> Result<(), db::Error> {
    tx.execute(
        "INSERT INTO calls (id, connection_id, at, what, origin, status, code, correlation_id, millis)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        &values![
            id.to_string(),
            connection.to_string(),
            call.at.as_micros(),
            call.what,
            call.origin.as_str(),
            call.status.map(i64::from),
            call.code.map(i64::from),
            call.correlation_id.as_str(),
            columns::millis(call.took),
        ],
    )
    .await?;
    Ok(())
}

fn read(row: &Row) -> Result<LoggedCall, db::Error> {
    Ok(LoggedCall {
        at: columns::time(row, "at")?,
        what: row.get("what")?,
        origin: row.get("origin")?,
        status: row.get("status")?,
        code: row.get("code")?,
        correlation_id: row.get("correlation_id")?,
        millis: row.get("millis")?,
    })
}
