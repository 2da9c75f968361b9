use axum::extract::{Path, State};
use axum::response::{Html, IntoResponse, Response};
use http::HeaderValue;
use http::header::CONTENT_SECURITY_POLICY;
use web::PageError;

use super::{Outbox, mail};

/// A mail may style itself and show pictures that it brings along. It runs nothing, sends nothing,
/// and has an origin that nobody shares.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; \
     form-action 'none'; frame-ancestors 'none'; \
     sandbox allow-popups allow-popups-to-escape-sandbox",
);

/// One mail as a reader that shows pages would show it.
pub async fn show(
    State(outbox): State<Outbox>,
    Path(name): Path<String>,
) -> Result<Response, PageError> {
    let found = mail::find(&outbox, &name)?;
    let only_text = || {
        let text = "This mail is text alone.";
        PageError::new(http::StatusCode::NOT_FOUND, "There is no such page", text)
            .with_action("Show its text", &format!("/mails/{name}"))
    };
    let html = found.html.ok_or_else(only_text)?;
    Ok(([(CONTENT_SECURITY_POLICY, POLICY)], Html(html)).into_response())
}
