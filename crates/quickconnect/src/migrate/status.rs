use clap::Args;
use serde_json::json;

use super::Tables;
use crate::Failure;

/// Print which migrations a database has, and which it lacks. Changes nothing
#[derive(Args)]
pub struct Arguments {
    #[command(flatten)]
    tables: Tables,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub async fn run(arguments: Arguments) -> Result<(), Failure> {
    let Arguments { tables, json } = arguments;
    let standing = tables.open()?.standing(tables.migrations()).await?;
    if json {
        let shown = json!({
            "applied": standing.applied,
            "pending": standing.pending,
            "unknown": standing.unknown,
        });
        println!("{shown:#}");
        return Ok(());
    }
    for name in &standing.applied {
        println!("applied  {name}");
    }
    for name in &standing.pending {
        println!("pending  {name}");
    }
    for name in &standing.unknown {
        println!("unknown  {name}");
    }
    let refusal = standing.refusal();
    let well = "the tables are those of this program";
    println!("{}", refusal.as_deref().unwrap_or(well));
    Ok(())
}
