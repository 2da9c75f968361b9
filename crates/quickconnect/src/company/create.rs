use clap::Args;
use protocol::{CompanyId, Edition};
use store::{Address, Company, company_changes};

use super::shown::print;
use super::{Common, known_center};
use crate::{Failure, opened};

/// Add a company
#[derive(Args)]
pub struct Arguments {
    #[command(flatten)]
    common: Common,
    #[arg(long)]
    name: String,
    /// Where it lives: the data center's name, as in the configuration
    #[arg(long, value_name = "NAME")]
    data_center: String,
    /// As acme.example: people's e-mail addresses end so
    #[arg(long, value_name = "DOMAIN")]
    internet_domain: String,
    /// Professional or Standard
    #[arg(long, default_value = "Professional", value_parser = edition)]
    edition: Edition,
    /// As en-us
    #[arg(long, default_value = "en-us")]
    default_language: String,
    #[arg(long, default_value_t = 0)]
    employees: i64,
    #[arg(long, default_value = "")]
    street_address: String,
    #[arg(long, default_value = "")]
    locality: String,
    #[arg(long, default_value = "")]
    region: String,
    /// Two letters, as US
    #[arg(long, default_value = "US")]
    country: String,
    #[arg(long, default_value = "")]
    postal_code: String,
}

fn edition(text: &str) -> Result<Edition, String> {
    text.parse()
        .map_err(|_| "there are Professional and Standard".to_owned())
}

pub async fn run(arguments: Arguments) -> Result<(), Failure> {
    let app = opened::platform(&arguments.common.deployment).await?;
    known_center(&app, &arguments.data_center)?;
    let company = Company {
        id: CompanyId::from_uuid(app.entropy.uuid()),
        name: arguments.name.trim().to_owned(),
        edition: arguments.edition,
        data_center: arguments.data_center,
        internet_domain: arguments.internet_domain.trim().to_lowercase(),
        default_language: arguments.default_language,
        employees: arguments.employees,
        address: Address {
            street_address: arguments.street_address,
            locality: arguments.locality,
            region: arguments.region,
            country: arguments.country.to_uppercase(),
            postal_code: arguments.postal_code,
        },
        enabled: true,
    };
    if company.name.is_empty() {
        return Err("a company needs a name".into());
    }
    let mut tx = app.db.write().await?;
    company_changes::create(&app, &mut tx, &company, opened::operator(&app)).await?;
    tx.commit().await?;
    let sentence = format!(
        "{:<10}{}\n{:<10}{}",
        "Company", company.id, "Name", company.name
    );
    print(arguments.common.json, &company, &sentence)
}
