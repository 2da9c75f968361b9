//! What happened to a connection, in words.

use std::collections::HashMap;

use db::Tx;
use protocol::{CompanyId, UserId};
use store::{ConnectionEvent, EventKind, RegisteredApp, users};

use crate::visitor::Visitor;

/// How many entries a listing shows.
const SHOWN: usize = 10;

pub struct HistoryLine {
    pub text: String,
    pub at: String,
    pub at_iso: String,
}

/// The newest events, newest first.
pub async fn load(
    tx: &mut Tx,
    visitor: &Visitor,
    (app, app_name): (&RegisteredApp, &str),
    platform: &str,
) -> Result<Vec<HistoryLine>, db::Error> {
    let principal = visitor.principal(app);
    let mut events = store::connection_events::history(tx, principal, app.client_id).await?;
    events.truncate(SHOWN);
    let mut names = HashMap::new();
    for event in &events {
        let Ok(id) = event.actor.parse::<UserId>() else {
            continue;
        };
        if !names.contains_key(&event.actor) {
            names.insert(event.actor.clone(), name(tx, visitor.company.id, id).await?);
        }
    }
    let line = |event: &ConnectionEvent| {
        let actor = match event.actor.as_str() {
            "app" => app_name,
            "platform" => platform,
            actor => names.get(actor).map_or("somebody", String::as_str),
        };
        HistoryLine {
            text: sentence(event.kind, actor),
            at: web::date_time(event.at),
            at_iso: web::iso_time(event.at),
        }
    };
    Ok(events.iter().map(line).collect())
}

/// The name of somebody at a company, or that he or she is no longer there.
pub async fn name(tx: &mut Tx, company: CompanyId, user: UserId) -> Result<String, db::Error> {
    let known = users::find(tx, company, user).await?;
    Ok(known.map_or_else(
        || "somebody who has left".to_owned(),
        |user| user.full_name(),
    ))
}

fn sentence(kind: EventKind, actor: &str) -> String {
    match kind {
        EventKind::Connected => format!("Connected by {actor}"),
        EventKind::Reconnected => format!("Connected again by {actor}"),
        EventKind::Disconnected => format!("Disconnected by {actor}"),
        EventKind::ReplayDetected => {
            "Tokens withdrawn, because one that had been replaced was used again".to_owned()
        }
    }
}
