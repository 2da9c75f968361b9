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
}

pub async fn run(arguments: Arguments) -> Result<(), Failure> {
    let Arguments { tables, dry_run } = arguments;
    let (db, migrations) = (tables.open()?, tables.migrations());
    let before = db.standing(migrations).await?;
    if dry_run {
        pending(&before, migrations)
            .for_each(|migration| println!("-- {}\n\n{}", migration.name, migration.sql));
        return Ok(());
    }
    let applied = db.migrate(migrations).await?;
    pending(&before, migrations).for_each(|migration| println!("applied  {}", migration.name));
    if applied == 0 {
        println!("nothing was to do");
    }
    Ok(())
}

fn pending<'a>(
    standing: &'a Standing,
    migrations: &'static [Migration],
) -> impl Iterator<Item = &'static Migration> + 'a {
    let is_pending = |migration: &&Migration| standing.pending.contains(&migration.name);
    migrations.iter().filter(is_pending)
}
