use std::path::PathBuf;

use clap::Args;
use node::{examine, listeners};

use crate::{Failure, findings, telemetry};

/// Read a configuration as `serve` does, and print what is wrong with it or with the files and
/// addresses that it names. Changes nothing, opens no database; ends with 1 when it cannot be served
#[derive(Args)]
pub struct Arguments {
    /// The configuration, as docs/operate/configuration.md describes it
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub async fn run(arguments: Arguments) -> Result<(), Failure> {
    telemetry::start(false);
    let (config, mut found) = examine(&arguments.config);
    if let Some(config) = &config {
        found.extend(listeners::findings(config).await);
    }
    findings::print(&found, arguments.json)
}
