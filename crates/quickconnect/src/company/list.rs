use clap::Args;
use store::companies;

use super::Common;
use super::shown::ShownCompany;
use crate::{Failure, opened};

/// Print all companies, by name
#[derive(Args)]
pub struct Arguments {
    #[command(flatten)]
    common: Common,
}

pub async fn run(arguments: Arguments) -> Result<(), Failure> {
    let app = opened::platform(&arguments.common.deployment).await?;
    let mut tx = app.db.read().await?;
    let all = companies::all(&mut tx).await?;
    if arguments.common.json {
        let shown: Vec<ShownCompany<'_>> = all.iter().map(ShownCompany::from).collect();
        println!("{}", serde_json::to_string(&shown)?);
        return Ok(());
    }
    for company in all {
        let state = if company.enabled { "" } else { "  suspended" };
        let (id, center, name) = (company.id, &company.data_center, &company.name);
        println!("{id}  {center}  {name}{state}");
    }
    Ok(())
}
