use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use web::Layout;

use crate::reader::Reader;
use crate::words::Words;
use crate::{AppConfig, Partner, frame};

#[derive(Template)]
#[template(path = "home.html")]
struct Home<'a> {
    layout: Layout,
    platform: String,
    apps: &'a [Arc<AppConfig>],
    words: Words,
}

/// The partner's apps.
pub(crate) async fn home(State(partner): State<Partner>, reader: Reader) -> Response {
    let mut platforms: Vec<&str> = Vec::new();
    for app in partner.apps.iter() {
        if !platforms.contains(&app.platform.name.as_str()) {
            platforms.push(&app.platform.name);
        }
    }
    web::page(&Home {
        layout: frame::plain(reader.words, &reader.words.text("our-apps")),
        platform: platforms.join(", "),
        apps: &partner.apps,
        words: reader.words,
    })
}
