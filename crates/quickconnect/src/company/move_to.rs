use clap::Args;
use protocol::CompanyId;
use store::company_changes;

use super::shown::print;
use super::{Common, find, known_center};
use crate::{Failure, opened};

/// Move a company to another data center; its connections stay
///
/// Tokens are issued for the new place from the next refresh on. Access tokens that are out open
/// nothing any longer, and the former place names the new one.
#[derive(Args)]
pub struct Arguments {
    #[command(flatten)]
    common: Common,
    /// The company's id
    company: CompanyId,
    /// The data center's name, as in the configuration
    #[arg(long, value_name = "NAME")]
    to: String,
}

pub async fn run(arguments: Arguments) -> Result<(), Failure> {
    let app = opened::platform(&arguments.common.deployment).await?;
    known_center(&app, &arguments.to)?;
    let mut tx = app.db.write().await?;
    let mut company = find(&mut tx, arguments.company).await?;
    let place = (&company, arguments.to.as_str());
    company_changes::move_to(&app, &mut tx, place, opened::operator(&app)).await?;
    tx.commit().await?;
    company.data_center = arguments.to;
    let sentence = format!("{} lives in {}", company.name, company.data_center);
    print(arguments.common.json, &company, &sentence)
}
