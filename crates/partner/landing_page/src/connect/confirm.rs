use askama::Template;
use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use protocol::PrincipalType;
use vault::Step;
use web::{Layout, Notice, PageError, PageForm};

use super::exchange::{Settled, exchange};
use super::sign_up;
use super::visit::{Visit, page_of};
use crate::environment::Environment;
use crate::fields::FieldErrors;
use crate::frame::{self, Landing, StepView};
use crate::{AppConfig, CallToAction, Partner};

#[derive(Template)]
#[template(path = "connect/confirm.html")]
struct Confirm<'a> {
    layout: Layout,
    landing: Landing,
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
    is_company: bool,
}

/// What the connection will belong to.
struct Linked {
    what: &'static str,
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
    page(&partner, &visit, FieldErrors::default()).await
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
        let mut errors = FieldErrors::default();
        errors.add(
            "second_company",
            "Confirm that this account is to be connected to a second company",
        );
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
    let mut landing = frame::landing(app);
    landing.steps = steps(visit);
    let mut layout = frame::branded(app, &errors.title("Confirm the connection"));
    layout.notice = visit.flow.refusal.as_ref().map(|_| {
        Notice::warning("The last attempt got no answer. Nothing was connected; you can try again.")
    });
    let status = match errors.is_empty() {
        true => StatusCode::OK,
        false => StatusCode::UNPROCESSABLE_ENTITY,
    };
    Ok(web::page_with_status(
        status,
        &Confirm {
            layout,
            landing,
            app,
            platform: &app.platform.name,
            csrf: visit.session.csrf(),
            tail: principal.chars().skip(30).collect(),
            principal,
            environment: Environment::of(app, linked_to.email.as_deref()),
            linked_to,
            data_center: data_center(partner, visit).await?,
            other_company: other_company(partner, visit).await?,
            errors,
            is_company: app.kind == PrincipalType::Company,
        },
    ))
}

fn steps(visit: &Visit) -> Vec<StepView> {
    match (visit.app.call_to_action, visit.flow.account_id) {
        (CallToAction::Verification, _) => frame::steps(&["Verification code", "Confirm"], 1),
        (CallToAction::SignInOrUp, Some(_)) => frame::steps(&["Sign in", "Confirm"], 1),
        (CallToAction::SignInOrUp, None) => {
            let labels = sign_up::labels(&visit.app);
            frame::steps(&labels, labels.len() - 1)
        }
    }
}

async fn linked_to(partner: &Partner, visit: &Visit) -> Result<Linked, PageError> {
    let flow = &visit.flow;
    if let Some(id) = flow.account_id {
        let account = partner.vault.account(id).await?;
        let account = account.ok_or_else(PageError::not_found)?;
        return Ok(Linked {
            what: "Account",
            name: first_of([account.company_name, account.name]),
            help: account.email.clone(),
            email: Some(account.email),
        });
    }
    if let Some(id) = flow.code_id {
        return Ok(Linked {
            what: "Contract",
            name: partner.vault.code_label(id).await?.unwrap_or_default(),
            help: "by the verification code you entered".to_owned(),
            email: None,
        });
    }
    let typed = |text: &Option<String>| text.clone().unwrap_or_default();
    Ok(Linked {
        what: "New account",
        name: first_of([typed(&flow.company_name), typed(&flow.name)]),
        help: typed(&flow.email),
        email: flow.email.clone(),
    })
}

/// The link does not tell the data center; the platform does, with the tokens. Of a company that was
/// connected before it is known.
async fn data_center(partner: &Partner, visit: &Visit) -> Result<Center, PageError> {
    let platform = &visit.app.platform;
    let flow = &visit.flow;
    let before = partner
        .vault
        .connection_of(flow.app, flow.principal)
        .await?;
    if let Some(before) = before {
        return Ok(Center {
            name: platform.data_center(&before.geolocation).to_owned(),
            help: "As when it was connected before; the platform confirms it.".to_owned(),
        });
    }
    let names: Vec<&str> = platform
        .data_centers
        .iter()
        .map(|c| c.name.as_str())
        .collect();
    Ok(Center {
        name: "Named by the platform when you confirm".to_owned(),
        help: format!(
            "One of {}: nothing is read from elsewhere.",
            names.join(", ")
        ),
    })
}

fn first_of(names: [String; 2]) -> String {
    let [first, second] = names;
    if first.is_empty() { second } else { first }
}
