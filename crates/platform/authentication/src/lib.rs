//! The authentication service: `/oauth2/v0/*`, `/app-mgmt/*` and `/.well-known/*`.
//!
//! Architecture invariant: what `POST /oauth2/v0/token` does for every grant stands once, in order,
//! in `token.rs`; a grant's file holds only what is its own, so that none can forget a shared step.
//! What it shares with introspection and revocation (limits, form, client) stands in `asked.rs`.

mod answer;
mod app_secrets;
mod asked;
mod authorize;
mod client_authentication;
mod connections;
mod described;
mod discovery;
mod grants;
mod introspect;
mod jwks;
mod key_keeper;
mod limits;
mod otp;
mod presented;
mod refusal;
mod revoke;
mod state;
mod token;
mod userinfo;

use web::{Access, Routes};

pub use refusal::error_response;
pub use state::State;

/// The service's endpoints, the same on the origin of every data centre. Some sample programs put a
/// slash at the end (reference §11.9).
pub fn routes() -> Routes<State> {
    Routes::new()
        .get("/oauth2/v0/authorize", Access::Public, authorize::show)
        .described(authorize::describe)
        .post("/oauth2/v0/authorize", Access::Public, authorize::show)
        .described(authorize::describe_post)
        .get("/oauth2/v0/authorize/", Access::Public, authorize::show)
        .post("/oauth2/v0/authorize/", Access::Public, authorize::show)
        .post("/oauth2/v0/token", Access::Client, token::post)
        .described(token::describe)
        .post("/oauth2/v0/token/", Access::Client, token::post)
        .post("/oauth2/v0/otp", Access::Client, otp::post)
        .described(otp::describe)
        .post("/oauth2/v0/otp/", Access::Client, otp::post)
        .post("/oauth2/v0/introspect", Access::Client, introspect::post)
        .described(introspect::describe)
        .post("/oauth2/v0/introspect/", Access::Client, introspect::post)
        .post("/oauth2/v0/revoke", Access::Client, revoke::post)
        .described(revoke::describe)
        .post("/oauth2/v0/revoke/", Access::Client, revoke::post)
        .get("/oauth2/v0/userinfo", Access::Bearer, userinfo::show)
        .described(userinfo::describe)
        .post("/oauth2/v0/userinfo", Access::Bearer, userinfo::show)
        .described(userinfo::describe_post)
        .get("/oauth2/v0/userinfo/", Access::Bearer, userinfo::show)
        .post("/oauth2/v0/userinfo/", Access::Bearer, userinfo::show)
        .get("/oauth2/v0/jwks", Access::Public, jwks::get)
        .described(jwks::describe)
        .get("/oauth2/v0/jwks/", Access::Public, jwks::get)
        .get(
            "/.well-known/openid-configuration",
            Access::Public,
            discovery::get,
        )
        .described(discovery::describe)
        .get(
            "/.well-known/oauth-authorization-server",
            Access::Public,
            discovery::get,
        )
        .described(discovery::describe_oauth)
        .delete(
            "/app-mgmt/v0/connections",
            Access::Bearer,
            connections::delete,
        )
        .described(connections::describe)
        .delete(
            "/app-mgmt/v0/connections/",
            Access::Bearer,
            connections::delete,
        )
        .merge(app_secrets::routes())
}

pub use key_keeper::keep_keys;
