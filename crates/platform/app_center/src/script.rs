use std::sync::LazyLock;

use axum::response::{IntoResponse, Response};
use http::HeaderValue;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use web::{Caching, PageQuery};

use crate::fingerprint::fingerprint;

const SCRIPT: &str = include_str!("../assets/listing.js");

static VERSION: LazyLock<String> = LazyLock::new(|| fingerprint(SCRIPT.as_bytes()));

/// The script's address, which changes when it does.
pub fn href() -> String {
    format!("/app-center/listing.js?v={}", *VERSION)
}

/// Makes connecting pleasanter, never possible.
pub async fn show(PageQuery(query): PageQuery) -> Response {
    let caching = match query.get("v") == Some(VERSION.as_str()) {
        true => Caching::Forever,
        false => Caching::Day,
    };
    let headers = [
        (
            CONTENT_TYPE,
            HeaderValue::from_static("text/javascript; charset=utf-8"),
        ),
        (CACHE_CONTROL, caching.header()),
    ];
    (headers, SCRIPT).into_response()
}
