use askama::Template;
use axum::extract::State as Context;
use axum::response::Response;
use db::Tx;
use protocol::Principal;
use store::{Connection, ConnectionState, Listing, RegisteredApp, apps, connections, listings};
use web::{Layout, PageError};

use crate::visitor::Visitor;
use crate::{State, badge, frame, history, listing, unlisted};

#[derive(Template)]
#[template(path = "connections.html")]
struct ConnectionsPage {
    layout: Layout,
    company: String,
    lines: Vec<Line>,
}

struct Line {
    name: String,
    href: String,
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
    let mut tx = state.app.db.read_within(visitor.company.id).await?;
    let known = connections::visible_to(&mut tx, visitor.company.id, visitor.user.id).await?;
    let offered = listings::all(&mut tx).await?;
    let mut lines = Vec::new();
    for connection in &known {
        if connection.state != ConnectionState::Connected {
            continue;
        }
        let Some(app) = apps::find(&mut tx, connection.app).await? else {
            continue;
        };
        let listing = offered
            .iter()
            .find(|listing| listing.client_id == connection.app);
        lines.push(line(&mut tx, &visitor, connection, (&app, listing)).await?);
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
    (app, listing): (&RegisteredApp, Option<&Listing>),
) -> Result<Line, db::Error> {
    let by = match connection.connected_by == visitor.user.id {
        true => "You".to_owned(),
        false => history::name(tx, visitor.company.id, connection.connected_by).await?,
    };
    let (name, href, partner) = match listing {
        Some(listing) => (
            listing.name.clone(),
            format!("/app-center/listings/{}", listing.id),
            listing.content.partner_name.clone(),
        ),
        // Connected by a company request token, without an entry in the App Center.
        None => (
            app.name.clone(),
            unlisted::href(app),
            unlisted::provider(tx, visitor, app).await?,
        ),
    };
    Ok(Line {
        name,
        href,
        partner,
        enterprise: matches!(connection.principal, Principal::Company(_)),
        badge: badge::of(connection, visitor.now),
        since: web::date_time(connection.connected_at),
        since_iso: web::iso_time(connection.connected_at),
        by,
        expires: web::date(connection.expires_at),
        expires_iso: web::iso_time(connection.expires_at),
        latest: listing::latest(tx, connection).await?,
    })
}
