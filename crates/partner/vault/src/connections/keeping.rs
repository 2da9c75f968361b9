use db::{Error, Tx, values};
use protocol::{AppId, DAY, Timestamp};
use uuid::Uuid;

use super::{COLUMNS, ConnectionState, read};
use crate::events::{self, Happening};
use crate::platforms::Whose;
use crate::{Vault, columns};

/// A connection whose turn it is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Due {
    pub id: Uuid,
    pub app: AppId,
    pub principal: Uuid,
    pub generation: i64,
}

/// Days before expiry at which those who look after a connection are told (S51).
pub const ALERT_DAYS: [i64; 5] = [1, 7, 14, 30, 60];

impl Vault {
    /// Connections in `state` whose turn it is, the longest waiting first: read from an index.
    pub(crate) async fn due(
        &self,
        whose: Whose<'_>,
        state: ConnectionState,
        by: Timestamp,
        limit: i64,
    ) -> Result<Vec<Due>, Error> {
        let sql = format!(
            "SELECT id, app, principal, generation FROM connections
             WHERE state = $1 AND due_at <= $2 AND {} ORDER BY due_at LIMIT $3",
            whose.condition(3)
        );
        let mut values = values![state.as_str(), by.as_micros(), limit].to_vec();
        values.extend(whose.values());
        let mut tx = self.db().read().await?;
        let rows = tx.query(&sql, &values).await?;
        let due = rows.iter().map(|row| {
            Ok(Due {
                id: columns::uuid(row, "id")?,
                app: AppId::from_uuid(columns::uuid(row, "app")?),
                principal: columns::uuid(row, "principal")?,
                generation: row.get("generation")?,
            })
        });
        due.collect()
    }

    /// The platform answers again: whoever waited for it is due now.
    pub(crate) async fn hasten(&self, whose: Whose<'_>) -> Result<(), Error> {
        let sql = format!(
            "UPDATE connections SET due_at = $1
             WHERE failure = 'transient' AND state = 'connected' AND due_at > $1 AND {}",
            whose.condition(1)
        );
        let mut values = values![self.clock().now().as_micros()].to_vec();
        values.extend(whose.values());
        let mut tx = self.db().write().await?;
        tx.execute(&sql, &values).await?;
        tx.commit().await
    }

    /// Puts the next step of a connection that is being ended off.
    pub(crate) async fn put_off(&self, id: Uuid, until: Timestamp) -> Result<(), Error> {
        let mut tx = self.db().write().await?;
        tx.execute(
            "UPDATE connections SET due_at = $1 WHERE id = $2",
            &values![until.as_micros(), id.to_string()],
        )
        .await?;
        tx.commit().await
    }

    /// Tells of connections that are about to expire and that nothing has refreshed for two days:
    /// each once for each of [`ALERT_DAYS`], in bounded batches.
    pub(crate) async fn alert_expiring(&self) -> Result<(), Error> {
        let now = self.clock().now();
        for days in ALERT_DAYS {
            let sql = format!(
                "SELECT {COLUMNS} FROM connections
                 WHERE state = 'connected' AND refresh_expires_at <= $1
                   AND (alerted_days IS NULL OR alerted_days > $2) AND last_refreshed_at <= $3
                 ORDER BY refresh_expires_at LIMIT 200"
            );
            let until = now + DAY * u32::try_from(days).unwrap_or(0);
            let neglected = (now - 2 * DAY).as_micros();
            let mut tx = self.db().read().await?;
            let rows = tx
                .query(&sql, &values![until.as_micros(), days, neglected])
                .await?;
            drop(tx);
            if rows.is_empty() {
                continue;
            }
            let mut tx = self.db().write().await?;
            for row in &rows {
                let connection = read(row)?;
                let changed = tx
                    .execute(
                        "UPDATE connections SET alerted_days = $1
                         WHERE id = $2 AND state = 'connected' AND refresh_expires_at <= $3
                           AND (alerted_days IS NULL OR alerted_days > $1)",
                        &values![days, connection.id.to_string(), until.as_micros()],
                    )
                    .await?;
                if changed > 0 {
                    let what = Happening::Expiring { days };
                    events::insert(&mut tx, self, &connection, what).await?;
                }
            }
            tx.commit().await?;
        }
        Ok(())
    }

    /// How many connections expire within each of [`ALERT_DAYS`].
    pub async fn count_expiring(&self) -> Result<[(i64, i64); 5], Error> {
        let now = self.clock().now();
        let mut tx = self.db().read().await?;
        let mut counts = ALERT_DAYS.map(|days| (days, 0));
        for (days, count) in &mut counts {
            let until = now + DAY * u32::try_from(*days).unwrap_or(0);
            let row = tx
                .query_opt(
                    "SELECT COUNT(*) AS number FROM connections
                     WHERE state = 'connected' AND refresh_expires_at <= $1",
                    &values![until.as_micros()],
                )
                .await?;
            *count = row.map_or(Ok(0), |row| row.get("number"))?;
        }
        Ok(counts)
    }
}

/// No token of the table is presented before the platform has told how it stands (S59).
pub(crate) async fn doubt_all(tx: &mut Tx) -> Result<u64, Error> {
    tx.execute(
        "UPDATE connections SET doubtful = TRUE, access_token = NULL, lease_until = NULL, due_at = 0
         WHERE state IN ('connected', 'disconnecting')",
        &[],
    )
    .await
}

/// How many should have been looked at before then. Those of a restored backup wait without a time.
pub(crate) async fn overdue(tx: &mut Tx, then: Timestamp) -> Result<i64, Error> {
    let row = tx
        .query_opt(
            "SELECT COUNT(*) AS number FROM connections
             WHERE state IN ('connected', 'disconnecting') AND due_at > 0 AND due_at <= $1",
            &values![then.as_micros()],
        )
        .await?;
    row.map_or(Ok(0), |row| row.get("number"))
}
