use std::path::PathBuf;

use clap::Args;
use db::SqliteFile;
use node::Config;

use crate::Failure;

/// Copy a SQLite database into a new file, while it is served
///
/// The copy is one state of it, checked and on the disk when the command ends. The key-encryption
/// secret is not in it: keep a copy of that elsewhere.
#[derive(Args)]
pub struct Arguments {
    /// The configuration that the platform is served with
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
    /// Where to; nothing is written over
    to: PathBuf,
}

pub async fn run(arguments: Arguments) -> Result<(), Failure> {
    let config = Config::read(&arguments.config)?;
    let file = SqliteFile::of(&config.database()?).ok_or(
        "the database is PostgreSQL, which has programs of its own for this: pg_basebackup with an \
         archive of the log, or pg_dump; see docs/operate/backup-and-restore.md",
    )?;
    let to = arguments.to.clone();
    tokio::task::spawn_blocking(move || file.copy_to(&to)).await??;
    println!("{}", arguments.to.display());
    Ok(())
}
