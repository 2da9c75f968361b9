use axum::extract::{Path, State as Context};
use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use http::{HeaderMap, HeaderValue, StatusCode};
use store::listing_images;
use web::{Caching, PageError};

use crate::State;
use crate::fingerprint::fingerprint;
use crate::listed::Listed;
use crate::visitor::Visitor;

/// A listing's icon or screenshot. As a picture it can do nothing, whatever stands in it.
pub async fn show(
    Context(state): Context<State>,
    visitor: Visitor,
    Path((id, name)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, PageError> {
    let mut tx = state.app.db.read_within(visitor.company.id).await?;
    let listed = Listed::find(&mut tx, visitor.company.id, &id).await?;
    let image = listing_images::find(&mut tx, &listed.listing.id, &name).await?;
    let image = image.ok_or_else(PageError::not_found)?;
    drop(tx);

    let tag = format!("\"{}\"", fingerprint(&image.content));
    let is_kept = headers
        .get(IF_NONE_MATCH)
        .is_some_and(|kept| kept.as_bytes() == tag.as_bytes());
    let kind = HeaderValue::from_str(&image.content_type)
        .unwrap_or(HeaderValue::from_static("application/octet-stream"));
    let headers = [
        (CONTENT_TYPE, kind),
        (CACHE_CONTROL, Caching::Day.header()),
        (
            ETAG,
            HeaderValue::from_str(&tag).expect("hexadecimal digits"),
        ),
        (
            CONTENT_SECURITY_POLICY,
            HeaderValue::from_static("default-src 'none'"),
        ),
    ];
    if is_kept {
        return Ok((StatusCode::NOT_MODIFIED, headers).into_response());
    }
    Ok((headers, image.content).into_response())
}
