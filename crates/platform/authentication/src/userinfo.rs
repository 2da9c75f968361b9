//! `GET` and `POST /oauth2/v0/userinfo` (OpenID Connect Core §5.3): whom an access token stands
//! for, as far as its scopes open it. The landing zone answers for all, as it does for tokens;
//! other data centres for those who live there.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header::AUTHORIZATION;
use http::{HeaderMap, StatusCode};
use protocol::{Principal, ScopeSet};
use serde_json::{Map, Value, json};
use store::access::{self, Subject};
use store::{App, companies, users};
use web::description::schema;
use web::{Authority, CorrelationId, Description};

use crate::asked::center_of;
use crate::described::{TOKENS, refuses_bearers};
use crate::refusal::Refusal;

pub async fn show(
    State(app): State<App>,
    Authority(authority): Authority,
    correlation: CorrelationId,
    headers: HeaderMap,
) -> Response {
    match claims(&app, &authority, &headers).await {
        Ok(claims) => Json(claims).into_response(),
        Err(refusal) => refusal.into_response(&correlation),
    }
}

const NEEDS_OPENID: Refusal =
    Refusal::Forbidden("this needs an access token of a company or user with the scope openid");

async fn claims(app: &App, authority: &str, headers: &HeaderMap) -> Result<Value, Refusal> {
    let center = center_of(app, authority)?;
    let header = headers.get(AUTHORIZATION);
    let token = access::bearer_token(header.and_then(|value| value.to_str().ok()))?;
    let now = app.clock.now();
    let read = access::read(app, token, now)?;
    let centers = &app.settings.data_centers;
    let only_here = Some(center).filter(|center| !centers.is_landing_zone(center));
    let scopes: ScopeSet = read.scopes.iter().map(String::as_str).collect();
    match access::standing_at(app, &read, only_here, now).await? {
        Subject::Principal(principal) if scopes.contains("openid") => {
            let mut claims = named(app, principal, &scopes).await?;
            claims.insert("sub".to_owned(), json!(principal.id()));
            claims.insert("concur.type".to_owned(), json!(principal.kind()));
            claims.insert("companyId".to_owned(), json!(principal.company()));
            Ok(Value::Object(claims))
        }
        _ => Err(NEEDS_OPENID),
    }
}

/// The claims that depend on scopes (OpenID Connect Core §5.4, and the platform's own scopes).
async fn named(
    app: &App,
    principal: Principal,
    scopes: &ScopeSet,
) -> Result<Map<String, Value>, Refusal> {
    let mut tx = app.db.read().await?;
    let opens = |names: [&str; 2]| names.iter().any(|name| scopes.contains(name));
    let mut claims = Map::new();
    let mut put = |name: &str, value: Value| claims.insert(name.to_owned(), value);
    match principal {
        Principal::Company(company) => {
            let company = companies::find(&mut tx, company).await?;
            let company = company.ok_or(Refusal::InvalidToken)?;
            if opens(["profile", "company.read"]) {
                put("name", json!(company.name));
                put("locale", json!(company.default_language));
            }
        }
        Principal::User(company, user) => {
            let user = users::find(&mut tx, company, user).await?;
            let user = user.ok_or(Refusal::InvalidToken)?;
            if opens(["profile", "user.read"]) {
                put("name", json!(user.full_name()));
                put("given_name", json!(user.given_name));
                put("family_name", json!(user.family_name));
                put("preferred_username", json!(user.login));
                put("locale", json!(user.language));
            }
            if opens(["email", "user.read"]) {
                put("email", json!(user.login));
                put("email_verified", json!(true));
            }
        }
    }
    Ok(claims)
}

pub fn describe() -> Description {
    let optional = [
        "name",
        "given_name",
        "family_name",
        "preferred_username",
        "locale",
        "email",
    ];
    let mut properties: Map<String, Value> = optional
        .map(|name| (name.to_owned(), json!({ "type": "string" })))
        .into_iter()
        .collect();
    properties.insert("email_verified".to_owned(), json!({ "type": "boolean" }));
    properties.insert(
        "sub".to_owned(),
        json!({ "type": "string", "format": "uuid", "description": "The company or the user." }),
    );
    let kind = json!({ "type": "string", "enum": ["company", "user"] });
    properties.insert("concur.type".to_owned(), kind);
    let company = json!({ "type": "string", "format": "uuid" });
    properties.insert("companyId".to_owned(), company);
    let claims = schema(json!({
        "type": "object",
        "required": ["sub", "concur.type", "companyId"],
        "properties": properties,
    }));
    let summary = "Ask whom an access token stands for";
    refuses_bearers(
        Description::new(TOKENS, "userinfo", summary)
            .details("OpenID Connect Core §5.3. Needs the scope `openid`; others open more claims.")
            .answers_with(StatusCode::OK, "What the scopes open.", claims)
            .refuses(StatusCode::BAD_REQUEST, "Code 16: ask `geolocation`.")
            .refuses(StatusCode::FORBIDDEN, "The scope `openid` is missing."),
    )
}

pub fn describe_post() -> Description {
    describe().called("userinfo_by_post")
}
