use askama::Template;
use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use protocol::{Form, PrincipalType};
use web::{Layout, Notice, PageError, PageForm, PageQuery};

use super::asked;
use super::sign_up::labels;
use super::visit::{Visit, address};
use crate::fields::{FieldErrors, one_line};
use crate::frame::{self, Landing};
use crate::words::Words;
use crate::{AppConfig, Partner};

const PAGE: &str = "sign-up/company";

#[derive(Template)]
#[template(path = "connect/company.html")]
struct Company<'a> {
    layout: Layout,
    landing: Landing,
    words: Words,
    heading: String,
    app: &'a AppConfig,
    csrf: String,
    company_name: &'a str,
    agreed: [bool; 2],
    errors: FieldErrors,
    back: String,
    is_company: bool,
}

/// Step two of signing up: the company, and what must be agreed to.
pub(crate) async fn form(visit: Visit, PageQuery(query): PageQuery) -> Response {
    match elsewhere(&visit) {
        Some(elsewhere) => elsewhere,
        None => {
            let words = visit.words();
            let notice = asked::saved(&query, words);
            page(&visit, None, FieldErrors::none(words), notice)
        }
    }
}

/// Where the flow stands, when this step is not its turn.
fn elsewhere(visit: &Visit) -> Option<Response> {
    let next = || asked::next_page(&visit.app, &visit.flow);
    asked::elsewhere(visit).or_else(|| {
        let next = next();
        (next != PAGE).then(|| visit.go(&next))
    })
}

fn page(
    visit: &Visit,
    sent: Option<&Form>,
    errors: FieldErrors,
    notice: Option<Notice>,
) -> Response {
    let app = &*visit.app;
    let words = visit.words();
    let mut landing = frame::landing_with_form(app, &visit.reader);
    let labels = labels(app, words);
    let current = labels.len() - 2;
    landing.steps = frame::steps(labels, current);
    let heading = match app.kind {
        PrincipalType::User => words.text("agreements"),
        _ => words.text("company-and-agreements"),
    };
    let mut layout = frame::branded(app, words, &errors.title(&heading));
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
            words,
            heading,
            app,
            csrf: visit.session.csrf(),
            company_name: sent.map_or(kept, |form| form.get("company_name").unwrap_or_default()),
            agreed: [ticked("terms"), ticked("privacy")],
            errors,
            back: address(app, &asked::page_before_company(app)),
            is_company: app.kind == PrincipalType::Company,
        },
    )
}

/// Keeps step two; only with both agreements does the flow go on to the confirmation (LP-25).
pub(crate) async fn submit(
    State(partner): State<Partner>,
    mut visit: Visit,
    PageForm(form): PageForm,
) -> Result<Response, PageError> {
    visit.check(&form)?;
    if let Some(elsewhere) = elsewhere(&visit) {
        return Ok(elsewhere);
    }
    let again = |visit: &Visit| page(visit, Some(&form), FieldErrors::none(visit.words()), None);
    if let Some(turned) = visit.turned(&partner, &form, again).await? {
        return Ok(turned);
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
        return asked::later(&partner, &visit, PAGE).await;
    }
    let mut errors = FieldErrors::none(visit.words());
    let company_name = match visit.app.kind {
        PrincipalType::User => String::new(),
        _ => errors.line(&form, "company_name", "company"),
    };
    errors.agreed(&form);
    if !errors.is_empty() {
        return Ok(page(&visit, Some(&form), errors, None));
    }
    let changed = vault
        .flow_names_company(visit.flow.id, &company_name, true)
        .await?;
    // Signed in elsewhere meanwhile: the account is chosen already.
    Ok(visit.go(if changed { "confirm" } else { "" }))
}
