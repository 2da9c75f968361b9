use askama::Template;
use axum::extract::{Path, State as Context};
use axum::response::Response;
use store::{TextKind, legal_texts};
use web::{Layout, Markup, PageError};

use crate::visitor::{NotSignedIn, Visitor};
use crate::{State, frame};

#[derive(Template)]
#[template(path = "legal.html")]
struct LegalPage {
    layout: Layout,
    title: String,
    version: String,
    text: Markup,
}

/// A text of the operator, for anybody to read.
pub async fn show(
    Context(state): Context<State>,
    Path(kind): Path<String>,
    visitor: Result<Visitor, NotSignedIn>,
) -> Result<Response, PageError> {
    let kind = [
        TextKind::EndUserTerms,
        TextKind::CompanyAuthorization,
        TextKind::ProcessorPrivacy,
    ]
    .into_iter()
    .find(|known| known.as_str() == kind)
    .ok_or_else(PageError::not_found)?;
    let mut tx = state.app.db.read().await?;
    let legal = legal_texts::newest(&mut tx, kind).await?;
    let legal = legal.ok_or_else(PageError::not_found)?;
    let title = title_of(&legal.text).unwrap_or("Terms").to_owned();
    Ok(web::page(&LegalPage {
        layout: match &visitor {
            Ok(visitor) => frame::layout_for(&state, visitor, &title, ""),
            Err(_) => frame::layout(&state, &title),
        },
        title,
        version: legal.version,
        text: web::markdown(body_of(&legal.text), ""),
    }))
}

/// A text begins with its title, which pages show as a heading of their own.
fn title_of(text: &str) -> Option<&str> {
    let first = text.trim_start().lines().next()?;
    first.strip_prefix("# ").map(str::trim)
}

/// A text without its title.
pub fn body_of(text: &str) -> &str {
    let text = text.trim_start();
    match (title_of(text), text.split_once('\n')) {
        (None, _) => text,
        (Some(_), Some((_, body))) => body,
        (Some(_), None) => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_title_is_taken_off() {
        assert_eq!(title_of("\n# Terms \nOne.\n"), Some("Terms"));
        assert_eq!(body_of("\n# Terms \nOne.\n## Two\n"), "One.\n## Two\n");
        assert_eq!(body_of("One."), "One.");
        assert_eq!(body_of("# Only"), "");
        assert_eq!(title_of("## Two"), None);
    }
}
