use askama::Template;
use axum::extract::{Path, State as Context};
use axum::response::Response;
use store::{Scope, app_secrets, redirect_uris, scopes};
use web::{Layout, PageError, PageQuery};

use super::administrator::Administrator;
use super::application_form::{application_type_label, principal_words};
use super::owned;
use crate::{State, frame, history, notice};

#[derive(Template)]
#[template(path = "administration/application.html")]
struct ApplicationPage {
    layout: Layout,
    company: String,
    company_id: String,
    company_tail: String,
    href: String,
    client_id: String,
    name: String,
    description: String,
    enabled: bool,
    stage: &'static str,
    application_type: String,
    connects: &'static str,
    /// Whether a company request token would be of use.
    takes_request_tokens: bool,
    grants: Vec<String>,
    scopes: Vec<Scope>,
    redirect_uris: Vec<String>,
    secrets: String,
    created: String,
    created_iso: String,
    created_by: String,
    modified: String,
    modified_iso: String,
}

/// App Details.
pub async fn show(
    Context(state): Context<State>,
    Administrator(visitor): Administrator,
    Path(id): Path<String>,
    PageQuery(query): PageQuery,
) -> Result<Response, PageError> {
    let mut tx = state.app.db.read_within(visitor.company.id).await?;
    let own = owned::find(&mut tx, visitor.company.id, &id).await?;
    let secrets = app_secrets::all(&mut tx, own.app.client_id).await?;
    let active = secrets.iter().filter(|secret| secret.active).count();
    let redirect_uris = redirect_uris::all(&mut tx, own.app.client_id).await?;
    let scopes = scopes::describe(&mut tx, &own.app.scopes).await?;
    let created_by = history::name(&mut tx, visitor.company.id, own.created_by).await?;
    drop(tx);
    let mut layout = frame::layout_for(&state, &visitor, &own.app.name, "Administration");
    layout.notice = notice::of(&query, &own.app.name);
    let platform = &state.app.settings.platform_name;
    let company_principal = own.app.principal_type != protocol::PrincipalType::User;
    Ok(web::page(&ApplicationPage {
        layout,
        company_id: visitor.company.id.to_string(),
        company_tail: visitor.company.id.tail(),
        company: visitor.company.name,
        href: owned::href(&own),
        client_id: own.app.client_id.to_string(),
        enabled: own.app.enabled,
        stage: own.stage.as_str(),
        application_type: application_type_label(own.application_type, platform),
        connects: principal_words(own.app.principal_type).0,
        takes_request_tokens: company_principal
            && own.app.enabled
            && own.app.grants.contains("password"),
        grants: own.app.grants.to_vec(),
        scopes,
        redirect_uris,
        secrets: format!(
            "{}, {active} active",
            web::count(secrets.len() as u64, "secret")
        ),
        created: web::date_time(own.created_at),
        created_iso: web::iso_time(own.created_at),
        created_by,
        modified: web::date_time(own.modified_at),
        modified_iso: web::iso_time(own.modified_at),
        name: own.app.name,
        description: own.description,
    }))
}
