use std::convert::Infallible;

use axum::extract::FromRequestParts;
use http::header::AUTHORIZATION;
use http::request::Parts;
use protocol::{DataCenter, Timestamp};
use store::App;
use store::access::{self, Bearer};
use web::{Authority, CorrelationId};

use crate::refusal::Refusal;

/// One API call: when, where and under which correlation id, and what its token opens.
pub struct ApiCall {
    pub now: Timestamp,
    pub correlation: String,
    /// The data centre that was asked.
    pub center: DataCenter,
    header: Option<String>,
}

impl FromRequestParts<App> for ApiCall {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<ApiCall, Infallible> {
        let CorrelationId(correlation) = CorrelationId::from_request_parts(parts, app).await?;
        let Authority(authority) = Authority::from_request_parts(parts, app).await?;
        let centers = &app.settings.data_centers;
        let center = centers
            .by_authority(&authority)
            .unwrap_or(&centers.landing_zone)
            .clone();
        let header = parts
            .headers
            .get(AUTHORIZATION)
            .and_then(|value| value.to_str().ok());
        let header = header.map(str::to_owned);
        Ok(ApiCall {
            now: app.clock.now(),
            correlation,
            center,
            header,
        })
    }
}

impl ApiCall {
    /// Whose token it is, if it is good here and now. Its scopes are still to be asked for.
    pub async fn bearer(&self, app: &App) -> Result<Bearer, Refusal> {
        let header = self.header.as_deref();
        Ok(access::authenticate(app, header, &self.center, self.now).await?)
    }
}

/// 403 unless the token holds `scope`.
pub fn require_scope(bearer: &Bearer, scope: &'static str) -> Result<(), Refusal> {
    if bearer.scopes.contains(scope) {
        Ok(())
    } else {
        Err(Refusal::MissingScope(scope))
    }
}
