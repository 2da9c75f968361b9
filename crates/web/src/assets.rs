use std::sync::LazyLock;

use axum::Router;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::StatusCode;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use protocol::TokenHash;
use rust_embed::RustEmbed;

use crate::Caching;

#[derive(RustEmbed)]
#[folder = "assets/"]
struct Assets;

/// One version for all assets: a hash of their contents, so that a changed one is a new address.
static VERSION: LazyLock<String> = LazyLock::new(|| {
    let hashes: String = Assets::iter()
        .filter_map(|name| Assets::get(&name).map(|file| file.metadata.sha256_hash()))
        .map(|hash| {
            format!(
                "{:02x}{:02x}{:02x}{:02x}",
                hash[0], hash[1], hash[2], hash[3]
            )
        })
        .collect();
    TokenHash::of(&hashes).as_bytes()[..6]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
});

/// The address of an asset, as `style.css`. It changes when any asset does, so it may be cached
/// forever.
pub fn asset_href(name: &str) -> String {
    format!("/assets/{}/{name}", *VERSION)
}

/// The assets, for a site that shows a page among its endpoints; sites of pages have them anyway.
pub fn router<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new().route("/assets/{*path}", get(asset)).route(
        "/favicon.ico",
        get(async || file("favicon.svg", Caching::Day)),
    )
}

async fn asset(Path(path): Path<String>) -> Response {
    match path.split_once('/') {
        Some((version, name)) if version == *VERSION => file(name, Caching::Forever),
        _ => file(&path, Caching::Day),
    }
}

fn file(name: &str, caching: Caching) -> Response {
    let Some(found) = Assets::get(name) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let kind = match name.rsplit_once('.').map(|(_, ending)| ending) {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("woff2") => "font/woff2",
        _ => "text/plain; charset=utf-8",
    };
    let headers = [
        (CONTENT_TYPE, kind.parse()),
        (CACHE_CONTROL, Ok(caching.header())),
    ];
    let headers = headers.map(|(name, value)| (name, value.expect("plain ASCII")));
    (headers, found.data).into_response()
}
