//! Connections by day, for the console's calendar and charts. Days are counted since the epoch, UTC.

use std::collections::BTreeMap;
use std::ops::Range;

use db::{Error, Row, values};
use protocol::{AppId, DAY};

use super::ConnectionState;
use crate::Vault;

/// Microseconds of a day.
const MICROS: i64 = DAY.as_secs().cast_signed() * 1_000_000;

impl Vault {
    /// How many connected companies' refresh tokens expire on each of these days; days without any
    /// are left out.
    pub async fn expiries_by_day(
        &self,
        app: Option<AppId>,
        days: Range<i64>,
    ) -> Result<BTreeMap<i64, i64>, Error> {
        let app = app.map_or_else(String::new, |app| app.to_string());
        let mut tx = self.db().read().await?;
        let rows = tx
            .query(
                "SELECT refresh_expires_at / $4 AS day, COUNT(*) AS number FROM connections
                 WHERE state = 'connected' AND refresh_expires_at >= $1 AND refresh_expires_at < $2
                     AND ($3 = '' OR app = $3)
                 GROUP BY 1",
                &values![days.start * MICROS, days.end * MICROS, app, MICROS],
            )
            .await?;
        rows.iter().map(day_and_number).collect()
    }

    /// How many connections worked at the end of each of these days, as far as it is known from the
    /// connections that are kept: a connection counts from the day on which it was last made, until
    /// it ended or was lost.
    pub async fn connected_by_day(
        &self,
        app: Option<AppId>,
        days: Range<i64>,
    ) -> Result<Vec<i64>, Error> {
        let app = app.map_or_else(String::new, |app| app.to_string());
        let mut tx = self.db().read().await?;
        let begun = tx
            .query(
                "SELECT connected_at / $2 AS day, COUNT(*) AS number FROM connections
                 WHERE ($1 = '' OR app = $1) GROUP BY 1",
                &values![app.as_str(), MICROS],
            )
            .await?;
        let ended = tx
            .query(
                "SELECT state_since / $2 AS day, COUNT(*) AS number FROM connections
                 WHERE ($1 = '' OR app = $1) AND state <> $3 GROUP BY 1",
                &values![app, MICROS, ConnectionState::Connected.as_str()],
            )
            .await?;
        let mut changes: BTreeMap<i64, i64> = BTreeMap::new();
        for (rows, sign) in [(begun, 1), (ended, -1)] {
            for row in &rows {
                let (day, number) = day_and_number(row)?;
                *changes.entry(day).or_default() += sign * number;
            }
        }
        let mut standing: i64 = changes.range(..days.start).map(|(_, change)| change).sum();
        let by_day = days.map(|day| {
            standing += changes.get(&day).copied().unwrap_or(0);
            standing
        });
        Ok(by_day.collect())
    }
}

fn day_and_number(row: &Row) -> Result<(i64, i64), Error> {
    Ok((row.get("day")?, row.get("number")?))
}
