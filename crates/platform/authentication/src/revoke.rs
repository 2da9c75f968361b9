//! `POST /oauth2/v0/revoke` (RFC 7009): an app gives a token back.
//!
//! A refresh token takes its whole lineage with it, and every access token issued with it; when the
//! connection has no other, it is ended. An access token takes nothing but itself (§2.1 leaves the
//! choice): whoever wants to end the connection has the refresh token, or
//! `DELETE /app-mgmt/v0/connections`. What is unknown, dead already or another app's is answered
//! with 200 as well, and nothing happens.

use ambient::Failpoint;
use axum::Json;
use axum::extract::State as Context;
use axum::response::{IntoResponse, Response};
use db::Tx;
use http::StatusCode;
use protocol::{RefreshTokenValue, Timestamp};
use serde_json::json;
use store::access::{self, DisconnectedBy};
use store::audit::{self, Action, Actor, By, Change};
use store::{RefreshTokenState, RegisteredApp, revoked_access_tokens};
use web::Description;
use web::description::schema;

use crate::State;
use crate::asked::Asked;
use crate::described::{TOKENS, client_form, refuses_clients};
use crate::presented;
use crate::refusal::Refusal;

pub async fn post(Context(state): Context<State>, asked: Asked) -> Response {
    let done = revoke(&state, &asked).await;
    // RFC 7009 §2.2 leaves the body open, and simple-oauth2 takes none that is not JSON.
    asked.respond(&state, done.map(|()| Json(json!({})).into_response()))
}

/// Returns when it is on the disk; a database that cannot store it makes the answer 503 (S21).
async fn revoke(state: &State, asked: &Asked) -> Result<(), Refusal> {
    let form = asked.form(state)?;
    let credentials = asked.credentials(&form)?;
    let mut tx = state.app.db.read().await?;
    let client = asked.client(state, &credentials, &mut tx).await?;
    let token = form.get("token").ok_or(Refusal::TokenMissing)?;
    match RefreshTokenValue::parse(token) {
        Some(value) => refresh_token(state, asked, (tx, &client), &value).await,
        None => {
            drop(tx);
            access_token((state, asked), &client, token).await
        }
    }
}

async fn refresh_token(
    state: &State,
    asked: &Asked,
    (mut tx, client): (Tx, &RegisteredApp),
    value: &RefreshTokenValue,
) -> Result<(), Refusal> {
    let app = &state.app;
    let found = presented::find(app, &mut tx, value).await?;
    drop(tx);
    let ours = found.map(|found| found.token).filter(|token| {
        value.hash().matches(&token.secret_hash)
            && token.app == client.client_id
            && token.state != RefreshTokenState::Revoked
    });
    let Some(token) = ours else { return Ok(()) };
    let mut tx = app.db.write_within(token.principal.company()).await?;
    Failpoint::RevokeBegun.reached();
    let by = DisconnectedBy {
        actor: "app",
        correlation_id: &asked.correlation.0,
        now: app.clock.now(),
    };
    access::revoke_lineage(app, &mut tx, &token, by).await?;
    Failpoint::RevokeWritten.reached();
    tx.commit().await?;
    Failpoint::RevokeCommitted.reached();
    Ok(())
}

async fn access_token(
    (state, asked): (&State, &Asked),
    client: &RegisteredApp,
    token: &str,
) -> Result<(), Refusal> {
    let app = &state.app;
    let now = app.clock.now();
    let claims = match access::read(app, token, now) {
        Ok(claims) if claims.client_id == client.client_id => claims,
        Err(access::Refusal::Storage(error)) => return Err(error.into()),
        _ => return Ok(()),
    };
    let mut tx = app.db.write_for(&claims.jti).await?;
    let expires_at = Timestamp::from_seconds(claims.exp);
    if revoked_access_tokens::insert(&mut tx, &claims.jti, expires_at).await? {
        let by = By {
            actor: Actor::App(client.client_id),
            correlation_id: &asked.correlation.0,
            now,
        };
        let change = Change {
            action: Action::AccessTokenRevoked,
            company: claims.company,
            app: Some(client.client_id),
            subject: &claims.jti,
        };
        audit::record(&mut tx, &app.entropy, by, change).await?;
    }
    Ok(tx.commit().await?)
}

pub fn describe() -> Description {
    let form = client_form("Revocation").required("token", "An access token or a refresh token.");
    let form = form.optional(
        "token_type_hint",
        "Needs not be sent: the two look different.",
    );
    refuses_clients(
        Description::new(TOKENS, "revoke", "Give a token back")
            .details(
                "RFC 7009. A refresh token takes its whole lineage with it, and every access token \
                 issued with it; an access token takes nothing but itself.",
            )
            .form(form)
            .answers_with(
                StatusCode::OK,
                "The token is worth nothing now; or it was unknown, dead already or another app's.",
                schema(json!({ "type": "object" })),
            ),
    )
}
