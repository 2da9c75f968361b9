use std::path::{Path, PathBuf};

use clap::Args;
use db::{Alone, Db, SqliteFile};
use node::Config;
use protocol::Timestamp;
use serde_json::json;
use store::{App, Restore, restores};

use crate::opened::{self, operator};
use crate::{Failure, telemetry};

/// Put a backup in the place of the database, or say that this was done
///
/// What was written since the backup is lost, but for this: refresh tokens that partners got
/// meanwhile are known when they are presented, and what they replaced is dead. Everybody is signed
/// out, and request tokens, codes and one-time passwords are void. Stop every node first.
#[derive(Args)]
#[command(group = clap::ArgGroup::new("what").required(true))]
pub struct Arguments {
    /// The configuration that the platform is served with
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
    /// A SQLite backup, which stays as it is
    #[arg(group = "what")]
    from: Option<PathBuf>,
    /// The database was put back already, with PostgreSQL's programs or by hand: only record that
    #[arg(long, group = "what")]
    mark: bool,
    /// When the backup was made, as 2026-11-26T02:00:00Z; left out, its newest refresh token tells
    #[arg(long, value_name = "INSTANT", value_parser = instant)]
    backup_at: Option<Timestamp>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

fn instant(text: &str) -> Result<Timestamp, String> {
    let read = Timestamp::parse_rfc3339(text);
    read.ok_or_else(|| "no instant as 2026-11-26T02:00:00Z".to_owned())
}

pub async fn run(arguments: Arguments) -> Result<(), Failure> {
    telemetry::start(false);
    let config = Config::read(&arguments.config)?;
    let (restore, kept) = match &arguments.from {
        Some(from) => put_back(&config, from, arguments.backup_at).await?,
        None => {
            let app = opened::configured(&config).await?;
            (record(&app, arguments.backup_at).await?, None)
        }
    };
    let (known, at) = (restore.known_until, restore.restored_at);
    if arguments.json {
        let shown = json!({
            "known_until": known.to_rfc3339(), "restored_at": at.to_rfc3339(), "kept": kept,
        });
        println!("{shown}");
        return Ok(());
    }
    println!("{:<14}{}", "Restored", at.to_rfc3339());
    println!("{:<14}{}", "Known until", known.to_rfc3339());
    if let Some(kept) = kept {
        println!("{:<14}{}", "Kept aside", kept.display());
    }
    println!(
        "\nWhat was ended, disabled or changed since then has to be done again: the audit log of the \
         replaced database, or an export of it, tells what that was."
    );
    Ok(())
}

async fn record(app: &App, backup_at: Option<Timestamp>) -> Result<Restore, Failure> {
    let mut tx = app.db.write().await?;
    let restore = restores::record(app, &mut tx, backup_at, operator(app)).await?;
    tx.commit().await?;
    Ok(restore)
}

/// Gives what was recorded, and where the replaced database lies.
async fn put_back(
    config: &Config,
    from: &Path,
    backup_at: Option<Timestamp>,
) -> Result<(Restore, Option<PathBuf>), Failure> {
    let file = SqliteFile::of(&config.database()?).ok_or(
        "the database is PostgreSQL: put it back with PostgreSQL's programs, then run \
         quickconnect restore --mark; see docs/operate/backup-and-restore.md",
    )?;
    let alone = file.alone().map_err(|error| {
        format!("{error}; stop every node, and move the file away if it cannot be read")
    })?;
    let draft = SqliteFile::at(&file.beside(".restoring"));
    remove(&draft)?;
    let done = prepare(config, from, &draft, backup_at).await;
    let done = match done {
        Ok(restore) => swap(&file, alone, &draft, &restore).map(|kept| (restore, kept)),
        Err(failure) => Err(failure),
    };
    if done.is_err() {
        remove(&draft)?;
    }
    done
}

/// The backup as it will be served: brought up to this program, and marked.
async fn prepare(
    config: &Config,
    from: &Path,
    draft: &SqliteFile,
    backup_at: Option<Timestamp>,
) -> Result<Restore, Failure> {
    let told = |why: &dyn std::fmt::Display| format!("{}: {why}", from.display());
    let copied = SqliteFile::at(from).copy_to(draft.path());
    copied.map_err(|error| told(&error))?;
    let db = Db::open_sqlite(draft.path())?;
    let standing = db.standing(store::migrations()).await?;
    if standing.applied.is_empty() {
        return Err(told(&"it is no backup of a platform").into());
    }
    if !standing.unknown.is_empty() {
        let newer = "it was made by a newer release: restore it with that one";
        return Err(told(&newer).into());
    }
    // Every node is stopped: no older program needs what a contraction takes away.
    db.contract(store::migrations()).await?;
    let app = opened::on(config, db).await;
    record(&app.map_err(|error| told(&error))?, backup_at).await
}

fn swap(
    file: &SqliteFile,
    alone: Alone,
    draft: &SqliteFile,
    restore: &Restore,
) -> Result<Option<PathBuf>, Failure> {
    // One file, without a log beside it.
    drop(draft.alone()?);
    let instant = restore.restored_at.to_rfc3339().replace([':', '-'], "");
    let aside = file.beside(&format!(".replaced-{instant}"));
    alone.replace(draft.path(), &aside)?;
    Ok(aside.exists().then_some(aside))
}

fn remove(draft: &SqliteFile) -> Result<(), Failure> {
    for suffix in ["", "-wal", "-shm", "-journal", ".part"] {
        match std::fs::remove_file(draft.beside(suffix)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
    }
    Ok(())
}
