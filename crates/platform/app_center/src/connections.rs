use askama::Template;
use axum::extract::State as Context;
use axum::response::Response;
use db::Tx;
use protocol::Principal;
use store::{Connection, ConnectionState, Listing, apps, connections, listings};
use web::{Layout, PageError};

use crate::visitor::Visitor;
use crate::{State, badge, connection, frame, history, listing};

#[derive(Template)]
#[template(path = "connections.html")]
struct ConnectionsPage {
    layout: Layout,
    company: String,
    lines: Vec<Line>,
}

struct Line {
    name: String,
    /// The listing; none for an app that is not in the App Center.
    href: Option<String>,
    disconnect_href: String,
    partner: String,
    /// For the whole company, or for this person alone.
    enterprise: bool,
    badge: &'static str,
    since: String,
    since_iso: String,
    by: String,
    expires: String,
    expires_iso: String,
    latest: Option<(String, String)>,
}

/// What is connected: the company's connections and the person's own.
pub async fn show(Context(state): Context<State>, visitor: Visitor) -> Result<Response, PageError> {
    let mut tx = state.app.db.read().await?;
    let known = connections::visible_to(&mut tx, visitor.company.id, visitor.user.id).await?;
    let offered = listings::all(&mut tx).await?;
    let mut lines = Vec::new();
    for connection in &known {
        let listing = offered
            .iter()
            .find(|listing| listing.client_id == connection.app);
        if connection.state == ConnectionState::Connected {
            lines.extend(line(&mut tx, &visitor, connection, listing).await?);
        }
    }
    drop(tx);
    lines.sort_by_key(|line| line.name.to_lowercase());
    Ok(web::page(&ConnectionsPage {
        layout: frame::layout_for(&state, &visitor, "Connections", "Connections"),
        company: visitor.company.name.clone(),
        lines,
    }))
}

async fn line(
    tx: &mut Tx,
    visitor: &Visitor,
    connection: &Connection,
    listing: Option<&Listing>,
) -> Result<Option<Line>, db::Error> {
    let app = apps::find(tx, connection.app).await?;
    let Some(app) = app else { return Ok(None) };
    let by = match connection.connected_by == visitor.user.id {
        true => "You".to_owned(),
        false => history::name(tx, visitor.company.id, connection.connected_by).await?,
    };
    let partner = listing.map(|listing| listing.content.partner_name.clone());
    Ok(Some(Line {
        name: listing.map_or(app.name, |listing| listing.name.clone()),
        href: listing.map(|listing| format!("/app-center/listings/{}", listing.id)),
        disconnect_href: connection::disconnect_href(connection.app),
        partner: partner.unwrap_or_else(|| "Not in App Center".to_owned()),
        enterprise: matches!(connection.principal, Principal::Company(_)),
        badge: badge::of(connection, visitor.now),
        since: web::date_time(connection.connected_at),
        since_iso: web::iso_time(connection.connected_at),
        by,
        expires: web::date(connection.expires_at),
        expires_iso: web::iso_time(connection.expires_at),
        latest: listing::latest(tx, connection).await?,
    }))
}
