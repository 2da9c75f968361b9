mod create;
mod list;
mod password;
mod switch;

use clap::{Args, Subcommand};
use protocol::{CompanyId, UserId};

pub use create::made_password;

use crate::Failure;
use crate::opened::Common;

/// People who sign in at the App Center
#[derive(Args)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Create(create::Arguments),
    List(list::Arguments),
    Password(password::Arguments),
    /// Let a person in no longer; the company's connections stay
    Disable(switch::Arguments),
    /// Let a person in again
    Enable(switch::Arguments),
}

/// What every one of these commands takes.
#[derive(Args)]
struct OfCompany {
    #[command(flatten)]
    common: Common,
    /// The company's id
    #[arg(long, value_name = "ID")]
    company: CompanyId,
}

pub async fn run(arguments: Arguments) -> Result<(), Failure> {
    match arguments.command {
        Command::Create(arguments) => create::run(arguments).await,
        Command::List(arguments) => list::run(arguments).await,
        Command::Password(arguments) => password::run(arguments).await,
        Command::Disable(arguments) => switch::run(arguments, false).await,
        Command::Enable(arguments) => switch::run(arguments, true).await,
    }
}

async fn find(tx: &mut db::Tx, company: CompanyId, user: UserId) -> Result<store::User, Failure> {
    let user_found = store::users::find(tx, company, user).await?;
    user_found.ok_or_else(|| format!("the company {company} has no user {user}").into())
}
