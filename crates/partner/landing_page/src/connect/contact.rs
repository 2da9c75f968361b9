use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;
use protocol::{Form, TokenHash};
use uuid::Uuid;
use vault::NewInquiry;
use web::{ClientAddress, Cookies, Layout, PageError, PageForm};

use super::Chosen;
use super::choose_language::account;
use super::stop::Stop;
use super::visit::address;
use crate::app_page::AppPage;
use crate::fields::FieldErrors;
use crate::frame::{self, Landing};
use crate::limits::allow;
use crate::reader::Reader;
use crate::visitor::Visitor;
use crate::words::Words;
use crate::{AppConfig, Partner};

const MESSAGE: usize = 4_000;

#[derive(Template)]
#[template(path = "connect/contact.html")]
struct Contact<'a> {
    layout: Layout,
    landing: Landing,
    words: Words,
    app: &'a AppConfig,
    csrf: String,
    sent: &'a Form,
    errors: FieldErrors,
}

impl Contact<'_> {
    fn value(&self, field: &str) -> &str {
        self.sent.get(field).unwrap_or_default()
    }
}

/// The inquiry form (LP-21), open to everybody.
pub(crate) async fn form(
    State(partner): State<Partner>,
    AppPage { app, reader }: AppPage,
    cookies: Cookies,
) -> Result<Response, PageError> {
    let visitor = Visitor::welcome(&partner, &cookies);
    let errors = FieldErrors::none(reader.words);
    let page = page((&app, &reader), &visitor, &Form::default(), errors);
    Ok(visitor.remember(&partner, page))
}

fn page(
    (app, reader): (&AppConfig, &Reader),
    visitor: &Visitor,
    sent: &Form,
    errors: FieldErrors,
) -> Response {
    let words = reader.words;
    let status = match errors.is_empty() {
        true => StatusCode::OK,
        false => StatusCode::UNPROCESSABLE_ENTITY,
    };
    web::page_with_status(
        status,
        &Contact {
            layout: frame::branded(app, words, &errors.title(&words.text("contact-us"))),
            landing: frame::landing_with_form(app, reader),
            words,
            app,
            csrf: visitor.csrf(),
            sent,
            errors,
        },
    )
}

/// Puts the inquiry into the console's inbox.
pub(crate) async fn submit(
    State(partner): State<Partner>,
    AppPage { app, mut reader }: AppPage,
    cookies: Cookies,
    ClientAddress(from): ClientAddress,
    PageForm(form): PageForm,
) -> Result<Response, PageError> {
    Visitor::check(&partner, &cookies, &form)?;
    let visitor = Visitor::welcome(&partner, &cookies);
    if let Some(chosen) = Chosen::by(&form, &app)? {
        reader.words = chosen.words();
        let errors = FieldErrors::none(reader.words);
        let page = page((&app, &reader), &visitor, &form, errors);
        let account = account(&partner, &app, &cookies).await?;
        return chosen.keep(&partner, account, page).await;
    }
    allow(&partner.limits.forms, &from)?;
    let words = reader.words;
    let mut errors = FieldErrors::none(words);
    let name = errors.line(&form, "name", "name");
    let email = errors.email(&form, "email");
    let company_name = errors.line(&form, "company_name", "company");
    let message = form.get("message").unwrap_or_default().trim().to_owned();
    if message.is_empty() {
        errors.add("message", words.text("message-missing"));
    } else if message.chars().count() > MESSAGE {
        let long = words.say("message-too-long");
        errors.add("message", long.with("most", words.number(MESSAGE)));
    }
    if !errors.is_empty() {
        return Ok(page((&app, &reader), &visitor, &form, errors));
    }
    let inquiry = NewInquiry {
        id: id_of(&form, &app),
        app: app.client_id,
        name,
        email,
        company_name,
        message,
    };
    partner.vault.add_inquiry(inquiry).await?;
    Ok(Redirect::to(&address(&app, "contact/thanks")).into_response())
}

/// What the same visitor writes to the same app in the same words is the same inquiry: a form that
/// is sent once more because its answer never came.
fn id_of(form: &Form, app: &AppConfig) -> Uuid {
    let mut sent = app.client_id.to_string();
    for name in ["csrf", "name", "email", "company_name", "message"] {
        let value = form.get(name).unwrap_or_default();
        sent.push_str(&format!("\n{}:{value}", value.len()));
    }
    let hash = TokenHash::of(&sent);
    let mut id = [0; 16];
    id.copy_from_slice(&hash.as_bytes()[..16]);
    uuid::Builder::from_custom_bytes(id).into_uuid()
}

pub(crate) async fn thanks(AppPage { app, reader }: AppPage) -> Result<Response, PageError> {
    let words = reader.words;
    let why = words.say("message-arrived-why");
    Ok(
        Stop::new(&app, &reader, "joined", words.text("message-arrived"))
            .line(why.with("company", &app.company).with("app", &app.name))
            .action(words.text("back-to-the-connection"), &address(&app, ""))
            .page(StatusCode::OK),
    )
}
