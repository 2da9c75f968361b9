use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;
use http::header::SET_COOKIE;
use protocol::{ConnectParameters, DAY, Form, PrincipalType};
use vault::{Flow, NewFlow};
use web::{ClientAddress, Cookies, Layout, PageError, PageQuery, SessionToken, SetCookie};

use super::stop::Stop;
use super::visit::{Visit, address, cookie_name, find, page_of};
use crate::app_page::AppPage;
use crate::fields::FieldErrors;
use crate::frame::{self, Landing};
use crate::limits::allow;
use crate::reader::Reader;
use crate::words::Words;
use crate::{AppConfig, CallToAction, Partner};

#[derive(Template)]
#[template(path = "connect/start_account.html")]
struct StartAccount<'a> {
    layout: Layout,
    landing: Landing,
    words: Words,
    heading: String,
    app: &'a AppConfig,
    platform: &'a str,
    csrf: String,
    email: &'a str,
    errors: FieldErrors,
    /// How many steps an account takes.
    steps: usize,
    /// Address of the account that was begun.
    begun: Option<&'a str>,
    is_company: bool,
}

#[derive(Template)]
#[template(path = "connect/start_code.html")]
struct StartCode<'a> {
    layout: Layout,
    landing: Landing,
    words: Words,
    heading: String,
    app: &'a AppConfig,
    platform: &'a str,
    csrf: String,
    code: &'a str,
    agreed: [bool; 2],
    errors: FieldErrors,
}

/// Where the platform's link leads, and then the first page. A link's parameters are put away and
/// its address is left at once (S43, SE-22); the page itself has a clean one.
pub(crate) async fn start(
    State(partner): State<Partner>,
    AppPage { app, reader }: AppPage,
    PageQuery(query): PageQuery,
    cookies: Cookies,
    ClientAddress(from): ClientAddress,
) -> Result<Response, PageError> {
    let is_link = ["id", "requestToken", "userId"]
        .iter()
        .any(|name| query.get_ignoring_case(name).is_some());
    if is_link {
        allow(&partner.limits.arrivals, &from)?;
        return arrive(&partner, (&app, &reader), &query, &cookies).await;
    }
    let Some((session, flow)) = find(&partner, &app, &cookies).await? else {
        return Ok(nothing_to_connect(&app, &reader));
    };
    let words = reader.words;
    let visit = Visit {
        app,
        session,
        flow,
        reader,
    };
    if visit.is_open() {
        Ok(first_page(
            &visit,
            &Form::default(),
            FieldErrors::none(words),
        ))
    } else {
        Ok(Redirect::to(&address(&visit.app, page_of(visit.flow.step))).into_response())
    }
}

async fn arrive(
    partner: &Partner,
    (app, reader): (&AppConfig, &Reader),
    query: &Form,
    cookies: &Cookies,
) -> Result<Response, PageError> {
    let Some(link) = ConnectParameters::from_query(query) else {
        return Ok(incomplete(app, reader));
    };
    let session = SessionToken::mint(partner.entropy.bytes());
    let name = cookie_name(app);
    let before = cookies.get(&name, partner.secure());
    let new = NewFlow {
        app: app.client_id,
        principal: link.id,
        request_token: link.request_token,
        clicked_by: link.user_id,
        cookie: session.hash(),
        replaces: before
            .and_then(SessionToken::parse)
            .map(|token| token.hash()),
    };
    partner.vault.begin_flow(new).await?;
    tracing::info!(
        app.id = %app.client_id, principal.id = %link.id,
        user.id = link.user_id.map(|id| id.to_string()), "somebody arrived to connect"
    );
    let mut response = Redirect::to(&address(app, "")).into_response();
    let cookie = SetCookie::header(&name, session.expose(), partner.secure(), DAY);
    response.headers_mut().append(SET_COOKIE, cookie);
    Ok(response)
}

/// The first page of a flow, empty or with what is wrong in the form that came back.
pub(crate) fn first_page(visit: &Visit, sent: &Form, errors: FieldErrors) -> Response {
    let app = &*visit.app;
    let platform = &app.platform.name;
    let status = match errors.is_empty() {
        true => StatusCode::OK,
        false => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let words = visit.words();
    let heading = words
        .say("connect-platform-to-app")
        .with("platform", platform)
        .with("app", &app.name)
        .to_string();
    let layout = frame::branded(app, words, &errors.title(&heading));
    let is_company = app.kind == PrincipalType::Company;
    let csrf = visit.session.csrf();
    match app.call_to_action {
        CallToAction::SignInOrUp => web::page_with_status(
            status,
            &StartAccount {
                landing: frame::landing_with_form(app, &visit.reader),
                words,
                heading,
                email: sent.get("email").unwrap_or_default(),
                begun: begun(&visit.flow),
                steps: app.sign_up.len() + 2,
                layout,
                app,
                platform,
                csrf,
                errors,
                is_company,
            },
        ),
        CallToAction::Verification => web::page_with_status(
            status,
            &StartCode {
                landing: frame::landing_with_form(app, &visit.reader),
                words,
                heading,
                code: sent.get("code").unwrap_or_default(),
                agreed: [sent.has("terms"), sent.has("privacy")],
                layout,
                app,
                platform,
                csrf,
                errors,
            },
        ),
    }
}

fn begun(flow: &Flow) -> Option<&str> {
    flow.password_hash.as_ref().and(flow.email.as_deref())
}

fn nothing_to_connect(app: &AppConfig, reader: &Reader) -> Response {
    let platform = &app.platform.name;
    let words = reader.words;
    let named = |key| {
        let sentence = words.say(key).with("platform", platform);
        sentence.with("app", &app.name)
    };
    let about = words.say("read-about").with("app", &app.name);
    Stop::new(app, reader, "apart", words.text("start-from-app-center"))
        .line(named("start-why"))
        .line(named("start-how"))
        .action(about, &format!("/{}", app.slug))
        .contact(app)
        .page(StatusCode::OK)
}

fn incomplete(app: &AppConfig, reader: &Reader) -> Response {
    Stop::new(app, reader, "apart", reader.words.text("link-incomplete"))
        .says("link-incomplete-why")
        .says("link-incomplete-help")
        .contact(app)
        .page(StatusCode::BAD_REQUEST)
}
