//! `GET` and `POST /oauth2/v0/authorize` (reference §3.1, RFC 6749 §4.1.1, OpenID Connect Core
//! §3.1.2): an app asks for a person. It is judged here, and goes on at the customers' site, where
//! people's sessions live, sealed. Nothing is written.

mod described;
mod refused;
mod requested;

use axum::RequestExt;
use axum::body::Bytes;
use axum::extract::{Request, State as Context};
use axum::response::{IntoResponse, Redirect, Response};
use db::Tx;
use http::Method;
use protocol::{AuthorizationResponse, Form, Origin};
use store::{RegisteredApp, apps, redirect_uris};
use web::{Authority, ClientAddress, CorrelationId};

use crate::State;
use crate::asked::center_of;

use refused::Refused;

pub use described::{describe, describe_post};
pub use requested::DISPLAYS;

/// Answers a browser: with a redirect, or with a page as long as it is not known whom to send it
/// back to.
pub async fn show(
    Context(state): Context<State>,
    Authority(authority): Authority,
    ClientAddress(address): ClientAddress,
    correlation: CorrelationId,
    request: Request,
) -> Response {
    let parameters = parameters(request).await;
    match answer(&state, &authority, &address, parameters).await {
        Ok(target) => Redirect::to(&target).into_response(),
        Err(refused) => {
            tracing::info!(?refused, correlation.id = correlation.0, "refused");
            refused.into_response(&state.app, &correlation)
        }
    }
}

/// In the address, or in the body of a form, and not in both; none twice (S04).
async fn parameters(request: Request) -> Option<Form> {
    let query = request.uri().query().unwrap_or_default().to_owned();
    if request.method() != Method::POST {
        return Form::parse(query.as_bytes()).ok();
    }
    if !query.is_empty() || !web::is_form(request.headers()) {
        return None;
    }
    let body: Bytes = request.extract().await.ok()?;
    Form::parse(&body).ok()
}

/// Where the browser goes.
async fn answer(
    state: &State,
    authority: &str,
    address: &str,
    parameters: Option<Form>,
) -> Result<String, Refused> {
    let app = &state.app;
    let center = center_of(app, authority).map_err(|_| Refused::Unreadable)?;
    if let Err(crate::refusal::Refusal::TooMany(seconds)) = state.limits.arrive(address) {
        return Err(Refused::TooMany(seconds));
    }
    let form = parameters.ok_or(Refused::Unreadable)?;
    let mut tx = app.db.read().await?;
    let client = client(&mut tx, &form).await?;
    let redirect_uri = redirect_uri(&mut tx, &client, &form).await?;
    drop(tx);
    // From here on it is known who asks and where the answer goes: refusals go there, too.
    let back = AuthorizationResponse {
        redirect_uri: &redirect_uri,
        state: form.get("state"),
        issuer: &center.base_uri,
    };
    match requested::read(&form, &client, back, app.clock.now()) {
        Ok(request) => Ok(at_the_site(&app.settings.app_center, &request.seal(app))),
        Err(error) => {
            tracing::info!(app.id = %client.client_id, ?error, "refused");
            Ok(back.error(&error))
        }
    }
}

/// The page of the customers' site that a sealed request opens.
fn at_the_site(app_center: &Origin, sealed: &str) -> String {
    app_center.join(&format!("/authorize?request={sealed}"))
}

async fn client(tx: &mut Tx, form: &Form) -> Result<RegisteredApp, Refused> {
    let id = form.get("client_id").ok_or(Refused::ClientIdMissing)?;
    let id = id.parse().map_err(|_| Refused::ClientNotFound)?;
    let client = apps::find(tx, id).await?.ok_or(Refused::ClientNotFound)?;
    if client.enabled {
        Ok(client)
    } else {
        Err(Refused::ClientDisabled)
    }
}

/// One of those that are registered, to the byte (S03). It may be left out where there is only one
/// (RFC 6749 §3.1.2.3).
async fn redirect_uri(tx: &mut Tx, client: &RegisteredApp, form: &Form) -> Result<String, Refused> {
    let mut registered = redirect_uris::all(tx, client.client_id).await?;
    match (form.get("redirect_uri"), registered.len()) {
        (Some(asked), _) => registered
            .into_iter()
            .find(|uri| uri == asked)
            .ok_or(Refused::RedirectUriUnknown),
        (None, 1) => registered.pop().ok_or(Refused::RedirectUriMissing),
        (None, _) => Err(Refused::RedirectUriMissing),
    }
}
