use std::convert::Infallible;

use axum::extract::FromRequestParts;
use http::HeaderMap;
use http::request::Parts;
use uuid::Uuid;

/// Names one call in the logs of both sides (OA-01).
pub const CORRELATION_HEADER: &str = "concur-correlationid";

/// The caller's own value when it sent a usable one, else a fresh UUID. On every answer.
#[derive(Clone, Debug)]
pub struct CorrelationId(pub String);

impl CorrelationId {
    pub(crate) fn of(headers: &HeaderMap, fresh: Uuid) -> CorrelationId {
        let sent = headers
            .get(CORRELATION_HEADER)
            .and_then(|value| value.to_str().ok())
            .map(str::trim)
            .filter(|value| !value.is_empty() && value.len() <= 255);
        CorrelationId(sent.map_or_else(|| fresh.to_string(), str::to_owned))
    }
}

impl<S: Sync> FromRequestParts<S> for CorrelationId {
    type Rejection = Infallible;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<CorrelationId, Infallible> {
        Ok(parts
            .extensions
            .get()
            .cloned()
            .unwrap_or_else(|| CorrelationId(String::new())))
    }
}
