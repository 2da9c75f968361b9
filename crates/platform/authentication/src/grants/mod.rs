//! The grants, a closed set; each file holds what is its own.

mod authtoken;
mod refresh_decision;
mod refresh_token;

use protocol::{ErrorCode, Form, TokenAnswer};
use store::RegisteredApp;

use crate::refusal::Refusal;
use crate::token::TokenRequest;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grant {
    /// `password` with `credtype=authtoken`: a request token becomes a connection.
    Authtoken,
    RefreshToken,
}

impl Grant {
    /// 60 for a grant that there is not, 120 for a `credtype` that there is not.
    pub fn parse(grant_type: &str, form: &Form) -> Result<Grant, Refusal> {
        match (grant_type, form.get("credtype")) {
            ("password", Some("authtoken")) => Ok(Grant::Authtoken),
            // Left out, `credtype` is `password`: people's own passwords, which are not taken here.
            ("password", None | Some("password")) => Err(ErrorCode::GrantNotAllowed.into()),
            ("password", Some(_)) => Err(ErrorCode::BadCredType.into()),
            ("refresh_token", _) => Ok(Grant::RefreshToken),
            _ => Err(ErrorCode::GrantNotAllowed.into()),
        }
    }

    pub fn is_allowed_for(self, client: &RegisteredApp) -> Result<(), Refusal> {
        let (name, otherwise) = match self {
            Grant::Authtoken => ("password", ErrorCode::GrantNotAllowed),
            Grant::RefreshToken => ("refresh_token", ErrorCode::RefreshDisallowed),
        };
        if client.grants.contains(name) {
            Ok(())
        } else {
            Err(otherwise.into())
        }
    }

    pub async fn token(self, request: &TokenRequest<'_>) -> Result<TokenAnswer, Refusal> {
        match self {
            Grant::Authtoken => authtoken::token(request).await,
            Grant::RefreshToken => refresh_token::token(request).await,
        }
    }
}

/// A key for a new refresh token: microseconds and ten random bits, so that it grows with time.
fn new_row(request: &TokenRequest<'_>) -> i64 {
    let random = i64::from(u16::from_be_bytes(request.app.entropy.bytes()) & 0x3ff);
    request.now.as_micros().saturating_mul(1024) | random
}
