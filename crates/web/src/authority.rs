use std::convert::Infallible;

use axum::extract::FromRequestParts;
use http::header::HOST;
use http::request::Parts;

/// The host that a request names: HTTP/2's `:authority`, or the `Host` header. Empty when neither
/// can be read; a [`crate::Site`] lets only its own origins through.
#[derive(Clone, Debug)]
pub struct Authority(pub String);

impl Authority {
    /// For what routes by it; a handler takes it as an extractor.
    pub fn of(uri: &http::Uri, headers: &http::HeaderMap) -> Authority {
        let header = || headers.get(HOST).and_then(|value| value.to_str().ok());
        let named = uri
            .authority()
            .map(|authority| authority.as_str())
            .or_else(header);
        Authority(named.unwrap_or_default().to_owned())
    }
}

impl<S: Sync> FromRequestParts<S> for Authority {
    type Rejection = Infallible;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Authority, Infallible> {
        Ok(Authority::of(&parts.uri, &parts.headers))
    }
}
