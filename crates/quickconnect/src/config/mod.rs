mod check;

use clap::{Args, Subcommand};

use crate::Failure;

/// Look at a configuration before anything is served with it
#[derive(Args)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Check(check::Arguments),
}

pub async fn run(arguments: Arguments) -> Result<(), Failure> {
    match arguments.command {
        Command::Check(arguments) => check::run(arguments).await,
    }
}
