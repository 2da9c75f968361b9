use std::convert::Infallible;
use std::net::SocketAddr;

use axum::extract::{ConnectInfo, FromRequestParts};
use http::request::Parts;

/// The network address a request came from, for limits; `unknown` where the server does not tell.
pub struct ClientAddress(pub String);

impl<S: Sync> FromRequestParts<S> for ClientAddress {
    type Rejection = Infallible;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<ClientAddress, Infallible> {
        let known = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        let address = known.map(|ConnectInfo(address)| address.ip().to_canonical().to_string());
        Ok(ClientAddress(
            address.unwrap_or_else(|| "unknown".to_owned()),
        ))
    }
}
