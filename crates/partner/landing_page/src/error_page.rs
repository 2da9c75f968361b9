use askama::Template;
use axum::response::Response;
use web::{ErrorKind, Layout, PageError, PageErrorView};

use crate::Partner;
use crate::frame;
use crate::words::Words;

#[derive(Template)]
#[template(path = "error_page.html")]
struct ErrorPage<'a> {
    layout: Layout,
    view: &'a PageErrorView<'a>,
    title: String,
    message: String,
    iso: String,
    shown: String,
    words: Words,
}

/// An error in the partner's own frame, in the language that was settled for the answer; where the
/// request was refused before that, in the one that it wants.
pub(crate) fn render(partner: &Partner, view: &PageErrorView<'_>) -> Response {
    let now = partner.clock.now();
    let settled = view.extensions.get::<Words>().copied();
    let wanted = partner.wanted(view.headers, view.path);
    let words = settled.unwrap_or(wanted.words);
    let (title, message) = told(view.error, words);
    let page = ErrorPage {
        layout: frame::plain(words, &title),
        view,
        title,
        message,
        iso: web::iso_time(now),
        shown: words.date_time(now),
        words,
    };
    let mut response = web::page_with_status(view.error.status, &page);
    if settled.is_none() {
        wanted.told(response.headers_mut());
    }
    response
}

fn told(error: &PageError, words: Words) -> (String, String) {
    let text = |title, message| (words.text(title), words.text(message));
    match error.kind {
        ErrorKind::Unreadable => text("unreadable", "unreadable-help"),
        ErrorKind::NoForm => text("unreadable", "only-forms"),
        ErrorKind::StaleForm => text("stale-form", "stale-form-help"),
        ErrorKind::NotFound => text("not-found", "not-found-help"),
        ErrorKind::MethodNotAllowed => text("method-not-allowed", "method-not-allowed-help"),
        ErrorKind::TooLarge => text("too-large", "too-large-help"),
        ErrorKind::Unavailable => text("unavailable", "unavailable-help"),
        ErrorKind::Failed => text("failed", "failed-help"),
        ErrorKind::TooMany => {
            let seconds = error.retry_after.unwrap_or_default();
            let wait = words.say("too-many-help");
            let wait = wait.count("minutes", seconds.div_ceil(60) as usize);
            (words.text("too-many"), wait.to_string())
        }
        ErrorKind::Own => (error.title.to_string(), error.message.to_string()),
    }
}
