use askama::Template;
use axum::extract::State as Context;
use axum::response::Response;
use protocol::{AuthorizationError, Prompt, TokenHash};
use store::audit::{self, Action, Actor, By, Change};
use store::{AuthorizationRequest, Listing, listings};
use web::{Cookies, CorrelationId, Layout, PageError, initials};

use super::asked::Asked;
use crate::visitor::{NotSignedIn, Posted, Visitor, session_token};
use crate::{State, frame, partner_link};

#[derive(Template)]
#[template(path = "authorize/consent.html")]
struct ConsentPage<'a> {
    layout: Layout,
    platform: &'a str,
    app: &'a str,
    icon_href: Option<String>,
    csrf: &'a str,
    /// The sealed request, for this session alone.
    request: String,
    lines: Vec<String>,
    name: String,
    initials: String,
    company: &'a str,
    privacy_href: Option<String>,
    /// To sign in as somebody else.
    switch_href: String,
    returns_to: String,
}

/// Asks whether the app may have what it wants.
pub async fn show(
    state: &State,
    asked: &Asked,
    visitor: &Visitor,
    session: &TokenHash,
) -> Result<Response, PageError> {
    let mut tx = state.app.db.read().await?;
    let lines = asked.lines(&mut tx).await?;
    let listing = listings::find_by_app(&mut tx, asked.client.client_id).await?;
    drop(tx);
    let icon = |listing: &Listing| {
        let (id, icon) = (&listing.id, &listing.content.icon);
        format!("/app-center/images/{id}/{icon}")
    };
    let privacy = |listing: &Listing| partner_link::href(&listing.content.links.privacy);
    let name = visitor.user.full_name();
    let page = ConsentPage {
        layout: frame::layout(state, &format!("Allow {}", asked.client.name)),
        platform: &state.app.settings.platform_name,
        app: &asked.client.name,
        icon_href: listing.as_ref().map(icon),
        csrf: &visitor.csrf,
        request: asked.seal_for(&state.app, session, false),
        lines,
        initials: initials(&name),
        name,
        company: &visitor.company.name,
        privacy_href: listing.as_ref().and_then(privacy),
        switch_href: format!(
            "/authorize?request={}",
            as_somebody_else(asked).seal(&state.app)
        ),
        returns_to: asked.returns_to(),
    };
    Ok(asked.with_form(web::page(&page)))
}

/// The same request, for whoever signs in next.
fn as_somebody_else(asked: &Asked) -> AuthorizationRequest {
    AuthorizationRequest {
        prompt: Prompt {
            login: true,
            ..asked.request.prompt
        },
        login_hint: None,
        session: None,
        ..asked.request.clone()
    }
}

/// The answer: back to the app in either case.
pub async fn submit(
    Context(state): Context<State>,
    correlation: CorrelationId,
    cookies: Cookies,
    posted: Result<Posted, NotSignedIn>,
) -> Result<Response, PageError> {
    let Posted { visitor, form } = posted.map_err(|refusal| match refusal {
        NotSignedIn::SignIn(_) => PageError::stale_form(),
        NotSignedIn::Failed(error) => error,
    })?;
    let mut tx = state.app.db.write().await?;
    let asked = Asked::load(&mut tx, &state.app, form.get("request"), visitor.now).await?;
    let session = session_token(&state, &cookies);
    if !session.is_some_and(|session| asked.belongs_to(&session.hash())) {
        return Err(PageError::stale_form());
    }
    if !asked.client.may_connect_to(visitor.company.id) {
        return Ok(asked.refuse(&AuthorizationError::COMPANY_NOT_ENABLED));
    }
    match form.get("answer") {
        Some("allow") => {}
        Some("refuse") => return Ok(asked.refuse(&AuthorizationError::USER_DENIED)),
        _ => {
            return Err(PageError::bad_request(
                "Choose Allow or Refuse. Nothing was shared.",
            ));
        }
    }
    let by = By {
        actor: Actor::User(visitor.user.id),
        correlation_id: &correlation.0,
        now: visitor.now,
    };
    let change = Change {
        action: Action::AuthorizationGranted,
        company: Some(visitor.company.id),
        app: Some(asked.client.client_id),
        subject: &visitor.user.id.to_string(),
    };
    audit::record(&mut tx, &state.app.entropy, by, change).await?;
    let answer = asked.grant(&state.app, &mut tx, &visitor).await?;
    tx.commit().await?;
    Ok(answer)
}
