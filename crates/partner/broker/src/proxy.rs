use axum::body::{Body, Bytes};
use axum::extract::{Path, Request, State as Context};
use axum::response::Response;
use client::Forwarded;
use http::header::{CONTENT_LENGTH, HeaderName};
use http::request::Parts;
use http::{HeaderMap, StatusCode};
use http_body_util::Limited;
use protocol::AppId;
use uuid::Uuid;
use vault::{AccessToken, Usage};
use web::{CORRELATION_HEADER, CorrelationId, PassedOn};

use crate::State;
use crate::api_key::ForApp;
use crate::refusal::Refusal;

/// The largest call that is passed on, in bytes.
pub const REQUEST_LIMIT: usize = 32 * 1024 * 1024;
/// The largest answer.
const RESPONSE_LIMIT: usize = 256 * 1024 * 1024;
/// A body that is held, so that the call can be made twice; a larger one streams, once.
const HELD: usize = 256 * 1024;

/// What belongs to one hop (RFC 9110 §7.6.1), to the caller's own site, or to the broker.
const NOT_PASSED_ON: [&str; 18] = [
    "connection",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "host",
    "authorization",
    "cookie",
    "set-cookie",
    "expect",
    "forwarded",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-proto",
];

/// Makes a call of the platform's APIs with the connection's access token. When the API does not
/// accept the token, it is renewed, and the call made once more.
pub async fn any(
    Context(state): Context<State>,
    ForApp(app): ForApp,
    Path((_, company, _)): Path<(AppId, Uuid, String)>,
    correlation: CorrelationId,
    request: Request,
) -> Result<Response, Refusal> {
    let (parts, body) = request.into_parts();
    let mut call = Passed::new(&parts, &correlation)?;
    let broker = &state.broker;
    let token = broker.access_token(app, company).await?;
    let vault = broker.vault();
    vault.count_usage(app, company, Usage::Call);
    let mut body = Held::read(&parts, body).await?;
    call.headers.extend(body.length());

    let mut answer = call
        .make(&state, (app, company), &token, body.take())
        .await?;
    if answer.status() == StatusCode::UNAUTHORIZED
        && let Some(again) = body.again()
    {
        let renewed = broker.access_token_after(app, company, &token).await?;
        answer = call.make(&state, (app, company), &renewed, again).await?;
    }
    Ok(to_caller(answer))
}

/// A call as it goes on.
struct Passed {
    method: http::Method,
    path: String,
    headers: HeaderMap,
}

impl Passed {
    fn new(parts: &Parts, correlation: &CorrelationId) -> Result<Passed, Refusal> {
        // "", v1, apps, {app}, connections, {company}, proxy, and what is asked for.
        let path = parts.uri.path().splitn(8, '/').nth(7).unwrap_or_default();
        if is_reserved(path) {
            let message = "tokens and connections are the broker's own business";
            return Err(Refusal::new(StatusCode::FORBIDDEN, "reserved", message));
        }
        let query = parts
            .uri
            .query()
            .map_or(String::new(), |query| format!("?{query}"));
        let mut headers = passed_on(&parts.headers);
        headers.remove(CONTENT_LENGTH);
        if let Ok(value) = correlation.0.parse() {
            headers.insert(HeaderName::from_static(CORRELATION_HEADER), value);
        }
        Ok(Passed {
            method: parts.method.clone(),
            path: format!("/{path}{query}"),
            headers,
        })
    }

    async fn make(
        &self,
        state: &State,
        (app, company): (AppId, Uuid),
        token: &AccessToken,
        body: reqwest::Body,
    ) -> Result<http::Response<reqwest::Body>, Refusal> {
        let forwarded = Forwarded {
            method: self.method.clone(),
            path: self.path.clone(),
            headers: self.headers.clone(),
            body,
        };
        let client = state.broker.client(app)?;
        let (answer, call) = client
            .forward(&token.geolocation, &token.value, forwarded)
            .await;
        if let Some(call) = call {
            let vault = state.broker.vault();
            if let Some(connection) = vault.connection_of(app, company).await? {
                vault.log_calls(connection.id, &[call]).await?;
            }
        }
        Ok(answer?)
    }
}

/// The body of a call: held whole when it is small, else given away once.
enum Held {
    Whole(Bytes),
    Stream(Option<Body>, u64),
}

impl Held {
    async fn read(parts: &Parts, body: Body) -> Result<Held, Refusal> {
        let announced = parts.headers.get(CONTENT_LENGTH);
        let length = announced.and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
        if let Some(length) = length.filter(|length| *length > HELD as u64) {
            return Ok(Held::Stream(Some(body), length));
        }
        // Without a length the platform's older APIs take nothing (OA-05), so it is counted here.
        let read = axum::body::to_bytes(body, HELD).await;
        let too_long = "a call without Content-Length is 256 kB at most";
        read.map(Held::Whole)
            .map_err(|_| Refusal::new(StatusCode::LENGTH_REQUIRED, "length_required", too_long))
    }

    fn length(&self) -> Option<(HeaderName, http::HeaderValue)> {
        match self {
            Held::Stream(_, length) => Some((CONTENT_LENGTH, (*length).into())),
            Held::Whole(_) => None,
        }
    }

    fn take(&mut self) -> reqwest::Body {
        match self {
            Held::Whole(bytes) => bytes.clone().into(),
            Held::Stream(body, _) => {
                let body = body.take().unwrap_or_default();
                reqwest::Body::wrap_stream(body.into_data_stream())
            }
        }
    }

    /// The body once more, if it was held.
    fn again(&self) -> Option<reqwest::Body> {
        match self {
            Held::Whole(bytes) => Some(bytes.clone().into()),
            Held::Stream(..) => None,
        }
    }
}

/// Whether a path leads to the token endpoint or to the connection itself, however it is written.
fn is_reserved(path: &str) -> bool {
    let plain = path.to_ascii_lowercase();
    let is_dotted = plain.split('/').any(|part| matches!(part, "." | ".."));
    is_dotted
        || plain.contains('%')
            && plain
                .split('/')
                .next()
                .is_some_and(|part| part.contains('%'))
        || plain.contains("%2f")
        || plain.contains("%2e")
        || plain.contains("%5c")
        || plain.contains('\\')
        || plain.starts_with('/')
        || plain.starts_with("oauth2/")
        || plain.starts_with("app-mgmt/")
}

fn passed_on(headers: &HeaderMap) -> HeaderMap {
    let named: Vec<String> = headers
        .get_all(http::header::CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(|name| name.trim().to_ascii_lowercase())
        .collect();
    headers
        .iter()
        .filter(|(name, _)| {
            !NOT_PASSED_ON.contains(&name.as_str()) && !named.iter().any(|n| n == name.as_str())
        })
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

fn to_caller(answer: http::Response<reqwest::Body>) -> Response {
    let (parts, body) = answer.into_parts();
    let mut response = Response::new(Body::new(Limited::new(body, RESPONSE_LIMIT)));
    *response.status_mut() = parts.status;
    *response.headers_mut() = passed_on(&parts.headers);
    response.extensions_mut().insert(PassedOn);
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_token_endpoint_and_the_connection_are_not_reached() {
        for path in [
            "oauth2/v0/token",
            "OAuth2/v0/token",
            "app-mgmt/v0/connections",
            "api/../oauth2/v0/token",
            "./oauth2/v0/token",
            "%6fauth2/v0/token",
            "api/%2e%2e/oauth2/v0/token",
            "api%2f..%2foauth2",
            "/oauth2/v0/token",
            "api\\..\\oauth2",
        ] {
            assert!(is_reserved(path), "{path}");
        }
        assert!(!is_reserved("api/v3.0/expense/reports"));
        assert!(!is_reserved("profile/v1/principals/a%20b"));
    }

    #[test]
    fn what_belongs_to_one_hop_stays() {
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("connection", "close, X-Mine"),
            ("x-mine", "1"),
            ("authorization", "Bearer qcb_x"),
            ("cookie", "a=b"),
            ("transfer-encoding", "chunked"),
            ("accept", "application/xml"),
        ] {
            headers.insert(name, value.parse().unwrap());
        }
        let passed = passed_on(&headers);
        assert_eq!(passed.len(), 1);
        assert_eq!(passed["accept"], "application/xml");
    }
}
