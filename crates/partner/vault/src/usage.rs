use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use db::{Error, values};
use protocol::{AppId, DAY};
use uuid::Uuid;

use crate::Vault;

/// What is counted per customer and day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Usage {
    /// Access tokens handed out by the broker.
    Token,
    /// Calls passed on by the broker.
    Call,
    /// Refreshes at the platform.
    Refresh,
}

/// What a customer was used for on one day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Used {
    /// Days since the epoch, UTC.
    pub day: i64,
    pub kind: String,
    pub number: i64,
}

/// Counts that are not in the table yet: a process that dies loses a minute of them.
#[derive(Default)]
pub(crate) struct UsageBuffer(Mutex<Counts>);

/// By app, principal, day and kind.
type Counts = HashMap<(AppId, Uuid, i64, Usage), i64>;

impl Usage {
    const fn as_str(self) -> &'static str {
        match self {
            Usage::Token => "token",
            Usage::Call => "call",
            Usage::Refresh => "refresh",
        }
    }
}

impl UsageBuffer {
    fn take(&self) -> Counts {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Vault {
    /// Counts one use, in memory.
    pub fn count_usage(&self, app: AppId, principal: Uuid, what: Usage) {
        let day = self.clock().now().as_micros() / i64::try_from(DAY.as_micros()).unwrap_or(1);
        let mut counts = self
            .usage()
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        *counts.entry((app, principal, day, what)).or_default() += 1;
    }

    /// Writes what was counted.
    pub async fn flush_usage(&self) -> Result<(), Error> {
        let counts = self.usage().take();
        if counts.is_empty() {
            return Ok(());
        }
        let written = self.write_usage(&counts).await;
        if written.is_err() {
            let mut kept = self
                .usage()
                .0
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            for (key, number) in counts {
                *kept.entry(key).or_default() += number;
            }
        }
        written
    }

    async fn write_usage(&self, counts: &Counts) -> Result<(), Error> {
        let mut tx = self.db().write().await?;
        for ((app, principal, day, kind), number) in counts {
            tx.execute(
                "INSERT INTO usage (app, principal, day, kind, number) VALUES ($1, $2, $3, $4, $5)
                 ON CONFLICT (app, principal, day, kind)
                 DO UPDATE SET number = usage.number + excluded.number",
                &values![
                    app.to_string(),
                    principal.to_string(),
                    *day,
                    kind.as_str(),
                    *number
                ],
            )
            .await?;
        }
        tx.commit().await
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
        let used = rows.iter().map(|row| {
            Ok(Used {
                day: row.get("day")?,
                kind: row.get("kind")?,
                number: row.get("number")?,
            })
        });
        used.collect()
    }
}
