use askama::Template;
use axum::extract::{Path, State as Context};
use axum::response::{IntoResponse, Redirect, Response};
use store::access::{self, DisconnectedBy};
use store::{AttemptState, connect_attempts, connections};
use web::{CorrelationId, Layout, PageError};

use crate::listed::Listed;
use crate::listing::{employees, newest_attempt};
use crate::visitor::{Posted, Visitor};
use crate::{State, frame, notice};

#[derive(Template)]
#[template(path = "disconnect.html")]
struct DisconnectPage {
    layout: Layout,
    name: String,
    back: String,
    back_href: String,
    action: String,
    enterprise: bool,
    company: String,
    employees: String,
}

/// Asks before anything ends (AC-40).
pub async fn show(
    Context(state): Context<State>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Response, PageError> {
    let mut tx = state.app.db.read().await?;
    let listed = Listed::find(&mut tx, visitor.company.id, &id).await?;
    refusal(&visitor, &listed).map_or(Ok(()), Err)?;
    let principal = visitor.principal(&listed.app);
    let connection = connections::find(&mut tx, principal, listed.app.client_id).await?;
    drop(tx);
    if !connection.is_some_and(|connection| connection.is_live(visitor.now)) {
        return Ok(Redirect::to(&listed.href()).into_response());
    }
    let name = &listed.listing.name;
    let question = Question {
        name,
        back: format!("Back to {name}"),
        back_href: listed.href(),
        action: format!("{}/disconnect", listed.href()),
        enterprise: listed.is_enterprise(),
    };
    Ok(question.page(&state, &visitor))
}

/// What is to be ended, and where the two answers lead.
pub struct Question<'a> {
    pub name: &'a str,
    pub back: String,
    pub back_href: String,
    pub action: String,
    /// For the whole company.
    pub enterprise: bool,
}

impl Question<'_> {
    pub fn page(self, state: &State, visitor: &Visitor) -> Response {
        let title = format!("Disconnect {}", self.name);
        web::page(&DisconnectPage {
            layout: frame::layout_for(state, visitor, &title, "App Center"),
            name: self.name.to_owned(),
            back: self.back,
            back_href: self.back_href,
            action: self.action,
            enterprise: self.enterprise,
            company: visitor.company.name.clone(),
            employees: employees(visitor),
        })
    }
}

/// Ends the connection at once (AC-41).
pub async fn submit(
    Context(state): Context<State>,
    correlation: CorrelationId,
    Path(id): Path<String>,
    Posted { visitor, .. }: Posted,
) -> Result<Redirect, PageError> {
    let mut tx = state.app.db.write().await?;
    let listed = Listed::find(&mut tx, visitor.company.id, &id).await?;
    refusal(&visitor, &listed).map_or(Ok(()), Err)?;
    let event = DisconnectedBy {
        actor: &visitor.user.id.to_string(),
        correlation_id: &correlation.0,
        now: visitor.now,
    };
    let principal = visitor.principal(&listed.app);
    let client = listed.app.client_id;
    let ended = access::disconnect(&state.app, &mut tx, principal, client, event).await?;
    // A window that is still open can no longer connect either.
    if let Some(attempt) = newest_attempt(&mut tx, &visitor, &listed).await? {
        let (company, to) = (visitor.company.id, AttemptState::Cancelled);
        connect_attempts::set_state(&mut tx, company, attempt.id, to).await?;
    }
    tx.commit().await?;
    let told = if ended {
        "disconnected"
    } else {
        "not_connected"
    };
    Ok(Redirect::to(&notice::href(&listed.href(), told)))
}

/// An enterprise application is disconnected for everybody, so it takes the permission (S01).
fn refusal(visitor: &Visitor, listed: &Listed) -> Option<PageError> {
    let name = &listed.listing.name;
    let error = PageError::forbidden(format!(
        "Disconnecting {name} for {} takes Web Services Administration rights. The listing names who has them. Nothing was changed.",
        visitor.company.name
    ));
    (!visitor.may_connect(&listed.app))
        .then(|| error.with_action(&format!("Back to {name}"), &listed.href()))
}
