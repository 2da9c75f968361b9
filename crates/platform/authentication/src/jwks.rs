//! `GET /oauth2/v0/jwks`: the public halves of the signing keys (RFC 7517): those that
//! sign, those that will, and those whose last tokens have not expired.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header::CACHE_CONTROL;
use http::{HeaderValue, StatusCode};
use serde_json::json;
use store::App;
use web::description::schema;
use web::{CorrelationId, Description};

use crate::described::{DISCOVERY, may_fail};
use crate::refusal::Refusal;

/// How long what is said of the service, may be kept.
pub const CACHING: HeaderValue = HeaderValue::from_static("public, max-age=300");

pub async fn get(State(app): State<App>, correlation: CorrelationId) -> Response {
    let keys = match app.keys() {
        Ok(keys) => keys,
        Err(error) => return Refusal::Storage(error).into_response(&correlation),
    };
    let caching = format!("public, max-age={}", app.settings.jwks_max_age.as_secs());
    let caching = HeaderValue::try_from(caching).expect("digits stand in any header");
    ([(CACHE_CONTROL, caching)], Json(keys.public())).into_response()
}

pub fn describe() -> Description {
    let keys = schema(json!({
        "type": "object",
        "required": ["keys"],
        "properties": { "keys": { "type": "array", "items": {
            "type": "object",
            "description": "RFC 7517: an RSA, EC or OKP key.",
            "required": ["kty", "kid", "alg", "use"],
            "properties": {
                "kty": { "type": "string", "enum": ["RSA", "EC", "OKP"] },
                "kid": { "type": "string" },
                "alg": { "type": "string", "enum": ["RS256", "ES256", "EdDSA"] },
                "use": { "type": "string", "enum": ["sig"] },
            },
        } } },
    }));
    let description = Description::new(DISCOVERY, "jwks", "Get the keys that verify tokens")
        .details("May be kept for as long as `Cache-Control` says. `kid` selects the key.")
        .answers_with(StatusCode::OK, "The keys.", keys);
    may_fail(description)
}
