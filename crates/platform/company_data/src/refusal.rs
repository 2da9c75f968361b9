use axum::Json;
use axum::response::{IntoResponse, Response};
use http::header::{LOCATION, WWW_AUTHENTICATE};
use http::{HeaderValue, StatusCode};
use protocol::{ErrorBody, ErrorCode, Origin, Timestamp};
use serde::Serialize;
use store::access;
use utoipa::ToSchema;
use utoipa::openapi::{OneOfBuilder, Schema};
use web::Description;

/// Why an API call is refused.
#[derive(Debug)]
pub enum Refusal {
    /// 401: no usable access token.
    Unauthorized,
    /// 403: a good token, without the scope that this API needs.
    MissingScope(&'static str),
    /// 403: a good token of somebody who may not see this.
    Forbidden(&'static str),
    /// 404: nothing of that name among what this token may see.
    NotFound,
    /// 400: a parameter that cannot be read, and why.
    BadParameter(String),
    /// The company lives in another data centre.
    Elsewhere(Origin),
    Storage(db::Error),
}

impl From<access::Refusal> for Refusal {
    fn from(refusal: access::Refusal) -> Refusal {
        match refusal {
            access::Refusal::Storage(error) => Refusal::Storage(error),
            access::Refusal::Elsewhere(home) => Refusal::Elsewhere(home),
            access::Refusal::AppToken => Refusal::Forbidden(
                "This needs the access token of a company or a user; an app's own opens no company's data.",
            ),
            access::Refusal::Missing | access::Refusal::Invalid | access::Refusal::Revoked => {
                Refusal::Unauthorized
            }
        }
    }
}

impl From<db::Error> for Refusal {
    fn from(error: db::Error) -> Refusal {
        Refusal::Storage(error)
    }
}

/// The classic error element (reference §2.6.5).
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
struct ErrorElement {
    message: String,
    #[serde(rename = "Server-Time")]
    server_time: String,
    /// The correlation id.
    id: String,
}

/// Why an API call is refused.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
struct ErrorDocument {
    error: ErrorElement,
}

impl Refusal {
    pub fn into_response(self, correlation: &str, now: Timestamp) -> Response {
        let (status, message) = match &self {
            Refusal::Elsewhere(home) => return elsewhere(home, correlation),
            Refusal::Unauthorized => (
                StatusCode::UNAUTHORIZED,
                "The access token is missing, expired, revoked or not valid here.".to_owned(),
            ),
            Refusal::MissingScope(scope) => (
                StatusCode::FORBIDDEN,
                format!("This needs the scope {scope}, which the access token does not hold."),
            ),
            Refusal::NotFound => (StatusCode::NOT_FOUND, "There is no such report.".to_owned()),
            Refusal::Forbidden(why) => (StatusCode::FORBIDDEN, (*why).to_owned()),
            Refusal::BadParameter(why) => (StatusCode::BAD_REQUEST, why.clone()),
            Refusal::Storage(error) => {
                tracing::error!(reason = %error, correlation.id = correlation, "the database failed");
                let unavailable = matches!(error, db::Error::Unavailable(_));
                let status = if unavailable {
                    StatusCode::SERVICE_UNAVAILABLE
                } else {
                    StatusCode::INTERNAL_SERVER_ERROR
                };
                (
                    status,
                    "This is not available for the moment. Send the request again.".to_owned(),
                )
            }
        };
        let server_time = web::iso_time(now);
        let error = ErrorElement {
            message,
            server_time,
            id: correlation.to_owned(),
        };
        let mut response = (status, Json(ErrorDocument { error })).into_response();
        if let Some(challenge) = self.challenge() {
            response.headers_mut().insert(WWW_AUTHENTICATE, challenge);
        }
        response
    }

    /// RFC 6750 §3.
    fn challenge(&self) -> Option<HeaderValue> {
        let text = match self {
            Refusal::Unauthorized => r#"Bearer error="invalid_token""#.to_owned(),
            Refusal::MissingScope(scope) => {
                format!(r#"Bearer error="insufficient_scope", scope="{scope}""#)
            }
            _ => return None,
        };
        HeaderValue::from_str(&text).ok()
    }
}

/// What every API may refuse.
pub fn refuses(description: Description) -> Description {
    description
        .answers::<ErrorDocument>(
            StatusCode::UNAUTHORIZED,
            "The access token is missing, expired, revoked or not valid here.",
        )
        .answers::<ErrorDocument>(
            StatusCode::FORBIDDEN,
            "A scope is missing, or whom the token stands for may not see this.",
        )
        .answers::<ErrorDocument>(StatusCode::INTERNAL_SERVER_ERROR, "Something failed here.")
        .answers::<ErrorDocument>(StatusCode::SERVICE_UNAVAILABLE, "The database is away.")
}

/// A query that cannot be read; or code 16, as the authentication service gives it.
pub fn refuses_queries(mut description: Description) -> Description {
    let why = description.named::<ErrorDocument>();
    let elsewhere = description.named::<ErrorBody>();
    let either = OneOfBuilder::new().item(why).item(elsewhere).build();
    description.answers_with(
        StatusCode::BAD_REQUEST,
        "A parameter cannot be read or is not supported. Or, with `code` 16, the company lives in \
         another data centre: ask `geolocation`.",
        Schema::from(either),
    )
}

pub fn refuses_unknown(description: Description) -> Description {
    description.answers::<ErrorDocument>(StatusCode::NOT_FOUND, "There is no such report.")
}

/// Code 16 with the right geolocation, as the authentication service gives it.
fn elsewhere(home: &Origin, correlation: &str) -> Response {
    let code = ErrorCode::LivesElsewhere;
    let body = ErrorBody {
        code: code.number(),
        error: code.error().to_owned(),
        error_description: code.description().to_owned(),
        geolocation: Some(home.clone()),
        correlation_id: Some(correlation.to_owned()),
    };
    (StatusCode::BAD_REQUEST, Json(body)).into_response()
}

/// 301 to the same address in the right data centre, as the profile API answers (GE-05).
pub fn moved(home: &Origin, path: &str) -> Response {
    let location = HeaderValue::from_str(&home.join(path)).expect("origins and paths are ASCII");
    (StatusCode::MOVED_PERMANENTLY, [(LOCATION, location)]).into_response()
}
