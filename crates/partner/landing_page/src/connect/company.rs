use askama::Template;
use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use protocol::{Form, PrincipalType};
use web::{Layout, Notice, PageError, PageForm, PageQuery};

use super::sign_up::labels;
use super::visit::Visit;
use crate::fields::{FieldErrors, one_line};
use crate::frame::{self, Landing};
use crate::{AppConfig, Partner};

#[derive(Template)]
#[template(path = "connect/company.html")]
struct Company<'a> {
    layout: Layout,
    landing: Landing,
    app: &'a AppConfig,
    csrf: String,
    company_name: &'a str,
    agreed: [bool; 2],
    errors: FieldErrors,
    is_company: bool,
}

/// Step two of signing up: the company, and what must be agreed to.
pub(crate) async fn form(visit: Visit, PageQuery(query): PageQuery) -> Response {
    if !visit.is_open() {
        return visit.go_on();
    }
    if visit.flow.password_hash.is_none() {
        return visit.go("sign-up");
    }
    let saved = query.has("saved").then(|| {
        Notice::success("Saved. Come back with this browser within 24 hours, or choose Connect in App Center again: you go on where you stopped.")
    });
    page(&visit, None, FieldErrors::default(), saved)
}

fn page(
    visit: &Visit,
    sent: Option<&Form>,
    errors: FieldErrors,
    notice: Option<Notice>,
) -> Response {
    let app = &*visit.app;
    let mut landing = frame::landing(app);
    let labels = labels(app);
    landing.steps = frame::steps(&labels, 1);
    let mut layout = frame::branded(app, &errors.title(heading(app)));
    layout.notice = notice;
    let kept = visit.flow.company_name.as_deref().unwrap_or_default();
    let ticked = |name| sent.is_some_and(|form| form.has(name));
    let status = match errors.is_empty() {
        true => StatusCode::OK,
        false => StatusCode::UNPROCESSABLE_ENTITY,
    };
    web::page_with_status(
        status,
        &Company {
            layout,
            landing,
            app,
            csrf: visit.session.csrf(),
            company_name: sent.map_or(kept, |form| form.get("company_name").unwrap_or_default()),
            agreed: [ticked("terms"), ticked("privacy")],
            errors,
            is_company: app.kind == PrincipalType::Company,
        },
    )
}

fn heading(app: &AppConfig) -> &'static str {
    match app.kind {
        PrincipalType::User => "Agreements",
        _ => "Company and agreements",
    }
}

/// Keeps step two; only with both agreements does the flow go on to the confirmation (LP-25).
pub(crate) async fn submit(
    State(partner): State<Partner>,
    visit: Visit,
    PageForm(form): PageForm,
) -> Result<Response, PageError> {
    visit.check(&form)?;
    if !visit.is_open() {
        return Ok(visit.go_on());
    }
    if visit.flow.password_hash.is_none() {
        return Ok(visit.go("sign-up"));
    }
    let vault = &partner.vault;
    if form.has("later") {
        let typed: String = one_line(form.get("company_name").unwrap_or_default())
            .chars()
            .take(200)
            .collect();
        vault
            .flow_names_company(visit.flow.id, &typed, false)
            .await?;
        return Ok(visit.go("sign-up/company?saved"));
    }
    let mut errors = FieldErrors::default();
    let company_name = match visit.app.kind {
        PrincipalType::User => String::new(),
        _ => errors.line(&form, "company_name", "the name of your company"),
    };
    errors.ticked(&form, "terms", "Agree to the terms and conditions to go on");
    errors.ticked(
        &form,
        "privacy",
        "Confirm that you have read the privacy policy",
    );
    if !errors.is_empty() {
        return Ok(page(&visit, Some(&form), errors, None));
    }
    let changed = vault
        .flow_names_company(visit.flow.id, &company_name, true)
        .await?;
    // Signed in elsewhere meanwhile: the account is chosen already.
    Ok(visit.go(if changed { "confirm" } else { "" }))
}
