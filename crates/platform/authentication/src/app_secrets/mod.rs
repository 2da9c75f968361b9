//! `/app-mgmt/v4/{appId}/secrets`: an app changes its own secrets (reference §3.7, S14).
//!
//! Make a new one, activate it, deploy it, deactivate the old one, delete that: both are good in
//! between, so that nothing stands still.

mod change;
mod create;
mod delete;
mod list;
mod refusal;

use http::header::AUTHORIZATION;
use http::{HeaderMap, StatusCode};
use protocol::{AppId, Timestamp};
use serde::Serialize;
use store::audit::{Actor, By};
use store::{App, SecretRecord, SecretRefusal, SecretRotation, access};
use utoipa::ToSchema;
use uuid::Uuid;
use web::{Access, CorrelationId, Description, Routes};

use crate::described::{APP_MANAGEMENT, refuses_bearers};
use refusal::Refusal;

pub fn routes() -> Routes<crate::State> {
    const ALL: &str = "/app-mgmt/v4/{id}/secrets";
    const ONE: &str = "/app-mgmt/v4/{id}/secrets/{secret}";
    Routes::new()
        .get(ALL, Access::Bearer, list::get)
        .described(list::describe)
        .post(ALL, Access::Bearer, create::post)
        .described(create::describe)
        .patch(ONE, Access::Bearer, change::patch)
        .described(change::describe)
        .delete(ONE, Access::Bearer, delete::delete)
        .described(delete::describe)
}

/// A secret as the API shows it, without its value.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ClientSecret)]
struct Shown {
    id: Uuid,
    /// `Active` or `Inactive`.
    status: &'static str,
    /// ISO 8601, with milliseconds.
    created_at: String,
    updated_at: String,
}

impl From<&SecretRecord> for Shown {
    fn from(secret: &SecretRecord) -> Shown {
        Shown {
            id: secret.id,
            status: if secret.active { "Active" } else { "Inactive" },
            created_at: secret.created_at.to_rfc3339(),
            updated_at: secret.updated_at.to_rfc3339(),
        }
    }
}

/// What the descriptions of the four share.
fn describe(id: &str, summary: &str) -> Description {
    let description = Description::new(APP_MANAGEMENT, id, summary)
        .details("Needs the app's own access token, of the grant `client_credentials`.")
        .path("id", "The app's client id. Another app's is not there.")
        .refuses(StatusCode::NOT_FOUND, "There is no such app or secret.");
    refuses_bearers(description)
}

/// As [`describe`], of one secret.
fn describe_one(id: &str, summary: &str) -> Description {
    describe(id, summary).path("secret", "The secret's id.")
}

/// The app that asks, which must be the one in the address. What is no client id is 401; another
/// app's is 404 whether or not there is one, so that nobody learns which there are.
async fn own_app(
    app: &App,
    id: &str,
    headers: &HeaderMap,
    now: Timestamp,
) -> Result<AppId, Refusal> {
    let header = headers
        .get(AUTHORIZATION)
        .and_then(|value| value.to_str().ok());
    let own = access::authenticate_app(app, header, now).await?;
    let asked: AppId = id.parse().map_err(|_| Refusal::Unauthorized)?;
    if asked == own {
        Ok(own)
    } else {
        Err(Refusal::NotFound("there is no such app"))
    }
}

/// The secret that an address names.
fn secret_id(text: &str) -> Result<Uuid, Refusal> {
    Uuid::try_parse(text).map_err(|_| SecretRefusal::Unknown.into())
}

/// The app, as it changes its own secrets.
fn rotation<'a>(
    app: &'a App,
    client: AppId,
    correlation: &'a CorrelationId,
    now: Timestamp,
) -> SecretRotation<'a> {
    let by = By {
        actor: Actor::App(client),
        correlation_id: &correlation.0,
        now,
    };
    SecretRotation { app, client, by }
}
