use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use vault::ConnectionState;
use web::{Layout, PageError, PageForm};

use super::connection::find;
use super::signed_in::SignedIn;
use crate::Partner;

#[derive(Template)]
#[template(path = "console/disconnect.html")]
struct Disconnect {
    layout: Layout,
    back: String,
    name: String,
    tail: String,
    app: String,
}

/// Asks before a connection is ended.
pub(crate) async fn form(
    State(partner): State<Partner>,
    signed_in: SignedIn,
    Path(id): Path<String>,
) -> Result<Response, PageError> {
    let connection = find(&partner, &id).await?;
    let back = format!("/console/connections/{}", connection.id);
    if connection.state == ConnectionState::Disconnected {
        return Ok(Redirect::to(&back).into_response());
    }
    let principal = connection.principal.to_string();
    let tail = principal.chars().skip(30).collect();
    let name = connection.name.unwrap_or(principal);
    Ok(web::page(&Disconnect {
        layout: signed_in.layout(&format!("Disconnect {name}"), "Connections"),
        app: partner.app_name(connection.app),
        back,
        name,
        tail,
    }))
}

/// Ends a connection on both sides (LP-44).
pub(crate) async fn submit(
    State(partner): State<Partner>,
    signed_in: SignedIn,
    Path(id): Path<String>,
    PageForm(form): PageForm,
) -> Result<Response, PageError> {
    signed_in.check(&form)?;
    let connection = find(&partner, &id).await?;
    tracing::info!(
        staff.id = %signed_in.staff.id, connection.id = %connection.id, app.id = %connection.app,
        "a member of staff disconnects"
    );
    partner.broker.disconnect(connection.id).await?;
    let back = format!("/console/connections/{}?disconnected", connection.id);
    Ok(Redirect::to(&back).into_response())
}
