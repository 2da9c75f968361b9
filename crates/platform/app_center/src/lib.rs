//! The customers' site: sign-in, catalogue, listing, terms, connect, disconnect, and the tools of
//! administrators.

mod administration;
mod authorize;
mod badge;
mod cancel;
mod card_state;
mod catalogue;
mod closed;
mod confirm_password;
mod connect;
mod connections;
mod consents;
mod countries;
mod demo_sign_ins;
mod disconnect;
mod error_page;
mod field_error;
mod fingerprint;
mod frame;
mod hand_over;
mod help;
mod history;
mod images;
mod lead_form;
mod lead_mail;
mod legal;
mod listed;
mod listing;
mod notice;
mod opener;
mod paging;
mod partner_link;
mod probe;
mod request_information;
mod return_to;
mod scopes;
mod script;
mod search;
mod sign_in;
mod sign_out;
mod start;
mod state;
mod status;
mod terms;
mod unlisted;
mod visitor;

use std::sync::Arc;

use axum::Router;
use web::{Access, ErrorStyle, Routes, Site};

pub use state::State;

/// Every page and endpoint of the site, with who may call it.
pub fn routes() -> Routes<State> {
    accounts()
        .merge(catalogue())
        .merge(connecting())
        .merge(administration::routes())
}

fn accounts() -> Routes<State> {
    Routes::new()
        .get("/", Access::Public, start::show)
        .get("/sign-in", Access::Public, sign_in::show)
        .post("/sign-in", Access::Public, sign_in::submit)
        .get(
            "/confirm-password",
            Access::SignedIn,
            confirm_password::show,
        )
        .post(
            "/confirm-password",
            Access::SignedIn,
            confirm_password::submit,
        )
        .post("/sign-out", Access::SignedIn, sign_out::submit)
        .get("/authorize", Access::Public, authorize::show)
        .post("/authorize", Access::SignedIn, authorize::consent::submit)
        .post(
            "/authorize/sign-in",
            Access::Public,
            authorize::sign_in::submit,
        )
        .get("/legal/{kind}", Access::Public, legal::show)
        .get("/app-center/help", Access::Public, help::show)
}

fn catalogue() -> Routes<State> {
    let signed_in = Access::SignedIn;
    Routes::new()
        .get("/app-center", signed_in, catalogue::show)
        .get("/app-center/connections", signed_in, connections::show)
        .get("/app-center/connections/{id}", signed_in, unlisted::show)
        .get("/app-center/images/{id}/{name}", signed_in, images::show)
        .get("/app-center/listing.js", Access::Public, script::show)
        .get("/app-center/listings/{id}", signed_in, listing::show)
        .get("/app-center/listings/{id}/scopes", signed_in, scopes::show)
        .get(
            "/app-center/listings/{id}/request-information",
            signed_in,
            request_information::show,
        )
        .post(
            "/app-center/listings/{id}/request-information",
            signed_in,
            request_information::submit,
        )
        .get(
            "/app-center/listings/{id}/request-information/thanks",
            signed_in,
            request_information::thank,
        )
}

/// Connect and disconnect are for administrators where the listing is an enterprise application,
/// and for everybody where it is a user connection: the handlers decide.
fn connecting() -> Routes<State> {
    let signed_in = Access::SignedIn;
    Routes::new()
        .get("/app-center/listings/{id}/terms", signed_in, terms::show)
        .post(
            "/app-center/listings/{id}/connect",
            signed_in,
            connect::submit,
        )
        .get("/app-center/listings/{id}/status", signed_in, status::show)
        .post(
            "/app-center/listings/{id}/closed",
            signed_in,
            closed::submit,
        )
        .post(
            "/app-center/listings/{id}/cancel",
            signed_in,
            cancel::submit,
        )
        .get(
            "/app-center/listings/{id}/disconnect",
            signed_in,
            disconnect::show,
        )
        .post(
            "/app-center/listings/{id}/disconnect",
            signed_in,
            disconnect::submit,
        )
        .get(
            "/app-center/connections/{id}/disconnect",
            signed_in,
            disconnect::show_unlisted,
        )
        .post(
            "/app-center/connections/{id}/disconnect",
            signed_in,
            disconnect::submit_unlisted,
        )
}

/// The site, complete: [`routes`] with headers, host check, error pages and the request log.
pub fn site(state: State) -> Router {
    let errors = {
        let state = state.clone();
        ErrorStyle::Page(Arc::new(move |view| error_page::render(&state, view)))
    };
    let site = Site {
        name: "app_center",
        origins: vec![state.app.settings.app_center.clone()],
        entropy: state.app.entropy.clone(),
        errors,
        has_forms: true,
    };
    site.wrap(routes().into_router(state))
}
