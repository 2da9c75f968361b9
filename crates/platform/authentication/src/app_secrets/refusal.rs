use axum::Json;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use protocol::ErrorBody;
use store::{SecretRefusal, access};
use web::CorrelationId;

use crate::refusal::Refusal as ServiceRefusal;

/// Why a call is refused: the statuses of reference §3.7.
#[derive(Debug)]
pub(super) enum Refusal {
    /// 400, with what is wrong.
    Invalid(&'static str),
    /// 401: no good token of an app, or an address that holds no client id.
    Unauthorized,
    /// 404, with what is not there.
    NotFound(&'static str),
    Storage(db::Error),
}

impl Refusal {
    pub fn into_response(self, correlation: &CorrelationId) -> Response {
        let (status, error, description) = match self {
            Refusal::Unauthorized => {
                return ServiceRefusal::InvalidToken.into_response(correlation);
            }
            Refusal::Storage(error) => {
                return ServiceRefusal::Storage(error).into_response(correlation);
            }
            Refusal::Invalid(why) => (StatusCode::BAD_REQUEST, "invalid_request", why),
            Refusal::NotFound(what) => (StatusCode::NOT_FOUND, "not_found", what),
        };
        let body = ErrorBody {
            code: status.as_u16(),
            error: error.to_owned(),
            error_description: description.to_owned(),
            geolocation: None,
            correlation_id: Some(correlation.0.clone()),
        };
        (status, Json(body)).into_response()
    }
}

impl From<access::Refusal> for Refusal {
    fn from(refusal: access::Refusal) -> Refusal {
        match refusal {
            access::Refusal::Storage(error) => Refusal::Storage(error),
            _ => Refusal::Unauthorized,
        }
    }
}

impl From<SecretRefusal> for Refusal {
    fn from(refusal: SecretRefusal) -> Refusal {
        match refusal {
            SecretRefusal::Storage(error) => Refusal::Storage(error),
            SecretRefusal::Unknown => Refusal::NotFound(refusal.why()),
            _ => Refusal::Invalid(refusal.why()),
        }
    }
}

impl From<db::Error> for Refusal {
    fn from(error: db::Error) -> Refusal {
        Refusal::Storage(error)
    }
}
