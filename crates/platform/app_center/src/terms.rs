use askama::Template;
use axum::extract::{Path, State as Context};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use web::{Layout, PageError, PageQuery};

use crate::consents::{Consent, Consents, Which};
use crate::field_error::FieldError;
use crate::listed::Listed;
use crate::opener::with_connect_form;
use crate::visitor::Visitor;
use crate::{State, confirm_password, frame, partner_link};

/// What the terms show, as a page and as the dialog of a listing.
pub struct TermsView {
    pub platform: String,
    pub name: String,
    pub listing_href: String,
    pub enterprise: bool,
    /// Without boxes.
    pub read_only: bool,
    pub license_href: Option<String>,
    pub privacy_href: Option<String>,
    pub csrf: String,
    pub boxes: Vec<Consent>,
    pub shared: Vec<String>,
}

impl TermsView {
    pub fn new(
        state: &State,
        visitor: &Visitor,
        listed: &Listed,
        (which, consents): (Which, Consents),
    ) -> TermsView {
        let links = &listed.listing.content.links;
        TermsView {
            platform: state.app.settings.platform_name.clone(),
            name: listed.listing.name.clone(),
            listing_href: listed.href(),
            enterprise: listed.is_enterprise(),
            read_only: which == Which::All,
            license_href: partner_link::href(&links.terms),
            privacy_href: partner_link::href(&links.privacy),
            csrf: visitor.csrf.clone(),
            boxes: consents.boxes,
            shared: consents.shared,
        }
    }
}

#[derive(Template)]
#[template(path = "terms.html")]
struct TermsPage {
    layout: Layout,
    terms: TermsView,
    errors: Vec<FieldError>,
    script: String,
}

pub async fn show(
    Context(state): Context<State>,
    visitor: Visitor,
    Path(id): Path<String>,
    PageQuery(query): PageQuery,
) -> Result<Response, PageError> {
    let mut tx = state.app.db.read_within(visitor.company.id).await?;
    let listed = Listed::find(&mut tx, visitor.company.id, &id).await?;
    // Who may not connect may read.
    let may_agree = listed.app.enabled && visitor.may_connect(&listed.app);
    let which = match query.has("read") || !may_agree {
        true => Which::All,
        false => Which::Open,
    };
    if which == Which::Open
        && listed.is_enterprise()
        && let Some(first) = confirm_password::needed(&visitor, &listed.href())
    {
        return Ok(first.into_response());
    }
    let consents = Consents::load(&mut tx, &visitor, &listed, which).await?;
    drop(tx);
    let terms = TermsView::new(&state, &visitor, &listed, (which, consents));
    Ok(page(&state, &visitor, &listed, (terms, Vec::new())))
}

/// The terms again, because boxes were left open. Nothing was recorded.
pub fn incomplete(
    state: &State,
    visitor: &Visitor,
    listed: &Listed,
    (consents, missing): (Consents, Vec<FieldError>),
) -> Response {
    let terms = TermsView::new(state, visitor, listed, (Which::Open, consents));
    page(state, visitor, listed, (terms, missing))
}

fn page(
    state: &State,
    visitor: &Visitor,
    listed: &Listed,
    (terms, errors): (TermsView, Vec<FieldError>),
) -> Response {
    let (status, title) = match errors.is_empty() {
        true => (StatusCode::OK, "Terms & Conditions"),
        false => (
            StatusCode::UNPROCESSABLE_ENTITY,
            "Error: Terms & Conditions",
        ),
    };
    let page = TermsPage {
        layout: frame::layout_for(state, visitor, title, "App Center"),
        terms,
        errors,
        script: crate::script::href(),
    };
    with_connect_form(web::page_with_status(status, &page), listed)
}

impl TermsPage {
    fn back(&self) -> String {
        format!("Back to {}", self.terms.name)
    }
}
