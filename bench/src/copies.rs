//! Connections like one that the store has written: on PostgreSQL, where each statement is a round
//! trip, a million of them one by one would take most of an hour.

use db::{Tx, Value};
use protocol::{RefreshTokenValue, Timestamp};
use serde_json::json;
use store::{Company, Connection, RefreshToken};
use test_database::add_copies;

use crate::Failure;

/// A company that is connected, and the refresh token.
pub struct Connected {
    pub company: Company,
    pub connection: Connection,
    pub token: RefreshToken,
    pub value: RefreshTokenValue,
}

/// Rows that differ from those of one connection in these columns.
#[derive(Default)]
pub struct Copies {
    companies: Vec<serde_json::Value>,
    connections: Vec<serde_json::Value>,
    refresh_tokens: Vec<serde_json::Value>,
}

impl Copies {
    pub fn add(&mut self, one: &Connected) {
        let (company, connection, token) = (&one.company, &one.connection, &one.token);
        let id = company.id.to_string();
        self.companies
            .push(json!({ "id": id, "name": company.name }));
        self.connections.push(json!({
            "company_id": id,
            "principal_id": id,
            "connected_at": connection.connected_at.as_micros(),
            "connected_by": connection.connected_by.to_string(),
        }));
        let hash = token.secret_hash.iter().map(|byte| format!("{byte:02x}"));
        self.refresh_tokens.push(json!({
            "id": token.id,
            "lineage": token.lineage,
            "company_id": id,
            "principal_id": id,
            "secret_hash": format!("\\x{}", hash.collect::<String>()),
            "issued_at": token.issued_at.as_micros(),
            "absolute_expires_at": token.absolute_expires_at.as_micros(),
            "proven_at": token.proven_at.map(Timestamp::as_micros),
        }));
    }

    pub async fn write(&self, tx: &mut Tx, original: &Connected) -> Result<(), Failure> {
        let id = || Value::Text(original.company.id.to_string());
        let token = Value::Int(original.token.id);
        for (table, key, rows) in [
            ("companies", ("id", id()), &self.companies),
            ("connections", ("company_id", id()), &self.connections),
            ("refresh_tokens", ("id", token), &self.refresh_tokens),
        ] {
            if rows.is_empty() {
                continue;
            }
            let added = add_copies(tx, table, key, &json!(rows).to_string()).await?;
            if added != rows.len() as u64 {
                return Err(format!("{table}: {added} copies instead of {}", rows.len()).into());
            }
        }
        Ok(())
    }
}
