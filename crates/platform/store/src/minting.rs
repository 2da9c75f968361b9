//! Making request tokens: by a click on Connect, or by an operator's helpdesk.

use db::{Error, Tx};
use protocol::{Principal, REQUEST_TOKEN_LIFETIME, RequestTokenValue, Timestamp, UserId};
use uuid::Uuid;

use crate::{App, RegisteredApp, RequestToken, request_tokens};

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
