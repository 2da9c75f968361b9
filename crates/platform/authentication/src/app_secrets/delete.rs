use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode};
use store::{App, app_secrets};
use web::CorrelationId;

use super::refusal::Refusal;
use super::{find, own_app};

/// `DELETE`: takes a secret away that is not active.
pub async fn delete(
    State(app): State<App>,
    Path((id, secret)): Path<(String, String)>,
    correlation: CorrelationId,
    headers: HeaderMap,
) -> Response {
    match remove(&app, (&id, &secret), &headers).await {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(refusal) => refusal.into_response(&correlation),
    }
}

async fn remove(app: &App, (id, secret): (&str, &str), headers: &HeaderMap) -> Result<(), Refusal> {
    let client = own_app(app, id, headers, app.clock.now()).await?;
    let mut tx = app.db.write().await?;
    let secrets = app_secrets::all(&mut tx, client).await?;
    let secret = find(&secrets, secret)?;
    if !app_secrets::delete(&mut tx, client, secret.id).await? {
        return Err(Refusal::Invalid(
            "the secret is active; deactivate it first",
        ));
    }
    tx.commit().await?;
    tracing::info!(app.id = %client, secret.id = %secret.id, "a client secret was deleted");
    Ok(())
}
