//! Reading columns as the protocol's types.

use std::str::FromStr;

use db::{Error, Row};
use protocol::{AppId, CompanyId, Principal, ScopeSet, Timestamp};
use uuid::Uuid;

/// A column that holds the text form of something: an id, an origin, a state.
pub fn parsed<T: FromStr>(row: &Row, column: &str) -> Result<T, Error> {
    row.get::<String>(column)?
        .parse()
        .map_err(|_| unreadable(column))
}

/// As [`parsed`], where the column may be NULL.
pub fn parsed_opt<T: FromStr>(row: &Row, column: &str) -> Result<Option<T>, Error> {
    let text = row.get::<Option<String>>(column)?;
    text.map(|text| text.parse().map_err(|_| unreadable(column)))
        .transpose()
}

pub fn time(row: &Row, column: &str) -> Result<Timestamp, Error> {
    row.get(column).map(Timestamp::from_micros)
}

pub fn time_opt(row: &Row, column: &str) -> Result<Option<Timestamp>, Error> {
    Ok(row.get::<Option<i64>>(column)?.map(Timestamp::from_micros))
}

pub fn scopes(row: &Row, column: &str) -> Result<ScopeSet, Error> {
    Ok(ScopeSet::parse(&row.get::<String>(column)?))
}

pub fn json<T: serde::de::DeserializeOwned>(row: &Row, column: &str) -> Result<T, Error> {
    serde_json::from_str(&row.get::<String>(column)?).map_err(|_| unreadable(column))
}

/// JSON for a column. What the project itself defines always has a JSON form.
pub fn to_json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).expect("plain structures have a JSON form")
}

pub fn company(row: &Row) -> Result<CompanyId, Error> {
    parsed(row, "company_id")
}

pub fn client(row: &Row) -> Result<AppId, Error> {
    parsed(row, "client_id")
}

/// `company_id`, `principal_type` and `principal_id` together.
pub fn principal(row: &Row) -> Result<Principal, Error> {
    let id: Uuid = parsed(row, "principal_id")?;
    Principal::from_parts(company(row)?, &row.get::<String>("principal_type")?, id)
        .ok_or_else(|| unreadable("principal_id"))
}

pub fn unreadable(column: &str) -> Error {
    Error::Program(format!(
        "column {column} holds what this program cannot read"
    ))
}
