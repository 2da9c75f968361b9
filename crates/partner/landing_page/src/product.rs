use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use protocol::PrincipalType;
use web::{Layout, Link, PageError};

use crate::{AppConfig, Partner, frame};

#[derive(Template)]
#[template(path = "product.html")]
struct Product<'a> {
    layout: Layout,
    app: &'a AppConfig,
    platform: &'a str,
    documents: Vec<Link>,
    is_company: bool,
}

/// What an app does and how it is connected.
pub(crate) async fn product(
    State(partner): State<Partner>,
    Path(slug): Path<String>,
) -> Result<Response, PageError> {
    let app = partner.app(&slug)?;
    Ok(web::page(&Product {
        layout: frame::branded(&app, &app.name),
        app: &app,
        platform: &app.platform.name,
        documents: frame::document_links(&app),
        is_company: app.kind == PrincipalType::Company,
    }))
}
