mod list;
mod publish;

use clap::{Args, Subcommand};

use crate::Failure;
use crate::opened::Deployment;

/// Entries of the App Center
#[derive(Args)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Publish(publish::Arguments),
    List(list::Arguments),
}

/// What every one of these commands takes.
#[derive(Args)]
struct Common {
    #[command(flatten)]
    deployment: Deployment,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub async fn run(arguments: Arguments) -> Result<(), Failure> {
    match arguments.command {
        Command::Publish(arguments) => publish::run(arguments).await,
        Command::List(arguments) => list::run(arguments).await,
    }
}
