use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{AppId, CompanyId, Origin, PrincipalType};

/// The answer of `POST /oauth2/v0/introspect` (RFC 7662 §2.2). Times are epoch seconds.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Introspection {
    /// Whether the token would be accepted now. Of a token that would not, nothing else is said.
    pub active: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub scope: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub client_id: Option<AppId>,
    /// `Bearer` for an access token; a refresh token has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub token_type: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub sub: Option<Uuid>,
    #[serde(
        rename = "concur.type",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    #[schema(nullable = false)]
    pub principal_type: Option<PrincipalType>,
    #[serde(rename = "companyId", default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub company: Option<CompanyId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub iss: Option<Origin>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub aud: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub jti: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub iat: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub nbf: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub exp: Option<i64>,
}

impl Introspection {
    /// `{"active": false}`: unknown, expired, revoked, or another app's.
    pub const fn inactive() -> Introspection {
        Introspection {
            active: false,
            scope: None,
            client_id: None,
            token_type: None,
            sub: None,
            principal_type: None,
            company: None,
            iss: None,
            aud: None,
            jti: None,
            iat: None,
            nbf: None,
            exp: None,
        }
    }
}
