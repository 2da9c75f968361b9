use std::time::Duration;

use askama::Template;
use axum::extract::State as Context;
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;
use http::header::SET_COOKIE;
use protocol::{Form, HOUR, Timestamp};
use store::audit::{self, Action, Actor, By, Change};
use store::{Session, User, sessions, users};
use web::{
    ClientAddress, Cookies, CorrelationId, Layout, PageError, PageForm, PageQuery, SessionToken,
    SetCookie,
};

use crate::demo_sign_ins::DemoSignIns;
use crate::return_to::local_path;
use crate::visitor::{NotSignedIn, SESSION_COOKIE, Visitor, session_token};
use crate::{State, frame};

const SESSION_LIFETIME: Duration = Duration::from_secs(8 * 3_600);

/// Binds the sign-in form to the browser that opened it, before there is a session.
const VISIT_COOKIE: &str = "quickconnect_visit";

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignInPage {
    layout: Layout,
    csrf: String,
    return_to: String,
    login: String,
    refused: bool,
    demo: DemoSignIns,
}

pub async fn show(
    Context(state): Context<State>,
    PageQuery(query): PageQuery,
    cookies: Cookies,
    visitor: Result<Visitor, NotSignedIn>,
) -> Result<Response, PageError> {
    let return_to = local_path(query.get("return_to"));
    if visitor.is_ok() {
        return Ok(Redirect::to(return_to).into_response());
    }
    let visit = visit(&state, &cookies);
    let mut response = web::page(&page(&state, &visit, return_to, None).await?);
    remember_visit(&mut response, &state, &visit);
    Ok(response)
}

pub async fn submit(
    Context(state): Context<State>,
    ClientAddress(address): ClientAddress,
    correlation: CorrelationId,
    cookies: Cookies,
    PageForm(form): PageForm,
) -> Result<Response, PageError> {
    let visit = visit_token(&state, &cookies)
        .filter(|visit| visit.accepts_csrf(form.get("csrf")))
        .ok_or_else(|| PageError::stale_form().with_action("Open the sign-in page", "/sign-in"))?;
    let return_to = local_path(form.get("return_to"));
    match judge(&state, &address, &form).await? {
        Some(user) => {
            let at = (&correlation, state.app.clock.now());
            let begun = begin_session(&state, &cookies, &user, at).await?;
            Ok(begun.leads_to(return_to))
        }
        None => {
            let page = page(&state, &visit, return_to, Some(&form)).await?;
            Ok(web::page_with_status(
                StatusCode::UNPROCESSABLE_ENTITY,
                &page,
            ))
        }
    }
}

/// Who signs in with the login and password of a form; `None` when they do not belong together, or
/// the person may not sign in: that is counted, and there is a limit to it.
pub async fn judge(state: &State, address: &str, form: &Form) -> Result<Option<User>, PageError> {
    let login = form.get("login").unwrap_or_default().trim().to_lowercase();
    within_limits(state, address, &login)?;

    let mut tx = state.app.db.read().await?;
    let found = users::find_by_login(&mut tx, &login).await?;
    let may = match &found {
        Some(user) => {
            let company = store::companies::find(&mut tx, user.company).await?;
            user.enabled && company.is_some_and(|company| company.enabled)
        }
        None => false,
    };
    drop(tx);
    let password = form.get("password").unwrap_or_default().to_owned();
    let stored = found.as_ref().map(|user| user.password_hash.clone());
    let right = web::password::verify(password.into(), stored).await;
    let accepted = found.filter(|_| right && may);
    if accepted.is_none() {
        state.failed_sign_ins_by_address.failed(address);
        state.failed_sign_ins_by_login.failed(&login);
    }
    Ok(accepted)
}

/// Refuses whoever has failed too often, from one address or with one login, whatever the password.
pub fn within_limits(state: &State, address: &str, login: &str) -> Result<(), PageError> {
    let waits = [
        state.failed_sign_ins_by_address.wait(address),
        state.failed_sign_ins_by_login.wait(login),
    ];
    let Some(seconds) = waits.into_iter().flatten().max() else {
        return Ok(());
    };
    let minutes = web::count(seconds.div_ceil(60), "minute");
    let message =
        format!("The password was wrong too often. Try again in {minutes}. Nobody was signed in.");
    Err(PageError::too_many_requests(message, seconds))
}

/// A session that has just begun: the browser is to be told its id.
pub struct BegunSession {
    pub token: SessionToken,
    secure: bool,
}

impl BegunSession {
    /// The answer to the form.
    pub fn leads_to(&self, address: &str) -> Response {
        let mut response = Redirect::to(address).into_response();
        let headers = response.headers_mut();
        let value = self.token.expose();
        headers.append(
            SET_COOKIE,
            SetCookie::header(SESSION_COOKIE, value, self.secure, SESSION_LIFETIME),
        );
        headers.append(SET_COOKIE, SetCookie::expired(VISIT_COOKIE, self.secure));
        response
    }
}

/// A new session under a new id, in place of the one that the browser had (S33).
pub async fn begin_session(
    state: &State,
    cookies: &Cookies,
    user: &User,
    (correlation, now): (&CorrelationId, Timestamp),
) -> Result<BegunSession, PageError> {
    let token = SessionToken::mint(state.app.entropy.bytes());
    let session = Session {
        company: user.company,
        user: user.id,
        authenticated_at: now,
        expires_at: now + SESSION_LIFETIME,
    };
    let mut tx = state.app.db.write_for(user.company).await?;
    if let Some(former) = session_token(state, cookies) {
        sessions::delete(&mut tx, former.hash()).await?;
    }
    sessions::insert(&mut tx, token.hash(), &session).await?;
    let by = By {
        actor: Actor::User(user.id),
        correlation_id: &correlation.0,
        now,
    };
    let change = Change {
        action: Action::SignedIn,
        company: Some(user.company),
        app: None,
        subject: "",
    };
    audit::record(&mut tx, &state.app.entropy, by, change).await?;
    tx.commit().await?;

    Ok(BegunSession {
        token,
        secure: state.secure(),
    })
}

/// The visit that the browser claims.
pub fn visit_token(state: &State, cookies: &Cookies) -> Option<SessionToken> {
    SessionToken::parse(cookies.get(VISIT_COOKIE, state.secure())?)
}

/// The visit that the browser claims, or a new one.
pub fn visit(state: &State, cookies: &Cookies) -> SessionToken {
    visit_token(state, cookies).unwrap_or_else(|| SessionToken::mint(state.app.entropy.bytes()))
}

pub fn remember_visit(response: &mut Response, state: &State, visit: &SessionToken) {
    let cookie = SetCookie::header(VISIT_COOKIE, visit.expose(), state.secure(), HOUR);
    response.headers_mut().append(SET_COOKIE, cookie);
}

/// The page; with `refused`, the form that was not accepted. It never says which half was wrong.
async fn page(
    state: &State,
    visit: &SessionToken,
    return_to: &str,
    refused: Option<&Form>,
) -> Result<SignInPage, PageError> {
    let title = if refused.is_some() {
        "Error: Sign in"
    } else {
        "Sign in"
    };
    Ok(SignInPage {
        layout: frame::layout(state, title),
        csrf: visit.csrf(),
        return_to: return_to.to_owned(),
        login: refused
            .and_then(|form| form.get("login"))
            .unwrap_or_default()
            .to_owned(),
        refused: refused.is_some(),
        demo: DemoSignIns::load(state, "/sign-in", ("return_to", return_to), visit.csrf()).await?,
    })
}
