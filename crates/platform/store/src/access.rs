//! What an access token opens: the check that every API makes, and the receipt it leaves.

mod app_token;

use protocol::jose::{self, AccessClaims};
use protocol::{AppId, DataCenter, Origin, Principal, ScopeSet, Timestamp};

use crate::{App, RefreshTokenState, connections, refresh_tokens, request_tokens};
use crate::{ConnectionEvent, EventKind, RefreshToken, apps};

pub use app_token::authenticate_app;

/// Whoever presented a valid access token.
#[derive(Clone, Debug)]
pub struct Bearer {
    pub principal: Principal,
    pub app: AppId,
    pub scopes: ScopeSet,
}

/// Why an access token opens nothing.
#[derive(Debug)]
pub enum Refusal {
    /// No `Authorization: Bearer` header.
    Missing,
    /// Not signed by us, expired, or meant for another data centre.
    Invalid,
    /// A valid token, presented to a data centre in which its company does not live; it lives here.
    Elsewhere(Origin),
    /// The connection was ended, the lineage revoked or the app switched off (S20, S22, S23).
    Revoked,
    Storage(db::Error),
}

/// Judges the `Authorization` header of a request to the API of `center`.
///
/// Seeing a token issued with a refresh token that was not proven yet proves that the answer
/// arrived: that is written down, which retires its predecessors.
pub async fn authenticate(
    app: &App,
    header: Option<&str>,
    center: &DataCenter,
    now: Timestamp,
) -> Result<Bearer, Refusal> {
    let claims = verified(app, header)?;
    let here = jose::accept_access(&claims, |iss| app.is_issuer(iss), &center.base_uri, now);
    if here.is_err() {
        return Err(elsewhere(app, &claims, now).unwrap_or(Refusal::Invalid));
    }
    let principal = principal(&claims).ok_or(Refusal::Invalid)?;
    let grant = claims.grant_id.as_deref().ok_or(Refusal::Invalid)?;
    let grant: i64 = grant.parse().map_err(|_| Refusal::Invalid)?;
    let mut tx = app.db.read().await?;
    let token = refresh_tokens::find(&mut tx, grant)
        .await?
        .ok_or(Refusal::Revoked)?;
    let connection = connections::find(&mut tx, principal, claims.client_id).await?;
    let registered = apps::find(&mut tx, claims.client_id).await?;
    drop(tx);
    let stands = matches!(
        token.state,
        RefreshTokenState::Live | RefreshTokenState::Retired
    ) && token.principal == principal
        && connection.is_some_and(|connection| connection.is_live(now))
        && registered.is_some_and(|app| app.enabled && app.may_connect_to(principal.company()));
    if !stands {
        return Err(Refusal::Revoked);
    }
    if token.proven_at.is_none() {
        let mut tx = app.db.write().await?;
        refresh_tokens::prove(&mut tx, &token, now).await?;
        tx.commit().await?;
    }
    let scopes = claims.scopes.iter().map(String::as_str).collect();
    Ok(Bearer {
        principal,
        app: claims.client_id,
        scopes,
    })
}

fn verified(app: &App, header: Option<&str>) -> Result<AccessClaims, Refusal> {
    let (scheme, token) = header
        .and_then(|value| value.split_once(' '))
        .ok_or(Refusal::Missing)?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(Refusal::Missing);
    }
    jose::verify(token.trim(), app.keys().public()).map_err(|_| Refusal::Invalid)
}

/// Whether the token would have been accepted by another data centre of this deployment.
fn elsewhere(app: &App, claims: &AccessClaims, now: Timestamp) -> Option<Refusal> {
    let audience: Origin = claims.aud.parse().ok()?;
    let ours = app.settings.data_centers.contains(&audience)
        && jose::accept_access(claims, |iss| app.is_issuer(iss), &audience, now).is_ok();
    ours.then_some(Refusal::Elsewhere(audience))
}

fn principal(claims: &AccessClaims) -> Option<Principal> {
    Principal::from_parts(claims.company?, claims.principal_type.as_str(), claims.sub)
}

/// Ends a connection for good: every refresh token, every request token, and with them every access
/// token, at once (AC-41, OA-63). Returns whether there was one.
pub async fn disconnect(
    app: &App,
    tx: &mut db::Tx,
    principal: Principal,
    client: AppId,
    event: DisconnectedBy<'_>,
) -> Result<bool, db::Error> {
    let ended = connections::set_disconnected(tx, principal, client).await?;
    refresh_tokens::revoke_all(tx, principal, client).await?;
    request_tokens::void_all(tx, principal, client).await?;
    if ended {
        let event = ConnectionEvent {
            id: app.entropy.uuid(),
            kind: EventKind::Disconnected,
            actor: event.actor.to_owned(),
            correlation_id: event.correlation_id.to_owned(),
            at: event.now,
        };
        crate::connection_events::insert(tx, principal, client, &event).await?;
    }
    Ok(ended)
}

/// Who ends a connection, in which call, when.
pub struct DisconnectedBy<'a> {
    /// A user's id, or `app`.
    pub actor: &'a str,
    pub correlation_id: &'a str,
    pub now: Timestamp,
}

/// Revokes a lineage whose retired token came back, and writes that down (rule 2).
pub async fn revoke_replayed(
    app: &App,
    tx: &mut db::Tx,
    token: &RefreshToken,
    correlation_id: &str,
    now: Timestamp,
) -> Result<(), db::Error> {
    refresh_tokens::revoke_lineage(tx, token).await?;
    let event = ConnectionEvent {
        id: app.entropy.uuid(),
        kind: EventKind::ReplayDetected,
        actor: "platform".to_owned(),
        correlation_id: correlation_id.to_owned(),
        at: now,
    };
    crate::connection_events::insert(tx, token.principal, token.app, &event).await?;
    if !refresh_tokens::any_live(tx, token.principal, token.app, now).await? {
        connections::set_disconnected(tx, token.principal, token.app).await?;
    }
    Ok(())
}

impl From<db::Error> for Refusal {
    fn from(error: db::Error) -> Refusal {
        Refusal::Storage(error)
    }
}
