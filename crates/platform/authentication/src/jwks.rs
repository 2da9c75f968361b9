//! `GET /oauth2/v0/jwks`: the public halves of the signing keys (RFC 7517).

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::HeaderValue;
use http::header::CACHE_CONTROL;
use store::App;

pub async fn get(State(app): State<App>) -> Response {
    let caching = HeaderValue::from_static("public, max-age=300");
    ([(CACHE_CONTROL, caching)], Json(&app.public_keys)).into_response()
}
