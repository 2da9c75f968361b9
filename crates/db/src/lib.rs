//! `Db` and `Tx`: the only place that knows which database holds the tables, SQLite or PostgreSQL.
//!
//! Table modules write each statement once, in the portable subset (design §3): `$1..$n`,
//! `RETURNING`, `ON CONFLICT`, and the types `TEXT`, `BIGINT`, `BYTEA`, `BOOLEAN`.
//!
//! Architecture invariant: what was read in a write transaction stays true until it ends. On SQLite
//! there is one writer; on PostgreSQL locks make it so, for everything ([`Db::write`]) or for one
//! scope ([`Db::write_for`]).

mod migrate;
mod notices;
mod postgres;
mod sqlite;
mod sqlite_file;
mod value;
mod vitals;

use std::fmt;

pub use migrate::{Migration, Standing};
pub use notices::{Heard, Listener};
pub use postgres::Postgres;
pub use sqlite::Sqlite;
pub use sqlite_file::{Alone, SqliteFile};
pub use value::{FromValue, Row, Value};
pub use vitals::{Facts, Place, Vitals};

/// A database. Cheap to clone.
#[derive(Clone)]
pub enum Db {
    Sqlite(Sqlite),
    Postgres(Postgres),
}

/// How a database is opened.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Connections that this process makes to PostgreSQL at most. SQLite has its own number.
    pub connections: usize,
}

impl Default for Options {
    fn default() -> Options {
        Options { connections: 16 }
    }
}

/// A transaction. Dropped without [`Tx::commit`], it never happened.
pub enum Tx {
    Sqlite(sqlite::SqliteTx),
    Postgres(postgres::PostgresTx),
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
    /// Opens the database at `sqlite:PATH` or `postgres://…`.
    pub fn open(address: &str) -> Result<Db, Error> {
        Db::open_with(address, &Options::default())
    }

    /// [`Db::open`], as an operator wants it. A PostgreSQL server is asked for nothing yet.
    pub fn open_with(address: &str, options: &Options) -> Result<Db, Error> {
        match Place::parse(address)? {
            Place::File(path) => Db::open_sqlite(&path),
            Place::Server => Postgres::open(address, options).map(Db::Postgres),
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
            Db::Postgres(db) => db.begin_read().await.map(Tx::Postgres),
        }
    }

    /// Begins a transaction that may write, alone: nobody else writes anything until it ends. For what
    /// happens seldom.
    pub async fn write(&self) -> Result<Tx, Error> {
        match self {
            Db::Sqlite(db) => db.begin_write().await.map(Tx::Sqlite),
            Db::Postgres(db) => db.begin_write(None).await.map(Tx::Postgres),
        }
    }

    /// Begins a transaction that may write what belongs to `scope`, a company's id for instance:
    /// others write for other scopes meanwhile, and nobody for this one. What it decides upon must
    /// belong to the scope, or fall to one conditional statement.
    pub async fn write_for(&self, scope: impl fmt::Display) -> Result<Tx, Error> {
        match self {
            Db::Sqlite(db) => db.begin_write().await.map(Tx::Sqlite),
            Db::Postgres(db) => {
                let scope = scope.to_string();
                db.begin_write(Some(&scope)).await.map(Tx::Postgres)
            }
        }
    }

    /// Whether several processes may serve it at once.
    pub fn serves_many(&self) -> bool {
        matches!(self, Db::Postgres(_))
    }

    /// The same database for work that nobody waits for, and of which a statement may take a minute:
    /// what jobs and operators do. It takes no lock for longer than others wait for it.
    pub fn unhurried(&self) -> Db {
        match self {
            Db::Sqlite(db) => Db::Sqlite(db.clone()),
            Db::Postgres(db) => Db::Postgres(db.unhurried()),
        }
    }

    /// Hears from now on what is said on a channel by [`Tx::notify`], at this process or another.
    /// A notice may be lost, and then [`Heard::Missed`] is told later: what rests on it alone is
    /// wrong. Must be called within the runtime.
    pub fn listen(&self, channel: &'static str) -> Listener {
        match self {
            Db::Sqlite(db) => db.listen(channel),
            Db::Postgres(db) => db.listen(channel, false),
        }
    }

    /// As [`Db::listen`], and is told once a second how far everything has been heard
    /// ([`Heard::All`]), for as long as it is: for whoever may rest on notices while none is lost.
    /// SQLite never tells that; what another process says there is not heard.
    pub fn follow(&self, channel: &'static str) -> Listener {
        match self {
            Db::Sqlite(db) => db.listen(channel),
            Db::Postgres(db) => db.listen(channel, true),
        }
    }

    /// As [`Db::read`], for one company: on PostgreSQL rows of others are not there, whatever a
    /// statement asks for (S35). A second wall: the first is that every statement names its company.
    pub async fn read_within(&self, company: impl fmt::Display) -> Result<Tx, Error> {
        Ok(self.read().await?.within(company))
    }

    /// As [`Db::write_for`] with the company as the scope. Rows of other companies are not there and
    /// cannot be written.
    pub async fn write_within(&self, company: impl fmt::Display) -> Result<Tx, Error> {
        Ok(self.write_for(&company).await?.within(company))
    }

    /// As [`Db::write`], for one company as [`Db::write_within`]: for what belongs to a company and
    /// has to be alone all the same.
    pub async fn write_alone_within(&self, company: impl fmt::Display) -> Result<Tx, Error> {
        Ok(self.write().await?.within(company))
    }

    /// Brings the tables up to what a program of these migrations needs, each in a transaction of
    /// its own. Older programs may go on meanwhile: where there are tables already, a contraction
    /// and all behind it are left for [`Db::contract`]. Returns how many were applied.
    pub async fn migrate(&self, migrations: &[Migration]) -> Result<usize, Error> {
        migrate::up(self, migrations, false).await
    }

    /// [`Db::migrate`], and the contractions: no older program may be running any more.
    pub async fn contract(&self, migrations: &[Migration]) -> Result<usize, Error> {
        migrate::up(self, migrations, true).await
    }

    /// How far the tables are. Changes nothing.
    pub async fn standing(&self, migrations: &[Migration]) -> Result<Standing, Error> {
        migrate::standing(self, migrations).await
    }
}

impl Tx {
    /// Before anything else: shows one company's rows alone.
    fn within(mut self, company: impl fmt::Display) -> Tx {
        match &mut self {
            Tx::Sqlite(_) => {}
            Tx::Postgres(tx) => tx.confine(&company.to_string()),
        }
        self
    }

    /// Runs a statement; returns how many rows it changed.
    pub async fn execute(&mut self, sql: &str, parameters: &[Value]) -> Result<u64, Error> {
        tracing::trace!(sql, "statement");
        match self {
            Tx::Sqlite(tx) => tx.execute(sql, parameters),
            Tx::Postgres(tx) => tx.execute(sql, parameters).await,
        }
    }

    /// All rows that a statement yields.
    pub async fn query(&mut self, sql: &str, parameters: &[Value]) -> Result<Vec<Row>, Error> {
        tracing::trace!(sql, "statement");
        match self {
            Tx::Sqlite(tx) => tx.query(sql, parameters),
            Tx::Postgres(tx) => tx.query(sql, parameters).await,
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
            Tx::Postgres(tx) => tx.batch(sql).await,
        }
    }

    /// Tells every listener of a channel, at every process on the database, once this is committed.
    /// SQLite tells other processes only that something was written. At most 7,000 bytes, no secret.
    pub async fn notify(&mut self, channel: &'static str, payload: &str) -> Result<(), Error> {
        match self {
            Tx::Sqlite(tx) => {
                tx.notify(channel, payload);
                Ok(())
            }
            Tx::Postgres(tx) => tx.notify(channel, payload).await,
        }
    }

    /// Makes it durable: when this returns, it survives a loss of power.
    pub async fn commit(self) -> Result<(), Error> {
        match self {
            Tx::Sqlite(tx) => tx.commit().await,
            Tx::Postgres(tx) => tx.commit().await,
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
