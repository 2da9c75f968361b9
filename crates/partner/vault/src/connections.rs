mod by_day;
mod erase;
mod health;
mod keeping;
mod lease;
mod list;
mod relocate;
mod rewrap;
mod sealed;
mod tokens;

use db::{Error, Row, values};
use protocol::{AppId, Edition, Origin, PrincipalType, Timestamp};
use uuid::Uuid;

use crate::audit_log::{self, On};
use crate::{Action, NoToken, Vault, columns};

pub use health::Health;
pub use keeping::ALERT_DAYS;
pub(crate) use keeping::{Due, doubt_all, overdue};
pub(crate) use lease::{Failure, is_alive};
pub use list::{Column, ConnectionFilter, ListedConnection};
pub(crate) use tokens::{Kept, Stored, before};

/// How a connection stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConnectionState {
    Connected,
    /// The platform does not know our tokens any more: only the customer can reconnect.
    NeedsReconnect,
    /// Ended here; the platform has not confirmed it yet.
    Disconnecting,
    /// Ended on both sides; the tokens are destroyed.
    Disconnected,
}

/// A connection, without its tokens.
#[derive(Clone, Debug)]
pub struct Connection {
    pub id: Uuid,
    pub app: AppId,
    /// Company or person.
    pub principal: Uuid,
    pub kind: PrincipalType,
    pub state: ConnectionState,
    pub state_since: Timestamp,
    pub geolocation: Origin,
    pub scope: String,
    pub refresh_expires_at: Option<Timestamp>,
    pub last_refreshed_at: Timestamp,
    /// The company's name, or the person's.
    pub name: Option<String>,
    pub edition: Option<Edition>,
    pub account_id: Option<Uuid>,
    pub code_id: Option<Uuid>,
    pub connected_at: Timestamp,
    /// Who clicked Connect, as the link said.
    pub connected_by: Option<Uuid>,
    /// Of the exchange.
    pub correlation_id: Option<String>,
    /// Since when every refresh has failed, and why the last one did; `None` while all is well.
    pub failing_since: Option<Timestamp>,
    pub failure: Option<String>,
    /// When the keeper looks at it next.
    pub due_at: Timestamp,
}

/// How many connections there are in each state.
#[derive(Clone, Copy, Debug, Default)]
pub struct StateCounts {
    pub connected: i64,
    pub needs_reconnect: i64,
    pub disconnecting: i64,
    pub disconnected: i64,
}

pub(crate) const COLUMNS: &str = "id, app, principal, principal_type, state, state_since, \
    geolocation, scope, refresh_expires_at, last_refreshed_at, name, edition, account_id, code_id, \
    connected_at, connected_by, correlation_id, failing_since, failure, due_at";

impl ConnectionState {
    /// Its name in the table and in addresses.
    pub const fn as_str(self) -> &'static str {
        match self {
            ConnectionState::Connected => "connected",
            ConnectionState::NeedsReconnect => "needs_reconnect",
            ConnectionState::Disconnecting => "disconnecting",
            ConnectionState::Disconnected => "disconnected",
        }
    }

    pub fn parse(text: &str) -> Option<ConnectionState> {
        [
            ConnectionState::Connected,
            ConnectionState::NeedsReconnect,
            ConnectionState::Disconnecting,
            ConnectionState::Disconnected,
        ]
        .into_iter()
        .find(|state| state.as_str() == text)
    }
}

impl Vault {
    pub async fn connection(&self, id: Uuid) -> Result<Option<Connection>, Error> {
        let sql = format!("SELECT {COLUMNS} FROM connections WHERE id = $1");
        let mut tx = self.db().read().await?;
        let row = tx.query_opt(&sql, &values![id.to_string()]).await?;
        row.as_ref().map(read).transpose()
    }

    /// The connection of an app with a company or person, whatever its state.
    pub async fn connection_of(
        &self,
        app: AppId,
        principal: Uuid,
    ) -> Result<Option<Connection>, Error> {
        let sql = format!("SELECT {COLUMNS} FROM connections WHERE app = $1 AND principal = $2");
        let mut tx = self.db().read().await?;
        let row = tx
            .query_opt(&sql, &values![app.to_string(), principal.to_string()])
            .await?;
        row.as_ref().map(read).transpose()
    }

    /// Whether the platform may be asked on behalf of a connection: from memory where that may be
    /// believed, else from one row.
    pub(crate) async fn may_ask(
        &self,
        app: AppId,
        principal: Uuid,
        ending: bool,
    ) -> Result<Result<(), NoToken>, Error> {
        let remembered = self.remembered();
        if remembered.stands(app, principal) {
            return Ok(Ok(()));
        }
        let before = remembered.before();
        let mut tx = self.db().read().await?;
        let row = tx
            .query_opt(
                "SELECT state FROM connections WHERE app = $1 AND principal = $2",
                &values![app.to_string(), principal.to_string()],
            )
            .await?;
        let state = match row {
            Some(row) => ConnectionState::parse(&row.get::<String>("state")?),
            None => None,
        };
        Ok(match state {
            Some(ConnectionState::Connected) => {
                remembered.keep_connection(before, app, principal);
                Ok(())
            }
            Some(ConnectionState::Disconnecting) if ending => Ok(()),
            Some(ConnectionState::NeedsReconnect) => Err(NoToken::NeedsReconnect),
            _ => Err(NoToken::NotConnected),
        })
    }

    /// All connections of an app, by company, from `after` on.
    pub async fn connections_of_app(
        &self,
        app: AppId,
        after: Option<Uuid>,
        limit: i64,
    ) -> Result<Vec<Connection>, Error> {
        let sql = format!(
            "SELECT {COLUMNS} FROM connections WHERE app = $1 AND principal > $2
             ORDER BY principal LIMIT $3"
        );
        let after = after.map_or_else(String::new, |id| id.to_string());
        let mut tx = self.db().read().await?;
        let rows = tx
            .query(&sql, &values![app.to_string(), after, limit])
            .await?;
        rows.iter().map(read).collect()
    }

    /// Another company that this account is connected to, if any (SE-24).
    pub async fn other_connection_of_account(
        &self,
        account: Uuid,
        principal: Uuid,
    ) -> Result<Option<Connection>, Error> {
        let sql = format!(
            "SELECT {COLUMNS} FROM connections
             WHERE account_id = $1 AND principal <> $2 AND state <> 'disconnected'
             ORDER BY connected_at DESC LIMIT 1"
        );
        let mut tx = self.db().read().await?;
        let row = tx
            .query_opt(&sql, &values![account.to_string(), principal.to_string()])
            .await?;
        row.as_ref().map(read).transpose()
    }

    pub async fn count_connections(&self) -> Result<StateCounts, Error> {
        let mut tx = self.db().read().await?;
        let rows = tx
            .query(
                "SELECT state, COUNT(*) AS number FROM connections GROUP BY state",
                &[],
            )
            .await?;
        let mut counts = StateCounts::default();
        for row in rows {
            let number = row.get("number")?;
            match ConnectionState::parse(&row.get::<String>("state")?) {
                Some(ConnectionState::Connected) => counts.connected = number,
                Some(ConnectionState::NeedsReconnect) => counts.needs_reconnect = number,
                Some(ConnectionState::Disconnecting) => counts.disconnecting = number,
                Some(ConnectionState::Disconnected) | None => counts.disconnected += number,
            }
        }
        Ok(counts)
    }

    /// Keeps what the profile said; gaps leave what was known.
    pub async fn set_profile(
        &self,
        id: Uuid,
        name: Option<&str>,
        edition: Option<Edition>,
    ) -> Result<(), Error> {
        let mut tx = self.db().write().await?;
        tx.execute(
            "UPDATE connections SET name = COALESCE($1, name), edition = COALESCE($2, edition)
             WHERE id = $3",
            &values![name, edition.map(Edition::as_str), id.to_string()],
        )
        .await?;
        tx.commit().await
    }

    /// Begins to end a connection, if it has not ended: from now on no token is handed out.
    pub(crate) async fn begin_to_end(&self, id: Uuid) -> Result<(), Error> {
        let mut tx = self.db().write().await?;
        let row = tx
            .query_opt(
                "UPDATE connections SET state = 'disconnecting', state_since = $1, due_at = 0
                 WHERE id = $2 AND state IN ('connected', 'needs_reconnect')
                 RETURNING app, principal",
                &values![self.clock().now().as_micros(), id.to_string()],
            )
            .await?;
        let Some(row) = row else { return Ok(()) };
        let on = customer(&row)?;
        audit_log::record(&mut tx, self, Action::DisconnectAsked, on).await?;
        let committed = tx.commit().await;
        let app = AppId::from_uuid(columns::uuid(&row, "app")?);
        let principal = columns::uuid(&row, "principal")?;
        self.remembered().forget_connection(app, principal);
        committed
    }
}

/// Whom a row with `app` and `principal` is about.
fn customer(row: &Row) -> Result<On<'static>, Error> {
    let app = AppId::from_uuid(columns::uuid(row, "app")?);
    Ok(On::customer(app, columns::uuid(row, "principal")?))
}

pub(crate) fn read(row: &Row) -> Result<Connection, Error> {
    let state: String = row.get("state")?;
    let kind: String = row.get("principal_type")?;
    let edition: Option<String> = row.get("edition")?;
    Ok(Connection {
        id: columns::uuid(row, "id")?,
        app: AppId::from_uuid(columns::uuid(row, "app")?),
        principal: columns::uuid(row, "principal")?,
        kind: if kind == "user" {
            PrincipalType::User
        } else {
            PrincipalType::Company
        },
        state: ConnectionState::parse(&state)
            .ok_or_else(|| Error::Program("a connection in an unknown state".to_owned()))?,
        state_since: columns::time(row, "state_since")?,
        geolocation: columns::origin(row, "geolocation")?,
        scope: row.get("scope")?,
        refresh_expires_at: columns::time_opt(row, "refresh_expires_at")?,
        last_refreshed_at: columns::time(row, "last_refreshed_at")?,
        name: row.get("name")?,
        edition: edition.and_then(|name| name.parse().ok()),
        account_id: columns::uuid_opt(row, "account_id")?,
        code_id: columns::uuid_opt(row, "code_id")?,
        connected_at: columns::time(row, "connected_at")?,
        connected_by: columns::uuid_opt(row, "connected_by")?,
        correlation_id: row.get("correlation_id")?,
        failing_since: columns::time_opt(row, "failing_since")?,
        failure: row.get("failure")?,
        due_at: columns::time(row, "due_at")?,
    })
}
