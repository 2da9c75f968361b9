//! `Db` and `Tx`: the only place that knows which database holds the tables.
//!
//! Table modules write each statement once, in the portable subset (design §3): `$1..$n`,
//! `RETURNING`, `ON CONFLICT`, and the types `TEXT`, `BIGINT`, `BYTEA`, `BOOLEAN`.

mod migrate;
mod sqlite;
mod value;

use std::fmt;

pub use migrate::Migration;
pub use sqlite::Sqlite;
pub use value::{FromValue, Row, Value};

/// A database. Cheap to clone.
#[derive(Clone)]
pub enum Db {
    Sqlite(Sqlite),
}

/// A transaction. Dropped without [`Tx::commit`], it never happened.
pub enum Tx {
    Sqlite(sqlite::SqliteTx),
}

/// Why a statement or a transaction failed.
#[derive(Debug)]
pub enum Error {
    /// The database cannot be reached, is full or is too busy: answered with 503, nothing consumed.
    Unavailable(String),
    /// A statement and the tables do not fit each other: a fault of the program.
    Program(String),
}

impl Db {
    /// Opens the database at `sqlite:PATH`.
    pub fn open(address: &str) -> Result<Db, Error> {
        match address.split_once(':') {
            Some(("sqlite", path)) if !path.is_empty() => Db::open_sqlite(path.as_ref()),
            // The address may hold a password and is not repeated.
            _ => Err(Error::Program(
                "the database's address must begin with sqlite:, followed by a path".to_owned(),
            )),
        }
    }

    /// Opens the SQLite file at `path`, making it if it is not there.
    pub fn open_sqlite(path: &std::path::Path) -> Result<Db, Error> {
        Sqlite::open(path).map(Db::Sqlite)
    }

    /// Begins a transaction that only reads, on one consistent state.
    pub async fn read(&self) -> Result<Tx, Error> {
        match self {
            Db::Sqlite(db) => db.begin_read().await.map(Tx::Sqlite),
        }
    }

    /// Begins a transaction that may write. On SQLite one at a time; others wait.
    pub async fn write(&self) -> Result<Tx, Error> {
        match self {
            Db::Sqlite(db) => db.begin_write().await.map(Tx::Sqlite),
        }
    }

    /// Brings the tables up to the newest of `migrations`, each in a transaction of its own.
    /// Returns how many were applied.
    pub async fn migrate(&self, migrations: &[Migration]) -> Result<usize, Error> {
        migrate::up(self, migrations).await
    }
}

impl Tx {
    /// Runs a statement; returns how many rows it changed.
    pub async fn execute(&mut self, sql: &str, parameters: &[Value]) -> Result<u64, Error> {
        tracing::trace!(sql, "statement");
        match self {
            Tx::Sqlite(tx) => tx.execute(sql, parameters),
        }
    }

    /// All rows that a statement yields.
    pub async fn query(&mut self, sql: &str, parameters: &[Value]) -> Result<Vec<Row>, Error> {
        tracing::trace!(sql, "statement");
        match self {
            Tx::Sqlite(tx) => tx.query(sql, parameters),
        }
    }

    /// The first row that a statement yields, if any.
    pub async fn query_opt(
        &mut self,
        sql: &str,
        parameters: &[Value],
    ) -> Result<Option<Row>, Error> {
        Ok(self.query(sql, parameters).await?.into_iter().next())
    }

    /// Several statements without parameters: a migration.
    pub async fn batch(&mut self, sql: &str) -> Result<(), Error> {
        match self {
            Tx::Sqlite(tx) => tx.batch(sql),
        }
    }

    /// Makes it durable: when this returns, it survives a loss of power.
    pub async fn commit(self) -> Result<(), Error> {
        match self {
            Tx::Sqlite(tx) => tx.commit().await,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Unavailable(why) => write!(f, "the database is not available: {why}"),
            Error::Program(why) => write!(f, "the database refused a statement: {why}"),
        }
    }
}

impl std::error::Error for Error {}

/// Parameters of a statement, each turned into a [`Value`]: `values![company, now, None::<i64>]`.
#[macro_export]
macro_rules! values {
    ($($value:expr),* $(,)?) => { [$($crate::Value::from($value)),*] };
}
