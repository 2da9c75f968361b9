use std::path::PathBuf;

use ambient::{Clock, Skew};

use crate::postgres::Address;
use crate::{Db, Error};

/// What an address leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A SQLite file.
    File(PathBuf),
    /// A PostgreSQL server.
    Server,
}

/// What a database that answers, and that can be written, says at once.
#[derive(Clone, Copy, Debug)]
pub struct Vitals {
    /// The server's clock, in microseconds since the epoch; SQLite has none but ours.
    pub clock: Option<i64>,
}

/// What a database says of itself, for operators.
#[derive(Clone, Debug)]
pub struct Facts {
    /// `SQLite 3.51.0`, `PostgreSQL 15.9`.
    pub engine: String,
    /// How texts are encoded: `UTF8`.
    pub encoding: String,
    /// Whether texts sort by their bytes.
    pub sorts_by_bytes: bool,
    pub size: u64,
    /// Bytes within it that hold nothing, and are used before it grows. SQLite alone.
    pub free: u64,
}

impl Place {
    /// Reads `sqlite:PATH` or `postgres://…`, and opens nothing.
    pub fn parse(address: &str) -> Result<Place, Error> {
        match address.split_once(':') {
            Some(("sqlite", path)) if !path.is_empty() => Ok(Place::File(path.into())),
            Some(("postgres" | "postgresql", _)) => {
                Address::parse(address)?;
                Ok(Place::Server)
            }
            // The address may hold a password and is not repeated.
            _ => Err(Error::Program(
                "the database's address must begin with sqlite:, followed by a path, or with \
                 postgres://"
                    .to_owned(),
            )),
        }
    }
}

impl Db {
    /// Whether it answers and can be written, without writing anything. On SQLite this waits for
    /// whoever writes, on a thread for what blocks; the caller decides how long that may take.
    pub async fn vitals(&self) -> Result<Vitals, Error> {
        match self {
            Db::Sqlite(db) => {
                db.can_write().await?;
                Ok(Vitals { clock: None })
            }
            Db::Postgres(_) => self.server_vitals().await,
        }
    }

    /// [`Db::vitals`], and how far its clock and ours differ: `None` where it has no other than ours.
    pub async fn skew(&self, clock: &Clock) -> Result<Option<Skew>, Error> {
        let asked = clock.now();
        let vitals = self.vitals().await?;
        let ours = (asked, clock.now());
        Ok(vitals.clock.map(|theirs| Skew::between(ours, theirs)))
    }

    async fn server_vitals(&self) -> Result<Vitals, Error> {
        let mut tx = self.read().await?;
        let row = tx
            .query_opt(
                "SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS BIGINT) AS clock,
                   pg_is_in_recovery() AS standby",
                &[],
            )
            .await?;
        let row = row.ok_or_else(silent)?;
        if row.get("standby")? {
            let why = "its server is a standby, which only reads";
            return Err(Error::Unavailable(why.to_owned()));
        }
        Ok(Vitals {
            clock: Some(row.get("clock")?),
        })
    }

    /// What an operator may want to know of it.
    pub async fn facts(&self) -> Result<Facts, Error> {
        let statement = match self {
            Db::Sqlite(_) => {
                "SELECT 'SQLite ' || sqlite_version() AS engine, 'UTF8' AS encoding,
                   1 AS by_bytes, page_count * page_size AS size,
                   freelist_count * page_size AS free
                 FROM pragma_page_count, pragma_page_size, pragma_freelist_count"
            }
            Db::Postgres(_) => {
                "SELECT 'PostgreSQL ' || current_setting('server_version') AS engine,
                   current_setting('server_encoding') AS encoding,
                   CAST('B' AS TEXT) < CAST('a' AS TEXT) AS by_bytes,
                   pg_database_size(current_database()) AS size, CAST(0 AS BIGINT) AS free"
            }
        };
        let mut tx = self.read().await?;
        let row = tx.query_opt(statement, &[]).await?.ok_or_else(silent)?;
        let bytes = |column| {
            row.get::<i64>(column)
                .map(|n| u64::try_from(n).unwrap_or(0))
        };
        Ok(Facts {
            engine: row.get("engine")?,
            encoding: row.get("encoding")?,
            sorts_by_bytes: row.get("by_bytes")?,
            size: bytes("size")?,
            free: bytes("free")?,
        })
    }
}

impl Facts {
    /// What is wrong with the way in which it keeps texts, which it was made with once and for all.
    pub fn refusal(&self) -> Option<String> {
        let well = self.sorts_by_bytes && self.encoding == "UTF8";
        (!well).then(|| {
            format!(
                "the database sorts texts by a language or encodes them in something else than \
                 UTF8 ({}); make it with: CREATE DATABASE … TEMPLATE template0 ENCODING 'UTF8' \
                 LC_COLLATE 'C' LC_CTYPE 'C'",
                self.encoding
            )
        })
    }
}

fn silent() -> Error {
    Error::Program("the database does not know itself".to_owned())
}
