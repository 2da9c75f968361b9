//! `POST /oauth2/v0/token`: what happens for every grant, in order.

use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue};
use protocol::{DataCenter, ErrorCode, Form, Timestamp, TokenAnswer};
use store::{App, Company, RegisteredApp};
use web::{Authority, CorrelationId};

use crate::client_authentication::ClientCredentials;
use crate::grants::Grant;
use crate::refusal::{Refusal, error_response};

/// What a grant is given, once everything that all grants share has been checked.
pub struct TokenRequest<'a> {
    pub app: &'a App,
    /// The data centre that was asked.
    pub center: &'a DataCenter,
    pub client: RegisteredApp,
    pub form: &'a Form,
    pub correlation: &'a CorrelationId,
    pub now: Timestamp,
}

/// Parameters that must never stand in an address (CF-22).
const BODY_ONLY: &[&str] = &[
    "client_id",
    "client_secret",
    "grant_type",
    "username",
    "password",
    "credtype",
    "refresh_token",
    "code",
    "otp",
    "scope",
];

pub async fn post(
    State(app): State<App>,
    (Authority(authority), correlation): (Authority, CorrelationId),
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    let body = match body {
        Ok(body) => body,
        Err(rejection) => return error_response(rejection.status(), &correlation),
    };
    let asked = Asked {
        authority,
        query,
        headers,
        body,
    };
    match answer(&app, &correlation, &asked).await {
        Ok(answer) => {
            let mut response = Json(answer).into_response();
            // RFC 6749 §5.1; Cache-Control: no-store is on every answer of this site.
            response
                .headers_mut()
                .insert(http::header::PRAGMA, HeaderValue::from_static("no-cache"));
            response
        }
        Err(refusal) => {
            tracing::info!(
                ?refusal,
                correlation.id = correlation.0,
                "no token was issued"
            );
            refusal.into_response(&correlation)
        }
    }
}

struct Asked {
    authority: String,
    query: Option<String>,
    headers: HeaderMap,
    body: Bytes,
}

async fn answer(
    app: &App,
    correlation: &CorrelationId,
    asked: &Asked,
) -> Result<TokenAnswer, Refusal> {
    let form = read_form(asked)?;
    let credentials = ClientCredentials::read(&asked.headers, &form)?;
    let grant_type = form.get("grant_type").ok_or(ErrorCode::GrantTypeMissing)?;

    let mut tx = app.db.read().await?;
    let client = credentials.authenticate(app, &mut tx).await?;
    drop(tx);
    let grant = Grant::parse(grant_type, &form)?;
    grant.is_allowed_for(&client)?;

    let center = app.settings.data_centers.by_authority(&asked.authority);
    let center = center.ok_or(ErrorCode::UnsupportedFormat)?;
    let now = app.clock.now();
    let request = TokenRequest {
        app,
        center,
        client,
        form: &form,
        correlation,
        now,
    };
    grant.token(&request).await
}

/// One form, url-encoded, in the body alone, no field twice (S04): otherwise 135.
fn read_form(asked: &Asked) -> Result<Form, Refusal> {
    let unsupported = || Refusal::Code(ErrorCode::UnsupportedFormat);
    let query = Form::parse(asked.query.as_deref().unwrap_or_default().as_bytes());
    let query = query.map_err(|_| unsupported())?;
    if query.names().any(|name| BODY_ONLY.contains(&name)) || !web::is_form(&asked.headers) {
        return Err(unsupported());
    }
    Form::parse(&asked.body).map_err(|_| unsupported())
}

impl TokenRequest<'_> {
    /// Every grant for a company's principal ends here: 53 when the app may not have it, 16 when
    /// another data centre must be asked. The landing zone may be asked for all (reference §4.2).
    pub fn check_company(&self, company: &Company) -> Result<(), Refusal> {
        if !self.client.may_connect_to(company.id) {
            return Err(ErrorCode::CompanyNotEnabled.into());
        }
        let centers = &self.app.settings.data_centers;
        let home = centers.by_name(&company.data_center).ok_or_else(|| {
            db::Error::Program(format!("no data centre is called {}", company.data_center))
        })?;
        if self.center.name != home.name && !centers.is_landing_zone(self.center) {
            return Err(Refusal::LivesElsewhere(home.base_uri.clone()));
        }
        Ok(())
    }
}
