use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;
use http::header::SET_COOKIE;
use vault::{Actor, By};
use web::{
    ClientAddress, Cookies, CorrelationId, Layout, PageError, PageForm, PageQuery, SessionToken,
    SetCookie, password,
};

use super::signed_in::COOKIE;
use crate::fields::one_line;
use crate::limits::may_try;
use crate::visitor::Visitor;
use crate::words::Words;
use crate::{Partner, frame};

#[derive(Template)]
#[template(path = "console/sign_in.html")]
struct SignIn<'a> {
    layout: Layout,
    csrf: String,
    email: &'a str,
    next: &'a str,
    refused: bool,
    demo: Option<&'a (String, String)>,
}

pub(crate) async fn form(
    State(partner): State<Partner>,
    PageQuery(query): PageQuery,
    cookies: Cookies,
) -> Response {
    let visitor = Visitor::welcome(&partner, &cookies);
    let next = safe_next(query.get("next"));
    visitor.remember(&partner, page(&partner, &visitor, ("", next), false))
}

fn page(
    partner: &Partner,
    visitor: &Visitor,
    (email, next): (&str, &str),
    refused: bool,
) -> Response {
    let title = match refused {
        true => "Error: Sign in",
        false => "Sign in",
    };
    let mut layout = frame::plain(Words::ENGLISH, title);
    layout.brand = "Partner console".to_owned();
    let status = match refused {
        true => StatusCode::UNPROCESSABLE_ENTITY,
        false => StatusCode::OK,
    };
    web::page_with_status(
        status,
        &SignIn {
            layout,
            csrf: visitor.csrf(),
            email,
            next,
            refused,
            demo: partner.config.demo_sign_in.as_ref(),
        },
    )
}

pub(crate) async fn submit(
    State(partner): State<Partner>,
    cookies: Cookies,
    ClientAddress(from): ClientAddress,
    correlation: CorrelationId,
    PageForm(form): PageForm,
) -> Result<Response, PageError> {
    Visitor::check(&partner, &cookies, &form)?;
    let email = one_line(form.get("email").unwrap_or_default()).to_lowercase();
    let next = safe_next(form.get("next"));
    let limits = &partner.limits;
    let key = format!("console {email}");
    may_try(&limits.sign_in_of_address, &from)?;
    may_try(&limits.sign_in, &key)?;
    let staff = partner.vault.staff_by_email(&email).await?;
    let stored = staff.as_ref().map(|staff| staff.password_hash.clone());
    let chosen = form.get("password").unwrap_or_default();
    let matches = password::verify(chosen.into(), stored).await;
    let Some(staff) = staff.filter(|_| matches) else {
        limits.sign_in.failed(&key);
        limits.sign_in_of_address.failed(&from);
        let visitor = Visitor::welcome(&partner, &cookies);
        return Ok(page(&partner, &visitor, (&email, next), true));
    };
    let session = SessionToken::mint(partner.entropy.bytes());
    let by = By::new(Actor::Staff(staff.email.clone()), &correlation.0);
    let lifetime = partner
        .vault
        .by(by)
        .begin_session(session.hash(), staff.id)
        .await?;
    // Whoever signs in anew has one session, and the one before is over (S33).
    let former = cookies.get(COOKIE, partner.secure());
    if let Some(former) = former.and_then(SessionToken::parse) {
        partner.vault.end_session(former.hash()).await?;
    }
    tracing::info!(staff.id = %staff.id, "signed in to the console");
    let mut response = Redirect::to(next).into_response();
    let cookie = SetCookie::header(COOKIE, session.expose(), partner.secure(), lifetime);
    response.headers_mut().append(SET_COOKIE, cookie);
    Ok(response)
}

/// Where to go after signing in: a page of the console, and nowhere else.
fn safe_next(wanted: Option<&str>) -> &str {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '-');
    wanted
        .filter(|path| path.starts_with("/console/") && path.chars().all(plain))
        .unwrap_or("/console/connections")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signing_in_leads_into_the_console_only() {
        let start = "/console/connections";
        assert_eq!(safe_next(Some("/console/codes")), "/console/codes");
        for elsewhere in [
            "//evil.example",
            "/console/../x",
            "https://evil.example",
            "/connect/a",
            "/console/\\evil",
        ] {
            assert_eq!(safe_next(Some(elsewhere)), start, "{elsewhere}");
        }
        assert_eq!(safe_next(None), start);
    }
}
