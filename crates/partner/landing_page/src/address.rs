use std::convert::Infallible;
use std::net::SocketAddr;

use axum::extract::{ConnectInfo, FromRequestParts};
use http::request::Parts;

/// The network address a request came from, for limits; `unknown` where the server does not tell.
pub(crate) struct Address(pub String);

impl<S: Sync> FromRequestParts<S> for Address {
    type Rejection = Infallible;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Address, Infallible> {
        let known = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        let address = known.map(|ConnectInfo(address)| address.ip().to_canonical().to_string());
        Ok(Address(address.unwrap_or_else(|| "unknown".to_owned())))
    }
}
