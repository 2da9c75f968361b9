use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use web::{Layout, Markup, PageError};

use crate::frame::{self, Switch};
use crate::reader::Reader;
use crate::words::Words;
use crate::{AppConfig, Partner};

#[derive(Template)]
#[template(path = "document.html")]
struct DocumentPage<'a> {
    layout: Layout,
    app: &'a AppConfig,
    heading: &'a str,
    text: Markup,
    words: Words,
    switch: Option<Switch>,
}

/// Terms, privacy policy, help and the like.
pub(crate) async fn document(
    State(partner): State<Partner>,
    Path((slug, document)): Path<(String, String)>,
    reader: Reader,
) -> Result<Response, PageError> {
    let app = partner.app(&slug)?;
    let document = app.document(&document).ok_or_else(PageError::not_found)?;
    let title = document.title.of(&reader.words);
    let (heading, text) = split_heading(document.markdown.of(&reader.words));
    Ok(web::page(&DocumentPage {
        layout: frame::branded(&app, reader.words, title),
        app: &app,
        heading: heading.unwrap_or(title),
        text: web::markdown(text, ""),
        words: reader.words,
        switch: frame::switch(&app, &reader),
    }))
}

/// A text that begins with its own heading gives the page its one `h1`.
fn split_heading(markdown: &str) -> (Option<&str>, &str) {
    let text = markdown.trim_start();
    let Some(rest) = text.strip_prefix("# ") else {
        return (None, text);
    };
    let (heading, body) = rest.split_once('\n').unwrap_or((rest, ""));
    (Some(heading.trim()), body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_heading_becomes_the_pages_own() {
        assert_eq!(
            split_heading("\n# Terms of X\n\nThese"),
            (Some("Terms of X"), "\nThese")
        );
        assert_eq!(split_heading("These\n# x"), (None, "These\n# x"));
        assert_eq!(split_heading("# Only"), (Some("Only"), ""));
    }
}
