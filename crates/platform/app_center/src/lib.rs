//! The customers' site: sign-in, catalogue, listing, terms, connect, disconnect.

mod badge;
mod card_state;
mod catalogue;
mod client_address;
mod consents;
mod countries;
mod error_page;
mod field_error;
mod fingerprint;
mod frame;
mod history;
mod images;
mod legal;
mod listed;
mod listing;
mod notice;
mod opener;
mod paging;
mod partner_link;
mod return_to;
mod scopes;
mod script;
mod search;
mod sign_in;
mod sign_out;
mod start;
mod state;
mod terms;
mod visitor;

use std::sync::Arc;

use axum::Router;
use web::{Access, ErrorStyle, Routes, Site};

pub use state::State;

/// Every page and endpoint of the site, with who may call it.
pub fn routes() -> Routes<State> {
    Routes::new()
        .get("/", Access::Public, start::show)
        .get("/sign-in", Access::Public, sign_in::show)
        .post("/sign-in", Access::Public, sign_in::submit)
        .post("/sign-out", Access::SignedIn, sign_out::submit)
        .get("/app-center", Access::SignedIn, catalogue::show)
        .get(
            "/app-center/images/{listing}/{name}",
            Access::SignedIn,
            images::show,
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
