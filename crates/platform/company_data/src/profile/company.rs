use protocol::CompanyId;
use serde::Serialize;
use store::{App, Company, User, companies, users};
use utoipa::ToSchema;

use super::{Meta, SCHEMAS};
use crate::refusal::Refusal;

/// A company, as reference §7.1 shows it.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CompanyProfile {
    id: CompanyId,
    name: String,
    internet_domain: String,
    company_domain: String,
    default_language: String,
    schemas: [&'static str; 2],
    meta: Meta,
    #[schema(inline)]
    addresses: [Address; 1],
    #[serde(rename = "com:concur:Expense:0.1")]
    #[schema(inline)]
    expense: Expense,
    #[serde(rename = "com:concur:Travel:0.1")]
    #[schema(inline)]
    travel: Travel,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Address {
    formatted: String,
    street_address: String,
    locality: String,
    region: String,
    country: String,
    postal_code: String,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Expense {
    offering_code: &'static str,
    /// `Enterprise` is the Professional edition, `Standard Edition` the Standard one.
    marketing_name: &'static str,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Travel {
    active: u8,
    offering_code: &'static str,
    is_vendor: u8,
    is_billable: u8,
    /// An administrator; null when there is none.
    #[schema(inline)]
    contact: Option<Contact>,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Contact {
    name: String,
    phone: &'static str,
    email_address: String,
}

pub async fn profile(app: &App, id: CompanyId) -> Result<CompanyProfile, Refusal> {
    let mut tx = app.db.read_within(id).await?;
    let company = companies::find(&mut tx, id)
        .await?
        .ok_or(Refusal::Unauthorized)?;
    let contact = users::administrators(&mut tx, id).await?.into_iter().next();
    Ok(of(company, contact))
}

fn of(company: Company, contact: Option<User>) -> CompanyProfile {
    let address = company.address;
    let formatted = format!(
        "{}\n{} {}\n{} {}",
        address.street_address,
        address.postal_code,
        address.locality,
        address.region,
        address.country
    );
    CompanyProfile {
        id: company.id,
        name: company.name,
        internet_domain: company.internet_domain.clone(),
        company_domain: company.internet_domain,
        default_language: company.default_language,
        schemas: SCHEMAS,
        meta: Meta {
            principal_type: "company",
        },
        addresses: [Address {
            formatted,
            street_address: address.street_address,
            locality: address.locality,
            region: address.region,
            country: address.country,
            postal_code: address.postal_code,
        }],
        expense: Expense {
            offering_code: company.edition.offering_code(),
            marketing_name: company.edition.marketing_name(),
        },
        travel: Travel {
            active: 1,
            offering_code: "STANDARD",
            is_vendor: 0,
            is_billable: 1,
            contact: contact.map(|user| Contact {
                name: user.full_name(),
                phone: "",
                email_address: user.login,
            }),
        },
    }
}
