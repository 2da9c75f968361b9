//! Headers of the pages around the partner's window.

use axum::response::Response;
use http::header::{CONTENT_SECURITY_POLICY, HeaderName};
use http::{HeaderMap, HeaderValue};
use web::content_security_policy;

use crate::listed::Listed;

const OPENER_POLICY: HeaderName = HeaderName::from_static("cross-origin-opener-policy");

/// Lets a listing watch the window that it opened, which stays unable to reach back.
pub fn allow_popups(headers: &mut HeaderMap) {
    let policy = HeaderValue::from_static("same-origin-allow-popups");
    headers.insert(OPENER_POLICY, policy);
}

/// A page that holds the form behind Connect. Its answer is a redirect to the partner, and some
/// browsers apply the page's policy for forms to that too.
pub fn with_connect_form(mut page: Response, listed: &Listed) -> Response {
    let origins: Vec<_> = listed.connect_origin().into_iter().collect();
    let headers = page.headers_mut();
    headers.insert(CONTENT_SECURITY_POLICY, content_security_policy(&origins));
    allow_popups(headers);
    page
}
