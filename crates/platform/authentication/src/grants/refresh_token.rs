//! `grant_type=refresh_token` (reference §3.5). Most calls only read: the value stays the same.

use ambient::Failpoint;
use db::Tx;
use protocol::{ErrorCode, RefreshTokenValue, TokenAnswer, narrow};
use store::audit::{self, Action, Actor, By, Change};
use store::{RefreshToken, access, connections, refresh_tokens};
use web::description::Fields;

use super::refresh_decision::Decision;
use super::{new_token, repeated_value};
use crate::answer::{Granted, token_answer};
use crate::described::{SCOPE, client_form};
use crate::presented::{self, Presented};
use crate::refusal::Refusal;
use crate::token::TokenRequest;

pub async fn token(request: &TokenRequest<'_>, mut tx: Tx) -> Result<TokenAnswer, Refusal> {
    let text = request
        .form
        .get("refresh_token")
        .ok_or(ErrorCode::RefreshTokenMissing)?;
    let presented = RefreshTokenValue::parse(text).ok_or(ErrorCode::BadRefreshToken)?;

    let mut loaded = load(request, &mut tx, &presented).await?;
    Failpoint::RefreshLoaded.reached();
    let writes = loaded.1.writes();
    let anew;
    let mut request = request;
    if writes {
        // Decided again inside the write transaction: somebody else may have been quicker.
        drop(tx);
        Failpoint::RefreshReadEnded.reached();
        let company = loaded.0.token.principal.company();
        tx = request.app.db.write_within(company).await?;
        Failpoint::RefreshBegun.reached();
        anew = request.anew(&mut tx).await?;
        request = &anew;
        loaded = load(request, &mut tx, &presented).await?;
        Failpoint::RefreshLoadedAgain.reached();
    }
    let answer = apply(request, &mut tx, &presented, loaded).await;
    Failpoint::RefreshApplied.reached();
    // Refusals commit, failures roll back: a replay must revoke its lineage (S18).
    if writes && !matches!(answer, Err(Refusal::Storage(_))) {
        tx.commit().await?;
        Failpoint::RefreshCommitted.reached();
    } else {
        drop(tx);
    }
    token_answer(request, &answer?)
}

async fn load(
    request: &TokenRequest<'_>,
    tx: &mut Tx,
    value: &RefreshTokenValue,
) -> Result<(Presented, Decision), Refusal> {
    let found = presented::find(request.app, tx, value).await?;
    let found = found.ok_or(ErrorCode::BadRefreshToken)?;
    let asks = (request.client.client_id, request.now);
    let decision = found.decide(request.app, tx, value, asks).await?;
    Ok((found, decision))
}

async fn apply(
    request: &TokenRequest<'_>,
    tx: &mut Tx,
    presented: &RefreshTokenValue,
    (found, decision): (Presented, Decision),
) -> Result<Granted, Refusal> {
    let Presented {
        token, successor, ..
    } = found;
    match decision {
        Decision::Refuse(code) => return Err(code.into()),
        Decision::Replay => {
            let correlation = &request.correlation.0;
            access::revoke_replayed(request.app, tx, &token, correlation, request.now).await?;
            Failpoint::RefreshReplayRevoked.reached();
            tracing::warn!(
                company.id = %token.principal.company(), app.id = %token.app,
                correlation.id = correlation, "a replaced refresh token came back"
            );
            return Err(ErrorCode::BadRefreshToken.into());
        }
        _ => {}
    }
    let company = request.check_principal(tx, token.principal).await?;
    if access::is_too_old(tx, &token, &company).await? {
        return Err(ErrorCode::BadRefreshToken.into());
    }
    Failpoint::RefreshChecked.reached();
    let allowed = token.scopes.intersection(&request.client.scopes);
    let scopes = narrow(&allowed, request.form.get("scope")).ok_or(ErrorCode::ScopeExceedsGrant)?;
    let principal = token.principal;
    let refresh_token = match (decision, successor) {
        (Decision::Keep { proves, extend_to }, _) => {
            keep(request, tx, token, (proves, extend_to)).await?
        }
        (Decision::Adopt, _) => adopt(request, tx, token).await?,
        (Decision::Rotate { proves }, _) => {
            if proves {
                refresh_tokens::prove(tx, &token, request.now).await?;
                Failpoint::RefreshProven.reached();
            }
            rotate(request, tx, presented, &token).await?
        }
        (Decision::RepeatSuccessor { counts }, Some(successor)) => {
            if counts {
                refresh_tokens::count_retry(tx, token.id).await?;
                Failpoint::RefreshRetryCounted.reached();
            }
            successor
        }
        _ => return Err(ErrorCode::BadRefreshToken.into()),
    };
    let refresh_value = if refresh_token.id == presented.row() {
        RefreshTokenValue::parse(presented.expose()).ok_or(ErrorCode::BadRefreshToken)?
    } else {
        repeated_value(request, presented.expose(), &refresh_token)
    };
    Ok(Granted {
        company,
        principal,
        scopes,
        refresh_token,
        refresh_value,
    })
}

async fn keep(
    request: &TokenRequest<'_>,
    tx: &mut Tx,
    mut token: RefreshToken,
    (proves, extend_to): (bool, Option<protocol::Timestamp>),
) -> Result<RefreshToken, Refusal> {
    if proves {
        refresh_tokens::prove(tx, &token, request.now).await?;
        Failpoint::RefreshProven.reached();
    }
    if let Some(expires_at) = extend_to {
        refresh_tokens::extend(tx, token.id, expires_at).await?;
        connections::extend(tx, token.principal, token.app, expires_at).await?;
        Failpoint::RefreshExtended.reached();
        token.expires_at = expires_at;
    }
    Ok(token)
}

/// Writes down again what a restore lost: what it had replaced, and whatever came from that since,
/// is never live again (S41).
async fn adopt(
    request: &TokenRequest<'_>,
    tx: &mut Tx,
    mut token: RefreshToken,
) -> Result<RefreshToken, Refusal> {
    let lifetime = request.app.settings.refresh_token_lifetime;
    token.expires_at = token.absolute_expires_at.min(request.now + lifetime);
    if !refresh_tokens::adopt(tx, &token, request.now).await? {
        return Err(db::Error::Unavailable("two of one token at once".to_owned()).into());
    }
    connections::extend(tx, token.principal, token.app, token.expires_at).await?;
    let by = By {
        actor: Actor::App(token.app),
        correlation_id: &request.correlation.0,
        now: request.now,
    };
    let change = Change {
        action: Action::RefreshTokenRecognized,
        company: Some(token.principal.company()),
        app: Some(token.app),
        subject: &token.principal.id().to_string(),
    };
    audit::record(tx, &request.app.entropy, by, change).await?;
    tracing::info!(
        company.id = %token.principal.company(), app.id = %token.app,
        correlation.id = request.correlation.0, "a refresh token that a restore lost was recognized"
    );
    Ok(token)
}

/// Makes the successor; the old value stays good until the new one is proven to have arrived.
async fn rotate(
    request: &TokenRequest<'_>,
    tx: &mut Tx,
    presented: &RefreshTokenValue,
    old: &RefreshToken,
) -> Result<RefreshToken, Refusal> {
    let lifetime = request.app.settings.refresh_token_lifetime;
    let mut successor = RefreshToken {
        generation: old.generation + 1,
        issued_at: request.now,
        expires_at: old.absolute_expires_at.min(request.now + lifetime),
        proven_at: None,
        successor: None,
        retries: 0,
        ..old.clone()
    };
    new_token::write(request, tx, &mut successor, (presented.expose(), 0)).await?;
    Failpoint::RefreshSuccessorWritten.reached();
    if !refresh_tokens::set_successor(tx, old.id, successor.id).await? {
        return Err(db::Error::Unavailable("it was replaced at the same time".to_owned()).into());
    }
    Failpoint::RefreshSuccessorNamed.reached();
    connections::extend(tx, old.principal, old.app, successor.expires_at).await?;
    Failpoint::RefreshConnectionExtended.reached();
    Ok(successor)
}

pub fn form() -> Fields {
    client_form("A refresh token keeps a connection alive")
        .exactly("grant_type", "refresh_token")
        .required("refresh_token", "The value that was returned last.")
        .optional("scope", SCOPE)
}
