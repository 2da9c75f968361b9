use askama::Template;
use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use protocol::tail_of;
use vault::Step;
use web::{Layout, Notice, PageError, PageForm};

use super::exchange::{Settled, exchange};
use super::sign_up;
use super::visit::{Visit, page_of};
use crate::environment::Environment;
use crate::fields::FieldErrors;
use crate::frame::{self, Landing, StepView};
use crate::words::Words;
use crate::{AppConfig, CallToAction, Partner};

#[derive(Template)]
#[template(path = "connect/confirm.html")]
struct Confirm<'a> {
    layout: Layout,
    landing: Landing,
    words: Words,
    app: &'a AppConfig,
    platform: &'a str,
    csrf: String,
    tail: String,
    principal: String,
    linked_to: Linked,
    data_center: Center,
    environment: Environment,
    /// Another company that the account is connected to (SE-24).
    other_company: Option<String>,
    errors: FieldErrors,
}

/// What the connection will belong to.
struct Linked {
    /// Under which name it stands: `Account with …`.
    what: String,
    name: String,
    help: String,
    /// Of the account, where there is one.
    email: Option<String>,
}

/// Where the company's data is read from.
struct Center {
    name: String,
    help: String,
}

/// Shows what will be connected with what. Nothing has been exchanged, and the name of the company
/// is not known: what the link says is believed when the platform confirms it (SE-23).
pub(crate) async fn form(
    State(partner): State<Partner>,
    visit: Visit,
) -> Result<Response, PageError> {
    if visit.flow.step != Step::Confirm {
        return Ok(visit.go_on());
    }
    page(&partner, &visit, FieldErrors::none(visit.words())).await
}

/// Exchanges, once, however often the button is pressed (LP-22, S44).
pub(crate) async fn submit(
    State(partner): State<Partner>,
    visit: Visit,
    PageForm(form): PageForm,
) -> Result<Response, PageError> {
    visit.check(&form)?;
    if !matches!(visit.flow.step, Step::Confirm | Step::Exchanging) {
        return Ok(visit.go_on());
    }
    if other_company(&partner, &visit).await?.is_some() && !form.has("second_company") {
        let mut errors = FieldErrors::none(visit.words());
        let missing = visit.words().text("second-company-not-confirmed");
        errors.add("second_company", missing);
        return page(&partner, &visit, errors).await;
    }
    match exchange(&partner, &visit).await? {
        Settled::At(step) => Ok(visit.go(page_of(step))),
        Settled::Waiting => Ok(visit.go("refused")),
        Settled::CodeLost => Ok(visit.go("")),
    }
}

async fn other_company(partner: &Partner, visit: &Visit) -> Result<Option<String>, PageError> {
    let Some(account) = visit.flow.account_id else {
        return Ok(None);
    };
    let other = partner
        .vault
        .other_connection_of_account(account, visit.flow.principal)
        .await?;
    Ok(other.map(|connection| {
        connection
            .name
            .unwrap_or_else(|| connection.principal.to_string())
    }))
}

async fn page(
    partner: &Partner,
    visit: &Visit,
    errors: FieldErrors,
) -> Result<Response, PageError> {
    let app = &*visit.app;
    let principal = visit.flow.principal.to_string();
    let linked_to = linked_to(partner, visit).await?;
    let words = visit.words();
    let mut landing = frame::landing(app, &visit.reader);
    landing.steps = steps(visit);
    let title = errors.title(&words.text("confirm-the-connection"));
    let mut layout = frame::branded(app, words, &title);
    let refusal = visit.flow.refusal.as_ref();
    layout.notice = refusal.map(|_| Notice::warning(words.text("last-attempt-unanswered")));
    let status = match errors.is_empty() {
        true => StatusCode::OK,
        false => StatusCode::UNPROCESSABLE_ENTITY,
    };
    Ok(web::page_with_status(
        status,
        &Confirm {
            layout,
            landing,
            words,
            app,
            platform: &app.platform.name,
            csrf: visit.session.csrf(),
            tail: tail_of(visit.flow.principal),
            principal,
            environment: Environment::of(app, linked_to.email.as_deref()),
            linked_to,
            data_center: data_center(partner, visit).await?,
            other_company: other_company(partner, visit).await?,
            errors,
        },
    ))
}

fn steps(visit: &Visit) -> Vec<StepView> {
    let words = visit.words();
    let labels = match (visit.app.call_to_action, visit.flow.account_id) {
        (CallToAction::Verification, _) => {
            vec![words.text("verification-code"), words.text("confirm")]
        }
        (CallToAction::SignInOrUp, Some(_)) => vec![words.text("sign-in"), words.text("confirm")],
        (CallToAction::SignInOrUp, None) => sign_up::labels(&visit.app, words),
    };
    let last = labels.len() - 1;
    frame::steps(labels, last)
}

async fn linked_to(partner: &Partner, visit: &Visit) -> Result<Linked, PageError> {
    let flow = &visit.flow;
    let words = visit.words();
    let app = &visit.app.name;
    if let Some(id) = flow.account_id {
        let account = partner.vault.account(id).await?;
        let account = account.ok_or_else(PageError::not_found)?;
        return Ok(Linked {
            what: words.say("account-with").with("app", app).to_string(),
            name: first_of([account.company_name, account.name]),
            help: account.email.clone(),
            email: Some(account.email),
        });
    }
    if let Some(id) = flow.code_id {
        return Ok(Linked {
            what: words.say("contract-with").with("app", app).to_string(),
            name: partner.vault.code_label(id).await?.unwrap_or_default(),
            help: words.text("contract-by-code"),
            email: None,
        });
    }
    let typed = |text: &Option<String>| text.clone().unwrap_or_default();
    Ok(Linked {
        what: words.say("new-account-with").with("app", app).to_string(),
        name: first_of([typed(&flow.company_name), typed(&flow.name)]),
        help: typed(&flow.email),
        email: flow.email.clone(),
    })
}

/// The link does not tell the data center; the platform does, with the tokens. Of a company that was
/// connected before it is known.
async fn data_center(partner: &Partner, visit: &Visit) -> Result<Center, PageError> {
    let platform = &visit.app.platform;
    let words = visit.words();
    let flow = &visit.flow;
    let before = partner
        .vault
        .connection_of(flow.app, flow.principal)
        .await?;
    if let Some(before) = before {
        return Ok(Center {
            name: platform.data_center(&before.geolocation).to_owned(),
            help: words.text("data-center-before"),
        });
    }
    let names: Vec<&str> = platform
        .data_centers
        .iter()
        .map(|c| c.name.as_str())
        .collect();
    Ok(Center {
        name: words.text("data-center-unknown"),
        help: words
            .say("data-center-one-of")
            .with("names", names.join(", "))
            .to_string(),
    })
}

fn first_of(names: [String; 2]) -> String {
    let [first, second] = names;
    if first.is_empty() { second } else { first }
}
