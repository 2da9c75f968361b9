//! `grant_type=password&credtype=authtoken` (reference §2.2 step 5): a request token becomes a
//! connection. Repeated before its answer is proven to have arrived, it yields the same one (S11).

use ambient::Failpoint;
use db::Tx;
use protocol::{
    ErrorCode, REQUEST_TOKEN_USES, RefreshTokenValue, RequestTokenValue, ScopeSet, Timestamp,
    TokenAnswer, narrow,
};
use store::{
    AttemptState, RefreshToken, RequestToken, access, connect_attempts, refresh_tokens,
    request_tokens,
};
use uuid::Uuid;
use web::description::Fields;

use super::connect::Connecting;
use super::repeated_value;
use crate::answer::{Granted, token_answer};
use crate::described::client_form;
use crate::refusal::Refusal;
use crate::token::TokenRequest;

pub async fn token(request: &TokenRequest<'_>, mut tx: Tx) -> Result<TokenAnswer, Refusal> {
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

    // An unknown token takes as much work as one that is known and wrong (S10).
    let found = request_tokens::find(&mut tx, presented.hash()).await?;
    drop(tx);
    let company = found.map_or(username, |token| token.principal.company().as_uuid());
    let mut tx = request.app.db.write_within(company).await?;
    Failpoint::ExchangeBegun.reached();
    let request = &request.anew(&mut tx).await?;
    let stored = request_tokens::find(&mut tx, presented.hash()).await?;
    // Both are looked up whatever there is: what is wrong with it takes no more nor less work (S10).
    let row = stored.as_ref().and_then(|stored| stored.refresh_token);
    let arrived = refresh_tokens::has_arrived(&mut tx, row).await?;
    let stored = stored.ok_or(ErrorCode::IncorrectCredentials)?;
    Failpoint::ExchangeFound.reached();
    decide(request, username, &stored, arrived)?;
    let company = request.check_principal(&mut tx, stored.principal).await?;
    Failpoint::ExchangeChecked.reached();
    let allowed = request.client.scopes.intersection(&stored.scopes);
    let scopes = narrow(&allowed, request.form.get("scope")).ok_or(ErrorCode::ScopeExceedsGrant)?;

    let yielded = match stored.refresh_token {
        Some(id) => refresh_tokens::find(&mut tx, id).await?,
        None => None,
    };
    let (refresh_token, refresh_value) = match yielded {
        Some(token) => {
            if access::is_too_old(&mut tx, &token, &company).await? {
                return Err(ErrorCode::IncorrectCredentials.into());
            }
            let value = repeated_value(request, presented.expose(), &token);
            (token, value)
        }
        None => connect(request, &mut tx, &presented, &stored, &scopes).await?,
    };
    request_tokens::record_use(&mut tx, &stored, refresh_token.id).await?;
    Failpoint::ExchangeUseCounted.reached();
    tx.commit().await?;
    Failpoint::ExchangeCommitted.reached();
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
/// everything else that is wrong with it is one and the same 5 (S10), among it that what it yielded
/// was seen in use (S12).
fn decide(
    request: &TokenRequest<'_>,
    username: Uuid,
    stored: &RequestToken,
    arrived: bool,
) -> Result<(), ErrorCode> {
    if stored.app != request.client.client_id {
        return Err(ErrorCode::AuthtokenNotYours);
    }
    let good =
        stored.principal.id() == username && !arrived && is_exchangeable(stored, request.now);
    if good {
        Ok(())
    } else {
        Err(ErrorCode::IncorrectCredentials)
    }
}

/// Within 24 hours, five times, and not taken back.
fn is_exchangeable(stored: &RequestToken, now: Timestamp) -> bool {
    !stored.void && now < stored.expires_at && stored.uses < REQUEST_TOKEN_USES
}

async fn connect(
    request: &TokenRequest<'_>,
    tx: &mut Tx,
    presented: &RequestTokenValue,
    stored: &RequestToken,
    scopes: &ScopeSet,
) -> Result<(RefreshToken, RefreshTokenValue), Refusal> {
    let connecting = Connecting {
        principal: stored.principal,
        user: stored.user,
        scopes,
        parent: presented.expose(),
    };
    let made = connecting.connect(request, tx).await?;
    if let Some(attempt) = stored.attempt {
        let company = stored.principal.company();
        connect_attempts::set_state(tx, company, attempt, AttemptState::Connected).await?;
        Failpoint::ExchangeAttemptMoved.reached();
    }
    Ok(made)
}

pub fn form() -> Fields {
    client_form("A request token becomes a connection")
        .exactly("grant_type", "password")
        .exactly("credtype", "authtoken")
        .required("username", "The `id` of the connect redirect.")
        .required("password", "The `requestToken` of the connect redirect.")
}
