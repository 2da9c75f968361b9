//! Ending a connection to an app that the App Center does not list: there is no page of it from which
//! that could be done.

use axum::extract::{Path, State as Context};
use axum::response::{IntoResponse, Redirect, Response};
use db::Tx;
use protocol::{AppId, PrincipalType};
use store::access::{self, DisconnectedBy};
use store::{RegisteredApp, apps, connections};
use web::{CorrelationId, PageError};

use crate::State;
use crate::disconnect::Question;
use crate::visitor::{Posted, Visitor};

const LIST: &str = "/app-center/connections";

/// The page that asks.
pub fn disconnect_href(app: AppId) -> String {
    format!("{LIST}/{app}/disconnect")
}

/// Asks before anything ends (AC-40).
pub async fn show(
    Context(state): Context<State>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Response, PageError> {
    let mut tx = state.app.db.read().await?;
    let app = find(&mut tx, &visitor, &id).await?;
    let principal = visitor.principal(&app);
    let connection = connections::find(&mut tx, principal, app.client_id).await?;
    drop(tx);
    if !connection.is_some_and(|connection| connection.is_live(visitor.now)) {
        return Ok(Redirect::to(LIST).into_response());
    }
    let question = Question {
        name: &app.name,
        back: "Back to Connections".to_owned(),
        back_href: LIST.to_owned(),
        action: disconnect_href(app.client_id),
        enterprise: app.principal_type != PrincipalType::User,
    };
    Ok(question.page(&state, &visitor))
}

/// Ends the connection at once (AC-41).
pub async fn submit(
    Context(state): Context<State>,
    correlation: CorrelationId,
    Path(id): Path<String>,
    Posted { visitor, .. }: Posted,
) -> Result<Redirect, PageError> {
    let mut tx = state.app.db.write().await?;
    let app = find(&mut tx, &visitor, &id).await?;
    let event = DisconnectedBy {
        actor: &visitor.user.id.to_string(),
        correlation_id: &correlation.0,
        now: visitor.now,
    };
    let principal = visitor.principal(&app);
    access::disconnect(&state.app, &mut tx, principal, app.client_id, event).await?;
    tx.commit().await?;
    Ok(Redirect::to(LIST))
}

/// An app of this address that this person may disconnect (S01, S35).
async fn find(tx: &mut Tx, visitor: &Visitor, id: &str) -> Result<RegisteredApp, PageError> {
    let id = id.parse().map_err(|_| PageError::not_found())?;
    let app = apps::find(tx, id).await?.ok_or_else(PageError::not_found)?;
    if !app.may_connect_to(visitor.company.id) {
        return Err(PageError::not_found());
    }
    if !visitor.may_connect(&app) {
        let why = "Disconnecting an app for the whole company takes Web Services Administration rights. Nothing was changed.";
        return Err(PageError::forbidden(why).with_action("Back to Connections", LIST));
    }
    Ok(app)
}
