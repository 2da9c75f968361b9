use askama::Template;
use axum::response::Response;
use web::{Layout, Link, PageError};

use crate::AppConfig;
use crate::app_page::AppPage;
use crate::frame::{self, Switch};
use crate::words::Words;

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
pub(crate) async fn product(AppPage { app, reader }: AppPage) -> Result<Response, PageError> {
    Ok(web::page(&Product {
        layout: frame::branded(&app, reader.words, &app.name),
        app: &app,
        platform: &app.platform.name,
        documents: frame::document_links(&app, reader.words),
        words: reader.words,
        switch: frame::switch(&app, &reader),
    }))
}
