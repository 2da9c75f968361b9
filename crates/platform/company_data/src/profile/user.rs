use protocol::{CompanyId, UserId};
use serde::Serialize;
use store::{App, User, users};
use utoipa::ToSchema;

use super::{Meta, SCHEMAS};
use crate::refusal::Refusal;

/// A person, as reference §7.1 shows one.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UserProfile {
    id: UserId,
    /// The login.
    user_name: String,
    display_name: String,
    #[schema(inline)]
    name: Name,
    title: String,
    preferred_language: String,
    active: bool,
    company_id: CompanyId,
    #[schema(inline)]
    emails: [Email; 1],
    #[schema(inline)]
    addresses: [WorkAddress; 1],
    schemas: [&'static str; 2],
    meta: Meta,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Name {
    given_name: String,
    family_name: String,
    formatted: String,
}

#[derive(Serialize, ToSchema)]
struct Email {
    value: String,
    r#type: &'static str,
    verified: bool,
}

#[derive(Serialize, ToSchema)]
struct WorkAddress {
    r#type: &'static str,
    country: String,
}

pub async fn profile(app: &App, company: CompanyId, id: UserId) -> Result<UserProfile, Refusal> {
    let mut tx = app.db.read_within(company).await?;
    let user = users::find(&mut tx, company, id)
        .await?
        .ok_or(Refusal::Unauthorized)?;
    Ok(of(company, user))
}

fn of(company: CompanyId, user: User) -> UserProfile {
    let full_name = user.full_name();
    UserProfile {
        id: user.id,
        user_name: user.login.clone(),
        display_name: full_name.clone(),
        name: Name {
            given_name: user.given_name,
            family_name: user.family_name,
            formatted: full_name,
        },
        title: user.title,
        preferred_language: user.language,
        active: true,
        company_id: company,
        emails: [Email {
            value: user.login,
            r#type: "work",
            verified: true,
        }],
        addresses: [WorkAddress {
            r#type: "work",
            country: user.country,
        }],
        schemas: SCHEMAS,
        meta: Meta {
            principal_type: "user",
        },
    }
}
