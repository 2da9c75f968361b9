use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa::openapi::schema::{Object, ObjectBuilder, Type};

use crate::Origin;

macro_rules! error_codes {
    ($($(#[$doc:meta])* $name:ident = $number:literal, $status:literal, $error:literal, $description:literal;)*) => {
        /// The numbered refusals of the authentication service (reference §2.6.1, §2.6.2): number, HTTP
        /// status, `error` and a constant `error_description`. Clients decide by the number.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum ErrorCode { $($(#[$doc])* $name,)* }

        impl ErrorCode {
            pub const ALL: &[ErrorCode] = &[$(ErrorCode::$name,)*];

            pub const fn number(self) -> u16 {
                match self { $(ErrorCode::$name => $number,)* }
            }

            pub const fn http_status(self) -> u16 {
                match self { $(ErrorCode::$name => $status,)* }
            }

            /// The word of RFC 6749 §5.2.
            pub const fn error(self) -> &'static str {
                match self { $(ErrorCode::$name => $error,)* }
            }

            pub const fn description(self) -> &'static str {
                match self { $(ErrorCode::$name => $description,)* }
            }
        }
    };
}

error_codes! {
    IncorrectCredentials = 5, 400, "invalid_grant", "Incorrect credentials. Please Retry";
    AccountDisabled = 10, 400, "invalid_grant", "Account is disabled. Please contact support";
    AccountLocked = 14, 400, "invalid_grant", "Account Locked. Please contact support";
    LivesElsewhere = 16, 400, "invalid_request", "user lives elsewhere";
    UsernameMissing = 51, 400, "invalid_request", "username was not supplied";
    PasswordMissing = 52, 400, "invalid_request", "password was not supplied";
    CompanyNotEnabled = 53, 403, "invalid_client", "company is not enabled for this client";
    ScopeExceedsGrant = 54, 400, "invalid_scope", "requested scope exceeds granted scope";
    OtpMissing = 56, 400, "invalid_request", "otp was not supplied";
    ChannelTypeMissing = 57, 400, "invalid_request", "channel_type was not supplied";
    ChannelHandleMissing = 58, 400, "invalid_request", "channel_handle was not supplied";
    ClientDisabled = 59, 403, "access_denied", "client disabled";
    GrantNotAllowed = 60, 400, "invalid_grant", "these are not the grants you are looking for";
    ClientNotFound = 61, 401, "invalid_client", "client not found";
    ClientIdMissing = 62, 400, "invalid_request", "client_id was not supplied";
    ClientSecretMissing = 63, 400, "invalid_request", "client_secret was not supplied";
    ClientAuthenticationFailed = 64, 401, "invalid_client", "Incorrect credentials. Please Retry";
    GrantTypeMissing = 65, 400, "invalid_request", "grant_type was not supplied";
    BadChannelType = 80, 400, "invalid_request", "invalid channel type";
    BadChannelHandle = 81, 400, "invalid_request", "bad channel handle";
    TooManyOpenOtps = 82, 400, "invalid_request", "the number of open otp requests has been exceeded";
    OtpNotFound = 83, 400, "invalid_request", "otp not found";
    FactsDiffer = 84, 400, "invalid_request", "fact verification failed";
    WrongOtp = 85, 400, "invalid_request", "otp verification failed";
    CodeMissing = 101, 400, "invalid_request", "code was not supplied";
    RedirectUriMissing = 102, 400, "invalid_request", "redirect_uri was not supplied";
    BadCode = 103, 400, "invalid_request", "code is bad or expired";
    RedirectUriMismatch = 104, 400, "invalid_grant", "redirect_uri does not match the previous grant";
    IssuedToAnother = 105, 400, "invalid_grant", "this grant was not issued to you!";
    RefreshTokenMissing = 106, 400, "invalid_request", "refresh_token was not supplied";
    RefreshDisallowed = 107, 400, "invalid_request", "refresh disallowed for app";
    BadRefreshToken = 108, 403, "invalid_grant", "bad or expired refresh token";
    BadCredType = 120, 400, "invalid_request", "credtype is invalid";
    PrincipalDisabled = 123, 403, "invalid_request", "principal is disabled";
    UnsupportedFormat = 135, 400, "invalid_request", "unsupported request format";
    /// The request token was minted for another app (CF-12).
    AuthtokenNotYours = 136, 400, "invalid_request", "Authtoken was not issued for you";
}

/// The JSON body of every refusal by `/oauth2/v0/*` (reference §2.6).
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ErrorBody {
    #[schema(schema_with = numbers)]
    pub code: u16,
    /// The word of RFC 6749 §5.2, where it has one.
    pub error: String,
    /// A constant sentence. It may change: decide by `code`.
    pub error_description: String,
    /// Where the principal lives; with code 16.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub geolocation: Option<Origin>,
    /// As in the header of that name.
    #[serde(
        rename = "concur-correlationid",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    #[schema(nullable = false)]
    pub correlation_id: Option<String>,
}

/// The schema of a refusal's number, with what each says.
fn numbers() -> Object {
    let mut text = "Where the platform has no number, the HTTP status:\n\n\
        | Code | HTTP | `error` | `error_description` |\n|---|---|---|---|\n"
        .to_owned();
    for code in ErrorCode::ALL {
        let (number, status) = (code.number(), code.http_status());
        let (error, description) = (code.error(), code.description());
        text += &format!("| {number} | {status} | {error} | {description} |\n");
    }
    ObjectBuilder::new()
        .schema_type(Type::Integer)
        .description(Some(text))
        .build()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_unique() {
        let mut numbers: Vec<u16> = ErrorCode::ALL.iter().map(|code| code.number()).collect();
        numbers.dedup();
        assert_eq!(numbers.len(), ErrorCode::ALL.len());
    }
}
