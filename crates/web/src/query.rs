use axum::extract::FromRequestParts;
use http::request::Parts;
use protocol::Form;

use crate::PageError;

/// The query of a page's address: url-encoded, no parameter twice.
pub struct PageQuery(pub Form);

impl<S: Sync> FromRequestParts<S> for PageQuery {
    type Rejection = PageError;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<PageQuery, PageError> {
        Form::parse(parts.uri.query().unwrap_or_default().as_bytes())
            .map(PageQuery)
            .map_err(|_| {
                PageError::bad_request(
                    "The address of this page holds something that cannot be read.",
                )
            })
    }
}
