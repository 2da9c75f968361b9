use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use db::{Error, Row, values};
use protocol::{AppId, DAY};
use tokio::runtime::Handle;
use uuid::Uuid;

use crate::{ListedConnection, Vault, columns};

/// What is counted per customer and day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Usage {
    /// Access tokens handed out by the broker.
    Token,
    /// Calls passed on by the broker.
    Call,
    /// Refreshes at the platform.
    Refresh,
    /// Those of them that brought no token.
    FailedRefresh,
}

/// What a customer was used for on one day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Used {
    /// Days since the epoch, UTC.
    pub day: i64,
    pub kind: String,
    pub number: i64,
}

/// What one customer was used for, in all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UsageTotals {
    pub app: AppId,
    pub principal: Uuid,
    pub connection: Uuid,
    pub name: Option<String>,
    pub tokens: i64,
    pub calls: i64,
}

/// Counts that are not in the table yet: a process that dies loses a minute of them.
#[derive(Default)]
pub(crate) struct UsageBuffer(Mutex<Counts>);

/// By app, principal, day and kind.
type Key = (AppId, Uuid, i64, Usage);
type Counts = HashMap<Key, i64>;
type Count = (Key, i64);

/// A hundred thousand customers may have been counted in a minute. One transaction for all of them
/// would keep everybody else from writing for seconds.
const IN_ONE_TRANSACTION: usize = 500;
/// On PostgreSQL a statement is a round trip.
const IN_ONE_STATEMENT: usize = 50;

impl Usage {
    const fn as_str(self) -> &'static str {
        match self {
            Usage::Token => "token",
            Usage::Call => "call",
            Usage::Refresh => "refresh",
            Usage::FailedRefresh => "failed_refresh",
        }
    }
}

impl UsageBuffer {
    fn take(&self) -> Counts {
        std::mem::take(&mut self.lock())
    }

    fn put_back(&self, counts: Vec<Count>) {
        let mut kept = self.lock();
        for (key, number) in counts {
            *kept.entry(key).or_default() += number;
        }
    }

    fn lock(&self) -> MutexGuard<'_, Counts> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Vault {
    /// Counts one use, in memory.
    pub fn count_usage(&self, app: AppId, principal: Uuid, what: Usage) {
        let day = self.today();
        let key = (app, principal, day, what);
        *self.usage().lock().entry(key).or_default() += 1;
    }

    /// Writes what was counted: by and by, so that others write in between, and in a thread of its
    /// own, because a statement on SQLite runs in the one that asks.
    pub async fn flush_usage(&self) -> Result<(), Error> {
        let mut left: Vec<Count> = self.usage().take().into_iter().collect();
        // As the table's key orders them: what stands on one page is written together.
        left.sort_unstable_by_key(|((app, principal, day, _), _)| {
            (app.as_uuid(), *principal, *day)
        });
        while !left.is_empty() {
            let part = left.split_off(left.len().saturating_sub(IN_ONE_TRANSACTION));
            let (vault, runtime) = (self.clone(), Handle::current());
            let write = move || {
                let written = runtime.block_on(vault.write_usage(&part));
                if written.is_err() {
                    vault.usage().put_back(part);
                }
                written
            };
            let written = tokio::task::spawn_blocking(write).await;
            let broken_off = |_| Error::Program("writing down use was broken off".to_owned());
            if let Err(error) = written.map_err(broken_off).flatten() {
                self.usage().put_back(left);
                return Err(error);
            }
        }
        Ok(())
    }

    async fn write_usage(&self, counts: &[Count]) -> Result<(), Error> {
        let mut tx = self.db().write().await?;
        for part in counts.chunks(IN_ONE_STATEMENT) {
            let mut parameters = Vec::new();
            for ((app, principal, day, kind), number) in part {
                parameters.extend(values![
                    app.to_string(),
                    principal.to_string(),
                    *day,
                    kind.as_str(),
                    *number
                ]);
            }
            tx.execute(&add(part.len()), &parameters).await?;
        }
        tx.commit().await
    }

    /// Adds to each of a page of connections what it was used for on the last `days` days.
    pub(crate) async fn fill_use(
        &self,
        listed: &mut [ListedConnection],
        days: u16,
    ) -> Result<(), Error> {
        let first = self.today() + 1 - i64::from(days);
        let mut tx = self.db().read().await?;
        for listed in listed {
            let connection = &listed.connection;
            let rows = tx
                .query(
                    "SELECT day, number FROM usage WHERE app = $1 AND principal = $2 AND day >= $3
                         AND kind IN ('token', 'call')",
                    &values![
                        connection.app.to_string(),
                        connection.principal.to_string(),
                        first
                    ],
                )
                .await?;
            listed.used = vec![0; usize::from(days)];
            for row in rows {
                let at = usize::try_from(row.get::<i64>("day")? - first).unwrap_or(usize::MAX);
                if let Some(number) = listed.used.get_mut(at) {
                    *number += row.get::<i64>("number")?;
                }
            }
        }
        Ok(())
    }

    /// Days since the epoch, UTC.
    fn today(&self) -> i64 {
        self.clock().now().as_micros() / i64::try_from(DAY.as_micros()).unwrap_or(1)
    }

    /// What all customers of an app, or of all apps, were used for since `day`, by day and kind,
    /// with what is still in memory here.
    pub async fn usage_since(&self, app: Option<AppId>, day: i64) -> Result<Vec<Used>, Error> {
        self.flush_usage().await?;
        let app = app.map_or_else(String::new, |app| app.to_string());
        let mut tx = self.db().read().await?;
        let rows = tx
            .query(
                "SELECT day, kind, CAST(SUM(number) AS BIGINT) AS number FROM usage
                 WHERE day >= $1 AND ($2 = '' OR app = $2) GROUP BY day, kind ORDER BY day, kind",
                &values![day, app],
            )
            .await?;
        rows.iter().map(read).collect()
    }

    /// The customers that were used most since `day`: tokens handed out and calls passed on.
    pub async fn most_used(
        &self,
        app: Option<AppId>,
        day: i64,
        limit: i64,
    ) -> Result<Vec<UsageTotals>, Error> {
        let app = app.map_or_else(String::new, |app| app.to_string());
        let mut tx = self.db().read().await?;
        let rows = tx
            .query(
                "SELECT totals.app, totals.principal, totals.tokens, totals.calls, connections.id,
                     connections.name
                 FROM (SELECT app, principal,
                         CAST(SUM(CASE WHEN kind = 'token' THEN number ELSE 0 END) AS BIGINT) AS tokens,
                         CAST(SUM(CASE WHEN kind = 'call' THEN number ELSE 0 END) AS BIGINT) AS calls
                       FROM usage WHERE day >= $1 AND ($2 = '' OR app = $2)
                         AND kind IN ('token', 'call')
                       GROUP BY app, principal) AS totals
                     JOIN connections ON connections.app = totals.app
                         AND connections.principal = totals.principal
                 ORDER BY totals.tokens + totals.calls DESC, totals.principal LIMIT $3",
                &values![day, app, limit],
            )
            .await?;
        let totals = rows.iter().map(|row| {
            Ok(UsageTotals {
                app: AppId::from_uuid(columns::uuid(row, "app")?),
                principal: columns::uuid(row, "principal")?,
                connection: columns::uuid(row, "id")?,
                name: row.get("name")?,
                tokens: row.get("tokens")?,
                calls: row.get("calls")?,
            })
        });
        totals.collect()
    }

    /// The ledger of one customer, by day and kind, with what is still in memory here.
    pub async fn usage_of(&self, app: AppId, principal: Uuid) -> Result<Vec<Used>, Error> {
        self.flush_usage().await?;
        let mut tx = self.db().read().await?;
        let rows = tx
            .query(
                "SELECT day, kind, number FROM usage WHERE app = $1 AND principal = $2
                 ORDER BY day, kind",
                &values![app.to_string(), principal.to_string()],
            )
            .await?;
        rows.iter().map(read).collect()
    }
}

/// The statement that adds so many counts.
fn add(counts: usize) -> String {
    let rows = (0..counts).map(|row| {
        let places = (1..=5).map(|column| format!("${}", row * 5 + column));
        format!("({})", places.collect::<Vec<_>>().join(", "))
    });
    format!(
        "INSERT INTO usage (app, principal, day, kind, number) VALUES {}
         ON CONFLICT (app, principal, day, kind)
         DO UPDATE SET number = usage.number + excluded.number",
        rows.collect::<Vec<_>>().join(", ")
    )
}

fn read(row: &Row) -> Result<Used, Error> {
    Ok(Used {
        day: row.get("day")?,
        kind: row.get("kind")?,
        number: row.get("number")?,
    })
}
