use std::sync::LazyLock;

use axum::response::{IntoResponse, Response};
use http::HeaderValue;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use web::Caching;

use crate::fingerprint::fingerprint;

const SCRIPT: &str = include_str!("../assets/listing.js");

/// The script's address, which changes when it does.
pub fn href() -> String {
    static VERSION: LazyLock<String> = LazyLock::new(|| fingerprint(SCRIPT.as_bytes()));
    format!("/app-center/listing.js?v={}", *VERSION)
}

/// Makes connecting pleasanter, never possible.
pub async fn show() -> Response {
    let headers = [
        (
            CONTENT_TYPE,
            HeaderValue::from_static("text/javascript; charset=utf-8"),
        ),
        (CACHE_CONTROL, Caching::Forever.header()),
    ];
    (headers, SCRIPT).into_response()
}
