use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::HeaderMap;
use secrecy::ExposeSecret;
use serde::Serialize;
use store::{App, app_secrets};
use web::CorrelationId;

use super::refusal::Refusal;
use super::{Shown, own_app};

/// A new secret with its value, which is shown in this answer and never again.
#[derive(Serialize)]
struct Made {
    #[serde(flatten)]
    shown: Shown,
    secret: String,
}

/// `POST`: makes a secret that becomes good when it is activated. A body is not looked at.
pub async fn post(
    State(app): State<App>,
    Path(id): Path<String>,
    correlation: CorrelationId,
    headers: HeaderMap,
) -> Response {
    match make(&app, &id, &headers).await {
        Ok(made) => Json(made).into_response(),
        Err(refusal) => refusal.into_response(&correlation),
    }
}

async fn make(app: &App, id: &str, headers: &HeaderMap) -> Result<Made, Refusal> {
    let now = app.clock.now();
    let client = own_app(app, id, headers, now).await?;
    let mut tx = app.db.write().await?;
    if app_secrets::all(&mut tx, client).await?.len() >= app_secrets::SECRET_LIMIT {
        let why = "the app has ten secrets, and can have no more: delete one first";
        return Err(Refusal::Invalid(why));
    }
    let (secret, record) = app_secrets::make(app, &mut tx, client, false, now).await?;
    tx.commit().await?;
    tracing::info!(app.id = %client, secret.id = %record.id, "a client secret was made");
    Ok(Made {
        shown: Shown::from(&record),
        secret: secret.expose_secret().to_owned(),
    })
}
