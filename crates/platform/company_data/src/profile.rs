//! `GET /profile/v1/me` (reference §7.1): the company of a company token, the user of a user token.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use protocol::{CompanyId, Principal, UserId};
use serde_json::{Value, json};
use store::{App, Company, User, companies, users};

use crate::bearer::{ApiCall, require_scope};
use crate::refusal::{Refusal, moved};

const PATH: &str = "/profile/v1/me";

pub async fn me(State(app): State<App>, call: ApiCall) -> Response {
    match load(&app, &call).await {
        Ok(profile) => Json(profile).into_response(),
        Err(Refusal::Elsewhere(home)) => moved(&home, PATH),
        Err(refusal) => refusal.into_response(&call.correlation, call.now),
    }
}

async fn load(app: &App, call: &ApiCall) -> Result<Value, Refusal> {
    let bearer = call.bearer(app).await?;
    match bearer.principal {
        Principal::Company(company) => {
            require_scope(&bearer, "company.read")?;
            company_profile(app, company).await
        }
        Principal::User(company, user) => {
            require_scope(&bearer, "user.read")?;
            user_profile(app, company, user).await
        }
    }
}

async fn company_profile(app: &App, id: CompanyId) -> Result<Value, Refusal> {
    let mut tx = app.db.read().await?;
    let company = companies::find(&mut tx, id)
        .await?
        .ok_or(Refusal::Unauthorized)?;
    let contact = users::administrators(&mut tx, id).await?.into_iter().next();
    Ok(company_json(&company, contact.as_ref()))
}

fn company_json(company: &Company, contact: Option<&User>) -> Value {
    let address = &company.address;
    let formatted = format!(
        "{}\n{} {}\n{} {}",
        address.street_address,
        address.postal_code,
        address.locality,
        address.region,
        address.country
    );
    let contact = contact
        .map(|user| json!({ "name": user.full_name(), "phone": "", "emailAddress": user.login }));
    json!({
        "id": company.id,
        "name": company.name,
        "internetDomain": company.internet_domain,
        "companyDomain": company.internet_domain,
        "defaultLanguage": company.default_language,
        "schemas": ["com:concur:Travel:0.1", "com:concur:Expense:0.1"],
        "meta": { "principalType": "company" },
        "addresses": [{
            "formatted": formatted,
            "streetAddress": address.street_address,
            "locality": address.locality,
            "region": address.region,
            "country": address.country,
            "postalCode": address.postal_code,
        }],
        "com:concur:Expense:0.1": {
            "offeringCode": company.edition.offering_code(),
            "marketingName": company.edition.marketing_name(),
        },
        "com:concur:Travel:0.1": {
            "active": 1,
            "offeringCode": "STANDARD",
            "isVendor": 0,
            "isBillable": 1,
            "contact": contact,
        },
    })
}

async fn user_profile(app: &App, company: CompanyId, id: UserId) -> Result<Value, Refusal> {
    let mut tx = app.db.read().await?;
    let user = users::find(&mut tx, company, id)
        .await?
        .ok_or(Refusal::Unauthorized)?;
    Ok(json!({
        "id": user.id,
        "userName": user.login,
        "displayName": user.full_name(),
        "name": {
            "givenName": user.given_name,
            "familyName": user.family_name,
            "formatted": user.full_name(),
        },
        "title": user.title,
        "preferredLanguage": user.language,
        "active": true,
        "companyId": company,
        "emails": [{ "value": user.login, "type": "work", "verified": true }],
        "addresses": [{ "type": "work", "country": user.country }],
        "schemas": ["com:concur:Travel:0.1", "com:concur:Expense:0.1"],
        "meta": { "principalType": "user" },
    }))
}
