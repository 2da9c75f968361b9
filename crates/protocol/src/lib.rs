//! What both sides say on the wire, as pure types.
//!
//! Architecture invariant: nothing here does I/O, reads a clock or draws randomness; what it needs
//! of those is a parameter. What decides is a plain function over values.

mod authorization;
mod connect;
mod data_center;
mod error_code;
mod form;
mod id;
mod introspection;
pub mod jose;
mod one_time_password;
mod principal;
mod refresh_token;
mod scope;
mod seal;
mod time;
mod token;
mod token_answer;

pub use authorization::{
    AUTHORIZATION_CODE_LIFETIME, AuthorizationError, AuthorizationResponse, CodeChallenge, Prompt,
};
pub use connect::{ConnectParameters, RequestTokenAnswer, connect_redirect};
pub use data_center::{DataCenter, DataCenters, Origin, OriginError};
pub use error_code::{ErrorBody, ErrorCode};
pub use form::{Form, FormError};
pub use id::{AppId, CompanyId, UserId, tail_of};
pub use introspection::Introspection;
pub use one_time_password::OneTimePassword;
pub use principal::{Edition, Principal, PrincipalType};
pub use refresh_token::{Place, RefreshTokenValue};
pub use scope::{OFFLINE_ACCESS, ScopeSet, narrow};
pub use seal::{SealError, SealingKey, hmac_sha256, sha256};
pub use time::{DAY, HOUR, MINUTE, Timestamp};
pub use token::{
    AuthorizationCodeValue, REQUEST_TOKEN_LIFETIME, REQUEST_TOKEN_USES, RequestTokenValue,
    TokenHash,
};
pub use token_answer::{TokenAnswer, Tolerant};
