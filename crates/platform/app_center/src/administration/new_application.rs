use askama::Template;
use axum::extract::State as Context;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use protocol::Form;
use secrecy::ExposeSecret;
use store::customer_registration;
use store::registration::RegistrationError;
use web::{CorrelationId, Layout, PageError, PageQuery};

use super::APPS;
use super::administrator::{Administrator, PostedByAdministrator, by};
use super::application_form::ApplicationForm;
use super::owned;
use crate::visitor::Visitor;
use crate::{State, confirm_password, frame};

/// A longer form is filled in again by hand.
const FILLED_IN_LIMIT: usize = 3_500;

#[derive(Template)]
#[template(path = "administration/new_application.html")]
struct NewApplicationPage {
    layout: Layout,
    company: String,
    form: ApplicationForm,
    /// Whether whom the app connects can no longer be chosen.
    fixed: bool,
}

#[derive(Template)]
#[template(path = "administration/new_application_credentials.html")]
struct CredentialsPage {
    layout: Layout,
    name: String,
    href: String,
    client_id: String,
    client_secret: String,
}

pub async fn show(
    Context(state): Context<State>,
    Administrator(visitor): Administrator,
    PageQuery(query): PageQuery,
) -> Result<Response, PageError> {
    if let Some(first) = confirm_password::needed(&visitor, &filled_in(&query)) {
        return Ok(first.into_response());
    }
    let platform = &state.app.settings.platform_name;
    let mut tx = state.app.db.read_within(visitor.company.id).await?;
    let form = match query.names().next() {
        None => ApplicationForm::empty(&mut tx, platform).await?,
        Some(_) => ApplicationForm::read(&mut tx, &query, platform).await?,
    };
    Ok(web::page(&page(&state, &visitor, form)))
}

/// Registers the app, and answers with its credentials: the secret stands in this one answer. Sent
/// again, the form is refused, because the name is taken then.
pub async fn submit(
    Context(state): Context<State>,
    correlation: CorrelationId,
    PostedByAdministrator { visitor, form }: PostedByAdministrator,
) -> Result<Response, PageError> {
    if let Some(first) = confirm_password::needed(&visitor, &filled_in(&form)) {
        return Ok(first.into_response());
    }
    let mut tx = state.app.db.write_alone_within(visitor.company.id).await?;
    let form = ApplicationForm::read(&mut tx, &form, &state.app.settings.platform_name).await?;
    let (company, by) = (visitor.company.id, by(&visitor, &correlation));
    let created =
        customer_registration::create(&state.app, &mut tx, company, form.asked(), by).await;
    let (own, secret) = match created {
        Ok(created) => created,
        Err(RegistrationError::Storage(error)) => return Err(error.into()),
        Err(RegistrationError::Invalid(objections)) => {
            let page = page(&state, &visitor, form.refused(&objections));
            return Ok(web::page_with_status(
                StatusCode::UNPROCESSABLE_ENTITY,
                &page,
            ));
        }
    };
    tx.commit().await?;
    tracing::info!(
        app.id = %own.app.client_id, company.id = %company,
        "a customer registered an app"
    );
    Ok(web::page(&CredentialsPage {
        layout: frame::layout_for(&state, &visitor, "App credentials", "Administration"),
        href: owned::href(&own),
        client_id: own.app.client_id.to_string(),
        client_secret: secret.expose_secret().to_owned(),
        name: own.app.name,
    }))
}

/// The address of the page with what was filled in, so that it is there again once the password is
/// confirmed. None of it is secret.
fn filled_in(form: &Form) -> String {
    let page = format!("{APPS}/new");
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    for name in form.names().filter(|name| *name != "csrf") {
        query.append_pair(name, form.get(name).unwrap_or_default());
    }
    match query.finish() {
        query if query.is_empty() || query.len() > FILLED_IN_LIMIT => page,
        query => format!("{page}?{query}"),
    }
}

fn page(state: &State, visitor: &Visitor, form: ApplicationForm) -> NewApplicationPage {
    let title = match form.errors.is_empty() {
        true => "Create new app",
        false => "Error: Create new app",
    };
    NewApplicationPage {
        layout: frame::layout_for(state, visitor, title, "Administration"),
        company: visitor.company.name.clone(),
        form,
        fixed: false,
    }
}
