use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode};
use store::{App, app_secrets};
use web::{CorrelationId, Description};

use super::refusal::Refusal;
use super::{Shown, own_app};

/// `GET`: all of the app's secrets, oldest first, without their values.
pub async fn get(
    State(app): State<App>,
    Path(id): Path<String>,
    correlation: CorrelationId,
    headers: HeaderMap,
) -> Response {
    match list(&app, &id, &headers).await {
        Ok(secrets) => Json(secrets).into_response(),
        Err(refusal) => refusal.into_response(&correlation),
    }
}

async fn list(app: &App, id: &str, headers: &HeaderMap) -> Result<Vec<Shown>, Refusal> {
    let client = own_app(app, id, headers, app.clock.now()).await?;
    let mut tx = app.db.read().await?;
    let secrets = app_secrets::all(&mut tx, client).await?;
    Ok(secrets.iter().map(Shown::from).collect())
}

pub fn describe() -> Description {
    super::describe(
        "list_secrets",
        "List the app's secrets, without their values",
    )
    .answers_list::<Shown>(StatusCode::OK, "All of them, oldest first.")
}
