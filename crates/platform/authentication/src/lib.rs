//! The authentication service: `/oauth2/v0/*` and `/app-mgmt/*`.
//!
//! Architecture invariant: what `POST /oauth2/v0/token` does for every grant stands once, in order,
//! in `token.rs`; a grant's file holds only what is its own, so that none can forget a shared step.

mod answer;
mod app_secrets;
mod client_authentication;
mod connections;
mod grants;
mod jwks;
mod key_keeper;
mod refusal;
mod token;

use web::{Access, Routes};

/// The service's endpoints, the same on the origin of every data centre.
pub fn routes() -> Routes<store::App> {
    Routes::new()
        .post("/oauth2/v0/token", Access::Client, token::post)
        .get("/oauth2/v0/jwks", Access::Public, jwks::get)
        .delete(
            "/app-mgmt/v0/connections",
            Access::Bearer,
            connections::delete,
        )
        .merge(app_secrets::routes())
}

pub use key_keeper::keep_keys;
pub use refusal::error_response;
