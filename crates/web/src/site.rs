use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use ambient::Entropy;
use axum::Router;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, MatchedPath, Request, State};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_TYPE, HOST, HeaderName};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use http_body_util::BodyExt;
use protocol::Origin;
use tokio::net::TcpListener;
use tracing::Instrument;

use crate::form::BODY_LIMIT;
use crate::{
    Authority, CORRELATION_HEADER, CorrelationId, PageError, PageErrorView, headers, request_span,
};

type RenderPage = Arc<dyn Fn(&PageErrorView<'_>) -> Response + Send + Sync>;
type RenderJson = Arc<dyn Fn(StatusCode, &CorrelationId) -> Response + Send + Sync>;

/// How a site shows an error that carries no body of its own.
#[derive(Clone)]
pub enum ErrorStyle {
    /// As a page, rendered by the site in its own layout.
    Page(RenderPage),
    /// As a small JSON object: an API.
    Json(RenderJson),
}

/// What one web site has around all its routes.
#[derive(Clone)]
pub struct Site {
    /// For the log: `app_center`, `api`, `partner`.
    pub name: &'static str,
    /// Where it is reached; a request that names another host is answered with 421 (S31).
    pub origins: Vec<Origin>,
    pub entropy: Entropy,
    pub errors: ErrorStyle,
    /// Whether browsers post forms here: then posts from other sites are refused (S34).
    pub has_forms: bool,
}

impl Site {
    /// Puts correlation ids, security headers, host and origin checks, the limit on bodies, error
    /// pages and the request log around `routes`.
    pub fn wrap(self, routes: Router) -> Router {
        self.wrap_with_limit(routes, BODY_LIMIT)
    }

    /// The same, for routes that take larger bodies than forms are.
    pub fn wrap_with_limit(self, routes: Router, limit: usize) -> Router {
        let routes = if matches!(self.errors, ErrorStyle::Page(_)) {
            routes.merge(crate::assets::router())
        } else {
            routes
        };
        routes
            .layer(DefaultBodyLimit::max(limit))
            .layer(middleware::from_fn_with_state(
                Arc::new((self, limit)),
                around,
            ))
    }
}

/// An answer that somebody else gave and that is passed on: it keeps its body, whatever it is.
#[derive(Clone, Copy, Debug)]
pub struct PassedOn;

async fn around(
    State(around): State<Arc<(Site, usize)>>,
    mut request: Request,
    next: Next,
) -> Response {
    let (site, limit) = &*around;
    let started = Instant::now();
    let correlation = CorrelationId::of(request.headers(), site.entropy.uuid());
    request.extensions_mut().insert(correlation.clone());
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());

    let asked = match site.errors {
        ErrorStyle::Page(_) => request.headers().clone(),
        ErrorStyle::Json(_) => HeaderMap::new(),
    };
    let route = request.extensions().get::<MatchedPath>().cloned();
    let labels = Labels::of(&method, route.as_ref());
    let span = request_span::of(site.name, &labels, &correlation);
    let answered = async {
        match refusal(site, *limit, &request) {
            Some(status) => {
                // However slowly it comes: the answer waits no longer.
                let _ = tokio::time::timeout(DRAINING, drain(request.into_body())).await;
                status.into_response()
            }
            None => next.run(request).await,
        }
    };
    let response = answered.instrument(span.clone()).await;
    let mut response = site.with_body(response, &correlation, (&asked, &path));

    let https = site.origins.iter().any(Origin::is_https);
    headers::secure(response.headers_mut(), https);
    if let Ok(value) = HeaderValue::from_str(&correlation.0) {
        response
            .headers_mut()
            .insert(HeaderName::from_static(CORRELATION_HEADER), value);
    }
    measure(site, &labels, (response.status(), started));
    request_span::answered(&span, response.status());
    tracing::info!(
        site = site.name, %method, path, status = response.status().as_u16(),
        micros = started.elapsed().as_micros() as u64, correlation.id = correlation.0, "request"
    );
    response
}

/// Bytes of a refused body that are read and dropped, so that who sends it gets to read the answer:
/// a connection that is closed while they still write gives most clients an error instead.
const DRAINED: usize = 16 * BODY_LIMIT;
const DRAINING: Duration = Duration::from_secs(2);

async fn drain(mut body: Body) {
    let mut read = 0;
    while read <= DRAINED
        && let Some(Ok(frame)) = body.frame().await
    {
        read += frame.data_ref().map_or(0, |data| data.len());
    }
}

/// What a request is counted and traced by: what callers write themselves names neither.
pub(crate) struct Labels {
    pub method: &'static str,
    /// The pattern, where one fits.
    pub route: Option<String>,
}

impl Labels {
    fn of(method: &Method, route: Option<&MatchedPath>) -> Labels {
        let method = match *method {
            Method::GET => "GET",
            Method::POST => "POST",
            Method::PATCH => "PATCH",
            Method::DELETE => "DELETE",
            _ => "other",
        };
        let route = route.map(|route| route.as_str().to_owned());
        Labels { method, route }
    }
}

/// Counts and times a request by its route.
fn measure(site: &Site, labels: &Labels, (status, started): (StatusCode, Instant)) {
    let method = labels.method;
    let route = labels.route.clone().unwrap_or_else(|| "none".to_owned());
    let labels = [
        ("site", site.name.to_owned()),
        ("method", method.to_owned()),
        ("route", route),
    ];
    metrics::histogram!("http_request_duration_seconds", &labels).record(started.elapsed());
    let status = status.as_str().to_owned();
    metrics::counter!("http_requests_total", "status" => status, "site" => site.name,
        "method" => method, "route" => labels[2].1.clone())
    .increment(1);
}

/// What is refused before any handler sees it.
fn refusal(site: &Site, limit: usize, request: &Request) -> Option<StatusCode> {
    // RFC 9112 §3.2: two that go by different ones would speak of different sites.
    if request.headers().get_all(HOST).iter().nth(1).is_some() {
        return Some(StatusCode::BAD_REQUEST);
    }
    let Authority(authority) = Authority::of(request.uri(), request.headers());
    let Some(origin) = site
        .origins
        .iter()
        .find(|origin| origin.is_named_by(&authority))
    else {
        return Some(StatusCode::MISDIRECTED_REQUEST);
    };
    let announced = request.headers().get(http::header::CONTENT_LENGTH);
    let length = announced.and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    if length.is_some_and(|length| length > limit) {
        return Some(StatusCode::PAYLOAD_TOO_LARGE);
    }
    let changes = !matches!(
        *request.method(),
        Method::GET | Method::HEAD | Method::OPTIONS
    );
    (site.has_forms && changes && !is_same_site(request.headers(), origin))
        .then_some(StatusCode::FORBIDDEN)
}

/// Whether a browser sent this from a page of this site. Programs send neither header; browsers
/// without `Sec-Fetch-Site` hide the origin (`null`) from pages without a referrer, as ours are,
/// and are left to the form's own `csrf` field.
fn is_same_site(headers: &HeaderMap, origin: &Origin) -> bool {
    let value = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    match (value("sec-fetch-site"), value("origin")) {
        (Some(from), _) => matches!(from, "same-origin" | "none"),
        (None, Some(from)) => from
            .split_once("://")
            .is_some_and(|(_, authority)| origin.is_named_by(authority)),
        (None, None) => true,
    }
}

impl Site {
    /// Gives an error without a body the site's own words for it.
    fn with_body(
        &self,
        response: Response,
        correlation: &CorrelationId,
        (headers, path): (&HeaderMap, &str),
    ) -> Response {
        let status = response.status();
        let is_error = status.is_client_error() || status.is_server_error();
        let told = response.extensions().get::<PageError>().cloned();
        // A handler's own body is kept: pages with field errors, and the protocol's JSON.
        let own_body = response.headers().get(CONTENT_TYPE).is_some_and(|kind| {
            kind.as_bytes().starts_with(b"text/html")
                || kind.as_bytes().starts_with(b"application/json")
        });
        let passed_on = response.extensions().get::<PassedOn>().is_some();
        if !is_error || passed_on || (told.is_none() && own_body) {
            return response;
        }
        let mut rendered = match &self.errors {
            ErrorStyle::Page(render) => {
                let error = told.unwrap_or_else(|| PageError::from_status(status));
                render(&PageErrorView {
                    error: &error,
                    correlation_id: &correlation.0,
                    extensions: response.extensions(),
                    headers,
                    path,
                })
            }
            ErrorStyle::Json(render) => render(status, correlation),
        };
        *rendered.status_mut() = status;
        for (name, value) in response.headers() {
            if name != CONTENT_TYPE && name != http::header::CONTENT_LENGTH {
                rendered.headers_mut().append(name, value.clone());
            }
        }
        rendered
    }
}

/// Serves a site on a listener, HTTP/1.1 and HTTP/2 with prior knowledge, until `stop` comes: then
/// no new connection is taken, and requests that have begun are answered.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, service)
        .with_graceful_shutdown(stop)
        .await
}
