use askama::Template;
use axum::extract::{Path, State as Context};
use axum::response::Response;
use store::{Scope, scopes};
use web::{Layout, PageError};

use crate::listed::Listed;
use crate::visitor::Visitor;
use crate::{State, frame};

#[derive(Template)]
#[template(path = "scopes.html")]
struct ScopesPage {
    layout: Layout,
    name: String,
    listing_href: String,
    enterprise: bool,
    scopes: Vec<Scope>,
}

/// Which services and fields an app is given (reference §7.8).
pub async fn show(
    Context(state): Context<State>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Response, PageError> {
    let mut tx = state.app.db.read_within(visitor.company.id).await?;
    let listed = Listed::find(&mut tx, visitor.company.id, &id).await?;
    let scopes = scopes::describe(&mut tx, &listed.app.scopes).await?;
    let title = format!("Services and fields of {}", listed.listing.name);
    Ok(web::page(&ScopesPage {
        layout: frame::layout_for(&state, &visitor, &title, "App Center"),
        listing_href: listed.href(),
        enterprise: listed.is_enterprise(),
        name: listed.listing.name,
        scopes,
    }))
}

impl ScopesPage {
    fn back(&self) -> String {
        format!("Back to {}", self.name)
    }
}
