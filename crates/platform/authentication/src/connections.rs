//! `DELETE /app-mgmt/v0/connections`: ends the connection whose access token is presented (OA-60).
//! A body, which the published collection sends, is not looked at.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header::AUTHORIZATION;
use http::{HeaderMap, StatusCode};
use store::App;
use store::access::{self, DisconnectedBy};
use web::{Authority, CorrelationId, Description};

use crate::asked::center_of;
use crate::described::{TOKENS, refuses_bearers};
use crate::refusal::Refusal;

pub async fn delete(
    State(app): State<App>,
    Authority(authority): Authority,
    correlation: CorrelationId,
    headers: HeaderMap,
) -> Response {
    let header = headers
        .get(AUTHORIZATION)
        .and_then(|value| value.to_str().ok());
    match end(&app, &authority, header, &correlation).await {
        Ok(()) => StatusCode::OK.into_response(),
        Err(refusal) => refusal.into_response(&correlation),
    }
}

async fn end(
    app: &App,
    authority: &str,
    header: Option<&str>,
    correlation: &CorrelationId,
) -> Result<(), Refusal> {
    let now = app.clock.now();
    let center = center_of(app, authority)?;
    let bearer = access::authenticate(app, header, center, now).await?;
    let company = bearer.principal.company();
    let mut tx = app.db.write_within(company).await?;
    let by = DisconnectedBy {
        actor: "app",
        correlation_id: &correlation.0,
        now,
    };
    access::disconnect(app, &mut tx, bearer.principal, bearer.app, by).await?;
    tx.commit().await?;
    Ok(())
}

pub fn describe() -> Description {
    let summary = "End the connection whose access token is presented";
    refuses_bearers(
        Description::new(TOKENS, "disconnect", summary)
            .details("All refresh tokens of that principal for that app. A body is not looked at.")
            .answers_nothing(StatusCode::OK, "The connection has ended.")
            .refuses(StatusCode::BAD_REQUEST, "Code 16: ask `geolocation`.")
            .refuses(
                StatusCode::FORBIDDEN,
                "An app's own token stands for no connection.",
            ),
    )
}
