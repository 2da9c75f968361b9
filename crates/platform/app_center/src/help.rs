use askama::Template;
use axum::extract::State as Context;
use axum::response::Response;
use store::users;
use web::{Layout, Link, PageError};

use crate::visitor::{NotSignedIn, Visitor};
use crate::{State, frame};

#[derive(Template)]
#[template(path = "help.html")]
struct HelpPage<'a> {
    layout: Layout,
    platform: &'a str,
    /// Company and administrators of whoever has signed in.
    own: Option<(String, Vec<Link>)>,
}

/// How connecting and disconnecting goes, and who can help; for anybody to read.
pub async fn show(
    Context(state): Context<State>,
    visitor: Result<Visitor, NotSignedIn>,
) -> Result<Response, PageError> {
    let title = "Help";
    let (layout, own) = match visitor {
        Err(_) => (frame::layout(&state, title), None),
        Ok(visitor) => {
            let mut tx = state.app.db.read().await?;
            let all = users::administrators(&mut tx, visitor.company.id).await?;
            let mail = |login: &str| format!("mailto:{}", login.replace(['?', '&', '%', ' '], ""));
            let people = all
                .iter()
                .map(|admin| Link::new(&admin.full_name(), &mail(&admin.login)))
                .collect();
            let layout = frame::layout_for(&state, &visitor, title, "");
            (layout, Some((visitor.company.name, people)))
        }
    };
    Ok(web::page(&HelpPage {
        layout,
        platform: &state.app.settings.platform_name,
        own,
    }))
}
