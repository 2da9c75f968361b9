use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use web::{Layout, Link, PageError};

use crate::frame::{self, Switch};
use crate::reader::Reader;
use crate::words::Words;
use crate::{AppConfig, Partner};

#[derive(Template)]
#[template(path = "product.html")]
struct Product<'a> {
    layout: Layout,
    app: &'a AppConfig,
    platform: &'a str,
    documents: Vec<Link>,
    words: Words,
    switch: Option<Switch>,
}

/// What an app does and how it is connected.
pub(crate) async fn product(
    State(partner): State<Partner>,
    Path(slug): Path<String>,
    reader: Reader,
) -> Result<Response, PageError> {
    let app = partner.app(&slug)?;
    Ok(web::page(&Product {
        layout: frame::branded(&app, reader.words, &app.name),
        app: &app,
        platform: &app.platform.name,
        documents: frame::document_links(&app, reader.words),
        words: reader.words,
        switch: frame::switch(&app, &reader),
    }))
}
