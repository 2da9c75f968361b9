use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;
use http::header::SET_COOKIE;
use mail::{Letter, Person};
use protocol::HOUR;
use vault::Flow;
use web::{
    ClientAddress, Cookies, Layout, PageError, PageForm, PageQuery, SessionToken, SetCookie,
    password,
};

use super::stop::Stop;
use super::visit::{Visit, address, cookie_name, page_of};
use crate::app_page::AppPage;
use crate::fields::FieldErrors;
use crate::frame::{self, Landing};
use crate::limits::{allow, may_try};
use crate::reader::Reader;
use crate::words::Words;
use crate::{AppConfig, Partner};

#[derive(Template)]
#[template(path = "connect/resume.html")]
struct Resume<'a> {
    layout: Layout,
    landing: Landing,
    words: Words,
    app: &'a AppConfig,
    csrf: String,
    email: &'a str,
    errors: FieldErrors,
}

/// Name of the cookie that holds a link's secret between the mail and the password.
fn link_cookie(app: &AppConfig) -> String {
    format!("resume_{}", app.slug)
}

/// Writes a link to whoever signs up, to go on with in any browser until the flow ends. It carries no
/// request token, and leads nowhere without the password. Whether it was sent.
pub(super) async fn send_link(partner: &Partner, visit: &Visit) -> Result<bool, PageError> {
    let Some(email) = visit.flow.email.as_deref() else {
        return Ok(false);
    };
    if !partner.mailer.sends() || partner.limits.resume_mails.check(email).is_err() {
        return Ok(false);
    }
    let link = SessionToken::mint(partner.entropy.bytes());
    let vault = &partner.vault;
    if !vault.flow_may_resume(visit.flow.id, link.hash()).await? {
        return Ok(false);
    }
    match partner
        .mailer
        .send(&letter(partner, visit, email, &link))
        .await
    {
        Ok(()) => Ok(true),
        Err(why) => {
            tracing::warn!(flow.id = %visit.flow.id, reason = %why, "the link to go on was not sent");
            Ok(false)
        }
    }
}

fn letter(partner: &Partner, visit: &Visit, email: &str, link: &SessionToken) -> Letter {
    let app = &visit.app;
    let path = format!("{}?key={}", address(app, "resume"), link.expose());
    let url = partner.config.public_origin.join(&path);
    let words = visit.words();
    let until = words.date_time(visit.flow.expires_at);
    let begun = words.say("go-on-mail-begun").with("app", &app.name);
    let link = words.say("go-on-mail-link").with("until", until);
    let otherwise = words.text("go-on-mail-otherwise");
    Letter {
        kind: "resume",
        id: partner.entropy.uuid(),
        at: partner.clock.now(),
        from_name: Some(app.company.clone()),
        to: Person::new(visit.flow.name.as_deref().unwrap_or_default(), email),
        reply_to: None,
        subject: words
            .say("go-on-mail-subject")
            .with("app", &app.name)
            .to_string(),
        text: format!("{begun}\n\n{link}\n{url}\n\n{otherwise}\n"),
        html: None,
    }
}

/// Where the mail's link leads, and then the page that asks for the password. Opening it changes
/// nothing: programs that look through mail open links too. The address is left at once, as that of
/// a link from the platform is.
pub(crate) async fn form(
    State(partner): State<Partner>,
    AppPage { app, reader }: AppPage,
    PageQuery(query): PageQuery,
    cookies: Cookies,
    ClientAddress(from): ClientAddress,
) -> Result<Response, PageError> {
    if let Some(key) = query.get("key") {
        allow(&partner.limits.arrivals, &from)?;
        let mut response = Redirect::to(&address(&app, "resume")).into_response();
        if let Some(link) = SessionToken::parse(key) {
            let cookie =
                SetCookie::header(&link_cookie(&app), link.expose(), partner.secure(), HOUR);
            response.headers_mut().append(SET_COOKIE, cookie);
        }
        return Ok(response);
    }
    match find(&partner, &app, &cookies).await? {
        Some((link, flow)) => {
            let errors = FieldErrors::none(reader.words);
            Ok(page((&app, &reader), &link, &flow, errors))
        }
        None => Ok(gone(&app, &reader)),
    }
}

async fn find(
    partner: &Partner,
    app: &AppConfig,
    cookies: &Cookies,
) -> Result<Option<(SessionToken, Flow)>, PageError> {
    let value = cookies.get(&link_cookie(app), partner.secure());
    let Some(link) = value.and_then(SessionToken::parse) else {
        return Ok(None);
    };
    let flow = partner
        .vault
        .flow_of_link(link.hash(), app.client_id)
        .await?;
    Ok(flow.map(|flow| (link, flow)))
}

fn page(
    (app, reader): (&AppConfig, &Reader),
    link: &SessionToken,
    flow: &Flow,
    errors: FieldErrors,
) -> Response {
    let words = reader.words;
    let status = match errors.is_empty() {
        true => StatusCode::OK,
        false => StatusCode::UNPROCESSABLE_ENTITY,
    };
    web::page_with_status(
        status,
        &Resume {
            layout: frame::branded(app, words, &errors.title(&words.text("go-on"))),
            landing: frame::landing(app, reader),
            words,
            app,
            csrf: link.csrf(),
            email: flow.email.as_deref().unwrap_or_default(),
            errors,
        },
    )
}

/// With the password the flow goes on in this browser, and in no other; the link is used up.
pub(crate) async fn submit(
    State(partner): State<Partner>,
    AppPage { app, reader }: AppPage,
    cookies: Cookies,
    ClientAddress(from): ClientAddress,
    PageForm(form): PageForm,
) -> Result<Response, PageError> {
    let Some((link, flow)) = find(&partner, &app, &cookies).await? else {
        return Ok(gone(&app, &reader));
    };
    if !link.accepts_csrf(form.get("csrf")) {
        return Err(PageError::stale_form());
    }
    let limits = &partner.limits;
    let key = flow.id.to_string();
    may_try(&limits.sign_in_of_address, &from).and_then(|()| may_try(&limits.sign_in, &key))?;
    let chosen = form.get("password").unwrap_or_default();
    if !password::verify(chosen.into(), flow.password_hash.clone()).await {
        limits.sign_in.failed(&key);
        limits.sign_in_of_address.failed(&from);
        let words = reader.words;
        let mut errors = FieldErrors::none(words);
        errors.add("password", words.text("not-the-chosen-password"));
        return Ok(page((&app, &reader), &link, &flow, errors));
    }
    let session = SessionToken::mint(partner.entropy.bytes());
    let vault = &partner.vault;
    if !vault
        .flow_resumes(flow.id, link.hash(), session.hash())
        .await?
    {
        return Ok(gone(&app, &reader));
    }
    let left = flow.expires_at.since(partner.clock.now());
    let mut response = Redirect::to(&address(&app, page_of(flow.step))).into_response();
    for cookie in [
        SetCookie::header(&cookie_name(&app), session.expose(), partner.secure(), left),
        SetCookie::expired(&link_cookie(&app), partner.secure()),
    ] {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    Ok(response)
}

fn gone(app: &AppConfig, reader: &Reader) -> Response {
    Stop::new(app, reader, "clock", reader.words.text("link-gone"))
        .says("link-gone-why")
        .says("link-gone-help")
        .contact(app)
        .page(StatusCode::GONE)
}
