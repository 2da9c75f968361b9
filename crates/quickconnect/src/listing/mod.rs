mod list;
mod publish;

use clap::{Args, Subcommand};

use crate::Failure;
use crate::opened::Common;

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

pub async fn run(arguments: Arguments) -> Result<(), Failure> {
    match arguments.command {
        Command::Publish(arguments) => publish::run(arguments).await,
        Command::List(arguments) => list::run(arguments).await,
    }
}
