//! What nodes have used of their limits, added up (S29; `docs/decisions/0011-shared-limits.md`).

use db::{Error, Tx, Value, values};
use protocol::Timestamp;
use rate_limit::{Total, Use};

use crate::App;

/// Rows of one statement.
const ROWS: usize = 32;

/// Adds what this node has used since the last time to what all have, and takes over the sum, in one
/// statement for each [`ROWS`] keys. Returns how many keys there were; without any, which is the
/// usual case, nothing is asked.
///
/// On failure this node goes on counting for itself, and tells all of it later.
pub async fn share(app: &App, now: Timestamp) -> Result<usize, Error> {
    let uses = app.limits.tell();
    if uses.is_empty() {
        return Ok(0);
    }
    match add(app, &uses, now).await {
        Ok(totals) => {
            app.limits.hear(&totals);
            Ok(uses.len())
        }
        Err(error) => {
            app.limits.tell_again(&uses);
            Err(error)
        }
    }
}

async fn add(app: &App, uses: &[Use], now: Timestamp) -> Result<Vec<Total>, Error> {
    // Rows are added to by one statement each, in the same order at every node: they need no lock.
    let mut tx = app.db.write_for(format!("limits of {}", app.node)).await?;
    let mut totals = Vec::new();
    for uses in uses.chunks(ROWS) {
        totals.extend(upsert(&mut tx, uses, now).await?);
    }
    tx.commit().await?;
    Ok(totals)
}

async fn upsert(tx: &mut Tx, uses: &[Use], now: Timestamp) -> Result<Vec<Total>, Error> {
    let mut parameters: Vec<Value> = values![now.as_micros()].into();
    let mut rows = Vec::new();
    for one in uses {
        let at = parameters.len();
        rows.push(format!("(${}, ${})", at + 1, at + 2));
        parameters.extend(values![
            format!("{} {:04x}", one.limit, one.slot),
            now.as_micros() + one.used
        ]);
    }
    let sql = format!(
        "INSERT INTO rate_limits (id, full_at) VALUES {}
         ON CONFLICT (id) DO UPDATE SET full_at = CASE
           WHEN rate_limits.full_at > $1 THEN rate_limits.full_at + excluded.full_at - $1
           ELSE excluded.full_at END
         RETURNING id, full_at",
        rows.join(", ")
    );
    let rows = tx.query(&sql, &parameters).await?;
    rows.iter().map(total).collect()
}

fn total(row: &db::Row) -> Result<Total, Error> {
    let id: String = row.get("id")?;
    let parts = id.rsplit_once(' ');
    let parts = parts.and_then(|(limit, slot)| Some((limit, u16::from_str_radix(slot, 16).ok()?)));
    let (limit, slot) = parts.ok_or_else(|| Error::Program(format!("no limit is called {id}")))?;
    Ok(Total {
        limit: limit.to_owned(),
        slot,
        full_at: row.get("full_at")?,
    })
}

/// Removes some of those that are refilled; returns how many.
pub async fn delete_refilled(tx: &mut Tx, now: Timestamp, at_most: i64) -> Result<u64, Error> {
    tx.execute(
        "DELETE FROM rate_limits WHERE id IN
           (SELECT id FROM rate_limits WHERE full_at <= $1 LIMIT $2)",
        &values![now.as_micros(), at_most],
    )
    .await
}
