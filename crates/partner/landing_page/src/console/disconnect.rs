use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use protocol::tail_of;
use vault::ConnectionState;
use web::{PageError, PageForm};

use super::confirm::Confirm;
use super::connection::find;
use super::signed_in::SignedIn;
use crate::Partner;

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
    let tail = tail_of(connection.principal);
    let name = connection.name.unwrap_or(principal);
    let app = partner.app_name(connection.app);
    Ok(web::page(&Confirm {
        layout: signed_in.layout(&format!("Disconnect {name}"), "Connections"),
        title: format!("Disconnect {name}?"),
        about: format!("{app}, id ending in {tail}"),
        warning: format!("{app} loses access to the data of {name} at once."),
        text: "The tokens are revoked at the platform and destroyed here. App Center shows the app as not connected. Only an administrator of the customer can connect again.".to_owned(),
        action: format!("{back}/disconnect"),
        back,
        back_label: "Back to the connection",
        keep: "Keep the connection",
        button: "Disconnect",
        busy: "Disconnecting…",
        typed: None,
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
    let broker = signed_in.broker(&partner);
    broker.disconnect(connection.id).await?;
    let back = format!("/console/connections/{}?disconnected", connection.id);
    Ok(Redirect::to(&back).into_response())
}
