//! The customers' site: sign-in, catalogue, listing, terms, connect, disconnect.

mod error_page;
mod frame;
mod start;
mod state;

use std::sync::Arc;

use axum::Router;
use web::{Access, ErrorStyle, Routes, Site};

pub use state::State;

/// Every page and endpoint of the site, with who may call it.
pub fn routes() -> Routes<State> {
    Routes::new().get("/", Access::Public, start::show)
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
