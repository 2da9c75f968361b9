use crate::{Db, Error, Tx, values};

/// One step of a schema: a file of `migrations/`, embedded.
pub struct Migration {
    /// Its file name, as `0001_connect`: the order is the order of the list.
    pub name: &'static str,
    pub sql: &'static str,
}

const LEDGER: &str = "CREATE TABLE IF NOT EXISTS schema_migrations (
    name TEXT NOT NULL PRIMARY KEY,
    position BIGINT NOT NULL
)";

/// How far a database's tables are, compared with a list of migrations.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    pub applied: Vec<&'static str>,
    /// In the list and not in the database: it is behind.
    pub pending: Vec<&'static str>,
    /// In the database and not in the list: a newer release was here.
    pub unknown: Vec<String>,
}

pub(crate) async fn up(db: &Db, migrations: &[Migration]) -> Result<usize, Error> {
    let before = standing(db, migrations).await?;
    if !before.unknown.is_empty() {
        return Err(Error::Program(before.refusal().unwrap_or_default()));
    }
    // Texts sort by their bytes on SQLite; on PostgreSQL as the database was made to. A language's
    // order would also change with the operating system's next release, under the indexes.
    if !before.pending.is_empty()
        && let Some(refusal) = db.facts().await?.refusal()
    {
        return Err(Error::Program(refusal));
    }
    let mut applied = 0;
    let pending = |at: &(i64, &Migration)| before.pending.contains(&at.1.name);
    for (position, migration) in (0_i64..).zip(migrations).filter(pending) {
        // Asked for inside the write lock: two processes may start at the same time.
        let mut tx = begin(db).await?;
        tx.batch(LEDGER).await?;
        let known = tx
            .query_opt(
                "SELECT name FROM schema_migrations WHERE name = $1",
                &values![migration.name],
            )
            .await?;
        if known.is_some() {
            continue;
        }
        tx.batch(migration.sql).await?;
        tx.execute(
            "INSERT INTO schema_migrations (name, position) VALUES ($1, $2)",
            &values![migration.name, position],
        )
        .await?;
        tx.commit().await?;
        applied += 1;
    }
    Ok(applied)
}

pub(crate) async fn standing(db: &Db, migrations: &[Migration]) -> Result<Standing, Error> {
    let mut tx = db.read().await?;
    let found = match tx.query_opt(ledger_exists(db), &[]).await? {
        Some(_) => {
            tx.query("SELECT name FROM schema_migrations ORDER BY position", &[])
                .await?
        }
        None => Vec::new(),
    };
    let found: Vec<String> = found
        .iter()
        .map(|row| row.get("name"))
        .collect::<Result<_, _>>()?;
    let names = migrations.iter().map(|migration| migration.name);
    let (applied, pending) = names.partition(|name| found.iter().any(|known| known == name));
    let ours = |name: &String| migrations.iter().any(|migration| migration.name == *name);
    Ok(Standing {
        applied,
        pending,
        unknown: found.into_iter().filter(|name| !ours(name)).collect(),
    })
}

impl Standing {
    /// What is wrong with starting on it as it is, as a sentence that goes on with what to do.
    pub fn refusal(&self) -> Option<String> {
        match (self.unknown.len(), self.pending.len()) {
            (0, 0) => None,
            (0, pending) => Some(format!(
                "the database is {pending} migration(s) behind this program: \
                 run quickconnect migrate up"
            )),
            (unknown, _) => Some(format!(
                "the database is {unknown} migration(s) ahead of this program: \
                 start a newer release"
            )),
        }
    }
}

async fn begin(db: &Db) -> Result<Tx, Error> {
    match db {
        Db::Sqlite(_) => db.write().await,
        Db::Postgres(db) => db.begin_migration().await.map(Tx::Postgres),
    }
}

/// A table that is not there cannot be asked: on PostgreSQL the question would end the transaction.
const fn ledger_exists(db: &Db) -> &'static str {
    match db {
        Db::Sqlite(_) => {
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name = 'schema_migrations'"
        }
        Db::Postgres(_) => {
            "SELECT 1 AS found FROM information_schema.tables
             WHERE table_schema = current_schema() AND table_name = 'schema_migrations'"
        }
    }
}
