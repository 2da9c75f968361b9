use axum::Json;
use axum::extract::{Path, Query, State as Context};
use http::StatusCode;
use protocol::{AppId, MINUTE};
use secrecy::ExposeSecret;
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;
use vault::Usage;

use crate::State;
use crate::api_key::ForApp;
use crate::refusal::Refusal;

/// Longer than an access token lasts nobody can ask.
const LONGEST: u32 = 55;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    min_minutes: Option<u32>,
}

/// A token that lasts `min_minutes` yet (1 to 55, 5 when it is not said), from memory when it can.
pub async fn get(
    Context(state): Context<State>,
    ForApp(app): ForApp,
    Path((_, company)): Path<(AppId, Uuid)>,
    Query(asked): Query<Asked>,
) -> Result<Json<Value>, Refusal> {
    let minutes = asked.min_minutes.unwrap_or(5);
    if !(1..=LONGEST).contains(&minutes) {
        let message = "min_minutes is between 1 and 55";
        return Err(Refusal::new(
            StatusCode::BAD_REQUEST,
            "min_minutes",
            message,
        ));
    }
    let broker = &state.broker;
    let token = broker
        .access_token_lasting(app, company, MINUTE * minutes)
        .await?;
    broker.vault().count_usage(app, company, Usage::Token);
    Ok(Json(json!({
        "access_token": token.value.expose_secret(),
        "token_type": "Bearer",
        "expires_in": token.expires_at.since(state.clock.now()).as_secs(),
        "expires_at": token.expires_at.to_rfc3339(),
        "geolocation": token.geolocation,
    })))
}
