use askama::Template;
use axum::extract::State as Context;
use axum::response::Response;
use http::StatusCode;
use protocol::AuthorizationError;
use web::{ClientAddress, Cookies, CorrelationId, Layout, PageError, PageForm, SessionToken};

use super::asked::Asked;
use crate::demo_sign_ins::DemoSignIns;
use crate::sign_in::{begin_session, judge, remember_visit, visit, visit_token};
use crate::{State, frame};

#[derive(Template)]
#[template(path = "authorize/sign_in.html")]
struct SignInPage<'a> {
    layout: Layout,
    platform: &'a str,
    app: &'a str,
    csrf: String,
    /// The sealed request.
    request: String,
    login: String,
    refused: bool,
    lines: Vec<String>,
    /// Back to the app, with a refusal.
    cancel_href: String,
    returns_to: String,
    demo: DemoSignIns,
}

/// The sign-in of OA-12.
pub async fn show(
    state: &State,
    cookies: &Cookies,
    asked: &Asked,
    login: Option<String>,
) -> Result<Response, PageError> {
    let visit = visit(state, cookies);
    let login = login.or_else(|| asked.request.login_hint.clone());
    let page = page(state, &visit, asked, (&login.unwrap_or_default(), false)).await?;
    let mut response = asked.with_form(web::page(&page));
    remember_visit(&mut response, state, &visit);
    Ok(response)
}

/// Somebody signs in for an app.
pub async fn submit(
    Context(state): Context<State>,
    ClientAddress(address): ClientAddress,
    correlation: CorrelationId,
    cookies: Cookies,
    PageForm(form): PageForm,
) -> Result<Response, PageError> {
    let visit = visit_token(&state, &cookies)
        .filter(|visit| visit.accepts_csrf(form.get("csrf")))
        .ok_or_else(PageError::stale_form)?;
    let now = state.app.clock.now();
    let mut tx = state.app.db.read().await?;
    let asked = Asked::load(&mut tx, &state.app, form.get("request"), now).await?;
    drop(tx);
    match judge(&state, &address, &form).await? {
        Some(user) => {
            let begun = begin_session(&state, &cookies, &user, (&correlation, now)).await?;
            let sealed = asked.seal_for(&state.app, &begun.token.hash(), true);
            Ok(begun.leads_to(&format!("/authorize?request={sealed}")))
        }
        None => {
            let login = form.get("login").unwrap_or_default();
            let page = page(&state, &visit, &asked, (login, true)).await?;
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            Ok(asked.with_form(web::page_with_status(status, &page)))
        }
    }
}

/// With `refused` it says so, and not which half was wrong.
async fn page<'a>(
    state: &'a State,
    visit: &SessionToken,
    asked: &'a Asked,
    (login, refused): (&str, bool),
) -> Result<SignInPage<'a>, PageError> {
    let platform = &state.app.settings.platform_name;
    let title = format!("Sign in with {platform}");
    let title = match refused {
        true => format!("Error: {title}"),
        false => title,
    };
    let request = asked.request.seal(&state.app);
    let mut tx = state.app.db.read().await?;
    let lines = asked.lines(&mut tx).await?;
    drop(tx);
    let carried = ("request", request.as_str());
    let demo = DemoSignIns::load(state, "/authorize/sign-in", carried, visit.csrf()).await?;
    Ok(SignInPage {
        layout: frame::layout(state, &title),
        platform,
        app: &asked.client.name,
        csrf: visit.csrf(),
        request,
        login: login.to_owned(),
        refused,
        lines,
        cancel_href: asked
            .request
            .response()
            .error(&AuthorizationError::USER_DENIED),
        returns_to: asked.returns_to(),
        demo,
    })
}
