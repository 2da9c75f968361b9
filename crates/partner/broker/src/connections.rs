use axum::Json;
use axum::extract::{Query, State as Context};
use protocol::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;
use vault::{Connection, ConnectionState};

use crate::State;
use crate::api_key::ForApp;
use crate::refusal::Refusal;

const PAGE: i64 = 500;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// The last company of the page before.
    after: Option<Uuid>,
}

/// The app's connections by company, 500 at a time, each with its health.
pub async fn get(
    Context(state): Context<State>,
    ForApp(app): ForApp,
    Query(asked): Query<Asked>,
) -> Result<Json<Value>, Refusal> {
    let vault = state.broker.vault();
    let found = vault.connections_of_app(app, asked.after, PAGE).await?;
    let is_full = i64::try_from(found.len()) == Ok(PAGE);
    let next = found.last().filter(|_| is_full).map(|last| last.principal);
    let items: Vec<Value> = found.iter().map(shown).collect();
    Ok(Json(json!({ "connections": items, "next_after": next })))
}

fn shown(connection: &Connection) -> Value {
    let time = Timestamp::to_rfc3339;
    json!({
        "company": connection.principal,
        "type": connection.kind.as_str(),
        "name": connection.name,
        "state": connection.state.as_str(),
        "health": health(connection),
        "since": time(connection.state_since),
        "failing_since": connection.failing_since.map(time),
        "failure": connection.failure,
        "geolocation": connection.geolocation,
        "last_refreshed_at": time(connection.last_refreshed_at),
        "refresh_expires_at": connection.refresh_expires_at.map(time),
    })
}

/// One word: `ok`, `failing` while refreshes do not succeed, `disabled` while the customer's
/// administrator must enable it, `needs_reconnect`, `ended`.
fn health(connection: &Connection) -> &'static str {
    match connection.state {
        ConnectionState::NeedsReconnect => "needs_reconnect",
        ConnectionState::Disconnecting | ConnectionState::Disconnected => "ended",
        ConnectionState::Connected => match connection.failure.as_deref() {
            None => "ok",
            Some("not_enabled 53" | "not_enabled 123") => "disabled",
            Some(_) => "failing",
        },
    }
}
