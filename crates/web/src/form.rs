use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use http::header::CONTENT_TYPE;
use protocol::Form;

use crate::PageError;

/// No request body may be larger, in bytes.
pub const BODY_LIMIT: usize = 64 * 1024;

/// The form that a page posted: url-encoded, at most [`BODY_LIMIT`], no field twice.
pub struct PageForm(pub Form);

impl<S: Send + Sync> FromRequest<S> for PageForm {
    type Rejection = PageError;

    async fn from_request(request: Request, state: &S) -> Result<PageForm, PageError> {
        if !is_form(request.headers()) {
            return Err(PageError::unsupported_media_type());
        }
        let body = Bytes::from_request(request, state)
            .await
            .map_err(|rejection| PageError::from_status(rejection.status()))?;
        Form::parse(&body).map(PageForm).map_err(|_| {
            PageError::bad_request("The form was sent in a way this page cannot read. Go back, reload the page and send it again.")
        })
    }
}

/// `application/x-www-form-urlencoded`, with or without `; charset=…` (reference §11.9).
pub fn is_form(headers: &http::HeaderMap) -> bool {
    let value = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let kind = value.split(';').next().unwrap_or_default().trim();
    kind.eq_ignore_ascii_case("application/x-www-form-urlencoded")
}
