use askama::Template;
use axum::extract::{Path, State as Context};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use secrecy::ExposeSecret;
use store::{CustomerApp, SecretRecord, SecretRefusal, SecretRotation, app_secrets};
use web::{CorrelationId, Layout, Notice, PageError, PageQuery};

use super::administrator::{Administrator, PostedByAdministrator, by};
use super::owned;
use crate::field_error::sentence;
use crate::visitor::Visitor;
use crate::{State, confirm_password, frame, notice};

#[derive(Template)]
#[template(path = "administration/secrets.html")]
struct SecretsPage {
    layout: Layout,
    name: String,
    app_href: String,
    href: String,
    lines: Vec<Line>,
    full: bool,
}

#[derive(Template)]
#[template(path = "administration/secrets_made.html")]
struct MadePage {
    layout: Layout,
    name: String,
    href: String,
    secret_href: String,
    client_secret: String,
}

struct Line {
    id: String,
    tail: String,
    href: String,
    active: bool,
    created: String,
    created_iso: String,
    updated: String,
    updated_iso: String,
}

pub async fn show(
    Context(state): Context<State>,
    Administrator(visitor): Administrator,
    Path(id): Path<String>,
    PageQuery(query): PageQuery,
) -> Result<Response, PageError> {
    let mut tx = state.app.db.read_within(visitor.company.id).await?;
    let own = owned::find(&mut tx, visitor.company.id, &id).await?;
    let secrets = app_secrets::all(&mut tx, own.app.client_id).await?;
    let told = notice::of(&query, &own.app.name);
    Ok(web::page(&page(&state, &visitor, &own, (&secrets, told))))
}

/// Makes a further secret, and answers with its value: it stands in this one answer. It is good when
/// it has been activated.
pub async fn submit(
    Context(state): Context<State>,
    correlation: CorrelationId,
    Path(id): Path<String>,
    PostedByAdministrator { visitor, .. }: PostedByAdministrator,
) -> Result<Response, PageError> {
    let mut tx = state.app.db.write_alone_within(visitor.company.id).await?;
    let own = owned::find(&mut tx, visitor.company.id, &id).await?;
    if let Some(first) = confirm_password::needed(&visitor, &href(&own)) {
        return Ok(first.into_response());
    }
    let rotation = SecretRotation {
        app: &state.app,
        client: own.app.client_id,
        by: by(&visitor, &correlation).audited(),
    };
    let (secret, record) = match rotation.create(&mut tx, false).await {
        Ok(made) => made,
        Err(refusal) => {
            drop(tx);
            return refused(&state, &visitor, &own, refusal).await;
        }
    };
    tx.commit().await?;
    let href = href(&own);
    Ok(web::page(&MadePage {
        layout: frame::layout_for(&state, &visitor, "New client secret", "Administration"),
        secret_href: format!("{href}/{}", record.id),
        href,
        client_secret: secret.expose_secret().to_owned(),
        name: own.app.name,
    }))
}

/// The list again, with why nothing was changed.
pub async fn refused(
    state: &State,
    visitor: &Visitor,
    own: &CustomerApp,
    refusal: SecretRefusal,
) -> Result<Response, PageError> {
    let status = match refusal {
        SecretRefusal::Storage(error) => return Err(error.into()),
        SecretRefusal::Unknown => StatusCode::NOT_FOUND,
        _ => StatusCode::CONFLICT,
    };
    let mut tx = state.app.db.read_within(visitor.company.id).await?;
    let secrets = app_secrets::all(&mut tx, own.app.client_id).await?;
    let told = Some(Notice::error(format!(
        "Nothing was changed. {}",
        sentence(refusal.why())
    )));
    let page = page(state, visitor, own, (&secrets, told));
    Ok(web::page_with_status(status, &page))
}

/// The address of the list.
pub fn href(own: &CustomerApp) -> String {
    format!("{}/secrets", owned::href(own))
}

fn page(
    state: &State,
    visitor: &Visitor,
    own: &CustomerApp,
    (secrets, told): (&[SecretRecord], Option<Notice>),
) -> SecretsPage {
    let title = format!("Client secrets of {}", own.app.name);
    let mut layout = frame::layout_for(state, visitor, &title, "Administration");
    layout.notice = told;
    let href = href(own);
    let line = |secret: &SecretRecord| {
        let id = secret.id.to_string();
        Line {
            tail: id.clone().split_off(30),
            href: format!("{href}/{id}"),
            id,
            active: secret.active,
            created: web::date(secret.created_at),
            created_iso: web::iso_time(secret.created_at),
            updated: web::date(secret.updated_at),
            updated_iso: web::iso_time(secret.updated_at),
        }
    };
    SecretsPage {
        layout,
        name: own.app.name.clone(),
        app_href: owned::href(own),
        lines: secrets.iter().map(line).collect(),
        full: secrets.len() >= app_secrets::SECRET_LIMIT,
        href,
    }
}

impl SecretsPage {
    fn back(&self) -> String {
        format!("Back to {}", self.name)
    }
}
