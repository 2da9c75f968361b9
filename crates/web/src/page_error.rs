use std::borrow::Cow;

use axum::response::{IntoResponse, Response};
use http::{Extensions, HeaderMap, HeaderValue, StatusCode};

use crate::Link;

/// What went wrong, for a site that says so in words of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    Unreadable,
    /// Something else than a form was sent.
    NoForm,
    StaleForm,
    NotFound,
    TooMany,
    MethodNotAllowed,
    TooLarge,
    Unavailable,
    Failed,
    /// What only its title and message say.
    Own,
}

/// What a person is told when a page cannot be shown: what was wrong, and what to do now.
///
/// It travels as an empty answer; the site puts its own layout and the correlation id around it.
#[derive(Clone, Debug)]
pub struct PageError {
    pub status: StatusCode,
    pub kind: ErrorKind,
    pub title: Cow<'static, str>,
    pub message: Cow<'static, str>,
    /// The one next action; the site's start page when there is none.
    pub action: Option<Link>,
    /// Seconds for `Retry-After`.
    pub retry_after: Option<u64>,
}

impl PageError {
    pub fn new(
        status: StatusCode,
        title: impl Into<Cow<'static, str>>,
        message: impl Into<Cow<'static, str>>,
    ) -> PageError {
        PageError {
            status,
            kind: ErrorKind::Own,
            title: title.into(),
            message: message.into(),
            action: None,
            retry_after: None,
        }
    }

    fn of_kind(mut self, kind: ErrorKind) -> PageError {
        self.kind = kind;
        self
    }

    pub fn with_action(mut self, label: &str, href: &str) -> PageError {
        self.action = Some(Link::new(label, href));
        self
    }

    pub fn bad_request(message: impl Into<Cow<'static, str>>) -> PageError {
        PageError::new(
            StatusCode::BAD_REQUEST,
            "This request could not be read",
            message,
        )
        .of_kind(ErrorKind::Unreadable)
    }

    pub fn unsupported_media_type() -> PageError {
        PageError::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "This request could not be read",
            "This address takes the form of its page and nothing else.",
        )
        .of_kind(ErrorKind::NoForm)
    }

    pub fn forbidden(message: impl Into<Cow<'static, str>>) -> PageError {
        PageError::new(StatusCode::FORBIDDEN, "You cannot do this", message)
    }

    /// A form whose hidden field does not belong to the session.
    pub fn stale_form() -> PageError {
        PageError::new(
            StatusCode::FORBIDDEN,
            "This page was open for too long",
            "The form belongs to a session that has ended. Nothing was changed. Open the page again and repeat the last step.",
        )
        .of_kind(ErrorKind::StaleForm)
    }

    pub fn not_found() -> PageError {
        PageError::new(
            StatusCode::NOT_FOUND,
            "There is no such page",
            "The address may be mistyped, or what it showed is no longer there.",
        )
        .of_kind(ErrorKind::NotFound)
    }

    pub fn too_many_requests(message: impl Into<Cow<'static, str>>, seconds: u64) -> PageError {
        let mut error = PageError::new(StatusCode::TOO_MANY_REQUESTS, "Too many attempts", message)
            .of_kind(ErrorKind::TooMany);
        error.retry_after = Some(seconds);
        error
    }

    /// Something of ours failed. The reason goes to the log, not to the page.
    pub fn internal(reason: &dyn std::fmt::Display) -> PageError {
        tracing::error!(%reason, "a request failed");
        PageError::from_status(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// The words for a status that the server itself gave.
    pub fn from_status(status: StatusCode) -> PageError {
        match status {
            StatusCode::NOT_FOUND => PageError::not_found(),
            StatusCode::UNSUPPORTED_MEDIA_TYPE => PageError::unsupported_media_type(),
            StatusCode::METHOD_NOT_ALLOWED => PageError::new(
                status,
                "This address does not do that",
                "The page exists, but not for this kind of request.",
            )
            .of_kind(ErrorKind::MethodNotAllowed),
            StatusCode::PAYLOAD_TOO_LARGE => PageError::new(
                status,
                "This is too much to send at once",
                "A form may hold up to 64 KiB. Nothing was changed.",
            )
            .of_kind(ErrorKind::TooLarge),
            StatusCode::SERVICE_UNAVAILABLE => PageError::new(
                status,
                "This is not available for the moment",
                "Nothing was changed. Try again in a minute.",
            )
            .of_kind(ErrorKind::Unavailable),
            _ if status.is_client_error() => {
                PageError::bad_request("Go back, reload the page and try again.")
            }
            _ => PageError::new(
                StatusCode::INTERNAL_SERVER_ERROR,
                "This did not work",
                "Nothing was changed. Try again; if it happens again, give support the correlation id below.",
            )
            .of_kind(ErrorKind::Failed),
        }
    }
}

impl From<db::Error> for PageError {
    fn from(error: db::Error) -> PageError {
        tracing::error!(reason = %error, "the database failed");
        PageError::from_status(match error {
            db::Error::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
            db::Error::Program(_) => StatusCode::INTERNAL_SERVER_ERROR,
        })
    }
}

impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        if let Some(seconds) = self.retry_after {
            response
                .headers_mut()
                .insert(http::header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response.extensions_mut().insert(self);
        response
    }
}

/// What a site needs to render an error as a page of its own.
pub struct PageErrorView<'a> {
    pub error: &'a PageError,
    pub correlation_id: &'a str,
    /// What the answer carries besides, from within the site.
    pub extensions: &'a Extensions,
    /// Of the request: its headers, and the path that it asked for.
    pub headers: &'a HeaderMap,
    pub path: &'a str,
}
