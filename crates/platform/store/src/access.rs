//! What an access token opens: the check that every API makes, and the receipt it leaves.

mod app_token;

use ambient::Failpoint;
use protocol::jose::{self, AccessClaims};
use protocol::{AppId, DataCenter, Origin, Principal, PrincipalType, ScopeSet, Timestamp};

use crate::audit::{self, Action, Actor, By, Change};
use crate::{App, Company, RefreshTokenState, connections, refresh_tokens, request_tokens};
use crate::{ConnectionEvent, EventKind, RefreshToken, RegisteredApp, apps};
use crate::{authorization_codes, companies, not_before, revoked_access_tokens, users};

pub use app_token::authenticate_app;

/// A company or one of its users, for whom a valid access token was presented.
#[derive(Clone, Debug)]
pub struct Bearer {
    pub principal: Principal,
    pub app: AppId,
    pub scopes: ScopeSet,
}

/// For whom a valid access token stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    Principal(Principal),
    /// An app that speaks for itself.
    App(AppId),
}

/// Why an access token opens nothing.
#[derive(Debug)]
pub enum Refusal {
    /// No `Authorization: Bearer` header.
    Missing,
    /// Not signed by us, expired, or meant for another deployment.
    Invalid,
    /// A valid token, presented to a data centre in which its company does not live; it lives here.
    Elsewhere(Origin),
    /// The connection was ended, the lineage or the token revoked, somebody on whom it rests switched
    /// off, or the operator refuses what is so old (S20, S22, S23).
    Revoked,
    /// A good token of an app that speaks for itself, where a company's or user's is needed.
    AppToken,
    Storage(db::Error),
}

/// Judges the `Authorization` header of a request to an API of `center` on data of a company. An
/// app's own token is refused here, whatever its scopes.
pub async fn authenticate(
    app: &App,
    header: Option<&str>,
    center: &DataCenter,
    now: Timestamp,
) -> Result<Bearer, Refusal> {
    let claims = read(app, bearer_token(header)?, now)?;
    match standing_at(app, &claims, Some(center), now).await? {
        Subject::App(_) => Err(Refusal::AppToken),
        Subject::Principal(principal) => Ok(Bearer {
            principal,
            app: claims.client_id,
            scopes: claims.scopes.iter().map(String::as_str).collect(),
        }),
    }
}

/// The token of an `Authorization: Bearer` header (RFC 6750 §2.1).
pub fn bearer_token(header: Option<&str>) -> Result<&str, Refusal> {
    let (scheme, token) = header
        .and_then(|value| value.split_once(' '))
        .ok_or(Refusal::Missing)?;
    if scheme.eq_ignore_ascii_case("bearer") {
        Ok(token.trim())
    } else {
        Err(Refusal::Missing)
    }
}

/// The claims of an access token that we signed for one of our data centres and that has not
/// expired. Asks no database: whether it still stands, [`standing`] knows.
pub fn read(app: &App, token: &str, now: Timestamp) -> Result<AccessClaims, Refusal> {
    let keys = app.keys()?;
    let claims: AccessClaims = jose::verify(token, keys.public()).map_err(|_| Refusal::Invalid)?;
    let audience: Origin = claims.aud.parse().map_err(|_| Refusal::Invalid)?;
    let ours = app.settings.data_centers.contains(&audience)
        && jose::accept_access(&claims, |iss| app.is_issuer(iss), &audience, now).is_ok();
    if ours {
        Ok(claims)
    } else {
        Err(Refusal::Invalid)
    }
}

/// Whether everything that an access token rests on still stands, each by itself: none hides
/// another (S23).
///
/// Seeing a token issued with a refresh token that was not proven yet proves that the answer
/// arrived: that is written down, which retires its predecessors.
pub async fn standing(
    app: &App,
    claims: &AccessClaims,
    now: Timestamp,
) -> Result<Subject, Refusal> {
    standing_at(app, claims, None, now).await
}

/// [`standing`], at the one data centre that was asked: another one than the company lives in names
/// that. A token that was issued before the company moved opens nothing anywhere.
pub async fn standing_at(
    app: &App,
    claims: &AccessClaims,
    center: Option<&DataCenter>,
    now: Timestamp,
) -> Result<Subject, Refusal> {
    let mut tx = app.db.read().await?;
    if revoked_access_tokens::contains(&mut tx, &claims.jti).await? {
        return Err(Refusal::Revoked);
    }
    let mut issuers = app.settings.data_centers.all();
    let issued_for = issuers.find(|center| center.base_uri.as_str() == claims.aud);
    let issued_for = issued_for.ok_or(Refusal::Invalid)?;
    let not_before = not_before::of(&mut tx, &issued_for.name).await?;
    if not_before.refuses_access_token(Timestamp::from_seconds(claims.iat)) {
        return Err(Refusal::Revoked);
    }
    let client = apps::find(&mut tx, claims.client_id).await?;
    let client = client
        .filter(|client| client.enabled)
        .ok_or(Refusal::Revoked)?;
    if claims.principal_type == PrincipalType::App {
        let own = claims.sub == client.client_id.as_uuid() && claims.company.is_none();
        return if own {
            Ok(Subject::App(client.client_id))
        } else {
            Err(Refusal::Invalid)
        };
    }
    let principal = principal(claims).ok_or(Refusal::Invalid)?;
    let company = companies::find(&mut tx, principal.company()).await?;
    let company = company.ok_or(Refusal::Revoked)?;
    is_home(app, &company, claims, center)?;
    let token = issued_with(&mut tx, claims, principal, now).await?;
    let stands = token.principal == principal
        && !not_before.refuses_refresh_token(token.issued_at)
        && allowed(&mut tx, &client, principal, &company).await?;
    drop(tx);
    if !stands {
        return Err(Refusal::Revoked);
    }
    if token.proven_at.is_none() {
        let mut tx = app.db.write_within(principal.company()).await?;
        Failpoint::ReceiptBegun.reached();
        refresh_tokens::prove(&mut tx, &token, now).await?;
        Failpoint::ReceiptWritten.reached();
        tx.commit().await?;
        Failpoint::ReceiptCommitted.reached();
    }
    Ok(Subject::Principal(principal))
}

fn is_home(
    app: &App,
    company: &Company,
    claims: &AccessClaims,
    center: Option<&DataCenter>,
) -> Result<(), Refusal> {
    let home = app.settings.data_centers.by_name(&company.data_center);
    let home = home.ok_or_else(|| {
        db::Error::Program(format!("no data centre is called {}", company.data_center))
    })?;
    if center.is_some_and(|center| center.base_uri != home.base_uri) {
        return Err(Refusal::Elsewhere(home.base_uri.clone()));
    }
    if claims.aud == home.base_uri.as_str() {
        Ok(())
    } else {
        Err(Refusal::Revoked)
    }
}

/// The refresh token that an access token was issued with, when its lineage and its connection
/// still stand.
async fn issued_with(
    tx: &mut db::Tx,
    claims: &AccessClaims,
    principal: Principal,
    now: Timestamp,
) -> Result<RefreshToken, Refusal> {
    let grant = claims.grant_id.as_deref().ok_or(Refusal::Invalid)?;
    let grant = grant.parse().map_err(|_| Refusal::Invalid)?;
    let token = refresh_tokens::find(tx, grant).await?;
    let token = token.ok_or(Refusal::Revoked)?;
    let connection = connections::find(tx, principal, claims.client_id).await?;
    let live = matches!(
        token.state,
        RefreshTokenState::Live | RefreshTokenState::Retired
    ) && connection.is_some_and(|connection| connection.is_live(now));
    if live {
        Ok(token)
    } else {
        Err(Refusal::Revoked)
    }
}

/// Whether an app may act by a refresh token now: neither the app, nor the company, nor the person is
/// switched off, the company is one that the app may have, and the token is not from before an
/// instant that the operator has set.
pub async fn may_refresh(
    tx: &mut db::Tx,
    client: &RegisteredApp,
    token: &RefreshToken,
) -> Result<bool, db::Error> {
    let Some(company) = companies::find(tx, token.principal.company()).await? else {
        return Ok(false);
    };
    Ok(allowed(tx, client, token.principal, &company).await?
        && !is_too_old(tx, token, &company).await?)
}

/// Whether a refresh token is from before an instant that the operator has set for the data center
/// in which its company lives, or for all of them.
pub async fn is_too_old(
    tx: &mut db::Tx,
    token: &RefreshToken,
    company: &Company,
) -> Result<bool, db::Error> {
    let not_before = not_before::of(tx, &company.data_center).await?;
    Ok(not_before.refuses_refresh_token(token.issued_at))
}

async fn allowed(
    tx: &mut db::Tx,
    client: &RegisteredApp,
    principal: Principal,
    company: &Company,
) -> Result<bool, db::Error> {
    let person = match principal {
        Principal::Company(_) => true,
        Principal::User(company, user) => users::find(tx, company, user)
            .await?
            .is_some_and(|user| user.enabled),
    };
    Ok(client.enabled && client.may_connect_to(principal.company()) && company.enabled && person)
}

fn principal(claims: &AccessClaims) -> Option<Principal> {
    Principal::from_parts(claims.company?, claims.principal_type.as_str(), claims.sub)
}

/// Ends a connection for good: every refresh token, every request token and code, and with them every access
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
    authorization_codes::void_all(tx, principal, client, event.now).await?;
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

/// Revokes the lineage of a refresh token, as its app asks (RFC 7009). When nothing else of the
/// connection is live, that ends it.
pub async fn revoke_lineage(
    app: &App,
    tx: &mut db::Tx,
    token: &RefreshToken,
    by: DisconnectedBy<'_>,
) -> Result<(), db::Error> {
    refresh_tokens::revoke_lineage(tx, token).await?;
    let change = Change {
        action: Action::RefreshTokenRevoked,
        company: Some(token.principal.company()),
        app: Some(token.app),
        subject: &token.principal.id().to_string(),
    };
    let audited = By {
        actor: Actor::App(token.app),
        correlation_id: by.correlation_id,
        now: by.now,
    };
    audit::record(tx, &app.entropy, audited, change).await?;
    if !refresh_tokens::any_live(tx, token.principal, token.app, by.now).await? {
        disconnect(app, tx, token.principal, token.app, by).await?;
    }
    Ok(())
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
