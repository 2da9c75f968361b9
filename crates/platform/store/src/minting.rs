//! Making request tokens, by a click on Connect or by an operator's helpdesk, and authorization
//! codes.

use db::{Error, Tx};
use protocol::{
    AUTHORIZATION_CODE_LIFETIME, AuthorizationCodeValue, CompanyId, Principal,
    REQUEST_TOKEN_LIFETIME, RequestTokenValue, ScopeSet, Timestamp, UserId,
};
use uuid::Uuid;

use crate::{
    App, AuthorizationCode, AuthorizationRequest, RegisteredApp, RequestToken, authorization_codes,
    request_tokens,
};

/// For whom a request token is made.
pub struct Mint<'a> {
    pub principal: Principal,
    pub client: &'a RegisteredApp,
    /// Who asks for it.
    pub user: UserId,
    /// The click that it belongs to, if it was one.
    pub attempt: Option<Uuid>,
}

/// Makes a request token, good for 24 hours (CF-11, S09). Whether the person may have one is the
/// caller's to decide. What the administrator was shown are the app's scopes as they stand now.
pub async fn request_token(
    app: &App,
    tx: &mut Tx,
    mint: Mint<'_>,
    now: Timestamp,
) -> Result<RequestTokenValue, Error> {
    let value = RequestTokenValue::mint(app.entropy.bytes());
    let token = RequestToken {
        hash: value.hash(),
        principal: mint.principal,
        app: mint.client.client_id,
        user: mint.user,
        attempt: mint.attempt,
        scopes: mint.client.scopes.clone(),
        expires_at: now + REQUEST_TOKEN_LIFETIME,
        uses: 0,
        refresh_token: None,
        void: false,
    };
    request_tokens::insert(tx, &token).await?;
    Ok(value)
}

/// Who lets an app have a code, and for what.
pub struct Granting<'a> {
    pub company: CompanyId,
    pub user: UserId,
    /// When this person signed in.
    pub authenticated_at: Timestamp,
    pub request: &'a AuthorizationRequest,
    /// What was agreed to.
    pub scopes: ScopeSet,
}

/// Makes an authorization code, good for ten minutes, once. Whether the person has agreed is the
/// caller's to decide.
pub async fn authorization_code(
    app: &App,
    tx: &mut Tx,
    granting: Granting<'_>,
    now: Timestamp,
) -> Result<AuthorizationCodeValue, Error> {
    let value = AuthorizationCodeValue::mint(app.entropy.bytes());
    let request = granting.request;
    let code = AuthorizationCode {
        hash: value.hash(),
        principal: Principal::User(granting.company, granting.user),
        app: request.app,
        redirect_uri: request.redirect_uri.clone(),
        redirect_uri_given: request.redirect_uri_given,
        scopes: granting.scopes,
        nonce: request.nonce.clone(),
        code_challenge: request.code_challenge.clone(),
        authenticated_at: granting.authenticated_at,
        expires_at: now + AUTHORIZATION_CODE_LIFETIME,
        used_at: None,
        refresh_token: None,
    };
    authorization_codes::insert(tx, &code).await?;
    Ok(value)
}
