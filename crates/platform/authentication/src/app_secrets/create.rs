use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode};
use secrecy::ExposeSecret;
use serde::Serialize;
use store::App;
use utoipa::ToSchema;
use web::{CorrelationId, Description};

use super::refusal::Refusal;
use super::{Shown, own_app, rotation};

/// A new secret with its value, which is shown in this answer and never again.
#[derive(Serialize, ToSchema)]
#[schema(as = NewClientSecret)]
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
    match make(&app, &id, &headers, &correlation).await {
        Ok(made) => Json(made).into_response(),
        Err(refusal) => refusal.into_response(&correlation),
    }
}

async fn make(
    app: &App,
    id: &str,
    headers: &HeaderMap,
    correlation: &CorrelationId,
) -> Result<Made, Refusal> {
    let now = app.clock.now();
    let client = own_app(app, id, headers, now).await?;
    let mut tx = app.db.write_for(client).await?;
    let rotation = rotation(app, client, correlation, now);
    let (secret, record) = rotation.create(&mut tx, false).await?;
    tx.commit().await?;
    tracing::info!(app.id = %client, secret.id = %record.id, "a client secret was made");
    Ok(Made {
        shown: Shown::from(&record),
        secret: secret.expose_secret().to_owned(),
    })
}

pub fn describe() -> Description {
    super::describe(
        "create_secret",
        "Make a secret, which is good once it is activated",
    )
    .answers::<Made>(
        StatusCode::OK,
        "The secret; its value is shown here and never again.",
    )
    .refuses(
        StatusCode::BAD_REQUEST,
        "The app has ten secrets, and can have no more.",
    )
}
