//! What the endpoints share at which clients authenticate: token, one-time passwords, introspection, revocation.

use std::convert::Infallible;

use axum::RequestExt;
use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::response::Response;
use db::Tx;
use http::{HeaderMap, HeaderValue, StatusCode};
use protocol::{DataCenter, ErrorCode, Form};
use store::{App, RegisteredApp};
use web::{Authority, ClientAddress, CorrelationId};

use crate::State;
use crate::client_authentication::ClientCredentials;
use crate::refusal::Refusal;

/// A request, read to its end and not believed yet.
pub struct Asked {
    pub correlation: CorrelationId,
    authority: String,
    address: String,
    query: Option<String>,
    headers: HeaderMap,
    body: Result<Bytes, StatusCode>,
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
    "channel_handle",
    "scope",
    "token",
];

/// The data centre that an authority names; the site around lets no other through.
pub fn center_of<'a>(app: &'a App, authority: &str) -> Result<&'a DataCenter, Refusal> {
    let center = app.settings.data_centers.by_authority(authority);
    center.ok_or(Refusal::Unreadable(StatusCode::MISDIRECTED_REQUEST))
}

impl FromRequest<State> for Asked {
    type Rejection = Infallible;

    async fn from_request(mut request: Request, state: &State) -> Result<Asked, Infallible> {
        let Authority(authority) = request.extract_parts().await?;
        let ClientAddress(address) = request.extract_parts().await?;
        let correlation = request.extract_parts().await?;
        let query = request.uri().query().map(str::to_owned);
        let headers = request.headers().clone();
        let body = Bytes::from_request(request, state).await;
        Ok(Asked {
            correlation,
            authority,
            address,
            query,
            headers,
            body: body.map_err(|rejection| rejection.status()),
        })
    }
}

impl Asked {
    /// One form, url-encoded, in the body alone, no field twice (S04): otherwise 135.
    pub fn form(&self, state: &State) -> Result<Form, Refusal> {
        state.limits.arrive(&self.address)?;
        let body = self
            .body
            .as_ref()
            .map_err(|status| Refusal::Unreadable(*status))?;
        let unsupported = || Refusal::Code(ErrorCode::UnsupportedFormat);
        let query = Form::parse(self.query.as_deref().unwrap_or_default().as_bytes());
        let query = query.map_err(|_| unsupported())?;
        if query.names().any(|name| BODY_ONLY.contains(&name)) || !web::is_form(&self.headers) {
            return Err(unsupported());
        }
        Form::parse(body).map_err(|_| unsupported())
    }

    /// Codes 62 and 63 when a part is missing.
    pub fn credentials(&self, form: &Form) -> Result<ClientCredentials, Refusal> {
        ClientCredentials::read(&self.headers, form)
    }

    /// The app whose credentials they are: 61, 64, 59; and 429 when it calls too often. What is
    /// decided next can be read in the same transaction.
    pub async fn client(
        &self,
        state: &State,
        credentials: &ClientCredentials,
        tx: &mut Tx,
    ) -> Result<RegisteredApp, Refusal> {
        let client = credentials.authenticate(&state.app, tx).await?;
        state.limits.client(client.client_id)?;
        Ok(client)
    }

    /// The data centre that was asked.
    pub fn center<'a>(&self, app: &'a App) -> Result<&'a DataCenter, Refusal> {
        center_of(app, &self.authority)
    }

    /// The answer, or the refusal, which is counted and logged here and nowhere else.
    pub fn respond(&self, state: &State, answer: Result<Response, Refusal>) -> Response {
        let mut response = answer.unwrap_or_else(|refusal| {
            state.limits.refused(&self.address, &refusal);
            let correlation = &self.correlation;
            tracing::info!(?refusal, correlation.id = correlation.0, "refused");
            refusal.into_response(correlation)
        });
        // RFC 6749 §5.1; Cache-Control: no-store is on every answer of this site.
        response
            .headers_mut()
            .insert(http::header::PRAGMA, HeaderValue::from_static("no-cache"));
        response
    }
}
