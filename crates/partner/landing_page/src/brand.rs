use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use web::{Caching, PageError};

use crate::{AppConfig, Partner};

/// The app's tokens of the style sheet, and nothing else.
pub(crate) async fn style_sheet(
    State(partner): State<Partner>,
    Path(slug): Path<String>,
) -> Result<Response, PageError> {
    let app = partner.app(&slug)?;
    Ok(file("text/css; charset=utf-8", tokens(&app)))
}

/// The app's logo.
pub(crate) async fn logo(
    State(partner): State<Partner>,
    Path(slug): Path<String>,
) -> Result<Response, PageError> {
    let app = partner.app(&slug)?;
    Ok(file("image/svg+xml", app.logo_svg.clone()))
}

impl Partner {
    pub(crate) fn app(&self, slug: &str) -> Result<Arc<AppConfig>, PageError> {
        let known = self.apps.iter().find(|app| app.slug == slug);
        known.cloned().ok_or_else(PageError::not_found)
    }
}

fn file(kind: &'static str, body: String) -> Response {
    let headers = [
        (CONTENT_TYPE, http::HeaderValue::from_static(kind)),
        (CACHE_CONTROL, Caching::Day.header()),
    ];
    (headers, body).into_response()
}

fn tokens(app: &AppConfig) -> String {
    let AppConfig {
        accent,
        accent_text,
        accent_dark,
        accent_dark_text,
        ..
    } = app;
    format!(
        ":root {{ --accent: {accent}; --accent-text: {accent_text}; }}\n\
         @media (prefers-color-scheme: dark) {{ :root {{ --accent: {accent_dark}; \
         --accent-text: {accent_dark_text}; --link: {accent_dark}; --focus: {accent_dark}; }} }}\n"
    )
}
