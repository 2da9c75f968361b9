//! The broker over HTTP: what a partner's own programs ask instead of keeping tokens themselves.
//!
//! They show an API key, which opens the connections of one app. They get a current access token,
//! a list of connections with their health, or have a call made with the token: then it goes to the
//! connection's own data centre, is renewed once when an API refuses the token, and never leaves
//! the allow-list of the client.

mod api_key;
mod connections;
mod openapi;
mod proxy;
mod refusal;
mod token;

use std::sync::Arc;

use ambient::{Clock, Entropy};
use axum::Router;
use protocol::Origin;
use vault::Broker;
use web::{Access, ErrorStyle, Routes, Site};

/// What every request is handled with. Cheap to clone.
#[derive(Clone)]
pub struct State {
    pub broker: Broker,
    pub clock: Clock,
}

/// Every route of the broker. `Bearer` stands for an API key here.
pub fn routes() -> Routes<State> {
    const PROXY: &str = "/v1/apps/{app}/connections/{company}/proxy/{*path}";
    Routes::new()
        .get("/openapi.json", Access::Public, openapi::get)
        .get(
            "/v1/apps/{app}/connections",
            Access::Bearer,
            connections::get,
        )
        .get(
            "/v1/apps/{app}/connections/{company}/token",
            Access::Bearer,
            token::get,
        )
        .get(PROXY, Access::Bearer, proxy::any)
        .post(PROXY, Access::Bearer, proxy::any)
        .put(PROXY, Access::Bearer, proxy::any)
        .patch(PROXY, Access::Bearer, proxy::any)
        .delete(PROXY, Access::Bearer, proxy::any)
}

/// The whole site, ready to be served where only the partner's own programs reach it.
pub fn site(state: State, origin: Origin, entropy: Entropy) -> Router {
    let site = Site {
        name: "broker",
        origins: vec![origin],
        entropy,
        errors: ErrorStyle::Json(Arc::new(|status, correlation| {
            refusal::plain(status, &correlation.0)
        })),
        has_forms: false,
    };
    site.wrap_with_limit(routes().into_router(state), proxy::REQUEST_LIMIT)
}
