use std::time::Duration;

use askama::Template;
use axum::extract::{Path, State as Context};
use axum::response::{IntoResponse, Response};
use db::Tx;
use http::StatusCode;
use protocol::{Form, connect_redirect};
use store::audit::{self, Action};
use store::minting::{Mint, request_token};
use store::{Attempt, AttemptState, connect_attempts};
use url::Url;
use uuid::Uuid;
use web::{CorrelationId, Layout, Link, PageError};

use crate::consents::{Consents, Which};
use crate::field_error::FieldError;
use crate::hand_over::hand_over;
use crate::listed::Listed;
use crate::listing::newest_attempt;
use crate::opener::allow_popups;
use crate::visitor::{Posted, Visitor};
use crate::{State, confirm_password, frame, partner_link, probe, terms};

/// Shown in the window that was meant for the partner.
#[derive(Template)]
#[template(path = "unreachable.html")]
struct UnreachablePage<'a> {
    layout: Layout,
    name: &'a str,
    listing_href: String,
    support: Option<Link>,
    correlation_id: &'a str,
}

/// The terms are agreed to: hands the browser over to the partner with a request token.
///
/// What may be connected is decided twice, before the partner is asked whether it is there and in
/// the transaction that hands out; in between, no transaction is open.
pub async fn submit(
    Context(state): Context<State>,
    correlation: CorrelationId,
    Path(id): Path<String>,
    posted: Posted,
) -> Response {
    let mut response = match connect(&state, &correlation, &id, &posted).await {
        Ok(response) => response,
        Err(error) => error.into_response(),
    };
    allow_popups(response.headers_mut());
    response
}

async fn connect(
    state: &State,
    correlation: &CorrelationId,
    id: &str,
    Posted { visitor, form }: &Posted,
) -> Result<Response, PageError> {
    let mut tx = state.app.db.read_within(visitor.company.id).await?;
    let first = Agreed::check(&mut tx, visitor, id, form).await?;
    drop(tx);
    let agreed = match first {
        Checked::Agreed(agreed) => agreed,
        Checked::Incomplete(listed, consents, missing) => {
            return Ok(terms::incomplete(
                state,
                visitor,
                &listed,
                (consents, missing),
            ));
        }
    };
    if agreed.listed.is_enterprise()
        && let Some(first) = confirm_password::needed(visitor, &agreed.listed.href())
    {
        return Ok(first.into_response());
    }
    let loopback = state.app.settings.loopback_partners;
    if let Err(why) = probe::probe(&agreed.connect_uri, loopback).await {
        tracing::warn!(
            app.id = %agreed.listed.app.client_id, company.id = %visitor.company.id, ?why,
            "a partner could not be reached"
        );
        let mut tx = state.app.db.write_within(visitor.company.id).await?;
        let click = (state.app.entropy.uuid(), AttemptState::Unreachable);
        insert_attempt(&mut tx, visitor, &agreed.listed, click).await?;
        tx.commit().await?;
        return Ok(unreachable(state, visitor, &agreed.listed, correlation));
    }

    let mut tx = state.app.db.write_within(visitor.company.id).await?;
    let agreed = match Agreed::check(&mut tx, visitor, id, form).await? {
        Checked::Agreed(agreed) => agreed,
        Checked::Incomplete(listed, consents, missing) => {
            return Ok(terms::incomplete(
                state,
                visitor,
                &listed,
                (consents, missing),
            ));
        }
    };
    let target = agreed.hand_over(&mut tx, state, visitor).await?;
    tx.commit().await?;
    Ok(hand_over(target.as_str()))
}

/// A person who may connect an app, and has agreed to everything there is to agree to.
struct Agreed {
    listed: Listed,
    connect_uri: Url,
    consents: Consents,
}

enum Checked {
    Agreed(Agreed),
    Incomplete(Listed, Consents, Vec<FieldError>),
}

impl Agreed {
    /// Decides, whatever the page showed.
    async fn check(
        tx: &mut Tx,
        visitor: &Visitor,
        id: &str,
        form: &Form,
    ) -> Result<Checked, PageError> {
        let listed = Listed::find(tx, visitor.company.id, id).await?;
        refusal(visitor, &listed).map_or(Ok(()), Err)?;
        let connect_uri: Url = listed
            .app
            .connect_uri
            .parse()
            .map_err(|error| PageError::internal(&format!("connect URI: {error}")))?;
        let consents = Consents::load(tx, visitor, &listed, Which::Open).await?;
        let missing = consents.missing(form);
        if !missing.is_empty() {
            return Ok(Checked::Incomplete(listed, consents, missing));
        }
        Ok(Checked::Agreed(Agreed {
            listed,
            connect_uri,
            consents,
        }))
    }

    /// Writes down what was agreed to and the click, and makes the request token. Returns where
    /// the browser goes.
    async fn hand_over(
        &self,
        tx: &mut Tx,
        state: &State,
        visitor: &Visitor,
    ) -> Result<Url, db::Error> {
        self.consents
            .record(tx, &state.app, visitor, &self.listed)
            .await?;
        let attempt = state.app.entropy.uuid();
        let click = (attempt, AttemptState::Pending);
        insert_attempt(tx, visitor, &self.listed, click).await?;
        let principal = visitor.principal(&self.listed.app);
        let mint = Mint {
            principal,
            client: &self.listed.app,
            user: visitor.user.id,
            attempt: Some(attempt),
        };
        let token = request_token(&state.app, tx, mint, visitor.now).await?;
        let (client, subject) = (self.listed.app.client_id, attempt.to_string());
        let change = visitor.change(Action::ConnectStarted, client, &subject);
        audit::record(tx, &state.app.entropy, visitor.by(), change).await?;
        Ok(connect_redirect(
            &self.connect_uri,
            principal,
            &token,
            visitor.user.id,
        ))
    }
}

/// Why this person cannot connect this app (S01).
fn refusal(visitor: &Visitor, listed: &Listed) -> Option<PageError> {
    let name = &listed.listing.name;
    let error = if !visitor.may_connect(&listed.app) {
        PageError::forbidden(format!(
            "Connecting {name} for {} takes Web Services Administration rights. The listing names who has them. Nothing was connected.",
            visitor.company.name
        ))
    } else if !listed.app.enabled {
        PageError::new(
            StatusCode::CONFLICT,
            format!("{name} is switched off"),
            "The operator has switched this app off for the time being. Nothing was connected and nothing was handed out.",
        )
    } else {
        return None;
    };
    Some(error.with_action(&format!("Back to {name}"), &listed.href()))
}

/// Writes the click down. It counts as the newest even where the clock has not moved since the last.
async fn insert_attempt(
    tx: &mut Tx,
    visitor: &Visitor,
    listed: &Listed,
    (id, state): (Uuid, AttemptState),
) -> Result<(), db::Error> {
    let last = newest_attempt(tx, visitor, listed).await?;
    let after = last.map(|last| last.started_at + Duration::from_micros(1));
    let attempt = Attempt {
        id,
        user: visitor.user.id,
        listing: listed.listing.id.clone(),
        state,
        started_at: after.map_or(visitor.now, |after| after.max(visitor.now)),
    };
    connect_attempts::insert(tx, visitor.company.id, &attempt).await
}

fn unreachable(
    state: &State,
    visitor: &Visitor,
    listed: &Listed,
    correlation: &CorrelationId,
) -> Response {
    let name = &listed.listing.name;
    let support = partner_link::href(&listed.listing.content.links.support);
    let page = UnreachablePage {
        layout: frame::layout_for(
            state,
            visitor,
            &format!("{name} could not be reached"),
            "App Center",
        ),
        name,
        listing_href: listed.href(),
        support: support.map(|href| Link::new(&format!("Ask {name} support"), &href)),
        correlation_id: &correlation.0,
    };
    web::page_with_status(StatusCode::BAD_GATEWAY, &page)
}
