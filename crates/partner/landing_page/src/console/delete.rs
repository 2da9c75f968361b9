use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;
use protocol::tail_of;
use vault::{Connection, NoToken, Parting};
use web::{PageError, PageForm};

use super::confirm::{Confirm, Typed};
use super::connection::find;
use super::signed_in::SignedIn;
use crate::Partner;

/// Asks before everything about a customer is deleted.
pub(crate) async fn form(
    State(partner): State<Partner>,
    signed_in: SignedIn,
    Path(id): Path<String>,
) -> Result<Response, PageError> {
    let connection = find(&partner, &id).await?;
    Ok(page(&partner, &signed_in, connection, ""))
}

fn page(partner: &Partner, signed_in: &SignedIn, connection: Connection, error: &str) -> Response {
    let tail = tail(&connection);
    let back = format!("/console/connections/{}", connection.id);
    let app = partner.app_name(connection.app);
    let name = connection
        .name
        .unwrap_or_else(|| connection.principal.to_string());
    let (status, prefix) = match error {
        "" => (StatusCode::OK, ""),
        _ => (StatusCode::UNPROCESSABLE_ENTITY, "Error: "),
    };
    let title = format!("{prefix}Delete {name}");
    web::page_with_status(
        status,
        &Confirm {
            layout: signed_in.layout(&title, "Connections"),
            title: format!("Delete {name}?"),
            about: format!("{app}, id ending in {tail}"),
            warning: format!("{app} is disconnected, and everything kept about {name} is deleted."),
            text: "Tokens, calls, use, history of events, and the account if nothing else belongs to it. What stays is the audit log, which holds ids and no names. It cannot be undone: export the customer first if you need a copy.".to_owned(),
            action: format!("{back}/delete"),
            back,
            back_label: "Back to the connection",
            keep: "Keep the customer",
            button: "Delete the customer",
            busy: "Deleting…",
            typed: Some(Typed {
                label: format!("To go on, type the last six characters of the id: {tail}"),
                error: error.to_owned(),
            }),
        },
    )
}

/// Ends the connection on both sides and deletes what is kept about the customer (S54).
pub(crate) async fn submit(
    State(partner): State<Partner>,
    signed_in: SignedIn,
    Path(id): Path<String>,
    PageForm(form): PageForm,
) -> Result<Response, PageError> {
    signed_in.check(&form)?;
    let connection = find(&partner, &id).await?;
    let typed = form.get("typed").unwrap_or_default().trim();
    if !typed.eq_ignore_ascii_case(&tail(&connection)) {
        let error = "These are not the last six characters of this id";
        return Ok(page(&partner, &signed_in, connection, error));
    }
    tracing::info!(
        staff.id = %signed_in.staff.id, connection.id = %connection.id, app.id = %connection.app,
        "a member of staff deletes a customer"
    );
    let broker = signed_in.broker(&partner);
    let next = match broker.erase(connection.app, connection.principal).await {
        Ok(Parting::Done) | Err(NoToken::NotConnected) => "/console/connections".to_owned(),
        Ok(Parting::Later(_)) => format!("/console/connections/{}?deleting", connection.id),
        Err(NoToken::Storage(error)) => return Err(error.into()),
        Err(_) => format!("/console/connections/{}", connection.id),
    };
    Ok(Redirect::to(&next).into_response())
}

fn tail(connection: &Connection) -> String {
    tail_of(connection.principal)
}
