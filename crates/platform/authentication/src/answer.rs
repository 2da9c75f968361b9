//! Putting a token answer together (CF-23), field by field.

use protocol::jose::{AccessClaims, IdClaims, JoseError, at_hash};
use protocol::{CompanyId, Origin, Principal, PrincipalType, RefreshTokenValue, ScopeSet};
use protocol::{Timestamp, TokenAnswer, Tolerant};
use store::{Company, RefreshToken};
use uuid::Uuid;

use crate::refusal::Refusal;
use crate::token::TokenRequest;

/// What a grant yielded: for whom, and the refresh token that goes with it.
pub struct Granted {
    pub company: Company,
    pub principal: Principal,
    /// What this access token may do; at most what the refresh token may.
    pub scopes: ScopeSet,
    pub refresh_token: RefreshToken,
    pub refresh_value: RefreshTokenValue,
}

/// What an id_token says of the sign-in that it comes from (OpenID Connect Core §2).
pub struct SignIn {
    /// The app's own value, given back.
    pub nonce: Option<String>,
    pub at: Timestamp,
}

/// Signs the tokens. By now everything is durable: a retry yields the same refresh token.
pub fn token_answer(request: &TokenRequest<'_>, granted: &Granted) -> Result<TokenAnswer, Refusal> {
    answer(request, granted, None)
}

/// [`token_answer`], where somebody has just signed in for it.
pub fn sign_in_answer(
    request: &TokenRequest<'_>,
    granted: &Granted,
    signed_in: &SignIn,
) -> Result<TokenAnswer, Refusal> {
    answer(request, granted, Some(signed_in))
}

fn answer(
    request: &TokenRequest<'_>,
    granted: &Granted,
    signed_in: Option<&SignIn>,
) -> Result<TokenAnswer, Refusal> {
    let centers = &request.app.settings.data_centers;
    let home = centers
        .by_name(&granted.company.data_center)
        .ok_or_else(|| {
            db::Error::Program(format!(
                "no data centre is called {}",
                granted.company.data_center
            ))
        })?;
    let geolocation = home.base_uri.clone();
    let access_token = access_token(
        request,
        Claims {
            sub: granted.principal.id(),
            company: Some(granted.company.id),
            kind: granted.principal.kind(),
            scopes: &granted.scopes,
            issued_with: Some(granted.refresh_token.id),
            audience: &geolocation,
        },
    )?;
    let wants_identity = granted.scopes.contains("openid");
    let id_token = wants_identity
        .then(|| id_token(request, granted, &access_token, signed_in))
        .transpose();
    let refresh_token = &granted.refresh_token;
    Ok(TokenAnswer {
        expires_in: Tolerant(lifetime(request)),
        scope: granted.scopes.to_string(),
        token_type: "Bearer".to_owned(),
        access_token,
        refresh_token: Some(granted.refresh_value.expose().to_owned()),
        refresh_expires_in: Some(Tolerant(refresh_token.expires_at.as_seconds())),
        refresh_absolute_expires_at: Some(Tolerant(refresh_token.absolute_expires_at.as_seconds())),
        id_token: id_token?,
        geolocation,
    })
}

/// The answer for an app that speaks for itself (OA-31): an access token, and nothing to renew it
/// with.
pub fn app_answer(request: &TokenRequest<'_>, scopes: &ScopeSet) -> Result<TokenAnswer, Refusal> {
    let geolocation = request.center.base_uri.clone();
    let access_token = access_token(
        request,
        Claims {
            sub: request.client.client_id.as_uuid(),
            company: None,
            kind: PrincipalType::App,
            scopes,
            issued_with: None,
            audience: &geolocation,
        },
    )?;
    Ok(TokenAnswer {
        expires_in: Tolerant(lifetime(request)),
        scope: scopes.to_string(),
        token_type: "Bearer".to_owned(),
        access_token,
        refresh_token: None,
        refresh_expires_in: None,
        refresh_absolute_expires_at: None,
        id_token: None,
        geolocation,
    })
}

/// What differs between access tokens.
struct Claims<'a> {
    sub: Uuid,
    company: Option<CompanyId>,
    kind: PrincipalType,
    scopes: &'a ScopeSet,
    /// The refresh token.
    issued_with: Option<i64>,
    audience: &'a Origin,
}

fn access_token(request: &TokenRequest<'_>, claims: Claims<'_>) -> Result<String, Refusal> {
    let now = request.now.as_seconds();
    let claims = AccessClaims {
        iss: request.center.base_uri.clone(),
        sub: claims.sub,
        aud: claims.audience.to_string(),
        client_id: request.client.client_id,
        company: claims.company,
        principal_type: claims.kind,
        version: 2,
        scopes: claims.scopes.to_vec(),
        jti: request.app.entropy.uuid().to_string(),
        grant_id: claims.issued_with.map(|id| id.to_string()),
        iat: now,
        nbf: now,
        exp: now + lifetime(request),
    };
    let keys = request.app.keys()?;
    keys.signing(request.client.algorithm)
        .sign(&claims)
        .map_err(unsigned)
}

fn id_token(
    request: &TokenRequest<'_>,
    granted: &Granted,
    access_token: &str,
    signed_in: Option<&SignIn>,
) -> Result<String, Refusal> {
    let now = request.now.as_seconds();
    let keys = request.app.keys()?;
    let algorithm = request.client.algorithm;
    let signed = keys.signing(algorithm).sign(&IdClaims {
        iss: request.center.base_uri.clone(),
        sub: granted.principal.id(),
        aud: request.client.client_id.to_string(),
        principal_type: granted.principal.kind(),
        version: 2,
        at_hash: Some(at_hash(algorithm, access_token)),
        nonce: signed_in.and_then(|signed_in| signed_in.nonce.clone()),
        auth_time: signed_in.map(|signed_in| signed_in.at.as_seconds()),
        iat: now,
        nbf: now,
        exp: now + lifetime(request),
    });
    signed.map_err(unsigned)
}

fn lifetime(request: &TokenRequest<'_>) -> i64 {
    i64::try_from(request.app.settings.access_token_lifetime.as_secs()).unwrap_or(3_600)
}

fn unsigned(_: JoseError) -> Refusal {
    Refusal::Storage(db::Error::Program(
        "the signing key does not sign".to_owned(),
    ))
}
