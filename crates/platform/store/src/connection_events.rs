use db::{Error, Row, Tx, values};
use protocol::{AppId, Principal, Timestamp};
use uuid::Uuid;

use crate::audit::{self, Action, Actor, By, Change};
use crate::columns::{parsed, time, unreadable};
use crate::connections::key;

/// What happened to a connection, and who did it.
#[derive(Clone, Debug)]
pub struct ConnectionEvent {
    pub id: Uuid,
    pub kind: EventKind,
    /// A user's id, or a word for who else it was: `app`, `platform`.
    pub actor: String,
    pub correlation_id: String,
    pub at: Timestamp,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventKind {
    Connected,
    Reconnected,
    Disconnected,
    /// A refresh token came back that had been replaced: its lineage was revoked.
    ReplayDetected,
}

impl EventKind {
    const fn action(self) -> Action {
        match self {
            EventKind::Connected => Action::Connected,
            EventKind::Reconnected => Action::Reconnected,
            EventKind::Disconnected => Action::Disconnected,
            EventKind::ReplayDetected => Action::ReplayDetected,
        }
    }

    pub const fn as_str(self) -> &'static str {
        match self {
            EventKind::Connected => "connected",
            EventKind::Reconnected => "reconnected",
            EventKind::Disconnected => "disconnected",
            EventKind::ReplayDetected => "replay_detected",
        }
    }
}

/// Writes an event into the history that the customer sees, and into the audit log.
pub async fn insert(
    tx: &mut Tx,
    principal: Principal,
    app: AppId,
    event: &ConnectionEvent,
) -> Result<(), Error> {
    let by = By {
        actor: match event.actor.parse() {
            Ok(user) => Actor::User(user),
            Err(_) if event.actor == "app" => Actor::App(app),
            Err(_) => Actor::Platform,
        },
        correlation_id: &event.correlation_id,
        now: event.at,
    };
    let change = Change {
        action: event.kind.action(),
        company: Some(principal.company()),
        app: Some(app),
        subject: &principal.id().to_string(),
    };
    audit::write(tx, event.id, by, change).await?;
    let [company, client, principal] = key(principal, app);
    let [id, kind, actor, correlation_id, at] = values![
        event.id.to_string(),
        event.kind.as_str(),
        &event.actor,
        &event.correlation_id,
        event.at.as_micros(),
    ];
    tx.execute(
        "INSERT INTO connection_events
           (company_id, client_id, principal_id, id, kind, actor, correlation_id, at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        &[
            company,
            client,
            principal,
            id,
            kind,
            actor,
            correlation_id,
            at,
        ],
    )
    .await?;
    Ok(())
}

/// A connection's history, newest first.
pub async fn history(
    tx: &mut Tx,
    principal: Principal,
    app: AppId,
) -> Result<Vec<ConnectionEvent>, Error> {
    let rows = tx
        .query(
            "SELECT company_id, id, client_id, principal_id, kind, actor, correlation_id,
               at
             FROM connection_events
             WHERE company_id = $1 AND client_id = $2 AND principal_id = $3
             ORDER BY at DESC, id LIMIT 100",
            &key(principal, app),
        )
        .await?;
    rows.iter().map(from_row).collect()
}

fn from_row(row: &Row) -> Result<ConnectionEvent, Error> {
    Ok(ConnectionEvent {
        id: parsed(row, "id")?,
        kind: match row.get::<String>("kind")?.as_str() {
            "connected" => EventKind::Connected,
            "reconnected" => EventKind::Reconnected,
            "disconnected" => EventKind::Disconnected,
            "replay_detected" => EventKind::ReplayDetected,
            _ => return Err(unreadable("kind")),
        },
        actor: row.get("actor")?,
        correlation_id: row.get("correlation_id")?,
        at: time(row, "at")?,
    })
}
