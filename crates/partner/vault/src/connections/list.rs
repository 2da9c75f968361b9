use std::ops::Range;

use db::{Error, Value, values};
use protocol::{AppId, Timestamp};

use super::{COLUMNS, Connection, Health, health, read};
use crate::{Vault, columns};

/// A connection in the console's list.
#[derive(Clone, Debug)]
pub struct ListedConnection {
    pub connection: Connection,
    pub last_call: Option<Timestamp>,
    /// Tokens handed out and calls passed on, by day, from the first day that was asked for.
    pub used: Vec<i64>,
}

/// What a list is ordered by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Column {
    #[default]
    Connected,
    Name,
    Expires,
    Refreshed,
}

/// Which connections to list.
#[derive(Clone, Debug, Default)]
pub struct ConnectionFilter {
    pub health: Option<Health>,
    pub app: Option<AppId>,
    /// Part of a name or of an id, in any letter case.
    pub text: String,
    /// Connected ones whose refresh token expires then.
    pub expires: Option<Range<Timestamp>>,
    pub by: Column,
    /// The latest, or the last of the alphabet, first.
    pub descending: bool,
    pub offset: i64,
    pub limit: i64,
    /// So many days of use come with each, today's the last.
    pub days: u16,
}

const CONDITION: &str = "($1 = '' OR {health} = $1) AND ($2 = '' OR app = $2)
    AND ($3 = '' OR LOWER(COALESCE(name, '')) LIKE $3 ESCAPE '!' OR principal LIKE $3 ESCAPE '!')
    AND COALESCE(refresh_expires_at, 0) >= $4 AND COALESCE(refresh_expires_at, 0) < $5
    AND ($6 = '' OR state = $6) AND $7 > 0";

impl Vault {
    /// A page of the list, and how many there are in all.
    pub async fn connections(
        &self,
        filter: &ConnectionFilter,
    ) -> Result<(Vec<ListedConnection>, i64), Error> {
        let condition = CONDITION.replace("{health}", &health::SQL.replace("$now", "$7"));
        let expires = filter.expires.as_ref();
        let mut wanted: Vec<Value> = values![
            filter.health.map_or("", Health::as_str),
            filter.app.map_or_else(String::new, |app| app.to_string()),
            columns::like(&filter.text),
            expires.map_or(0, |range| range.start.as_micros()),
            expires.map_or(i64::MAX, |range| range.end.as_micros()),
            if expires.is_some() { "connected" } else { "" },
            self.clock().now().as_micros(),
        ]
        .into();
        let mut tx = self.db().read().await?;
        let total = tx
            .query_opt(
                &format!("SELECT COUNT(*) AS total FROM connections WHERE {condition}"),
                &wanted,
            )
            .await?
            .map_or(Ok(0), |row| row.get("total"))?;
        wanted.extend(values![filter.limit, filter.offset]);
        // Only what is shown is looked up in other tables.
        let order = order(filter);
        let sql = format!(
            "SELECT {COLUMNS},
                 (SELECT MAX(at) FROM calls WHERE calls.connection_id = page.id) AS last_call
             FROM (SELECT {COLUMNS} FROM connections WHERE {condition}
                   ORDER BY {order} LIMIT $8 OFFSET $9) AS page
             ORDER BY {order}"
        );
        let rows = tx.query(&sql, &wanted).await?;
        let mut listed = Vec::with_capacity(rows.len());
        for row in &rows {
            listed.push(ListedConnection {
                connection: read(row)?,
                last_call: columns::time_opt(row, "last_call")?,
                used: Vec::new(),
            });
        }
        drop(tx);
        if filter.days > 0 {
            self.fill_use(&mut listed, filter.days).await?;
        }
        Ok((listed, total))
    }

    /// How many connections there are of each health, of one app or of all.
    pub async fn count_health(&self, app: Option<AppId>) -> Result<Vec<(Health, i64)>, Error> {
        let sql = format!(
            "SELECT health, COUNT(*) AS number FROM (
                 SELECT {} AS health FROM connections WHERE ($2 = '' OR app = $2)) AS all_of_them
             GROUP BY health",
            health::SQL.replace("$now", "$1")
        );
        let app = app.map_or_else(String::new, |app| app.to_string());
        let mut tx = self.db().read().await?;
        let rows = tx
            .query(&sql, &values![self.clock().now().as_micros(), app])
            .await?;
        let mut counts = Health::ALL.map(|health| (health, 0));
        for row in rows {
            let found = Health::parse(&row.get::<String>("health")?);
            for (health, count) in &mut counts {
                if Some(*health) == found {
                    *count = row.get("number")?;
                }
            }
        }
        Ok(counts.into())
    }
}

fn order(filter: &ConnectionFilter) -> &'static str {
    match (filter.by, filter.descending) {
        (Column::Connected, true) => "connected_at DESC, id DESC",
        (Column::Connected, false) => "connected_at, id",
        (Column::Name, true) => "LOWER(COALESCE(name, principal)) DESC, id DESC",
        (Column::Name, false) => "LOWER(COALESCE(name, principal)), id",
        (Column::Expires, true) => "COALESCE(refresh_expires_at, 0) DESC, id DESC",
        (Column::Expires, false) => "COALESCE(refresh_expires_at, 9223372036854775807), id",
        (Column::Refreshed, true) => "last_refreshed_at DESC, id DESC",
        (Column::Refreshed, false) => "last_refreshed_at, id",
    }
}
