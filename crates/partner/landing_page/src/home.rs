use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use web::Layout;

use crate::{AppConfig, Partner, frame};

#[derive(Template)]
#[template(path = "home.html")]
struct Home<'a> {
    layout: Layout,
    platform: String,
    apps: &'a [Arc<AppConfig>],
}

/// The partner's apps.
pub(crate) async fn home(State(partner): State<Partner>) -> Response {
    let mut platforms: Vec<&str> = Vec::new();
    for app in partner.apps.iter() {
        if !platforms.contains(&app.platform.name.as_str()) {
            platforms.push(&app.platform.name);
        }
    }
    web::page(&Home {
        layout: frame::plain("Our apps"),
        platform: platforms.join(", "),
        apps: &partner.apps,
    })
}
