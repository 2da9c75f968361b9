use clap::Args;
use protocol::CompanyId;
use store::company_changes;

use super::shown::print;
use super::{Common, find};
use crate::{Failure, opened};

/// `company suspend` and `company resume`: which company.
#[derive(Args)]
pub struct Arguments {
    #[command(flatten)]
    common: Common,
    /// The company's id
    company: CompanyId,
}

pub async fn run(arguments: Arguments, enabled: bool) -> Result<(), Failure> {
    let app = opened::platform(&arguments.common.deployment).await?;
    let mut tx = app.db.write().await?;
    let mut company = find(&mut tx, arguments.company).await?;
    company_changes::set_enabled(&app, &mut tx, (&company, enabled), opened::operator(&app))
        .await?;
    tx.commit().await?;
    company.enabled = enabled;
    let state = if enabled { "enabled" } else { "suspended" };
    let sentence = format!("{} is {state}", company.name);
    print(arguments.common.json, &company, &sentence)
}
