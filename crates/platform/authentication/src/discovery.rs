//! `GET /.well-known/openid-configuration` (OpenID Connect Discovery §3) and
//! `GET /.well-known/oauth-authorization-server` (RFC 8414): what there is, and nothing more. The
//! issuer is the origin that was asked.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::CACHE_CONTROL;
use protocol::{Origin, Prompt};
use serde_json::{Value, json};
use store::{App, scopes};
use web::description::schema;
use web::{Authority, CorrelationId, Description};

use crate::asked::center_of;
use crate::authorize::DISPLAYS;
use crate::described::{DISCOVERY, may_fail};
use crate::grants::Grant;
use crate::jwks::CACHING;
use crate::refusal::Refusal;

pub async fn get(
    State(app): State<App>,
    Authority(authority): Authority,
    correlation: CorrelationId,
) -> Response {
    match metadata(&app, &authority).await {
        Ok(metadata) => ([(CACHE_CONTROL, CACHING)], Json(metadata)).into_response(),
        Err(refusal) => refusal.into_response(&correlation),
    }
}

/// How clients may show who they are (reference §11.9).
const CLIENT_AUTHENTICATION: [&str; 2] = ["client_secret_basic", "client_secret_post"];

async fn metadata(app: &App, authority: &str) -> Result<Value, Refusal> {
    let issuer: &Origin = &center_of(app, authority)?.base_uri;
    let mut tx = app.db.read().await?;
    let scopes = scopes::names(&mut tx).await?;
    // Without mail nobody can be sent a one-time password.
    let mails = app.settings.mail.sends();
    let grants = Grant::TYPES.iter().filter(|name| mails || **name != "otp");
    let keys = app.keys()?;
    let algorithms: Vec<String> = keys
        .public()
        .keys
        .iter()
        .filter_map(|key| key.common.key_algorithm)
        .map(|algorithm| algorithm.to_string())
        .collect::<std::collections::BTreeSet<_>>()
        .into_iter()
        .collect();
    Ok(json!({
        "issuer": issuer,
        "authorization_endpoint": issuer.join("/oauth2/v0/authorize"),
        "token_endpoint": issuer.join("/oauth2/v0/token"),
        "token_endpoint_auth_methods_supported": CLIENT_AUTHENTICATION,
        "introspection_endpoint": issuer.join("/oauth2/v0/introspect"),
        "introspection_endpoint_auth_methods_supported": CLIENT_AUTHENTICATION,
        "revocation_endpoint": issuer.join("/oauth2/v0/revoke"),
        "revocation_endpoint_auth_methods_supported": CLIENT_AUTHENTICATION,
        "userinfo_endpoint": issuer.join("/oauth2/v0/userinfo"),
        "jwks_uri": issuer.join("/oauth2/v0/jwks"),
        "grant_types_supported": grants.collect::<Vec<_>>(),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": true,
        "prompt_values_supported": Prompt::VALUES,
        "display_values_supported": DISPLAYS,
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": algorithms,
        "scopes_supported": scopes,
        "claims_supported": [
            "iss", "sub", "aud", "exp", "iat", "nbf", "at_hash", "nonce", "auth_time", "concur.type", "concur.version",
            "companyId", "name", "given_name", "family_name", "preferred_username", "locale",
            "email", "email_verified",
        ],
        "claims_parameter_supported": false,
        "request_parameter_supported": false,
        "request_uri_parameter_supported": false,
    }))
}

pub fn describe() -> Description {
    let address = json!({ "type": "string", "format": "uri" });
    let list = json!({ "type": "array", "items": { "type": "string" } });
    let flag = json!({ "type": "boolean" });
    let metadata = schema(json!({
        "type": "object",
        "required": ["issuer", "token_endpoint", "jwks_uri", "grant_types_supported"],
        "properties": {
            "issuer": address,
            "token_endpoint": address,
            "token_endpoint_auth_methods_supported": list,
            "introspection_endpoint": address,
            "introspection_endpoint_auth_methods_supported": list,
            "revocation_endpoint": address,
            "revocation_endpoint_auth_methods_supported": list,
            "userinfo_endpoint": address,
            "jwks_uri": address,
            "grant_types_supported": list,
            "response_types_supported": list,
            "subject_types_supported": list,
            "id_token_signing_alg_values_supported": list,
            "scopes_supported": list,
            "claims_supported": list,
            "claims_parameter_supported": flag,
            "request_parameter_supported": flag,
            "request_uri_parameter_supported": flag,
        },
    }));
    let summary = "Find everything else (OpenID Connect Discovery)";
    let description = Description::new(DISCOVERY, "openid_configuration", summary)
        .details("The issuer is the origin that was asked.")
        .answers_with(StatusCode::OK, "The metadata.", metadata);
    may_fail(description)
}

pub fn describe_oauth() -> Description {
    let description = describe().called("oauth_authorization_server");
    description.details("RFC 8414. The same as `/.well-known/openid-configuration`.")
}
