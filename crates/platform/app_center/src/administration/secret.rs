use askama::Template;
use axum::extract::{Path, State as Context};
use axum::response::{IntoResponse, Redirect, Response};
use store::{SecretRefusal, SecretRotation, app_secrets};
use uuid::Uuid;
use web::{CorrelationId, Layout, PageError};

use super::administrator::{Administrator, PostedByAdministrator, by};
use super::{owned, secrets};
use crate::{State, frame, notice};

#[derive(Template)]
#[template(path = "administration/secret.html")]
struct SecretPage {
    layout: Layout,
    name: String,
    tail: String,
    list_href: String,
    href: String,
    active: bool,
}

/// Asks before a secret is switched or deleted.
pub async fn show(
    Context(state): Context<State>,
    Administrator(visitor): Administrator,
    Path((id, secret)): Path<(String, String)>,
) -> Result<Response, PageError> {
    let mut tx = state.app.db.read_within(visitor.company.id).await?;
    let own = owned::find(&mut tx, visitor.company.id, &id).await?;
    let all = app_secrets::all(&mut tx, own.app.client_id).await?;
    drop(tx);
    let wanted = Uuid::try_parse(&secret).ok();
    let Some(record) = all.iter().find(|record| Some(record.id) == wanted) else {
        return secrets::refused(&state, &visitor, &own, SecretRefusal::Unknown).await;
    };
    let list_href = secrets::href(&own);
    Ok(web::page(&SecretPage {
        layout: frame::layout_for(&state, &visitor, "Client secret", "Administration"),
        tail: record.id.to_string().split_off(30),
        href: format!("{list_href}/{}", record.id),
        list_href,
        active: record.active,
        name: own.app.name,
    }))
}

pub async fn submit(
    Context(state): Context<State>,
    correlation: CorrelationId,
    Path((id, secret)): Path<(String, String)>,
    PostedByAdministrator { visitor, form }: PostedByAdministrator,
) -> Result<Response, PageError> {
    let mut tx = state.app.db.write_alone_within(visitor.company.id).await?;
    let own = owned::find(&mut tx, visitor.company.id, &id).await?;
    let rotation = SecretRotation {
        app: &state.app,
        client: own.app.client_id,
        by: by(&visitor, &correlation).audited(),
    };
    // No secret has the nil id.
    let secret = Uuid::try_parse(&secret).unwrap_or_default();
    let done = match form.get("action") {
        Some("activate") => rotation
            .switch(&mut tx, secret, true)
            .await
            .map(|_| "secret_activated"),
        Some("deactivate") => rotation
            .switch(&mut tx, secret, false)
            .await
            .map(|_| "secret_deactivated"),
        Some("delete") => rotation
            .delete(&mut tx, secret)
            .await
            .map(|()| "secret_deleted"),
        _ => {
            return Err(PageError::bad_request(
                "The form does not say what is to be done with the secret.",
            ));
        }
    };
    match done {
        Ok(told) => {
            tx.commit().await?;
            let href = notice::href(&secrets::href(&own), told);
            Ok(Redirect::to(&href).into_response())
        }
        Err(refusal) => {
            drop(tx);
            secrets::refused(&state, &visitor, &own, refusal).await
        }
    }
}
