//! `GET /openapi.json`: every endpoint of the APIs, as OpenAPI 3.1, on the origin of every data
//! centre.
//!
//! A route carries its own description (`Routes::described`); what follows from who may call it, and
//! what the site around answers for all of them, is added here.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use utoipa::openapi::path::{HttpMethod, Operation, PathsBuilder};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{
    Components, HeaderBuilder, InfoBuilder, LicenseBuilder, OpenApi, OpenApiBuilder, PathItem,
    Server,
};
use web::description::{schema, text};
use web::{Access, Description, Endpoint, Routes};

/// Every endpoint of the APIs, the same on the origin of every data centre.
pub fn api_endpoints() -> Vec<Endpoint> {
    [
        authentication::routes().endpoints(),
        company_data::routes().endpoints(),
        routes().endpoints(),
    ]
    .concat()
}

/// The document as it is served.
pub fn openapi() -> String {
    let document = document(&api_endpoints());
    let mut text = document.to_pretty_json().expect("its keys are all texts");
    text.push('\n');
    text
}

pub(crate) fn routes() -> Routes<Arc<str>> {
    Routes::new()
        .get("/openapi.json", Access::Public, get)
        .described(describe)
}

async fn get(State(document): State<Arc<str>>) -> Response {
    let headers = [
        (CONTENT_TYPE, "application/json"),
        (CACHE_CONTROL, "public, max-age=300"),
    ];
    (headers, document.to_string()).into_response()
}

fn describe() -> Description {
    Description::new("Discovery", "openapi", "Get this document").answers_with(
        StatusCode::OK,
        "The document.",
        schema(serde_json::json!({ "type": "object" })),
    )
}

fn document(endpoints: &[Endpoint]) -> OpenApi {
    let mut components = Components::new();
    let mut paths = PathsBuilder::new();
    for endpoint in endpoints {
        // What is routed with a slash at its end as well is described without.
        let Some(describe) = endpoint.describe else {
            continue;
        };
        let (operation, schemas) = around(describe()).into_parts();
        let operation = secured(operation, endpoint.access);
        components.schemas.extend(schemas);
        paths = paths.path(endpoint.path, PathItem::new(method(endpoint), operation));
    }
    let correlation = HeaderBuilder::new()
        .description(Some(
            "Names this call in the logs of both sides: the caller's own when it sent one, else a new UUID.",
        ))
        .schema(Some(text()));
    components
        .headers
        .insert("Correlation".to_owned(), correlation.build().into());
    add_security(&mut components);
    let licence = LicenseBuilder::new()
        .name("Apache-2.0")
        .identifier(Some("Apache-2.0"));
    let info = InfoBuilder::new()
        .title("Quick Connect")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(ABOUT))
        .license(Some(licence.build()));
    OpenApiBuilder::new()
        .info(info)
        .servers(Some([Server::new("/")]))
        .paths(paths)
        .components(Some(components))
        .build()
}

const ABOUT: &str = "The APIs of a data centre. Each data centre is an origin of its own and serves \
    them all; a token's `geolocation` names the one to ask from then on. Endpoints under \
    `/oauth2/v0/` and `/app-mgmt/v0/` may be called with a slash at the end as well.";

/// What the site answers before any handler.
fn around(description: Description) -> Description {
    description
        .refuses(
            StatusCode::PAYLOAD_TOO_LARGE,
            "The body is larger than 64 KiB.",
        )
        .refuses(
            StatusCode::MISDIRECTED_REQUEST,
            "The host in the request is none of this deployment's.",
        )
}

fn method(endpoint: &Endpoint) -> HttpMethod {
    match endpoint.method.as_str() {
        "POST" => HttpMethod::Post,
        "PATCH" => HttpMethod::Patch,
        "DELETE" => HttpMethod::Delete,
        _ => HttpMethod::Get,
    }
}

fn secured(mut operation: Operation, access: Access) -> Operation {
    let by = |name: &str| SecurityRequirement::new::<_, [&str; 0], &str>(name, []);
    operation.security = Some(match access {
        // Without a scheme the credentials stand in the form, for which OpenAPI has no word.
        Access::Client => vec![by("client"), SecurityRequirement::default()],
        Access::Bearer => vec![by("access_token")],
        _ => Vec::new(),
    });
    operation
}

fn add_security(components: &mut Components) {
    let client = HttpBuilder::new()
        .scheme(HttpAuthScheme::Basic)
        .description(Some(
            "`client_id` and `client_secret`, both form-encoded (RFC 6749 §2.3.1). They may stand \
             in the form instead.",
        ));
    let access_token = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .bearer_format("JWT")
        .description(Some("An access token of `/oauth2/v0/token`."));
    components.add_security_scheme("client", SecurityScheme::Http(client.build()));
    components.add_security_scheme("access_token", SecurityScheme::Http(access_token.build()));
}
