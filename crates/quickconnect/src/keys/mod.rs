mod list;
mod retire;
mod rotate;
mod shown;

use clap::{Args, Subcommand};

use crate::Failure;
use crate::opened::Common;

/// Look at the keys that sign tokens, and change them
///
/// They rotate by themselves. A server that runs on the same data directory follows within seconds.
#[derive(Args)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    List(list::Arguments),
    Rotate(rotate::Arguments),
    Retire(retire::Arguments),
}

pub async fn run(arguments: Arguments) -> Result<(), Failure> {
    match arguments.command {
        Command::List(arguments) => list::run(arguments).await,
        Command::Rotate(arguments) => rotate::run(arguments).await,
        Command::Retire(arguments) => retire::run(arguments).await,
    }
}
