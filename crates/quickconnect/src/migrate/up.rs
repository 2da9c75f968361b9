use clap::Args;
use db::{Migration, Standing};

use super::Tables;
use crate::Failure;

/// Bring a database's tables up to this program, each migration in a transaction of its own
#[derive(Args)]
pub struct Arguments {
    #[command(flatten)]
    tables: Tables,
    /// Print the SQL and change nothing
    #[arg(long)]
    dry_run: bool,
    /// Take away what older programs need, too: none of them may be running any more
    #[arg(long)]
    contract: bool,
}

pub async fn run(arguments: Arguments) -> Result<(), Failure> {
    let Arguments {
        tables,
        dry_run,
        contract,
    } = arguments;
    let (db, migrations) = (tables.open()?, tables.migrations());
    let before = db.standing(migrations).await?;
    if dry_run {
        pending(&before, migrations)
            .for_each(|migration| println!("-- {}\n\n{}", migration.name, migration.sql));
        return Ok(());
    }
    let applied = if contract {
        db.contract(migrations).await?
    } else {
        db.migrate(migrations).await?
    };
    let after = db.standing(migrations).await?;
    let waits = |migration: &&Migration| after.pending.contains(&migration.name);
    let (waiting, done): (Vec<&Migration>, Vec<_>) = pending(&before, migrations).partition(waits);
    done.iter()
        .for_each(|migration| println!("applied  {}", migration.name));
    waiting
        .iter()
        .for_each(|migration| println!("waiting  {}", migration.name));
    if let Some(refusal) = after.refusal() {
        return Err(refusal.into());
    }
    if !waiting.is_empty() {
        println!("{WAITING}");
    } else if applied == 0 {
        println!("nothing was to do");
    }
    Ok(())
}

/// What to do about contractions that were left.
const WAITING: &str = "waiting is what older programs need: when none of them runs any more, run \
                       quickconnect migrate up --contract";

fn pending<'a>(
    standing: &'a Standing,
    migrations: &'static [Migration],
) -> impl Iterator<Item = &'static Migration> + 'a {
    let is_pending = |migration: &&Migration| standing.pending.contains(&migration.name);
    migrations.iter().filter(is_pending)
}
