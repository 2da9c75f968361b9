//! The page of a connection whose app has no entry in the App Center: it was made with a company
//! request token.

use askama::Template;
use axum::extract::{Path, State as Context};
use axum::response::{IntoResponse, Redirect, Response};
use db::Tx;
use protocol::{AppId, PrincipalType};
use store::{Connection, RegisteredApp, apps, connections, customer_apps, listings, scopes};
use web::{Layout, Link, PageError, PageQuery};

use crate::history::{self, HistoryLine};
use crate::listing::{employees, who_can_help};
use crate::visitor::Visitor;
use crate::{State, badge, frame, notice};

#[derive(Template)]
#[template(path = "unlisted.html")]
struct UnlistedPage {
    layout: Layout,
    name: String,
    href: String,
    client_id: String,
    client_tail: String,
    provider: String,
    badge: &'static str,
    /// As `214 employees`, or nothing for a person's own connection.
    employees: String,
    by: String,
    since: String,
    since_iso: String,
    expires: String,
    expires_iso: String,
    permitted: bool,
    administrators: Vec<Link>,
    shared: Vec<String>,
    history: Vec<HistoryLine>,
}

pub async fn show(
    Context(state): Context<State>,
    visitor: Visitor,
    Path(id): Path<String>,
    PageQuery(query): PageQuery,
) -> Result<Response, PageError> {
    let mut tx = state.app.db.read_within(visitor.company.id).await?;
    let (app, connection) = find(&mut tx, &visitor, &id).await?;
    let offered = listings::all(&mut tx).await?;
    let listed = offered
        .iter()
        .find(|listing| listing.client_id == app.client_id);
    if let Some(listing) = listed {
        let href = format!("/app-center/listings/{}", listing.id);
        return Ok(Redirect::to(&href).into_response());
    }
    let permitted = visitor.may_connect(&app);
    let subject = format!("Please disconnect {}", app.name);
    let administrators = match permitted {
        true => Vec::new(),
        false => who_can_help(&mut tx, &visitor, &subject).await?,
    };
    let by = match connection.connected_by == visitor.user.id {
        true => "You".to_owned(),
        false => history::name(&mut tx, visitor.company.id, connection.connected_by).await?,
    };
    let platform = &state.app.settings.platform_name;
    let history = history::load(&mut tx, &visitor, (&app, &app.name), platform).await?;
    let own = app.principal_type == PrincipalType::User;
    let described = scopes::describe(&mut tx, &app.scopes).await?;
    let shared = described.into_iter().map(|scope| match own {
        true => scope.user_description_self,
        false => scope.user_description,
    });
    let provider = provider(&mut tx, &visitor, &app).await?;
    drop(tx);
    let mut layout = frame::layout_for(&state, &visitor, &app.name, "Connections");
    layout.notice = notice::of(&query, &app.name);
    Ok(web::page(&UnlistedPage {
        layout,
        href: href(&app),
        client_id: app.client_id.to_string(),
        client_tail: app.client_id.tail(),
        provider,
        badge: badge::of(&connection, visitor.now),
        employees: match own {
            true => String::new(),
            false => employees(&visitor),
        },
        by,
        since: web::date_time(connection.connected_at),
        since_iso: web::iso_time(connection.connected_at),
        expires: web::date(connection.expires_at),
        expires_iso: web::iso_time(connection.expires_at),
        permitted,
        administrators,
        shared: shared.collect(),
        history,
        name: app.name,
    }))
}

/// The address of the page.
pub fn href(app: &RegisteredApp) -> String {
    format!("/app-center/connections/{}", app.client_id)
}

/// An app that is or was connected to the visitor's company, or to the visitor; any other is not
/// there (S35).
pub async fn find(
    tx: &mut Tx,
    visitor: &Visitor,
    id: &str,
) -> Result<(RegisteredApp, Connection), PageError> {
    let id: AppId = id.parse().map_err(|_| no_such_connection())?;
    let app = apps::find(tx, id).await?.ok_or_else(no_such_connection)?;
    let connection = connections::find(tx, visitor.principal(&app), id).await?;
    let connection = connection.ok_or_else(no_such_connection)?;
    Ok((app, connection))
}

/// Who made an app that has no entry in the App Center.
pub async fn provider(
    tx: &mut Tx,
    visitor: &Visitor,
    app: &RegisteredApp,
) -> Result<String, db::Error> {
    let own = customer_apps::find(tx, visitor.company.id, app.client_id).await?;
    Ok(match own {
        Some(_) => visitor.company.name.clone(),
        None => "Not in the App Center".to_owned(),
    })
}

fn no_such_connection() -> PageError {
    PageError::not_found().with_action("Show connections", "/app-center/connections")
}
