//! SQLite: one connection that writes, a few that read, all on one file in WAL mode.
//!
//! Statements run where they are called: a look-up takes microseconds, less than handing it to
//! another thread. Only a commit, which waits for the disk, moves to a blocking thread.

mod listening;

use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use ambient::Failpoint;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, ToSql};
use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::notices::{Listener, Notice, Notices};
use crate::{Error, Row, Value};

const READERS: usize = 4;
/// How long another process (the command line beside the server) may hold the write lock.
pub(crate) const BUSY: Duration = Duration::from_secs(5);
/// Pages kept in memory per connection, in KiB.
const CACHE_KIB: i64 = 1024;

#[derive(Clone)]
pub struct Sqlite {
    /// Where the file stands, and which one it is: device and number.
    path: Arc<Path>,
    identity: (u64, u64),
    readers: Arc<Pool>,
    writer: Arc<Pool>,
    notices: Arc<Notices>,
}

/// Connections not in use, and a permit for each.
struct Pool {
    idle: Mutex<Vec<Connection>>,
    permits: Arc<Semaphore>,
}

pub struct SqliteTx {
    /// Always there until the transaction ends.
    connection: Option<Connection>,
    pool: Arc<Pool>,
    _permit: OwnedSemaphorePermit,
    /// What is said when it is committed, and to whom.
    said: Vec<Notice>,
    notices: Arc<Notices>,
}

impl Sqlite {
    pub(crate) fn open(path: &Path) -> Result<Sqlite, Error> {
        make_private(path);
        let writer = connect(path)?;
        let readers = (0..READERS)
            .map(|_| connect(path))
            .collect::<Result<_, _>>()?;
        Ok(Sqlite {
            path: path.into(),
            identity: identity(path).map_err(|error| unavailable(&error))?,
            readers: Pool::new(readers),
            writer: Pool::new(vec![writer]),
            notices: Arc::new(Notices::new()),
        })
    }

    pub(crate) async fn begin_read(&self) -> Result<SqliteTx, Error> {
        self.begin(&self.readers, "BEGIN").await
    }

    pub(crate) async fn begin_write(&self) -> Result<SqliteTx, Error> {
        self.begin(&self.writer, "BEGIN IMMEDIATE").await
    }

    pub(crate) fn listen(&self, channel: &'static str) -> Listener {
        let looking = |told, _| listening::keep_looking(connect(&self.path), told);
        self.notices.listen(channel, false, looking)
    }

    async fn begin(&self, pool: &Arc<Pool>, begin: &str) -> Result<SqliteTx, Error> {
        let permit = pool.permits.clone().acquire_owned();
        let permit = permit.await.map_err(|error| unavailable(&error))?;
        let connection = pool
            .lock()
            .pop()
            .expect("a permit stands for an idle connection");
        let mut tx = SqliteTx {
            connection: Some(connection),
            pool: pool.clone(),
            _permit: permit,
            said: Vec::new(),
            notices: self.notices.clone(),
        };
        tx.batch(begin)?;
        Ok(tx)
    }

    /// Takes the right to write, and gives it back: nobody holds it for long, and the file is there.
    /// A file that was moved away or replaced is open for us all the same, and what we write to it
    /// nobody will find.
    pub(crate) async fn can_write(&self) -> Result<(), Error> {
        match identity(&self.path) {
            Ok(found) if found == self.identity => {}
            Ok(_) => {
                let why = "its file was replaced while it was open; start the program anew";
                return Err(Error::Unavailable(why.to_owned()));
            }
            Err(error) => {
                let why = format!("its file {}: {error}", self.path.display());
                return Err(Error::Unavailable(why));
            }
        }
        let (db, runtime) = (self.clone(), Handle::current());
        // SQLite waits for the lock in the thread that asks.
        let look = move || {
            runtime.block_on(async {
                let mut tx = db.begin_write().await?;
                tx.query("SELECT COUNT(*) AS tables FROM sqlite_master", &[])
                    .map(drop)
            })
        };
        let looked = tokio::task::spawn_blocking(look).await;
        looked.map_err(|error| unavailable(&error))?
    }
}

impl Pool {
    fn new(connections: Vec<Connection>) -> Arc<Pool> {
        let permits = Arc::new(Semaphore::new(connections.len()));
        Arc::new(Pool {
            idle: Mutex::new(connections),
            permits,
        })
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Connection>> {
        self.idle
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl SqliteTx {
    fn connection(&self) -> &Connection {
        self.connection
            .as_ref()
            .expect("present until the transaction ends")
    }

    pub(crate) fn execute(&mut self, sql: &str, parameters: &[Value]) -> Result<u64, Error> {
        let mut statement = self
            .connection()
            .prepare_cached(sql)
            .map_err(sqlite_error)?;
        bind(&mut statement, parameters)?;
        statement
            .raw_execute()
            .map(|changed| changed as u64)
            .map_err(sqlite_error)
    }

    pub(crate) fn query(&mut self, sql: &str, parameters: &[Value]) -> Result<Vec<Row>, Error> {
        let mut statement = self
            .connection()
            .prepare_cached(sql)
            .map_err(sqlite_error)?;
        bind(&mut statement, parameters)?;
        let columns: Arc<[String]> = statement.column_names().map(str::to_owned).collect();
        let mut found = Vec::new();
        let mut rows = statement.raw_query();
        while let Some(row) = rows.next().map_err(sqlite_error)? {
            let value = |at| {
                row.get_ref(at)
                    .map_err(sqlite_error)
                    .and_then(value_from_sqlite)
            };
            let values = (0..columns.len()).map(value).collect::<Result<_, _>>()?;
            found.push(Row {
                columns: columns.clone(),
                values,
            });
        }
        Ok(found)
    }

    pub(crate) fn batch(&mut self, sql: &str) -> Result<(), Error> {
        self.connection().execute_batch(sql).map_err(sqlite_error)
    }

    pub(crate) fn notify(&mut self, channel: &str, payload: &str) {
        let (channel, payload) = (channel.to_owned(), payload.to_owned());
        self.said.push(Notice::Said { channel, payload });
    }

    pub(crate) async fn commit(mut self) -> Result<(), Error> {
        let work = move || {
            Failpoint::CommitBegun.reached();
            let outcome = self.batch("COMMIT");
            Failpoint::CommitDone.reached();
            if outcome.is_ok() {
                self.notices.tell(std::mem::take(&mut self.said));
            }
            drop(self);
            outcome
        };
        tokio::task::spawn_blocking(work)
            .await
            .map_err(|error| unavailable(&error))?
    }
}

impl Drop for SqliteTx {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take() {
            if !connection.is_autocommit()
                && let Err(error) = connection.execute_batch("ROLLBACK")
            {
                tracing::error!(%error, "a transaction could not be rolled back");
            }
            self.pool.lock().push(connection);
        }
    }
}

/// A file that is not there yet is made for the program's user alone; SQLite gives the files beside
/// it the same rights. What cannot be made, SQLite says.
fn make_private(path: &Path) {
    let mut options = std::fs::OpenOptions::new();
    let _ = options.write(true).create_new(true).mode(0o600).open(path);
}

fn identity(path: &Path) -> std::io::Result<(u64, u64)> {
    std::fs::metadata(path).map(|file| (file.dev(), file.ino()))
}

fn connect(path: &Path) -> Result<Connection, Error> {
    let connection = Connection::open(path).map_err(sqlite_error)?;
    connection.busy_timeout(BUSY).map_err(sqlite_error)?;
    connection.set_prepared_statement_cache_capacity(64);
    let settings = format!(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;
         PRAGMA cache_size = -{CACHE_KIB}; PRAGMA temp_store = MEMORY;"
    );
    connection.execute_batch(&settings).map_err(sqlite_error)?;
    Ok(connection)
}

/// Binds by name: SQLite numbers `$2` by its first appearance, not by its digit.
fn bind(statement: &mut rusqlite::Statement<'_>, parameters: &[Value]) -> Result<(), Error> {
    for (at, value) in parameters.iter().enumerate() {
        let name = format!("${}", at + 1);
        let index = statement
            .parameter_index(&name)
            .map_err(sqlite_error)?
            .ok_or_else(|| Error::Program(format!("the statement has no {name}")))?;
        statement
            .raw_bind_parameter(index, value)
            .map_err(sqlite_error)?;
    }
    if statement.parameter_count() == parameters.len() {
        Ok(())
    } else {
        Err(Error::Program("too few parameters were given".to_owned()))
    }
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Value::Null => ValueRef::Null,
            Value::Text(text) => ValueRef::Text(text.as_bytes()),
            Value::Int(number) => ValueRef::Integer(*number),
            Value::Bool(flag) => ValueRef::Integer(i64::from(*flag)),
            Value::Bytes(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

fn value_from_sqlite(value: ValueRef<'_>) -> Result<Value, Error> {
    Ok(match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number) => Value::Int(number),
        ValueRef::Text(text) => Value::Text(String::from_utf8_lossy(text).into_owned()),
        ValueRef::Blob(bytes) => Value::Bytes(bytes.to_vec()),
        ValueRef::Real(_) => return Err(Error::Program("a column holds a fraction".to_owned())),
    })
}

fn unavailable(error: &dyn std::fmt::Display) -> Error {
    Error::Unavailable(error.to_string())
}

pub(crate) fn sqlite_error(error: rusqlite::Error) -> Error {
    use rusqlite::ErrorCode::{
        CannotOpen, DatabaseBusy, DatabaseCorrupt, DatabaseLocked, DiskFull, ReadOnly,
        SystemIoFailure,
    };
    match error.sqlite_error_code() {
        Some(
            CannotOpen | DatabaseBusy | DatabaseCorrupt | DatabaseLocked | DiskFull | ReadOnly
            | SystemIoFailure,
        ) => unavailable(&error),
        _ => Error::Program(error.to_string()),
    }
}
