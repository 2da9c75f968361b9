use ambient::Clock;
use askama::Template;
use axum::response::Response;
use web::{Layout, PageErrorView};

use crate::frame;
use crate::when::When;

#[derive(Template)]
#[template(path = "error_page.html")]
struct ErrorPage<'a> {
    layout: Layout,
    view: &'a PageErrorView<'a>,
    at: When,
}

/// An error in the partner's own frame.
pub(crate) fn render(clock: &Clock, view: &PageErrorView<'_>) -> Response {
    let now = clock.now();
    let page = ErrorPage {
        layout: frame::plain(&view.error.title),
        view,
        at: When::new(now, now),
    };
    web::page_with_status(view.error.status, &page)
}
