//! `grant_type=password&credtype=authtoken` (reference §2.2 step 5): a request token becomes a
//! connection. Repeated before its answer is proven to have arrived, it yields the same one (S11).

use db::Tx;
use protocol::{ErrorCode, RefreshTokenValue, RequestTokenValue, TokenAnswer, narrow};
use protocol::{REQUEST_TOKEN_USES, Timestamp};
use store::{
    AttemptState, Connection, ConnectionEvent, ConnectionState, EventKind, RefreshToken,
    RefreshTokenState, RequestToken, companies, connect_attempts, connection_events, connections,
    refresh_tokens, request_tokens,
};
use uuid::Uuid;

use super::new_row;
use crate::answer::{Granted, token_answer};
use crate::refusal::Refusal;
use crate::token::TokenRequest;

pub async fn token(request: &TokenRequest<'_>) -> Result<TokenAnswer, Refusal> {
    let username = request
        .form
        .get("username")
        .ok_or(ErrorCode::UsernameMissing)?;
    let password = request
        .form
        .get("password")
        .ok_or(ErrorCode::PasswordMissing)?;
    let presented = RequestTokenValue::parse(password).ok_or(ErrorCode::IncorrectCredentials)?;
    let username = Uuid::try_parse(username).map_err(|_| ErrorCode::IncorrectCredentials)?;

    let mut tx = request.app.db.write().await?;
    let stored = request_tokens::find(&mut tx, presented.hash()).await?;
    let stored = stored.ok_or(ErrorCode::IncorrectCredentials)?;
    let yielded = match stored.refresh_token {
        Some(id) => refresh_tokens::find(&mut tx, id).await?,
        None => None,
    };
    decide(request, username, &stored, yielded.as_ref())?;
    let company = companies::find(&mut tx, stored.principal.company()).await?;
    let company = company.ok_or(ErrorCode::IncorrectCredentials)?;
    request.check_company(&company)?;
    let allowed = request.client.scopes.intersection(&stored.scopes);
    let scopes = narrow(&allowed, request.form.get("scope")).ok_or(ErrorCode::ScopeExceedsGrant)?;

    let (refresh_token, refresh_value) = match yielded {
        Some(token) => {
            let value = derive(request, &presented, token.id);
            (token, value)
        }
        None => connect(request, &mut tx, &presented, &stored, &scopes).await?,
    };
    request_tokens::record_use(&mut tx, &stored, refresh_token.id).await?;
    tx.commit().await?;
    let scopes = refresh_token.scopes.intersection(&scopes);
    let granted = Granted {
        company,
        principal: stored.principal,
        scopes,
        refresh_token,
        refresh_value,
    };
    token_answer(request, &granted)
}

/// Whether this request token may be exchanged now. 136 is for the app whose it is not (CF-12);
/// everything else that is wrong with it is one and the same 5 (S10).
fn decide(
    request: &TokenRequest<'_>,
    username: Uuid,
    stored: &RequestToken,
    yielded: Option<&RefreshToken>,
) -> Result<(), ErrorCode> {
    if stored.app != request.client.client_id {
        return Err(ErrorCode::AuthtokenNotYours);
    }
    let good = stored.principal.id() == username && is_exchangeable(stored, yielded, request.now);
    if good {
        Ok(())
    } else {
        Err(ErrorCode::IncorrectCredentials)
    }
}

/// Within 24 hours, five times, not taken back, and not after what it yielded was seen in use (S12).
fn is_exchangeable(stored: &RequestToken, yielded: Option<&RefreshToken>, now: Timestamp) -> bool {
    let answered = yielded
        .is_some_and(|token| token.proven_at.is_some() || token.state != RefreshTokenState::Live);
    !stored.void && now < stored.expires_at && stored.uses < REQUEST_TOKEN_USES && !answered
}

/// Makes the connection, or makes it anew. What the company had before keeps working until the new
/// refresh token is proven to have arrived (S24).
async fn connect(
    request: &TokenRequest<'_>,
    tx: &mut Tx,
    presented: &RequestTokenValue,
    stored: &RequestToken,
    scopes: &protocol::ScopeSet,
) -> Result<(RefreshToken, RefreshTokenValue), Refusal> {
    let (settings, now) = (&request.app.settings, request.now);
    let absolute = now + settings.refresh_token_cap;
    let newest = refresh_tokens::newest_id(tx, stored.principal, stored.app).await?;
    let row = new_row(request).max(newest + 1);
    let value = derive(request, presented, row);
    let token = RefreshToken {
        id: row,
        principal: stored.principal,
        app: stored.app,
        lineage: row,
        generation: 0,
        secret_hash: value.hash().as_bytes().to_vec(),
        scopes: scopes.clone(),
        issued_at: now,
        expires_at: absolute.min(now + settings.refresh_token_lifetime),
        absolute_expires_at: absolute,
        proven_at: None,
        successor: None,
        retries: 0,
        state: RefreshTokenState::Live,
    };
    if !refresh_tokens::insert(tx, &token).await? {
        return Err(db::Error::Unavailable("two tokens in one microsecond".to_owned()).into());
    }
    let before = connections::find(tx, stored.principal, stored.app).await?;
    let connection = Connection {
        principal: stored.principal,
        app: stored.app,
        state: ConnectionState::Connected,
        connected_at: now,
        connected_by: stored.user,
        expires_at: token.expires_at,
    };
    connections::put(tx, &connection).await?;
    if let Some(attempt) = stored.attempt {
        let company = stored.principal.company();
        connect_attempts::set_state(tx, company, attempt, AttemptState::Connected).await?;
    }
    let event = ConnectionEvent {
        id: request.app.entropy.uuid(),
        kind: if before.is_some() {
            EventKind::Reconnected
        } else {
            EventKind::Connected
        },
        actor: stored.user.to_string(),
        correlation_id: request.correlation.0.clone(),
        at: now,
    };
    connection_events::insert(tx, stored.principal, stored.app, &event).await?;
    Ok((token, value))
}

fn derive(
    request: &TokenRequest<'_>,
    presented: &RequestTokenValue,
    row: i64,
) -> RefreshTokenValue {
    RefreshTokenValue::derive(
        request.app.refresh_derivation_key(),
        presented.expose(),
        row,
        0,
    )
}
