use std::time::Duration;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;
use protocol::{DAY, Form, Timestamp, tail_of};
use uuid::Uuid;
use vault::{NewCode, VerificationCode};
use web::{Layout, PageError, PageForm, PageQuery};

use super::issued::Shown;
use super::paging::{Pages, Wanted};
use super::signed_in::{Choice, SignedIn};
use crate::fields::FieldErrors;
use crate::when::When;
use crate::words::Words;
use crate::{CallToAction, Partner};

const PAGE: i64 = 50;

#[derive(Template)]
#[template(path = "console/codes.html")]
struct Codes<'a> {
    layout: Layout,
    apps: Vec<Choice>,
    chosen: &'a str,
    customer: &'a str,
    days: &'a str,
    errors: FieldErrors,
    codes: Vec<CodeRow>,
    pages: Pages,
}

struct CodeRow {
    id: Uuid,
    label: String,
    app: String,
    issued_by: String,
    issued: When,
    state: &'static str,
    detail: String,
    is_open: bool,
}

/// All codes, without their values, and the form that issues one.
pub(crate) async fn list(
    State(partner): State<Partner>,
    signed_in: SignedIn,
    query: PageQuery,
) -> Result<Response, PageError> {
    let wanted = Wanted::of(&query, PAGE);
    let nothing = (&Form::default(), FieldErrors::none(Words::ENGLISH));
    page(&partner, &signed_in, wanted, nothing).await
}

async fn page(
    partner: &Partner,
    signed_in: &SignedIn,
    wanted: Wanted,
    (sent, errors): (&Form, FieldErrors),
) -> Result<Response, PageError> {
    let now = partner.clock.now();
    let apps = partner
        .apps
        .iter()
        .filter(|app| app.call_to_action == CallToAction::Verification)
        .map(|app| Choice::new(&app.slug, &app.name))
        .collect();
    let (codes, total) = partner.vault.codes((wanted.offset(), PAGE)).await?;
    let status = match errors.is_empty() {
        true => StatusCode::OK,
        false => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let title = errors.title("Verification codes");
    Ok(web::page_with_status(
        status,
        &Codes {
            layout: signed_in.layout(&title, "Codes"),
            apps,
            chosen: sent.get("app").unwrap_or_default(),
            customer: sent.get("label").unwrap_or_default(),
            days: sent.get("days").unwrap_or("30"),
            errors,
            pages: wanted.pages(codes.len(), total, "/console/codes"),
            codes: codes
                .into_iter()
                .map(|code| row(partner, code, now))
                .collect(),
        },
    ))
}

fn row(partner: &Partner, code: VerificationCode, now: Timestamp) -> CodeRow {
    let by = |used_by: Option<Uuid>| used_by.map(tail_of).unwrap_or_default();
    let (state, detail) = match (code.used_at, code.revoked_at) {
        (Some(at), _) => (
            "Used",
            format!("{} by …{}", web::date(at), by(code.used_by)),
        ),
        (None, Some(at)) => ("Revoked", web::date(at)),
        (None, None) if code.expires_at <= now => ("expired", web::date(code.expires_at)),
        (None, None) => (
            "Open",
            format!("expires {}", web::relative(code.expires_at, now)),
        ),
    };
    CodeRow {
        id: code.id,
        app: partner.app_name(code.app),
        issued: When::new(code.issued_at, now),
        is_open: state == "Open",
        label: code.label,
        issued_by: code.issued_by,
        state,
        detail,
    }
}

/// Issues a code; the next page shows it, once.
pub(crate) async fn issue(
    State(partner): State<Partner>,
    signed_in: SignedIn,
    PageForm(form): PageForm,
) -> Result<Response, PageError> {
    signed_in.check(&form)?;
    let mut errors = FieldErrors::none(Words::ENGLISH);
    let slug = form.get("app").unwrap_or_default();
    let app = partner
        .app(slug)
        .ok()
        .filter(|app| app.call_to_action == CallToAction::Verification);
    if app.is_none() {
        errors.add("app", "Choose the app that the customer has ordered");
    }
    let label = errors.line_of_staff(&form, "label", "the name of the customer");
    let days = form
        .get("days")
        .and_then(|days| days.trim().parse::<u32>().ok())
        .filter(|days| (1..=365).contains(days));
    if days.is_none() {
        errors.add("days", "Enter a number of days between 1 and 365");
    }
    let (Some(app), Some(days), true) = (app, days, errors.is_empty()) else {
        return page(&partner, &signed_in, Wanted::first(PAGE), (&form, errors)).await;
    };
    let new = NewCode {
        app: app.client_id,
        label,
        issued_by: signed_in.staff.email.clone(),
        lifetime: Some(Duration::from_secs(DAY.as_secs() * u64::from(days))),
    };
    let label = new.label.clone();
    let issued = signed_in.vault(&partner).issue_code(new).await?;
    tracing::info!(
        staff.id = %signed_in.staff.id, code.id = %issued.id, app.id = %app.client_id,
        "a verification code was issued"
    );
    let address = format!("/console/codes/{}", issued.id);
    let shown = Shown {
        secret: issued.code,
        name: label,
        expires_at: Some(issued.expires_at),
    };
    partner
        .shown_once
        .put((signed_in.staff.id, issued.id), shown);
    Ok(Redirect::to(&address).into_response())
}

/// Makes a code worthless.
pub(crate) async fn revoke(
    State(partner): State<Partner>,
    signed_in: SignedIn,
    Path(id): Path<String>,
    PageForm(form): PageForm,
) -> Result<Response, PageError> {
    signed_in.check(&form)?;
    let id = Uuid::try_parse(&id).map_err(|_| PageError::not_found())?;
    if signed_in.vault(&partner).revoke_code(id).await? {
        tracing::info!(staff.id = %signed_in.staff.id, code.id = %id, "a verification code was revoked");
    }
    Ok(Redirect::to("/console/codes").into_response())
}
