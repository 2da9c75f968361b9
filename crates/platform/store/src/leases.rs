use std::time::Duration;

use db::{Error, Tx, values};
use protocol::Timestamp;
use uuid::Uuid;

use crate::columns::time;

/// A piece of work, and who does it.
#[derive(Clone, Debug)]
pub struct Lease {
    pub name: String,
    /// The node that did it last.
    pub holder: String,
    /// So often another node took it over.
    pub fence: i64,
    pub until: Timestamp,
}

/// All there are, by name.
pub async fn all(tx: &mut Tx) -> Result<Vec<Lease>, Error> {
    let rows = tx
        .query(
            "SELECT name, holder, fence, until FROM leases ORDER BY name",
            &[],
        )
        .await?;
    let lease = |row: &db::Row| {
        Ok(Lease {
            name: row.get("name")?,
            holder: row.get("holder")?,
            fence: row.get("fence")?,
            until: time(row, "until")?,
        })
    };
    rows.iter().map(lease).collect()
}

/// Takes a piece of work for `period`, or goes on holding it. `None` while another node holds it.
/// Otherwise a number that grows with every change of holder.
pub async fn take(
    tx: &mut Tx,
    name: &str,
    holder: Uuid,
    period: Duration,
    now: Timestamp,
) -> Result<Option<i64>, Error> {
    let row = tx
        .query_opt(
            "INSERT INTO leases (name, holder, fence, until) VALUES ($1, $2, 1, $3)
             ON CONFLICT (name) DO UPDATE
             SET fence = CASE WHEN leases.holder = excluded.holder THEN leases.fence
                   ELSE leases.fence + 1 END,
                 holder = excluded.holder, until = excluded.until
             WHERE leases.holder = excluded.holder OR leases.until <= $4
             RETURNING fence",
            &values![
                name,
                holder.to_string(),
                (now + period).as_micros(),
                now.as_micros(),
            ],
        )
        .await?;
    row.map(|row| row.get("fence")).transpose()
}
