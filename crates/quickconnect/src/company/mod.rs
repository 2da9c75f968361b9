mod create;
mod list;
mod move_to;
mod shown;
mod switch;

use clap::{Args, Subcommand};
use protocol::CompanyId;
use store::{App, Company, companies};

use crate::Failure;
use crate::opened::Common;

/// Customer companies
#[derive(Args)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Create(create::Arguments),
    List(list::Arguments),
    Move(move_to::Arguments),
    /// Give a company's apps no tokens any longer; its connections stay
    Suspend(switch::Arguments),
    /// Lift a suspension
    Resume(switch::Arguments),
}

pub async fn run(arguments: Arguments) -> Result<(), Failure> {
    match arguments.command {
        Command::Create(arguments) => create::run(arguments).await,
        Command::List(arguments) => list::run(arguments).await,
        Command::Move(arguments) => move_to::run(arguments).await,
        Command::Suspend(arguments) => switch::run(arguments, false).await,
        Command::Resume(arguments) => switch::run(arguments, true).await,
    }
}

async fn find(tx: &mut db::Tx, company: CompanyId) -> Result<Company, Failure> {
    let found = companies::find(tx, company).await?;
    found.ok_or_else(|| format!("no company has the id {company}").into())
}

/// 'no data center is called x: there are eu2, us2'. A company does not live in the landing zone.
fn known_center(app: &App, name: &str) -> Result<(), Failure> {
    let regions = &app.settings.data_centers.regions;
    if regions.iter().any(|center| center.name == name) {
        return Ok(());
    }
    let names: Vec<&str> = regions.iter().map(|center| center.name.as_str()).collect();
    Err(format!(
        "no data center is called {name}: there are {}",
        names.join(", ")
    )
    .into())
}
