use askama::Template;
use axum::extract::State as Context;
use axum::response::Response;
use web::Layout;

use super::administrator::Administrator;
use crate::{State, frame};

#[derive(Template)]
#[template(path = "administration/home.html")]
struct HomePage {
    layout: Layout,
    company: String,
}

/// Which tools there are.
pub async fn show(
    Context(state): Context<State>,
    Administrator(visitor): Administrator,
) -> Response {
    let title = "Authentication Administration";
    web::page(&HomePage {
        layout: frame::layout_for(&state, &visitor, title, "Administration"),
        company: visitor.company.name,
    })
}
