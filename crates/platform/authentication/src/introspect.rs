//! `POST /oauth2/v0/introspect` (RFC 7662): whether a token of the calling app would be accepted.
//!
//! Only the app to which a token was issued is told anything. Asking about a refresh token is not
//! presenting it: nothing is written, and no replay is seen in it (S59). An access token that its
//! app asks about has arrived, and that counts as its receipt ("Refresh tokens: the rules", 2).

use axum::Json;
use axum::extract::State as Context;
use axum::response::{IntoResponse, Response};
use db::Tx;
use http::StatusCode;
use protocol::{Form, Introspection, RefreshTokenValue, Timestamp};
use store::access::{self, Subject};
use store::{App, RegisteredApp};
use web::Description;

use crate::State;
use crate::asked::Asked;
use crate::described::{TOKENS, client_form, refuses_clients};
use crate::grants::Grant;
use crate::grants::refresh_decision::Decision;
use crate::presented;
use crate::refusal::Refusal;

pub async fn post(Context(state): Context<State>, asked: Asked) -> Response {
    let answer = answer(&state, &asked).await;
    asked.respond(&state, answer.map(|answer| Json(answer).into_response()))
}

async fn answer(state: &State, asked: &Asked) -> Result<Introspection, Refusal> {
    let form: Form = asked.form(state)?;
    let credentials = asked.credentials(&form)?;
    let mut tx = state.app.db.read().await?;
    let client = asked.client(state, &credentials, &mut tx).await?;
    // `token_type_hint` only says where to look first, and the two kinds look different.
    let token = form.get("token").ok_or(Refusal::TokenMissing)?;
    let app = &state.app;
    let now = app.clock.now();
    let known = match RefreshTokenValue::parse(token) {
        Some(value) => of_refresh_token(app, (&mut tx, &client), &value, now).await?,
        None => {
            drop(tx);
            of_access_token(app, &client, token, now).await?
        }
    };
    Ok(known.unwrap_or_else(Introspection::inactive))
}

async fn of_access_token(
    app: &App,
    client: &RegisteredApp,
    token: &str,
    now: Timestamp,
) -> Result<Option<Introspection>, Refusal> {
    // Whose it is comes first: another app's question is no receipt.
    let claims = match access::read(app, token, now) {
        Ok(claims) if claims.client_id == client.client_id => claims,
        Err(access::Refusal::Storage(error)) => return Err(error.into()),
        _ => return Ok(None),
    };
    match access::standing(app, &claims, now).await {
        Ok(Subject::Principal(_) | Subject::App(_)) => {}
        Err(access::Refusal::Storage(error)) => return Err(error.into()),
        Err(_) => return Ok(None),
    }
    Ok(Some(Introspection {
        active: true,
        scope: Some(claims.scopes.join(" ")),
        client_id: Some(claims.client_id),
        token_type: Some("Bearer".to_owned()),
        sub: Some(claims.sub),
        principal_type: Some(claims.principal_type),
        company: claims.company,
        iss: Some(claims.iss),
        aud: Some(claims.aud),
        jti: Some(claims.jti),
        iat: Some(claims.iat),
        nbf: Some(claims.nbf),
        exp: Some(claims.exp),
    }))
}

async fn of_refresh_token(
    app: &App,
    (tx, client): (&mut Tx, &RegisteredApp),
    value: &RefreshTokenValue,
    now: Timestamp,
) -> Result<Option<Introspection>, Refusal> {
    let Some(found) = presented::find(app, tx, value).await? else {
        return Ok(None);
    };
    let asks = (client.client_id, now);
    let decision = found.decide(app, tx, value, asks).await?;
    let token = found.token;
    let dead = matches!(decision, Decision::Refuse(_) | Decision::Replay)
        || Grant::RefreshToken
            .is_allowed_for(client, &app.settings)
            .is_err();
    if dead || !access::may_refresh(tx, client, &token).await? {
        return Ok(None);
    }
    Ok(Some(Introspection {
        active: true,
        scope: Some(token.scopes.intersection(&client.scopes).to_string()),
        client_id: Some(client.client_id),
        sub: Some(token.principal.id()),
        principal_type: Some(token.principal.kind()),
        company: Some(token.principal.company()),
        iat: Some(token.issued_at.as_seconds()),
        exp: Some(token.expires_at.as_seconds()),
        ..Introspection::inactive()
    }))
}

pub fn describe() -> Description {
    let summary = "Ask whether a token of the calling app would be accepted";
    let form =
        client_form("Introspection").required("token", "An access token or a refresh token.");
    let form = form.optional(
        "token_type_hint",
        "Needs not be sent: the two look different.",
    );
    refuses_clients(
        Description::new(TOKENS, "introspect", summary)
            .details("RFC 7662. Asking about a refresh token is not presenting it.")
            .form(form)
            .answers::<Introspection>(
                StatusCode::OK,
                "Of a token that would not be accepted, only that.",
            ),
    )
}
