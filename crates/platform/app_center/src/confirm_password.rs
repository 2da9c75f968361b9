//! What reaches far takes a password that was given lately (S01): who has been signed in for longer
//! gives it again here, and goes on where he or she was.

use std::time::Duration;

use askama::Template;
use axum::extract::State as Context;
use axum::response::{Redirect, Response};
use http::StatusCode;
use protocol::MINUTE;
use web::{ClientAddress, Cookies, Layout, PageError, PageQuery};

use crate::return_to::local_path;
use crate::sign_in::{begin_session, within_limits};
use crate::visitor::{Posted, Visitor};
use crate::{State, frame};

/// How long a password counts as given lately.
const LATELY: Duration = Duration::from_secs(15 * MINUTE.as_secs());

#[derive(Template)]
#[template(path = "confirm_password.html")]
struct ConfirmPage {
    layout: Layout,
    name: String,
    return_to: String,
    error: &'static str,
}

/// Where somebody goes first who gave the password too long ago; `page` is where he or she comes
/// back to.
pub fn needed(visitor: &Visitor, page: &str) -> Option<Redirect> {
    if visitor.now < visitor.authenticated_at + LATELY {
        return None;
    }
    let query: String = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("return_to", local_path(Some(page)))
        .finish();
    Some(Redirect::to(&format!("/confirm-password?{query}")))
}

pub async fn show(
    Context(state): Context<State>,
    visitor: Visitor,
    PageQuery(query): PageQuery,
) -> Response {
    let return_to = local_path(query.get("return_to"));
    web::page(&page(&state, &visitor, return_to, ""))
}

/// The right password begins a new session under a new id (S33). Wrong ones count as wrong sign-ins.
pub async fn submit(
    Context(state): Context<State>,
    ClientAddress(address): ClientAddress,
    cookies: Cookies,
    Posted { visitor, form }: Posted,
) -> Result<Response, PageError> {
    let login = visitor.user.login.to_lowercase();
    within_limits(&state, &address, &login)?;
    let return_to = local_path(form.get("return_to"));
    let password = form.get("password").unwrap_or_default().to_owned();
    let stored = Some(visitor.user.password_hash.clone());
    if web::password::verify(password.into(), stored).await {
        let at = (&visitor.correlation, visitor.now);
        let begun = begin_session(&state, &cookies, &visitor.user, at).await?;
        return Ok(begun.leads_to(return_to));
    }
    state.failed_sign_ins_by_address.failed(&address);
    state.failed_sign_ins_by_login.failed(&login);
    let wrong = "This is not your password. Enter the one that you sign in with.";
    let page = page(&state, &visitor, return_to, wrong);
    Ok(web::page_with_status(
        StatusCode::UNPROCESSABLE_ENTITY,
        &page,
    ))
}

fn page(state: &State, visitor: &Visitor, return_to: &str, error: &'static str) -> ConfirmPage {
    let title = match error {
        "" => "Confirm your password",
        _ => "Error: Confirm your password",
    };
    ConfirmPage {
        layout: frame::layout_for(state, visitor, title, ""),
        name: visitor.user.full_name(),
        return_to: return_to.to_owned(),
        error,
    }
}
