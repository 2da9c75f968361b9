use askama::Template;
use axum::extract::{Path, State as Context};
use axum::response::{IntoResponse, Redirect, Response};
use db::Tx;
use protocol::PrincipalType;
use store::access::{self, DisconnectedBy};
use store::{AttemptState, RegisteredApp, connect_attempts, connections};
use web::{CorrelationId, Layout, PageError};

use crate::listed::Listed;
use crate::listing::{employees, newest_attempt};
use crate::visitor::{Posted, Visitor};
use crate::{State, confirm_password, frame, notice, unlisted};

#[derive(Template)]
#[template(path = "disconnect.html")]
struct DisconnectPage {
    layout: Layout,
    name: String,
    listing_href: String,
    enterprise: bool,
    company: String,
    employees: String,
}

/// The app whose connection is to end, with or without an entry in the App Center.
struct Ending {
    app: RegisteredApp,
    name: String,
    /// The page that leads here.
    href: String,
    listed: Option<Listed>,
}

/// Asks before anything ends (AC-40).
pub async fn show(
    Context(state): Context<State>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Response, PageError> {
    let mut tx = state.app.db.read_within(visitor.company.id).await?;
    let ending = Ending::of_listing(&mut tx, &visitor, &id).await?;
    ask(&state, tx, &visitor, ending).await
}

pub async fn show_unlisted(
    Context(state): Context<State>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Response, PageError> {
    let mut tx = state.app.db.read_within(visitor.company.id).await?;
    let ending = Ending::unlisted(&mut tx, &visitor, &id).await?;
    ask(&state, tx, &visitor, ending).await
}

pub async fn submit(
    Context(state): Context<State>,
    correlation: CorrelationId,
    Path(id): Path<String>,
    Posted { visitor, .. }: Posted,
) -> Result<Redirect, PageError> {
    let mut tx = state.app.db.write_within(visitor.company.id).await?;
    let ending = Ending::of_listing(&mut tx, &visitor, &id).await?;
    ending.end(&state, tx, &visitor, &correlation).await
}

pub async fn submit_unlisted(
    Context(state): Context<State>,
    correlation: CorrelationId,
    Path(id): Path<String>,
    Posted { visitor, .. }: Posted,
) -> Result<Redirect, PageError> {
    let mut tx = state.app.db.write_within(visitor.company.id).await?;
    let ending = Ending::unlisted(&mut tx, &visitor, &id).await?;
    ending.end(&state, tx, &visitor, &correlation).await
}

async fn ask(
    state: &State,
    mut tx: Tx,
    visitor: &Visitor,
    ending: Ending,
) -> Result<Response, PageError> {
    ending.refusal(visitor).map_or(Ok(()), Err)?;
    let principal = visitor.principal(&ending.app);
    let connection = connections::find(&mut tx, principal, ending.app.client_id).await?;
    drop(tx);
    if !connection.is_some_and(|connection| connection.is_live(visitor.now)) {
        return Ok(Redirect::to(&ending.href).into_response());
    }
    if let Some(first) = ending.confirm_first(visitor) {
        return Ok(first.into_response());
    }
    let title = format!("Disconnect {}", ending.name);
    Ok(web::page(&DisconnectPage {
        layout: frame::layout_for(state, visitor, &title, "App Center"),
        listing_href: ending.href,
        enterprise: ending.app.principal_type != PrincipalType::User,
        company: visitor.company.name.clone(),
        employees: employees(visitor),
        name: ending.name,
    }))
}

impl Ending {
    async fn of_listing(tx: &mut Tx, visitor: &Visitor, id: &str) -> Result<Ending, PageError> {
        let listed = Listed::find(tx, visitor.company.id, id).await?;
        Ok(Ending {
            app: listed.app.clone(),
            name: listed.listing.name.clone(),
            href: listed.href(),
            listed: Some(listed),
        })
    }

    async fn unlisted(tx: &mut Tx, visitor: &Visitor, id: &str) -> Result<Ending, PageError> {
        let (app, _) = unlisted::find(tx, visitor, id).await?;
        Ok(Ending {
            name: app.name.clone(),
            href: unlisted::href(&app),
            app,
            listed: None,
        })
    }

    /// A company's connection is ended with a password that was given lately (S01).
    fn confirm_first(&self, visitor: &Visitor) -> Option<Redirect> {
        let own = self.app.principal_type == PrincipalType::User;
        let page = format!("{}/disconnect", self.href);
        confirm_password::needed(visitor, &page).filter(|_| !own)
    }

    /// Ends the connection at once (AC-41), and leads to the page that tells of it.
    async fn end(
        &self,
        state: &State,
        mut tx: Tx,
        visitor: &Visitor,
        correlation: &CorrelationId,
    ) -> Result<Redirect, PageError> {
        self.refusal(visitor).map_or(Ok(()), Err)?;
        if let Some(first) = self.confirm_first(visitor) {
            return Ok(first);
        }
        let event = DisconnectedBy {
            actor: &visitor.user.id.to_string(),
            correlation_id: &correlation.0,
            now: visitor.now,
        };
        let principal = visitor.principal(&self.app);
        let client = self.app.client_id;
        let ended = access::disconnect(&state.app, &mut tx, principal, client, event).await?;
        // A window that is still open can no longer connect either.
        if let Some(listed) = &self.listed
            && let Some(attempt) = newest_attempt(&mut tx, visitor, listed).await?
        {
            let (company, to) = (visitor.company.id, AttemptState::Cancelled);
            connect_attempts::set_state(&mut tx, company, attempt.id, to).await?;
        }
        tx.commit().await?;
        let told = match ended {
            true => "disconnected",
            false => "not_connected",
        };
        Ok(Redirect::to(&notice::href(&self.href, told)))
    }

    /// An enterprise application is disconnected for everybody, so it takes the permission (S01).
    fn refusal(&self, visitor: &Visitor) -> Option<PageError> {
        let name = &self.name;
        let error = PageError::forbidden(format!(
            "Disconnecting {name} for {} takes Web Services Administration rights. The page of the app names who has them. Nothing was changed.",
            visitor.company.name
        ));
        (!visitor.may_connect(&self.app))
            .then(|| error.with_action(&format!("Back to {name}"), &self.href))
    }
}

impl DisconnectPage {
    fn back(&self) -> String {
        format!("Back to {}", self.name)
    }
}
