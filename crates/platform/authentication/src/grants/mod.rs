//! The grants, a closed set; each file holds what is its own.

mod authorization_code;
mod authtoken;
mod client_credentials;
mod connect;
mod new_token;
mod otp;
mod password;
pub(crate) mod recognition;
pub(crate) mod refresh_decision;
mod refresh_token;

use db::Tx;
use protocol::{ErrorCode, Form, PrincipalType, RefreshTokenValue, TokenAnswer};
use store::{RefreshToken, RegisteredApp, Settings};
use web::description::Fields;

use crate::refusal::Refusal;
use crate::token::TokenRequest;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grant {
    /// `password` with `credtype=authtoken`: a request token becomes a connection.
    Authtoken,
    /// `password` with `credtype=password`: a person's own password does.
    Password,
    RefreshToken,
    /// An app speaks for itself.
    ClientCredentials,
    /// A one-time password from a mail becomes a connection of a person.
    Otp,
    /// A browser brought a code.
    AuthorizationCode,
}

impl Grant {
    /// The values of `grant_type` that there are.
    pub const TYPES: &[&str] = &[
        "password",
        "refresh_token",
        "client_credentials",
        "otp",
        "authorization_code",
    ];

    /// What is sent for each of them, under the name of its schema.
    pub fn forms() -> impl Iterator<Item = (&'static str, Fields)> {
        [
            ("AuthtokenGrant", authtoken::form()),
            ("PasswordGrant", password::form()),
            ("RefreshTokenGrant", refresh_token::form()),
            ("ClientCredentialsGrant", client_credentials::form()),
            ("OtpGrant", otp::form()),
            ("AuthorizationCodeGrant", authorization_code::form()),
        ]
        .into_iter()
    }

    /// 60 for a grant that there is not, 120 for a `credtype` that there is not.
    pub fn parse(grant_type: &str, form: &Form) -> Result<Grant, Refusal> {
        match (grant_type, form.get("credtype")) {
            ("password", Some("authtoken")) => Ok(Grant::Authtoken),
            // Left out, `credtype` is `password` (OA-21).
            ("password", None | Some("password")) => Ok(Grant::Password),
            ("password", Some(_)) => Err(ErrorCode::BadCredType.into()),
            ("refresh_token", _) => Ok(Grant::RefreshToken),
            ("client_credentials", _) => Ok(Grant::ClientCredentials),
            ("otp", _) => Ok(Grant::Otp),
            ("authorization_code", _) => Ok(Grant::AuthorizationCode),
            _ => Err(ErrorCode::GrantNotAllowed.into()),
        }
    }

    /// 60, and for refreshing 107, when the app may not use it. Codes and people's own passwords are
    /// only for apps that connect to people, and passwords only where the operator has said so.
    pub fn is_allowed_for(
        self,
        client: &RegisteredApp,
        settings: &Settings,
    ) -> Result<(), Refusal> {
        let (name, otherwise) = match self {
            Grant::Authtoken | Grant::Password => ("password", ErrorCode::GrantNotAllowed),
            Grant::RefreshToken => ("refresh_token", ErrorCode::RefreshDisallowed),
            Grant::ClientCredentials => ("client_credentials", ErrorCode::GrantNotAllowed),
            Grant::Otp => ("otp", ErrorCode::GrantNotAllowed),
            Grant::AuthorizationCode => ("authorization_code", ErrorCode::GrantNotAllowed),
        };
        let people = client.principal_type == PrincipalType::User;
        let possible = match self {
            Grant::Password => people && settings.user_password_grant,
            Grant::AuthorizationCode => people,
            Grant::Authtoken | Grant::RefreshToken | Grant::ClientCredentials | Grant::Otp => true,
        };
        if client.grants.contains(name) && possible {
            Ok(())
        } else {
            Err(otherwise.into())
        }
    }

    /// `tx` is the transaction in which the app was read.
    pub async fn token(self, request: &TokenRequest<'_>, tx: Tx) -> Result<TokenAnswer, Refusal> {
        match self {
            Grant::Authtoken => authtoken::token(request, tx).await,
            Grant::Password => password::token(request, tx).await,
            Grant::RefreshToken => refresh_token::token(request, tx).await,
            Grant::ClientCredentials => {
                drop(tx);
                client_credentials::token(request)
            }
            Grant::Otp => otp::token(request, tx).await,
            Grant::AuthorizationCode => authorization_code::token(request, tx).await,
        }
    }
}

/// The value that was derived from `parent` when `token` was made: a repeated request gets it again.
fn repeated_value(
    request: &TokenRequest<'_>,
    parent: &str,
    token: &RefreshToken,
) -> RefreshTokenValue {
    let (key, place) = (request.app.refresh_derivation_key(), token.place());
    let value = RefreshTokenValue::derive(key, parent, place);
    if value.hash().matches(&token.secret_hash) {
        value
    } else {
        RefreshTokenValue::derive_former(key, parent, place)
    }
}
