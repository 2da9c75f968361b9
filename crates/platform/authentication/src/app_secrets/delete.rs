use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode};
use store::App;
use web::{CorrelationId, Description};

use super::refusal::Refusal;
use super::{own_app, rotation, secret_id};

/// `DELETE`: takes a secret away that is not active.
pub async fn delete(
    State(app): State<App>,
    Path((id, secret)): Path<(String, String)>,
    correlation: CorrelationId,
    headers: HeaderMap,
) -> Response {
    match remove(&app, (&id, &secret), &headers, &correlation).await {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(refusal) => refusal.into_response(&correlation),
    }
}

async fn remove(
    app: &App,
    (id, secret): (&str, &str),
    headers: &HeaderMap,
    correlation: &CorrelationId,
) -> Result<(), Refusal> {
    let now = app.clock.now();
    let client = own_app(app, id, headers, now).await?;
    let secret = secret_id(secret)?;
    let mut tx = app.db.write_for(client).await?;
    let rotation = rotation(app, client, correlation, now);
    rotation.delete(&mut tx, secret).await?;
    tx.commit().await?;
    tracing::info!(app.id = %client, secret.id = %secret, "a client secret was deleted");
    Ok(())
}

pub fn describe() -> Description {
    super::describe_one("delete_secret", "Delete a secret that is not active")
        .answers_nothing(StatusCode::NO_CONTENT, "It is gone.")
        .refuses(StatusCode::BAD_REQUEST, "The secret is active.")
}
