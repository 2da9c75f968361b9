//! `grant_type=authorization_code` (reference §3.1, RFC 6749 §4.1.3): what a browser brought back
//! becomes a connection of the person who signed in. Once: a code that comes back revokes what it
//! yielded.

use db::Tx;
use protocol::{AuthorizationCodeValue, ErrorCode, Form, Timestamp, TokenAnswer, narrow};
use store::{AuthorizationCode, access, authorization_codes, refresh_tokens};
use web::description::Fields;

use super::connect::Connecting;
use crate::answer::{Granted, SignIn, sign_in_answer};
use crate::described::{SCOPE, client_form};
use crate::refusal::Refusal;
use crate::token::TokenRequest;

pub async fn token(request: &TokenRequest<'_>, read: Tx) -> Result<TokenAnswer, Refusal> {
    drop(read);
    let presented = request.form.get("code").ok_or(ErrorCode::CodeMissing)?;
    let presented = AuthorizationCodeValue::parse(presented).ok_or(ErrorCode::BadCode)?;
    let mut tx = request.app.db.write().await?;
    let request = &request.anew(&mut tx).await?;
    let granted = exchange(request, &mut tx, &presented).await;
    // Refusals commit, failures roll back: a replay must revoke what the code yielded.
    if !matches!(granted, Err(Refusal::Storage(_))) {
        tx.commit().await?;
    }
    let (granted, signed_in) = granted?;
    sign_in_answer(request, &granted, &signed_in)
}

async fn exchange(
    request: &TokenRequest<'_>,
    tx: &mut Tx,
    presented: &AuthorizationCodeValue,
) -> Result<(Granted, SignIn), Refusal> {
    let code = find(tx, presented).await?;
    if code.app != request.client.client_id {
        return Err(ErrorCode::IssuedToAnother.into());
    }
    if code.used_at.is_some() {
        return replayed(request, tx, &code).await;
    }
    decide(&code, request.form, request.now)?;
    let company = request.check_principal(tx, code.principal).await?;
    let allowed = request.client.scopes.intersection(&code.scopes);
    let scopes = narrow(&allowed, request.form.get("scope")).ok_or(ErrorCode::ScopeExceedsGrant)?;
    if !authorization_codes::consume(tx, &code, request.now).await? {
        // Somebody was quicker: this is the second use.
        let code = find(tx, presented).await?;
        return replayed(request, tx, &code).await;
    }
    let connecting = Connecting {
        principal: code.principal,
        user: protocol::UserId::from_uuid(code.principal.id()),
        scopes: &scopes,
        parent: presented.expose(),
    };
    let (refresh_token, refresh_value) = connecting.connect(request, tx).await?;
    authorization_codes::record_yield(tx, &code, refresh_token.id).await?;
    let granted = Granted {
        company,
        principal: code.principal,
        scopes,
        refresh_token,
        refresh_value,
    };
    let signed_in = SignIn {
        nonce: code.nonce,
        at: code.authenticated_at,
    };
    Ok((granted, signed_in))
}

async fn find(
    tx: &mut Tx,
    presented: &AuthorizationCodeValue,
) -> Result<AuthorizationCode, Refusal> {
    let code = authorization_codes::find(tx, presented.hash()).await?;
    code.ok_or(ErrorCode::BadCode.into())
}

/// Whether a code that was not used yet may be exchanged now, by the app whose it is.
fn decide(code: &AuthorizationCode, form: &Form, now: Timestamp) -> Result<(), ErrorCode> {
    if now >= code.expires_at {
        return Err(ErrorCode::BadCode);
    }
    match form.get("redirect_uri") {
        None if code.redirect_uri_given => return Err(ErrorCode::RedirectUriMissing),
        Some(uri) if uri != code.redirect_uri => return Err(ErrorCode::RedirectUriMismatch),
        _ => {}
    }
    // A verifier without a challenge is refused as well: whoever sends one has asked for a proof,
    // and somebody took it out of the request (RFC 9700 §2.1.1).
    let proven = match (&code.code_challenge, form.get("code_verifier")) {
        (None, None) => true,
        (Some(challenge), Some(verifier)) => challenge.accepts(verifier),
        _ => false,
    };
    if proven {
        Ok(())
    } else {
        Err(ErrorCode::BadCode)
    }
}

/// RFC 6749 §4.1.2: what the first use yielded ends.
async fn replayed<T>(
    request: &TokenRequest<'_>,
    tx: &mut Tx,
    code: &AuthorizationCode,
) -> Result<T, Refusal> {
    let yielded = match code.refresh_token {
        Some(id) => refresh_tokens::find(tx, id).await?,
        None => None,
    };
    if let Some(token) = yielded {
        let correlation = &request.correlation.0;
        access::revoke_replayed(request.app, tx, &token, correlation, request.now).await?;
        tracing::warn!(
            company.id = %code.principal.company(), app.id = %code.app,
            correlation.id = correlation, "an authorization code came back"
        );
    }
    Err(ErrorCode::BadCode.into())
}

pub fn form() -> Fields {
    client_form("A code that a browser brought becomes a connection of the person who signed in")
        .exactly("grant_type", "authorization_code")
        .required("code", "As it came to the redirect URI.")
        .optional(
            "redirect_uri",
            "The same as before; required if it was sent then.",
        )
        .optional(
            "code_verifier",
            "Required if a `code_challenge` was sent (RFC 7636).",
        )
        .optional("scope", SCOPE)
}
