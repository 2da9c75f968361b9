//! Columns that hold more than text and numbers.

use std::time::Duration;

use db::{Error, Row};
use protocol::{Origin, Timestamp};
use uuid::Uuid;

pub(crate) fn uuid(row: &Row, column: &str) -> Result<Uuid, Error> {
    parse(column, &row.get::<String>(column)?)
}

pub(crate) fn uuid_opt(row: &Row, column: &str) -> Result<Option<Uuid>, Error> {
    row.get::<Option<String>>(column)?
        .map(|text| parse(column, &text))
        .transpose()
}

pub(crate) fn origin(row: &Row, column: &str) -> Result<Origin, Error> {
    parse(column, &row.get::<String>(column)?)
}

pub(crate) fn time(row: &Row, column: &str) -> Result<Timestamp, Error> {
    row.get(column).map(Timestamp::from_micros)
}

pub(crate) fn time_opt(row: &Row, column: &str) -> Result<Option<Timestamp>, Error> {
    Ok(row.get::<Option<i64>>(column)?.map(Timestamp::from_micros))
}

pub(crate) fn parse<T: std::str::FromStr>(column: &str, text: &str) -> Result<T, Error> {
    text.parse()
        .map_err(|_| Error::Program(format!("column {column} holds another kind of text")))
}

/// The pattern that finds `text` anywhere, in small letters; empty for everything. For `LIKE` with
/// `ESCAPE '!'`.
pub(crate) fn like(text: &str) -> String {
    let mut pattern = String::new();
    for c in text.trim().to_lowercase().chars() {
        if matches!(c, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(c);
    }
    if pattern.is_empty() {
        pattern
    } else {
        format!("%{pattern}%")
    }
}

pub(crate) fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
