use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;
use protocol::Form;
use vault::NewInquiry;
use web::{ClientAddress, Cookies, Layout, PageError, PageForm};

use super::stop::Stop;
use super::visit::address;
use crate::fields::FieldErrors;
use crate::frame::{self, Landing};
use crate::limits::allow;
use crate::visitor::Visitor;
use crate::{AppConfig, Partner};

const MESSAGE: usize = 4_000;

#[derive(Template)]
#[template(path = "connect/contact.html")]
struct Contact<'a> {
    layout: Layout,
    landing: Landing,
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
    Path(slug): Path<String>,
    cookies: Cookies,
) -> Result<Response, PageError> {
    let app = partner.app(&slug)?;
    let visitor = Visitor::welcome(&partner, &cookies);
    let page = page(&app, &visitor, &Form::default(), FieldErrors::default());
    Ok(visitor.remember(&partner, page))
}

fn page(app: &AppConfig, visitor: &Visitor, sent: &Form, errors: FieldErrors) -> Response {
    let status = match errors.is_empty() {
        true => StatusCode::OK,
        false => StatusCode::UNPROCESSABLE_ENTITY,
    };
    web::page_with_status(
        status,
        &Contact {
            layout: frame::branded(app, &errors.title("Contact us")),
            landing: frame::landing(app),
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
    Path(slug): Path<String>,
    cookies: Cookies,
    ClientAddress(from): ClientAddress,
    PageForm(form): PageForm,
) -> Result<Response, PageError> {
    let app = partner.app(&slug)?;
    Visitor::check(&partner, &cookies, &form)?;
    allow(&partner.limits.forms, &from)?;
    let mut errors = FieldErrors::default();
    let name = errors.line(&form, "name", "your name");
    let email = errors.email(&form, "email");
    let company_name = errors.line(&form, "company_name", "the name of your company");
    let message = form.get("message").unwrap_or_default().trim().to_owned();
    if message.is_empty() {
        errors.add("message", "Write what we can do for you");
    } else if message.chars().count() > MESSAGE {
        errors.add(
            "message",
            format!("Shorten your message to {MESSAGE} characters"),
        );
    }
    if !errors.is_empty() {
        let visitor = Visitor::welcome(&partner, &cookies);
        return Ok(page(&app, &visitor, &form, errors));
    }
    let inquiry = NewInquiry {
        app: app.client_id,
        name,
        email,
        company_name,
        message,
    };
    partner.vault.add_inquiry(inquiry).await?;
    Ok(Redirect::to(&address(&app, "contact/thanks")).into_response())
}

pub(crate) async fn thanks(
    State(partner): State<Partner>,
    Path(slug): Path<String>,
) -> Result<Response, PageError> {
    let app = partner.app(&slug)?;
    Ok(Stop::new(&app, "joined", "Your message has arrived")
        .line(format!(
            "Somebody of {} answers by email. If you were connecting {}, you can go on where you stopped for 24 hours.",
            app.company, app.name
        ))
        .action("Back to the connection", &address(&app, ""))
        .page(StatusCode::OK))
}
