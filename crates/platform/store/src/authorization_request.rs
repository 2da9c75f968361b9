//! What an app asks a person for, on its way through the browser.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use protocol::{
    AppId, AuthorizationResponse, CodeChallenge, MINUTE, Origin, Prompt, ScopeSet, Timestamp,
    TokenHash,
};
use serde::{Deserialize, Serialize};

use crate::App;

/// How long somebody may take to sign in and agree.
pub const AUTHORIZATION_REQUEST_LIFETIME: Duration = Duration::from_secs(30 * MINUTE.as_secs());

const PURPOSE: &str = "authorization request";

/// A request that the authorization endpoint has judged, sealed while the browser carries it:
/// nothing of it stands in the database, and no byte of it can be changed (S06).
#[derive(Clone, Serialize, Deserialize)]
pub struct AuthorizationRequest {
    pub app: AppId,
    pub redirect_uri: String,
    /// Whether the request named it.
    pub redirect_uri_given: bool,
    /// The origin that was asked.
    pub issuer: Origin,
    pub state: Option<String>,
    /// What is asked for, within what the app may have; see [`AuthorizationRequest::scopes`].
    pub scope: String,
    /// Asked for `offline_access`.
    pub offline: bool,
    pub prompt: Prompt,
    /// Seconds since the person last signed in.
    pub max_age: Option<u32>,
    /// The login to begin with.
    pub login_hint: Option<String>,
    pub nonce: Option<String>,
    pub code_challenge: Option<CodeChallenge>,
    pub expires_at: Timestamp,
    /// The session in which it goes on, once somebody has signed in.
    pub session: Option<BoundSession>,
}

/// A session that a sealed request belongs to: it is worth nothing in another.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BoundSession {
    /// What the session is stored under.
    token: String,
    /// Whether it began for this request: then nobody is asked to sign in again.
    pub began_here: bool,
}

impl BoundSession {
    pub fn new(token: &TokenHash, began_here: bool) -> BoundSession {
        BoundSession {
            token: URL_SAFE_NO_PAD.encode(token.as_bytes()),
            began_here,
        }
    }

    pub fn is(&self, token: &TokenHash) -> bool {
        self.token == URL_SAFE_NO_PAD.encode(token.as_bytes())
    }
}

impl AuthorizationRequest {
    /// base64url; at most a few kilobytes, because the endpoint bounds what goes into it.
    pub fn seal(&self, app: &App) -> String {
        let plain = serde_json::to_vec(self).expect("plain structures have a JSON form");
        let sealing = app.request_sealing();
        URL_SAFE_NO_PAD.encode(sealing.seal(app.entropy.bytes(), PURPOSE, &plain))
    }

    /// `None` when it was changed, was never sealed here, or has expired.
    pub fn open(app: &App, sealed: &str, now: Timestamp) -> Option<AuthorizationRequest> {
        let bytes = URL_SAFE_NO_PAD.decode(sealed).ok()?;
        let plain = app.request_sealing().open(PURPOSE, &bytes).ok()?;
        let request: AuthorizationRequest = serde_json::from_slice(&plain).ok()?;
        (now < request.expires_at).then_some(request)
    }

    pub fn scopes(&self) -> ScopeSet {
        ScopeSet::parse(&self.scope)
    }

    /// Where the answer goes.
    pub fn response(&self) -> AuthorizationResponse<'_> {
        AuthorizationResponse {
            redirect_uri: &self.redirect_uri,
            state: self.state.as_deref(),
            issuer: &self.issuer,
        }
    }
}
