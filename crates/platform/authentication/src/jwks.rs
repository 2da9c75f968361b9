//! `GET /oauth2/v0/jwks`: the public halves of the signing keys (RFC 7517).

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::HeaderValue;
use http::header::CACHE_CONTROL;
use store::App;

/// How long keys, and what is said of the service, may be kept.
pub const CACHING: HeaderValue = HeaderValue::from_static("public, max-age=300");

pub async fn get(State(app): State<App>) -> Response {
    ([(CACHE_CONTROL, CACHING)], Json(&app.public_keys)).into_response()
}
