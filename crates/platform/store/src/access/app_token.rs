use protocol::jose;
use protocol::{AppId, Origin, PrincipalType, Timestamp};

use super::{Refusal, verified};
use crate::{App, apps};

/// Judges the `Authorization` header of a request that only an app that speaks for itself may make
/// (reference §3.3, §3.7). Apps live in no data centre: a token that one of ours issued is good at
/// all of them.
pub async fn authenticate_app(
    app: &App,
    header: Option<&str>,
    now: Timestamp,
) -> Result<AppId, Refusal> {
    let claims = verified(app, header)?;
    let audience: Origin = claims.aud.parse().map_err(|_| Refusal::Invalid)?;
    let ours = app.is_issuer(&audience)
        && jose::accept_access(&claims, |iss| app.is_issuer(iss), &audience, now).is_ok();
    let speaks_for_itself = claims.principal_type == PrincipalType::App
        && claims.company.is_none()
        && claims.sub == claims.client_id.as_uuid();
    if !ours || !speaks_for_itself {
        return Err(Refusal::Invalid);
    }
    let mut tx = app.db.read().await?;
    let registered = apps::find(&mut tx, claims.client_id).await?;
    match registered {
        Some(registered) if registered.enabled => Ok(registered.client_id),
        _ => Err(Refusal::Revoked),
    }
}
