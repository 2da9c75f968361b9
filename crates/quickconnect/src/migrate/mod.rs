mod status;
mod up;

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use db::{Db, Migration};
use node::Config;

use crate::{Failure, opened};

/// Look at the tables of a database, and bring them up to this program
///
/// `serve` and `partner` start on their own tables, and on those that a newer release has expanded. Nodes of the
/// release before go on serving while and after the tables are brought up.
#[derive(Args)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Status(status::Arguments),
    Up(up::Arguments),
}

/// Which tables.
#[derive(Args)]
struct Tables {
    #[command(flatten)]
    database: Database,
    /// The tables of a partner, not of a platform
    #[arg(long)]
    partner: bool,
}

#[derive(Args)]
#[group(required = true, multiple = false)]
struct Database {
    /// The configuration that the platform, or the partner, is served with
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// A file that holds the database's address: sqlite:PATH or postgres://…
    #[arg(long, value_name = "FILE")]
    database_file: Option<PathBuf>,
}

impl Tables {
    fn open(&self) -> Result<Db, Failure> {
        match (&self.database.config, &self.database.database_file) {
            (Some(file), _) if self.partner => {
                opened::partner_database(&partner_node::Config::read(file)?)
            }
            (Some(file), _) => opened::database(&Config::read(file)?),
            (None, Some(file)) => Ok(Db::open(&address(file)?)?),
            (None, None) => Err("name a database with --config or --database-file".into()),
        }
    }

    fn migrations(&self) -> &'static [Migration] {
        if self.partner {
            vault::MIGRATIONS
        } else {
            store::migrations()
        }
    }
}

fn address(file: &Path) -> Result<String, Failure> {
    match std::fs::read_to_string(file) {
        Ok(text) => Ok(text.trim().to_owned()),
        Err(error) => Err(format!("{} cannot be read: {error}", file.display()).into()),
    }
}

pub async fn run(arguments: Arguments) -> Result<(), Failure> {
    match arguments.command {
        Command::Status(arguments) => status::run(arguments).await,
        Command::Up(arguments) => up::run(arguments).await,
    }
}
