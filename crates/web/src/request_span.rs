use http::StatusCode;
use tracing::Span;
use tracing::field::Empty;

use crate::CorrelationId;
use crate::site::Labels;

/// Target of the span around each request. It is for traces; a log leaves it out.
pub const REQUEST_SPAN: &str = "web::request";

/// The span around a request, with fields as OpenTelemetry names them. Of what the caller wrote it
/// holds the correlation id alone. The last three are those of whatever is logged within it.
pub(crate) fn of(site: &'static str, labels: &Labels, correlation: &CorrelationId) -> Span {
    let route = labels.route.as_deref();
    tracing::info_span!(
        target: REQUEST_SPAN, "request",
        otel.name = name(labels), otel.kind = "server", otel.status_code = Empty,
        http.request.method = labels.method, http.route = route,
        http.response.status_code = Empty,
        site, correlation.id = correlation.0,
        app.id = Empty, company.id = Empty, connection.id = Empty,
    )
}

fn name(labels: &Labels) -> String {
    match &labels.route {
        Some(route) => format!("{} {route}", labels.method),
        None => labels.method.to_owned(),
    }
}

/// How it was answered; that a caller was refused is no error of ours.
pub(crate) fn answered(span: &Span, status: StatusCode) {
    span.record("http.response.status_code", status.as_u16());
    if status.is_server_error() {
        span.record("otel.status_code", "ERROR");
    }
}
