use std::path::PathBuf;

use clap::Args;

use crate::{Failure, findings, telemetry};

/// Look at a whole platform: configuration, database, tables, keys, clocks, disk, mail, jobs, audit
/// log, and whether a node answers
///
/// Changes nothing, and may be run beside nodes that serve. Ends with 1 when something does not work.
#[derive(Args)]
pub struct Arguments {
    /// The configuration that the platform is served with
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub async fn run(arguments: Arguments) -> Result<(), Failure> {
    telemetry::start(false);
    let found = node::doctor::findings(&arguments.config).await;
    findings::print(&found, arguments.json)
}
