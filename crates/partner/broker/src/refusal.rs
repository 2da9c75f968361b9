use axum::Json;
use axum::response::{IntoResponse, Response};
use client::Remedy;
use http::{HeaderValue, StatusCode, header};
use serde_json::json;
use vault::NoToken;

/// Why the broker says no: a status, a word for programs, and a sentence for people.
#[derive(Debug)]
pub struct Refusal {
    status: StatusCode,
    error: &'static str,
    message: String,
    /// The platform's number, when it was the one that refused.
    code: Option<u16>,
}

impl Refusal {
    pub fn new(status: StatusCode, error: &'static str, message: &str) -> Refusal {
        Refusal {
            status,
            error,
            message: message.to_owned(),
            code: None,
        }
    }
}

impl From<NoToken> for Refusal {
    fn from(why: NoToken) -> Refusal {
        let message = why.to_string();
        match why {
            NoToken::NotConnected => Refusal::new(StatusCode::NOT_FOUND, "not_connected", &message),
            NoToken::NeedsReconnect => {
                Refusal::new(StatusCode::CONFLICT, "needs_reconnect", &message)
            }
            NoToken::Storage(error) => error.into(),
            NoToken::Refused(refusal) => refusal.into(),
        }
    }
}

impl From<client::Refusal> for Refusal {
    fn from(refusal: client::Refusal) -> Refusal {
        let (status, error) = match refusal.remedy() {
            Remedy::Retry => (StatusCode::SERVICE_UNAVAILABLE, "platform_unavailable"),
            Remedy::Reconnect => (StatusCode::CONFLICT, "needs_reconnect"),
            Remedy::Enable => (StatusCode::CONFLICT, "must_be_enabled"),
            Remedy::Alarm => (StatusCode::BAD_GATEWAY, "app_refused"),
            Remedy::Report => (StatusCode::BAD_GATEWAY, "platform_refused"),
        };
        Refusal {
            code: refusal.code,
            ..Refusal::new(status, error, &refusal.to_string())
        }
    }
}

impl From<db::Error> for Refusal {
    fn from(error: db::Error) -> Refusal {
        tracing::error!(reason = %error, "the vault's database failed");
        let message = "the vault cannot be read for the moment";
        Refusal::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "vault_unavailable",
            message,
        )
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let body = json!({ "error": self.error, "message": self.message, "code": self.code });
        let mut response = (self.status, Json(body)).into_response();
        let headers = response.headers_mut();
        match self.status {
            StatusCode::SERVICE_UNAVAILABLE => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from_static("30"));
            }
            StatusCode::UNAUTHORIZED => {
                let scheme = HeaderValue::from_static("Bearer");
                headers.insert(header::WWW_AUTHENTICATE, scheme);
            }
            _ => {}
        }
        response
    }
}

/// Of an error that no handler has words for.
pub fn plain(status: StatusCode, correlation_id: &str) -> Response {
    let message = status.canonical_reason().unwrap_or_default();
    let body = json!({
        "error": "refused", "message": message, "concur-correlationid": correlation_id,
    });
    (status, Json(body)).into_response()
}
