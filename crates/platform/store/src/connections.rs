use db::{Error, Row, Tx, values};
use protocol::{AppId, CompanyId, Principal, Timestamp, UserId};

use crate::columns::{client, parsed, principal, time, unreadable};

/// A company (or a user of it) and an app: there is at most one connection between the two, made,
/// ended and made again.
#[derive(Clone, Debug)]
pub struct Connection {
    pub principal: Principal,
    pub app: AppId,
    pub state: ConnectionState,
    /// When it was last made.
    pub connected_at: Timestamp,
    /// Who clicked Connect then.
    pub connected_by: UserId,
    /// When its newest refresh token expires.
    pub expires_at: Timestamp,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConnectionState {
    Connected,
    Disconnected,
}

impl ConnectionState {
    const fn as_str(self) -> &'static str {
        match self {
            ConnectionState::Connected => "connected",
            ConnectionState::Disconnected => "disconnected",
        }
    }
}

impl Connection {
    pub fn is_live(&self, now: Timestamp) -> bool {
        self.state == ConnectionState::Connected && now < self.expires_at
    }

    /// Was connected, and its refresh token expired unused (AC-11).
    pub fn is_expired(&self, now: Timestamp) -> bool {
        self.state == ConnectionState::Connected && now >= self.expires_at
    }
}

/// All columns by name: one that a newer release adds changes nothing here.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT company_id, client_id, principal_id, principal_type, state,
               connected_at, connected_by, expires_at
             FROM connections ",
            $rest
        )
    };
}

/// Writes a connection, over the one between the same two.
pub async fn put(tx: &mut Tx, connection: &Connection) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO connections (company_id, client_id, principal_id, principal_type, state,
           connected_at, connected_by, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT (company_id, client_id, principal_id) DO UPDATE
         SET state = excluded.state, connected_at = excluded.connected_at,
             connected_by = excluded.connected_by, expires_at = excluded.expires_at",
        &values![
            connection.principal.company().to_string(),
            connection.app.to_string(),
            connection.principal.id().to_string(),
            connection.principal.kind().as_str(),
            connection.state.as_str(),
            connection.connected_at.as_micros(),
            connection.connected_by.to_string(),
            connection.expires_at.as_micros(),
        ],
    )
    .await?;
    Ok(())
}

pub async fn find(
    tx: &mut Tx,
    principal: Principal,
    app: AppId,
) -> Result<Option<Connection>, Error> {
    let row = tx
        .query_opt(
            select!("WHERE company_id = $1 AND client_id = $2 AND principal_id = $3"),
            &key(principal, app),
        )
        .await?;
    row.as_ref().map(from_row).transpose()
}

/// All connections that a company's administrator or one of its users may know of: the company's,
/// and that user's own.
pub async fn visible_to(
    tx: &mut Tx,
    company: CompanyId,
    user: UserId,
) -> Result<Vec<Connection>, Error> {
    let rows = tx
        .query(
            select!(
                "WHERE company_id = $1 AND (principal_type = 'company' OR principal_id = $2)
             ORDER BY client_id"
            ),
            &values![company.to_string(), user.to_string()],
        )
        .await?;
    rows.iter().map(from_row).collect()
}

/// Moves the date on which a connection expires.
pub async fn extend(
    tx: &mut Tx,
    principal: Principal,
    app: AppId,
    expires_at: Timestamp,
) -> Result<(), Error> {
    let [company, client, principal] = key(principal, app);
    tx.execute(
        "UPDATE connections SET expires_at = $4
         WHERE company_id = $1 AND client_id = $2 AND principal_id = $3",
        &[company, client, principal, expires_at.as_micros().into()],
    )
    .await?;
    Ok(())
}

/// Ends a connection. `false` when it was not connected.
pub async fn set_disconnected(
    tx: &mut Tx,
    principal: Principal,
    app: AppId,
) -> Result<bool, Error> {
    let changed = tx
        .execute(
            "UPDATE connections SET state = 'disconnected'
             WHERE company_id = $1 AND client_id = $2 AND principal_id = $3
               AND state = 'connected'",
            &key(principal, app),
        )
        .await?;
    Ok(changed > 0)
}

pub(crate) fn key(principal: Principal, app: AppId) -> [db::Value; 3] {
    values![
        principal.company().to_string(),
        app.to_string(),
        principal.id().to_string()
    ]
}

fn from_row(row: &Row) -> Result<Connection, Error> {
    Ok(Connection {
        principal: principal(row)?,
        app: client(row)?,
        state: match row.get::<String>("state")?.as_str() {
            "connected" => ConnectionState::Connected,
            "disconnected" => ConnectionState::Disconnected,
            _ => return Err(unreadable("state")),
        },
        connected_at: time(row, "connected_at")?,
        connected_by: parsed(row, "connected_by")?,
        expires_at: time(row, "expires_at")?,
    })
}
