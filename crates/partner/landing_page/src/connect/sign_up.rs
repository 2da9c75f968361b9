use askama::Template;
use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use protocol::{Form, PrincipalType};
use web::{ClientAddress, Layout, PageError, PageForm, password};

use super::asked::next_page;
use super::visit::Visit;
use crate::fields::{FieldErrors, LEAST};
use crate::frame::{self, Landing};
use crate::limits::allow;
use crate::words::Words;
use crate::{AppConfig, CallToAction, Partner};

#[derive(Template)]
#[template(path = "connect/sign_up.html")]
struct SignUp<'a> {
    layout: Layout,
    landing: Landing,
    words: Words,
    app: &'a AppConfig,
    csrf: String,
    person: &'a str,
    email: &'a str,
    /// A password was chosen before: it may stay.
    has_password: bool,
    errors: FieldErrors,
    /// Length of the shortest password.
    least: String,
}

/// The steps of signing up: the person, what the app asks besides, the company, the confirmation.
pub(super) fn labels(app: &AppConfig, words: Words) -> Vec<String> {
    let company = match app.kind {
        PrincipalType::User => words.text("agreements"),
        _ => words.text("your-company"),
    };
    let asked = app
        .sign_up
        .iter()
        .map(|step| step.title.of(&words).to_owned());
    let asked = std::iter::once(words.text("about-you")).chain(asked);
    asked.chain([company, words.text("confirm")]).collect()
}

/// Step one of signing up: who you are.
pub(crate) async fn form(visit: Visit) -> Result<Response, PageError> {
    if visit.app.call_to_action != CallToAction::SignInOrUp {
        return Err(PageError::not_found());
    }
    if !visit.is_open() {
        return Ok(visit.go_on());
    }
    Ok(page(&visit, None, FieldErrors::none(visit.words())))
}

fn page(visit: &Visit, sent: Option<&Form>, errors: FieldErrors) -> Response {
    let app = &*visit.app;
    let flow = &visit.flow;
    let value = |name: &str, kept: &'static str| match (sent, kept) {
        (Some(form), _) => form.get(name).unwrap_or_default().to_owned(),
        (None, "name") => flow.name.clone().unwrap_or_default(),
        (None, _) => flow.email.clone().unwrap_or_default(),
    };
    let (name, email) = (value("name", "name"), value("email", "email"));
    let words = visit.words();
    let mut landing = frame::landing_with_form(app, &visit.reader);
    landing.steps = frame::steps(labels(app, words), 0);
    let status = match errors.is_empty() {
        true => StatusCode::OK,
        false => StatusCode::UNPROCESSABLE_ENTITY,
    };
    web::page_with_status(
        status,
        &SignUp {
            layout: frame::branded(app, words, &errors.title(&words.text("about-you"))),
            landing,
            words,
            app,
            csrf: visit.session.csrf(),
            person: &name,
            email: &email,
            has_password: flow.password_hash.is_some(),
            errors,
            least: words.number(LEAST),
        },
    )
}

/// Keeps step one in the flow; of the password only its hash.
pub(crate) async fn submit(
    State(partner): State<Partner>,
    mut visit: Visit,
    ClientAddress(from): ClientAddress,
    PageForm(form): PageForm,
) -> Result<Response, PageError> {
    visit.check(&form)?;
    if visit.app.call_to_action != CallToAction::SignInOrUp {
        return Err(PageError::not_found());
    }
    if !visit.is_open() {
        return Ok(visit.go_on());
    }
    let again = |visit: &Visit| page(visit, Some(&form), FieldErrors::none(visit.words()));
    if let Some(turned) = visit.turned(&partner, &form, again).await? {
        return Ok(turned);
    }
    allow(&partner.limits.forms, &from)?;
    let mut errors = FieldErrors::none(visit.words());
    let name = errors.line(&form, "name", "name");
    let email = errors.email(&form, "email");
    let chosen = form.get("password").unwrap_or_default();
    let kept = visit
        .flow
        .password_hash
        .clone()
        .filter(|_| chosen.is_empty());
    if kept.is_none() {
        errors.new_password(chosen, &email);
    }
    if errors.of("email").is_empty() && is_taken(&partner, &visit, &email).await? {
        errors.add("email", visit.words().text("email-taken"));
    }
    if !errors.is_empty() {
        return Ok(page(&visit, Some(&form), errors));
    }
    let hash = match kept {
        Some(hash) => hash,
        None => password::hash(chosen.into(), partner.entropy.bytes()).await,
    };
    partner
        .vault
        .flow_signs_up(visit.flow.id, (&name, &email), &hash)
        .await?;
    Ok(visit.go(&next_page(&visit.app, &visit.flow)))
}

async fn is_taken(partner: &Partner, visit: &Visit, email: &str) -> Result<bool, PageError> {
    let account = partner
        .vault
        .account_by_email(visit.app.client_id, email)
        .await?;
    Ok(account.is_some())
}
