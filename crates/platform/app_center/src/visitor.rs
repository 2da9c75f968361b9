use axum::extract::{FromRequest, FromRequestParts, OriginalUri, Request};
use axum::response::{IntoResponse, Redirect, Response};
use http::Method;
use http::request::Parts;
use protocol::{AppId, Form, Principal, PrincipalType, Timestamp};
use store::audit::{Action, Actor, By, Change};
use store::{Company, RegisteredApp, User, companies, sessions, users};
use web::{Cookies, CorrelationId, PageError, PageForm, SessionToken};

use crate::State;
use crate::return_to::sign_in_for;

/// The cookie of a session.
pub const SESSION_COOKIE: &str = "quickconnect_session";

/// Whoever has signed in, and the one instant at which the request is handled.
pub struct Visitor {
    pub user: User,
    pub company: Company,
    pub csrf: String,
    /// When the password was last given.
    pub authenticated_at: Timestamp,
    pub now: Timestamp,
    pub correlation: CorrelationId,
}

impl Visitor {
    /// As the audit log names who does something.
    pub fn by(&self) -> By<'_> {
        By {
            actor: Actor::User(self.user.id),
            correlation_id: &self.correlation.0,
            now: self.now,
        }
    }

    /// What this person does to an app's connection, or on the way to it.
    pub fn change<'a>(&self, action: Action, app: AppId, subject: &'a str) -> Change<'a> {
        Change {
            action,
            company: Some(self.company.id),
            app: Some(app),
            subject,
        }
    }

    /// Whether this person may connect and disconnect an app (CF-04): an enterprise application
    /// takes the permission, a user connection is everybody's own.
    pub fn may_connect(&self, app: &RegisteredApp) -> bool {
        app.principal_type == PrincipalType::User || self.user.web_services_admin
    }

    /// For whom this person's connection to an app stands.
    pub fn principal(&self, app: &RegisteredApp) -> Principal {
        match app.principal_type {
            PrincipalType::User => Principal::User(self.company.id, self.user.id),
            PrincipalType::Company | PrincipalType::App => Principal::Company(self.company.id),
        }
    }
}

/// Why somebody is not let in.
pub enum NotSignedIn {
    /// No session: the sign-in page, which leads back.
    SignIn(String),
    Failed(PageError),
}

impl IntoResponse for NotSignedIn {
    fn into_response(self) -> Response {
        match self {
            NotSignedIn::SignIn(path) => Redirect::to(&sign_in_for(&path)).into_response(),
            NotSignedIn::Failed(error) => error.into_response(),
        }
    }
}

impl From<PageError> for NotSignedIn {
    fn from(error: PageError) -> NotSignedIn {
        NotSignedIn::Failed(error)
    }
}

impl FromRequestParts<State> for Visitor {
    type Rejection = NotSignedIn;

    async fn from_request_parts(parts: &mut Parts, state: &State) -> Result<Visitor, NotSignedIn> {
        let Ok(cookies) = Cookies::from_request_parts(parts, state).await;
        let Ok(correlation) = CorrelationId::from_request_parts(parts, state).await;
        let known = of_session(state, &cookies, correlation).await?;
        known.map_or_else(|| Err(NotSignedIn::SignIn(way_back(parts))), Ok)
    }
}

/// Where somebody who has to sign in first wanted to go. A form that was lost leads to the
/// catalogue, since its address may have no page.
fn way_back(parts: &Parts) -> String {
    if parts.method != Method::GET {
        return "/app-center".to_owned();
    }
    let original = parts.extensions.get::<OriginalUri>();
    let uri = original.map_or(&parts.uri, |OriginalUri(uri)| uri);
    uri.path_and_query()
        .map_or_else(String::new, |path| path.as_str().to_owned())
}

async fn of_session(
    state: &State,
    cookies: &Cookies,
    correlation: CorrelationId,
) -> Result<Option<Visitor>, PageError> {
    let Some(token) = session_token(state, cookies) else {
        return Ok(None);
    };
    let now = state.app.clock.now();
    let mut tx = state.app.db.read().await?;
    let Some(session) = sessions::find(&mut tx, token.hash(), now).await? else {
        return Ok(None);
    };
    let user = users::find(&mut tx, session.company, session.user).await?;
    let company = companies::find(&mut tx, session.company).await?;
    // Switched off, neither a person nor a company's people are let in any longer (S22).
    let (user, company) = (
        user.filter(|user| user.enabled),
        company.filter(|company| company.enabled),
    );
    Ok(user.zip(company).map(|(user, company)| Visitor {
        user,
        company,
        csrf: token.csrf(),
        authenticated_at: session.authenticated_at,
        now,
        correlation,
    }))
}

/// The session that the browser claims to have.
pub fn session_token(state: &State, cookies: &Cookies) -> Option<SessionToken> {
    SessionToken::parse(cookies.get(SESSION_COOKIE, state.secure())?)
}

/// A form that a page of this session posted: everything that changes something takes this, so
/// that none forgets the check (S34).
pub struct Posted {
    pub visitor: Visitor,
    pub form: Form,
}

impl FromRequest<State> for Posted {
    type Rejection = NotSignedIn;

    async fn from_request(request: Request, state: &State) -> Result<Posted, NotSignedIn> {
        let (mut parts, body) = request.into_parts();
        let visitor = Visitor::from_request_parts(&mut parts, state).await?;
        let Ok(cookies) = Cookies::from_request_parts(&mut parts, state).await;
        let request = Request::from_parts(parts, body);
        let PageForm(form) = PageForm::from_request(request, state).await?;
        let genuine = session_token(state, &cookies)
            .is_some_and(|session| session.accepts_csrf(form.get("csrf")));
        if !genuine {
            return Err(PageError::stale_form().into());
        }
        Ok(Posted { visitor, form })
    }
}
