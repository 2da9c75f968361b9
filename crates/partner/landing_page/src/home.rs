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
    platform: &'a str,
    apps: &'a [Arc<AppConfig>],
}

/// The partner's apps.
pub(crate) async fn home(State(partner): State<Partner>) -> Response {
    web::page(&Home {
        layout: frame::plain("Our apps"),
        platform: &partner.config.platform_name,
        apps: &partner.apps,
    })
}
