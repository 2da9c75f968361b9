//! `GET /oauth2/v0/jwks`: the public halves of the signing keys (RFC 7517): those that
//! sign, those that will, and those whose last tokens have not expired.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::HeaderValue;
use http::header::CACHE_CONTROL;
use store::App;

/// How long what is said of the service, may be kept.
pub const CACHING: HeaderValue = HeaderValue::from_static("public, max-age=300");

pub async fn get(State(app): State<App>) -> Response {
    let caching = format!("public, max-age={}", app.settings.jwks_max_age.as_secs());
    let caching = HeaderValue::try_from(caching).expect("digits stand in any header");
    ([(CACHE_CONTROL, caching)], Json(app.keys().public())).into_response()
}
