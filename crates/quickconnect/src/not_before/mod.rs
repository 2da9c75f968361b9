mod lift;
mod list;
mod set;
mod shown;

use clap::{Args, Subcommand};
use store::App;

use crate::Failure;
use crate::opened::Common;

/// Refuse tokens that were issued before an instant
///
/// For what may have been seen by somebody else. Every server follows at its next request.
#[derive(Args)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Set(set::Arguments),
    Lift(lift::Arguments),
    List(list::Arguments),
}

pub async fn run(arguments: Arguments) -> Result<(), Failure> {
    match arguments.command {
        Command::Set(arguments) => set::run(arguments).await,
        Command::Lift(arguments) => lift::run(arguments).await,
        Command::List(arguments) => list::run(arguments).await,
    }
}

/// 'no data center is called x: there are glz, us2'. The landing zone issues tokens, too: of apps
/// that speak for themselves.
fn known_center(app: &App, name: Option<&str>) -> Result<(), Failure> {
    let centers = &app.settings.data_centers;
    let Some(unknown) = name.filter(|name| centers.by_name(name).is_none()) else {
        return Ok(());
    };
    let names: Vec<&str> = centers.all().map(|center| center.name.as_str()).collect();
    let names = names.join(", ");
    Err(format!("no data center is called {unknown}: there are {names}").into())
}
