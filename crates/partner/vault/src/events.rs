use db::{Error, Row, Tx, values};
use protocol::{AppId, Timestamp};
use uuid::Uuid;

use crate::{Connection, Vault, columns};

/// What those who look after connections are told of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Happening {
    /// Only the customer can bring the connection back (S50).
    NeedsReconnect,
    /// It works again.
    Recovered,
    /// Nothing has refreshed it, and so many days are left (S51).
    Expiring { days: i64 },
    /// The platform refuses the app itself, with this error number (S49).
    AppRefused { number: i64 },
}

/// One happening, as it is told of.
#[derive(Clone, Debug)]
pub struct Event {
    /// The same in every attempt to tell.
    pub id: Uuid,
    pub app: AppId,
    pub happening: Happening,
    pub at: Timestamp,
    pub connection: Option<Uuid>,
    pub principal: Option<Uuid>,
    pub name: Option<String>,
    /// The partner's account of the customer, where there is one.
    pub account_email: Option<String>,
    /// In which that account last read the pages (BCP 47).
    pub account_language: Option<String>,
}

impl Happening {
    /// Its name on the wire.
    pub const fn kind(self) -> &'static str {
        match self {
            Happening::NeedsReconnect => "connection.needs_reconnect",
            Happening::Recovered => "connection.recovered",
            Happening::Expiring { .. } => "connection.expiring",
            Happening::AppRefused { .. } => "app.refused",
        }
    }

    const fn number(self) -> Option<i64> {
        match self {
            Happening::Expiring { days: number } | Happening::AppRefused { number } => Some(number),
            Happening::NeedsReconnect | Happening::Recovered => None,
        }
    }

    fn read(kind: &str, number: Option<i64>) -> Result<Happening, Error> {
        let number = number.unwrap_or(0);
        match kind {
            "connection.needs_reconnect" => Ok(Happening::NeedsReconnect),
            "connection.recovered" => Ok(Happening::Recovered),
            "connection.expiring" => Ok(Happening::Expiring { days: number }),
            "app.refused" => Ok(Happening::AppRefused { number }),
            _ => Err(Error::Program("an event of an unknown kind".to_owned())),
        }
    }
}

/// Written with the change that it tells of.
pub(crate) async fn insert(
    tx: &mut Tx,
    vault: &Vault,
    connection: &Connection,
    what: Happening,
) -> Result<(), Error> {
    insert_for(tx, vault, (connection.app, Some(connection.id)), what).await
}

pub(crate) async fn insert_for(
    tx: &mut Tx,
    vault: &Vault,
    (app, connection): (AppId, Option<Uuid>),
    what: Happening,
) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO events (id, app, connection_id, kind, number, created_at)
         VALUES ($1, $2, $3, $4, $5, $6)",
        &values![
            vault.entropy().uuid().to_string(),
            app.to_string(),
            connection.map(|id| id.to_string()),
            what.kind(),
            what.number(),
            vault.clock().now().as_micros(),
        ],
    )
    .await?;
    Ok(())
}

pub(crate) const SELECT: &str = "SELECT events.id AS event_id, events.app, events.kind, \
    events.number, events.created_at, events.connection_id, connections.principal, \
    connections.name, accounts.email AS account_email, accounts.language AS account_language
    FROM events LEFT JOIN connections ON connections.id = events.connection_id
        LEFT JOIN accounts ON accounts.id = connections.account_id";

impl Vault {
    /// What happened to the connections of an app, the newest first.
    pub async fn events(&self, app: AppId, limit: i64) -> Result<Vec<Event>, Error> {
        let sql = format!(
            "{SELECT} WHERE events.app = $1 ORDER BY events.created_at DESC, events.id LIMIT $2"
        );
        let mut tx = self.db().read().await?;
        let rows = tx.query(&sql, &values![app.to_string(), limit]).await?;
        rows.iter().map(read).collect()
    }
}

impl Vault {
    /// What happened to one customer's connection, in order.
    pub(crate) async fn events_of(&self, app: AppId, principal: Uuid) -> Result<Vec<Event>, Error> {
        let sql = format!(
            "{SELECT} WHERE connections.app = $1 AND connections.principal = $2
             ORDER BY events.created_at, events.id"
        );
        let mut tx = self.db().read().await?;
        let rows = tx
            .query(&sql, &values![app.to_string(), principal.to_string()])
            .await?;
        rows.iter().map(read).collect()
    }
}

pub(crate) fn read(row: &Row) -> Result<Event, Error> {
    let kind: String = row.get("kind")?;
    Ok(Event {
        id: columns::uuid(row, "event_id")?,
        app: AppId::from_uuid(columns::uuid(row, "app")?),
        happening: Happening::read(&kind, row.get("number")?)?,
        at: columns::time(row, "created_at")?,
        connection: columns::uuid_opt(row, "connection_id")?,
        principal: columns::uuid_opt(row, "principal")?,
        name: row.get("name")?,
        account_email: row.get("account_email")?,
        account_language: row.get("account_language")?,
    })
}
