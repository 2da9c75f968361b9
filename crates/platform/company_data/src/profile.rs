//! `GET /profile/v1/me` (reference §7.1): the company of a company token, the user of a user token.

mod company;
mod user;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use protocol::Principal;
use serde::Serialize;
use store::App;
use utoipa::ToSchema;
use web::Description;

use crate::bearer::{ApiCall, require_scope};
use crate::refusal::{Refusal, moved, refuses};
use company::CompanyProfile;
use user::UserProfile;

const PATH: &str = "/profile/v1/me";

/// Whom the access token stands for.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
enum Profile {
    Company(CompanyProfile),
    User(UserProfile),
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Meta {
    /// `company` or `user`.
    principal_type: &'static str,
}

/// The extensions that a profile names.
const SCHEMAS: [&str; 2] = ["com:concur:Travel:0.1", "com:concur:Expense:0.1"];

pub async fn me(State(app): State<App>, call: ApiCall) -> Response {
    match load(&app, &call).await {
        Ok(profile) => Json(profile).into_response(),
        Err(Refusal::Elsewhere(home)) => moved(&home, PATH),
        Err(refusal) => refusal.into_response(&call.correlation, call.now),
    }
}

async fn load(app: &App, call: &ApiCall) -> Result<Profile, Refusal> {
    let bearer = call.bearer(app).await?;
    match bearer.principal {
        Principal::Company(company) => {
            require_scope(&bearer, "company.read")?;
            let profile = company::profile(app, company).await?;
            Ok(Profile::Company(profile))
        }
        Principal::User(company, user) => {
            require_scope(&bearer, "user.read")?;
            Ok(Profile::User(user::profile(app, company, user).await?))
        }
    }
}

pub fn describe() -> Description {
    let summary = "Get the profile of whom the access token stands for";
    let description = Description::new("Profile", "profile", summary)
        .details("Needs the scope `company.read` for a company, `user.read` for a user.")
        .answers::<Profile>(StatusCode::OK, "The company, or the user.")
        .redirects(
            StatusCode::MOVED_PERMANENTLY,
            "The company lives in another data centre.",
        );
    refuses(description)
}
