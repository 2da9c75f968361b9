use axum::Json;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode};
use protocol::{ErrorBody, ErrorCode, Origin};
use web::CorrelationId;

/// Why a call to the authentication service gets no token.
#[derive(Debug)]
pub enum Refusal {
    Code(ErrorCode),
    /// Code 16: the principal lives in another data center.
    LivesElsewhere(Origin),
    /// Code 135, and what of the request is not as it must be.
    Malformed(&'static str),
    /// Code 60: one-time passwords, where no mail is sent at all.
    NoMail,
    /// A mail could not be sent; nothing is open, the same request may be sent again.
    MailNotSent,
    /// Nothing was consumed; the same request may be sent again.
    Storage(db::Error),
    /// No usable access token (RFC 6750).
    InvalidToken,
    /// A good access token that does not open this, and why.
    Forbidden(&'static str),
    /// Introspection or revocation of nothing.
    TokenMissing,
    /// Called too often; seconds until the next call is listened to.
    TooMany(u64),
    /// The request was not read at all.
    Unreadable(StatusCode),
}

impl From<ErrorCode> for Refusal {
    fn from(code: ErrorCode) -> Refusal {
        Refusal::Code(code)
    }
}

impl From<db::Error> for Refusal {
    fn from(error: db::Error) -> Refusal {
        Refusal::Storage(error)
    }
}

impl From<store::access::Refusal> for Refusal {
    fn from(refusal: store::access::Refusal) -> Refusal {
        match refusal {
            store::access::Refusal::Storage(error) => Refusal::Storage(error),
            store::access::Refusal::Elsewhere(home) => Refusal::LivesElsewhere(home),
            store::access::Refusal::AppToken => {
                Refusal::Forbidden("this needs the access token of a company or a user")
            }
            _ => Refusal::InvalidToken,
        }
    }
}

impl Refusal {
    /// The answer: a JSON body always, because clients read one.
    pub fn into_response(self, correlation: &CorrelationId) -> Response {
        if let Refusal::Storage(error) = &self {
            tracing::error!(reason = %error, correlation.id = correlation.0, "the database failed");
        }
        let status = self.status();
        let body = match &self {
            Refusal::Code(code) => body_of(*code),
            Refusal::LivesElsewhere(home) => ErrorBody {
                geolocation: Some(home.clone()),
                ..body_of(ErrorCode::LivesElsewhere)
            },
            Refusal::Malformed(why) => described(ErrorCode::UnsupportedFormat, why),
            Refusal::NoMail => described(
                ErrorCode::GrantNotAllowed,
                "this platform sends no mail, so there are no one-time passwords",
            ),
            Refusal::Forbidden(why) => body(403, "insufficient_scope", why),
            Refusal::TokenMissing => body(400, "invalid_request", "token was not supplied"),
            _ => plain_body(status),
        };
        let mut response = respond(status, body, correlation);
        if let Refusal::TooMany(seconds) = self {
            let value = HeaderValue::from(seconds);
            response
                .headers_mut()
                .insert(http::header::RETRY_AFTER, value);
        }
        response
    }

    fn status(&self) -> StatusCode {
        let of = |code: ErrorCode| StatusCode::from_u16(code.http_status()).unwrap_or_default();
        match self {
            Refusal::Code(code) => of(*code),
            Refusal::LivesElsewhere(_) => of(ErrorCode::LivesElsewhere),
            Refusal::Malformed(_) => of(ErrorCode::UnsupportedFormat),
            Refusal::NoMail => of(ErrorCode::GrantNotAllowed),
            Refusal::MailNotSent | Refusal::Storage(db::Error::Unavailable(_)) => {
                StatusCode::SERVICE_UNAVAILABLE
            }
            Refusal::Storage(db::Error::Program(_)) => StatusCode::INTERNAL_SERVER_ERROR,
            Refusal::InvalidToken => StatusCode::UNAUTHORIZED,
            Refusal::Forbidden(_) => StatusCode::FORBIDDEN,
            Refusal::TokenMissing => StatusCode::BAD_REQUEST,
            Refusal::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
            Refusal::Unreadable(status) => *status,
        }
    }
}

/// What the service answers where no handler of its own did: unknown address, unknown host, body
/// too large.
pub fn error_response(status: StatusCode, correlation: &CorrelationId) -> Response {
    respond(status, plain_body(status), correlation)
}

fn respond(status: StatusCode, mut body: ErrorBody, correlation: &CorrelationId) -> Response {
    body.correlation_id = Some(correlation.0.clone());
    let challenge = match (status, body.error.as_str()) {
        (StatusCode::UNAUTHORIZED, "invalid_token") => Some(r#"Bearer error="invalid_token""#),
        (StatusCode::UNAUTHORIZED, _) => Some(r#"Basic realm="token endpoint""#),
        (StatusCode::FORBIDDEN, "insufficient_scope") => {
            Some(r#"Bearer error="insufficient_scope""#)
        }
        _ => None,
    };
    let mut response = (status, Json(body)).into_response();
    if let Some(challenge) = challenge {
        let value = HeaderValue::from_static(challenge);
        response
            .headers_mut()
            .insert(http::header::WWW_AUTHENTICATE, value);
    }
    response
}

/// Where the reference has no number, the HTTP status stands in its place.
fn plain_body(status: StatusCode) -> ErrorBody {
    let unsupported = ErrorCode::UnsupportedFormat;
    let (code, error, description) = match status {
        StatusCode::PAYLOAD_TOO_LARGE => (
            unsupported.number(),
            unsupported.error(),
            "the request body is larger than 64 KiB",
        ),
        StatusCode::UNAUTHORIZED => (
            401,
            "invalid_token",
            "the access token is missing, expired, revoked or not for here",
        ),
        StatusCode::NOT_FOUND => (404, "not_found", "there is no such endpoint"),
        StatusCode::METHOD_NOT_ALLOWED => (
            405,
            "invalid_request",
            "this endpoint does not take this method",
        ),
        StatusCode::MISDIRECTED_REQUEST => (
            421,
            "invalid_request",
            "this server has no data center of that name",
        ),
        StatusCode::TOO_MANY_REQUESTS => (
            429,
            "temporarily_unavailable",
            "too many requests; send this one again after as many seconds as Retry-After says",
        ),
        StatusCode::SERVICE_UNAVAILABLE => (
            503,
            "temporarily_unavailable",
            "not available for the moment; nothing was consumed, send the same request again",
        ),
        StatusCode::INTERNAL_SERVER_ERROR => (
            500,
            "server_error",
            "something failed here; nothing was consumed, send the same request again",
        ),
        other => (
            other.as_u16(),
            "invalid_request",
            "the request could not be read",
        ),
    };
    body(code, error, description)
}

/// A code with words of its own: what exactly is wrong.
fn described(code: ErrorCode, description: &str) -> ErrorBody {
    body(code.number(), code.error(), description)
}

fn body_of(code: ErrorCode) -> ErrorBody {
    body(code.number(), code.error(), code.description())
}

fn body(code: u16, error: &str, description: &str) -> ErrorBody {
    ErrorBody {
        code,
        error: error.to_owned(),
        error_description: description.to_owned(),
        geolocation: None,
        correlation_id: None,
    }
}
