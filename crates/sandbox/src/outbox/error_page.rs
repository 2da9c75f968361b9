use askama::Template;
use axum::response::Response;
use web::{Layout, PageErrorView};

use super::Outbox;

#[derive(Template)]
#[template(path = "outbox/error_page.html")]
struct ErrorPage<'a> {
    layout: Layout,
    view: &'a PageErrorView<'a>,
    at: String,
    at_iso: String,
}

/// An error in this site's own layout.
pub fn render(outbox: &Outbox, view: &PageErrorView<'_>) -> Response {
    let now = outbox.clock.now();
    web::page_with_status(
        view.error.status,
        &ErrorPage {
            layout: outbox.layout(&view.error.title),
            view,
            at: web::date_time(now),
            at_iso: web::iso_time(now),
        },
    )
}
