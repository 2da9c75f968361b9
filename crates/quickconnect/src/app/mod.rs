mod create;
mod list;
mod secret;
mod show;
mod shown;
mod switch;

use clap::{Args, Subcommand};
use protocol::AppId;
use store::{RegisteredApp, apps};

use crate::Failure;
use crate::opened::Common;

/// Register apps (OAuth 2.0 clients), and look after them
#[derive(Args)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Create(create::Arguments),
    List(list::Arguments),
    Show(show::Arguments),
    Secret(secret::Arguments),
    /// Switch an app off: it gets no tokens, and those it has open nothing
    Disable(switch::Arguments),
    /// Switch an app on again
    Enable(switch::Arguments),
}

pub async fn run(arguments: Arguments) -> Result<(), Failure> {
    match arguments.command {
        Command::Create(arguments) => create::run(arguments).await,
        Command::List(arguments) => list::run(arguments).await,
        Command::Show(arguments) => show::run(arguments).await,
        Command::Secret(arguments) => secret::run(arguments).await,
        Command::Disable(arguments) => switch::run(arguments, false).await,
        Command::Enable(arguments) => switch::run(arguments, true).await,
    }
}

async fn find(tx: &mut db::Tx, client_id: AppId) -> Result<RegisteredApp, Failure> {
    let app = apps::find(tx, client_id).await?;
    app.ok_or_else(|| format!("no app has the client id {client_id}").into())
}
