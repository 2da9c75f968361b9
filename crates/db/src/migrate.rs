use std::time::Duration;

use crate::{Db, Error, Tx, values};

/// One step of a schema: a file of `migrations/`, embedded.
#[derive(Clone, Copy)]
pub struct Migration {
    /// Its file name, as `0001_connect`: the order is the order of the list.
    pub name: &'static str,
    pub sql: &'static str,
}

impl Migration {
    /// Whether older programs can go on beside it, and start after it: it takes nothing away that
    /// they name, and asks nothing of them. A contraction takes away what no program of its own
    /// release names any more; it says so in its first line.
    pub fn expands(&self) -> bool {
        !self.sql.starts_with("-- Contraction")
    }

    fn on(&self, db: &Db) -> &'static str {
        match db {
            Db::Sqlite(_) => self.sql.split(POSTGRESQL).next().unwrap_or_default(),
            Db::Postgres(_) => self.sql,
        }
    }
}

/// What follows this line in a migration runs on PostgreSQL alone.
const POSTGRESQL: &str = "\n-- On PostgreSQL only:\n";

const LEDGER: &str = "CREATE TABLE IF NOT EXISTS schema_migrations (
    name TEXT NOT NULL PRIMARY KEY,
    position BIGINT NOT NULL,
    -- Whether programs that do not know it can go on.
    expands BOOLEAN NOT NULL DEFAULT FALSE
)";

/// Of databases that were made before the column was there.
const WIDER_LEDGER: &str =
    "ALTER TABLE schema_migrations ADD COLUMN expands BOOLEAN NOT NULL DEFAULT FALSE";

/// A lock that a migration wants is waited for so often, each time no longer than `lock_timeout`
/// allows: requests queue up behind who waits.
const TRIES: usize = 60;
const BETWEEN_TRIES: Duration = Duration::from_millis(500);

/// How far a database's tables are, compared with a list of migrations.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    pub applied: Vec<&'static str>,
    /// In the list and not in the database.
    pub pending: Vec<&'static str>,
    /// Those of them without which a program of this list cannot work.
    pub missing: Vec<&'static str>,
    /// In the database and not in the list: a newer release was here.
    pub unknown: Vec<String>,
    /// Those of them after which a program of this list cannot work.
    pub contracted: Vec<String>,
}

/// Applies what is pending. On tables that an older program may be using, up to the first
/// contraction, unless `contract` says that there is none any more.
pub(crate) async fn up(db: &Db, migrations: &[Migration], contract: bool) -> Result<usize, Error> {
    let before = standing(db, migrations).await?;
    if let Some(name) = before.unknown.first()
        && !(before.pending.is_empty() && before.contracted.is_empty())
    {
        let why = format!("{name} was applied by a newer release: start a newer release");
        return Err(Error::Program(before.refusal().unwrap_or(why)));
    }
    // Texts sort by their bytes on SQLite; on PostgreSQL as the database was made to. A language's
    // order would also change with the operating system's next release, under the indexes.
    if !before.pending.is_empty()
        && let Some(refusal) = db.facts().await?.refusal()
    {
        return Err(Error::Program(refusal));
    }
    let all = contract || before.applied.is_empty();
    let mut applied = 0;
    let pending = (0_i64..)
        .zip(migrations)
        .filter(|(_, migration)| before.pending.contains(&migration.name))
        .take_while(|(_, migration)| all || migration.expands());
    for (position, migration) in pending {
        applied += usize::from(apply_patiently(db, position, migration).await?);
    }
    Ok(applied)
}

async fn apply_patiently(db: &Db, position: i64, migration: &Migration) -> Result<bool, Error> {
    let mut tries = 1;
    loop {
        match apply(db, position, migration).await {
            Err(Error::Unavailable(why)) if tries < TRIES => {
                tracing::info!(migration.name, why, "a migration waits");
                tokio::time::sleep(BETWEEN_TRIES).await;
                tries += 1;
            }
            outcome => return outcome,
        }
    }
}

/// `false` when somebody else was quicker.
async fn apply(db: &Db, position: i64, migration: &Migration) -> Result<bool, Error> {
    // Asked for inside the write lock: two processes may start at the same time.
    let mut tx = begin(db).await?;
    tx.batch(LEDGER).await?;
    if !ledger(db, &mut tx).await?.contains(&"expands".to_owned()) {
        tx.batch(WIDER_LEDGER).await?;
    }
    let known = tx
        .query_opt(
            "SELECT name FROM schema_migrations WHERE name = $1",
            &values![migration.name],
        )
        .await?;
    if known.is_some() {
        return Ok(false);
    }
    tx.batch(migration.on(db)).await?;
    tx.execute(
        "INSERT INTO schema_migrations (name, position, expands) VALUES ($1, $2, $3)",
        &values![migration.name, position, migration.expands()],
    )
    .await?;
    tx.commit().await?;
    Ok(true)
}

pub(crate) async fn standing(db: &Db, migrations: &[Migration]) -> Result<Standing, Error> {
    let mut tx = db.read().await?;
    let columns = ledger(db, &mut tx).await?;
    let found = if columns.is_empty() {
        Vec::new()
    } else if columns.iter().any(|column| column == "expands") {
        let all = "SELECT name, expands FROM schema_migrations ORDER BY position";
        tx.query(all, &[]).await?
    } else {
        let all = "SELECT name, FALSE AS expands FROM schema_migrations ORDER BY position";
        tx.query(all, &[]).await?
    };
    let found: Vec<(String, bool)> = found
        .iter()
        .map(|row| Ok((row.get("name")?, row.get("expands")?)))
        .collect::<Result<_, Error>>()?;
    let is_applied = |migration: &&Migration| found.iter().any(|(name, _)| name == migration.name);
    let (applied, pending): (Vec<&Migration>, _) = migrations.iter().partition(is_applied);
    let names = |of: &[&Migration]| of.iter().map(|migration| migration.name).collect();
    let missing: Vec<&Migration> = pending.iter().copied().filter(|m| m.expands()).collect();
    let is_ours = |name: &str| migrations.iter().any(|migration| migration.name == name);
    let (mut unknown, mut contracted) = (Vec::new(), Vec::new());
    for (name, expands) in found.into_iter().filter(|(name, _)| !is_ours(name)) {
        if !expands {
            contracted.push(name.clone());
        }
        unknown.push(name);
    }
    Ok(Standing {
        applied: names(&applied),
        pending: names(&pending),
        missing: names(&missing),
        unknown,
        contracted,
    })
}

impl Standing {
    /// What is wrong with starting on it as it is, and with going on, as a sentence that ends with
    /// what to do.
    pub fn refusal(&self) -> Option<String> {
        if let Some(name) = self.contracted.first() {
            return Some(format!(
                "the database is {} migration(s) ahead of this program: start a newer release; {name} \
                 took away what this one needs",
                self.unknown.len()
            ));
        }
        let (first_missing, first) = (self.missing.first()?, self.pending.first()?);
        let missing = self.missing.len();
        if first == first_missing {
            return Some(format!(
                "the database is {missing} migration(s) behind this program: \
                 run quickconnect migrate up"
            ));
        }
        Some(format!(
            "the database is {missing} migration(s) behind this program, and {first} comes first: \
             when no older program runs any more, run quickconnect migrate up --contract"
        ))
    }
}

async fn begin(db: &Db) -> Result<Tx, Error> {
    match db {
        Db::Sqlite(_) => db.write().await,
        Db::Postgres(db) => db.begin_migration().await.map(Tx::Postgres),
    }
}

/// The columns of the table of migrations; none while it is not there. A table that is not there
/// cannot be asked: on PostgreSQL the question would end the transaction.
async fn ledger(db: &Db, tx: &mut Tx) -> Result<Vec<String>, Error> {
    let columns = match db {
        Db::Sqlite(_) => "SELECT name FROM pragma_table_info('schema_migrations')",
        Db::Postgres(_) => {
            "SELECT CAST(column_name AS TEXT) AS name FROM information_schema.columns
             WHERE table_schema = current_schema() AND table_name = 'schema_migrations'"
        }
    };
    let rows = tx.query(columns, &[]).await?;
    rows.iter().map(|row| row.get("name")).collect()
}
