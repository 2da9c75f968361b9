use askama::Template;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode};
use protocol::ErrorCode;
use store::App;
use web::{CorrelationId, Layout, Link};

use crate::refusal::Refusal;

/// Why a browser is not sent anywhere: it is not known whom the answer would go to.
#[derive(Debug)]
pub enum Refused {
    /// A parameter twice, not text, or not where it belongs.
    Unreadable,
    ClientIdMissing,
    ClientNotFound,
    ClientDisabled,
    RedirectUriMissing,
    RedirectUriUnknown,
    TooMany(u64),
    Storage(db::Error),
}

#[derive(Template)]
#[template(path = "authorize/refused.html")]
struct RefusedPage<'a> {
    layout: Layout,
    title: &'a str,
    message: &'a str,
    /// For whoever wrote the app; empty when it is not their doing.
    technical: String,
    correlation_id: &'a str,
}

impl From<db::Error> for Refused {
    fn from(error: db::Error) -> Refused {
        Refused::Storage(error)
    }
}

const WRONG_LINK: &str = "The app that sent you here did not say properly who it is or where to send you back. Nobody was signed in and nothing was shared.";
const SWITCHED_OFF: &str = "The operator has switched this app off for the time being. Nobody was signed in and nothing was shared.";
const LATER: &str =
    "Nobody was signed in and nothing was shared. Go back to the app and try again in a minute.";

impl Refused {
    /// A page for people, with a line for developers.
    pub fn into_response(self, app: &App, correlation: &CorrelationId) -> Response {
        let retry_after = match &self {
            // It is logged there.
            Refused::Storage(_) => return self.unavailable(correlation),
            Refused::TooMany(seconds) => Some(HeaderValue::from(*seconds)),
            _ => None,
        };
        let (status, title, message) = match &self {
            Refused::ClientDisabled => (
                StatusCode::FORBIDDEN,
                "This app is switched off",
                SWITCHED_OFF,
            ),
            Refused::TooMany(_) => (StatusCode::TOO_MANY_REQUESTS, "Too many requests", LATER),
            _ => (
                StatusCode::BAD_REQUEST,
                "This sign-in cannot begin",
                WRONG_LINK,
            ),
        };
        let page = RefusedPage {
            layout: layout(app, title),
            title,
            message,
            technical: self.technical(),
            correlation_id: &correlation.0,
        };
        let mut response = web::page_with_status(status, &page);
        if let Some(seconds) = retry_after {
            response
                .headers_mut()
                .insert(http::header::RETRY_AFTER, seconds);
        }
        response
    }

    fn unavailable(self, correlation: &CorrelationId) -> Response {
        match self {
            Refused::Storage(error) => Refusal::Storage(error).into_response(correlation),
            _ => StatusCode::SERVICE_UNAVAILABLE.into_response(),
        }
    }

    fn technical(&self) -> String {
        let numbered = |code: ErrorCode| format!("{}: {}", code.number(), code.description());
        match self {
            Refused::Unreadable => {
                "135: each parameter stands once, in the address or in a form that is posted, and is text"
                    .to_owned()
            }
            Refused::ClientIdMissing => numbered(ErrorCode::ClientIdMissing),
            Refused::ClientNotFound => numbered(ErrorCode::ClientNotFound),
            Refused::ClientDisabled => numbered(ErrorCode::ClientDisabled),
            Refused::RedirectUriMissing => numbered(ErrorCode::RedirectUriMissing),
            Refused::RedirectUriUnknown => {
                "104: redirect_uri is not, to the byte, one that is registered for this app"
                    .to_owned()
            }
            Refused::TooMany(_) | Refused::Storage(_) => String::new(),
        }
    }
}

/// The customers' site's own layout; what it links to lies there.
fn layout(app: &App, title: &str) -> Layout {
    let settings = &app.settings;
    let mut layout = Layout::new(&settings.platform_name, title);
    layout.brand_href = settings.app_center.join("/app-center");
    layout.footer = vec![Link::new(
        "Help",
        &settings.app_center.join("/app-center/help"),
    )];
    layout
}
