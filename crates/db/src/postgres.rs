//! PostgreSQL: a pool of connections, each with the statements that it has prepared before.
//!
//! A transaction is begun together with its first statement, in one round trip, and ended by the
//! drop of a [`PostgresTx`] without waiting: a connection answers in the order in which it was asked,
//! so whoever takes it from the pool next stands behind the ROLLBACK.

mod address;
mod convert;
mod error;
mod listening;
mod tls;
mod tx;

use std::sync::Arc;
use std::time::Duration;

use deadpool_postgres::{Hook, HookError, Manager, ManagerConfig, Pool, RecyclingMethod, Runtime};
use tokio_postgres::{Client, NoTls};

use crate::notices::{Listener, Notices};
use crate::{Error, Options};
use address::Tls;
use listening::Line;

pub(crate) use address::Address;

pub use tx::PostgresTx;

/// How long a connection of the pool is waited for before a request is answered with 503.
const FREE_CONNECTION: Duration = Duration::from_secs(10);
/// How long making a connection may take.
const CONNECT: Duration = Duration::from_secs(5);

/// How long the answer to a statement is waited for. The server cancels one before that (`SESSION`): a
/// longer silence is the network's, and what was asked may have been done.
const ANSWER: Duration = Duration::from_secs(6);
/// The same for what nobody waits for; see `UNHURRIED`.
const UNHURRIED_ANSWER: Duration = Duration::from_secs(66);

/// What every connection is told when it is made. A statement that hangs must not hold a request, a
/// lock that is not given is a database too busy, and a transaction whose node has gone is rolled
/// back: sooner than those who wait for its locks give up, so that they do not notice.
/// `quickconnect.company`: what is begun for no company in particular sees those of all; a
/// connection that was not told so sees none. `synchronous_commit`: a commit that was answered
/// survives a loss of power, whatever the server's own setting.
const SESSION: &str = "SET statement_timeout = '5s'; SET lock_timeout = '4500ms';
    SET idle_in_transaction_session_timeout = '3s'; SET synchronous_commit = on;
    SET quickconnect.company = '*'; SET client_encoding = 'UTF8'; SET standard_conforming_strings = on";

/// What follows BEGIN in a transaction that nobody waits for.
const UNHURRIED: &str = "; SET LOCAL statement_timeout = '60s'";
/// The same where nothing is locked meanwhile: whoever reads may take a while with what was read.
const UNHURRIED_READ: &str = "; SET LOCAL statement_timeout = '60s';
    SET LOCAL idle_in_transaction_session_timeout = '60s'";

/// The transaction-scoped advisory lock that [`crate::Db::write`] holds alone and
/// [`crate::Db::write_for`] shares. A scope's own lock has a key of 64 bits, which is another space.
const EVERYTHING: &str = "2057, 1";

#[derive(Clone)]
pub struct Postgres {
    pool: Pool,
    unhurried: bool,
    notices: Arc<Notices>,
    line: Arc<Line>,
}

impl Postgres {
    /// Makes the pool; connections are made when they are needed.
    pub(crate) fn open(address: &str, options: &Options) -> Result<Postgres, Error> {
        let Address { config, tls } = Address::parse(address)?;
        let tls = match tls {
            Tls::Off => None,
            Tls::Verified(authorities) => Some(tls::connector(authorities.as_deref())?),
        };
        let settings = ManagerConfig {
            recycling_method: RecyclingMethod::Fast,
        };
        let manager = match &tls {
            None => Manager::from_config(config.clone(), NoTls, settings),
            Some(tls) => Manager::from_config(config.clone(), tls.clone(), settings),
        };
        let pool = Pool::builder(manager)
            .max_size(options.connections.max(1))
            .runtime(Runtime::Tokio1)
            .wait_timeout(Some(FREE_CONNECTION))
            .create_timeout(Some(CONNECT))
            .recycle_timeout(Some(CONNECT))
            .post_create(Hook::async_fn(|client, _| {
                Box::pin(async move { prepare_session(client).await.map_err(HookError::Backend) })
            }))
            .build()
            .map_err(|error| Error::Program(error.to_string()))?;
        Ok(Postgres {
            pool,
            unhurried: false,
            notices: Arc::new(Notices::new()),
            line: Arc::new(Line { config, tls }),
        })
    }

    pub(crate) fn unhurried(&self) -> Postgres {
        Postgres {
            unhurried: true,
            ..self.clone()
        }
    }

    pub(crate) fn listen(&self, channel: &'static str, follows: bool) -> Listener {
        let listening = |told, followers| {
            let line = self.line.clone();
            listening::keep_listening(line, told, followers)
        };
        self.notices.listen(channel, follows, listening)
    }

    /// Reads one state, the one that stood at the first statement.
    pub(crate) async fn begin_read(&self) -> Result<PostgresTx, Error> {
        let limit = if self.unhurried { UNHURRIED_READ } else { "" };
        self.begin(format!(
            "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY{limit}"
        ))
        .await
    }

    /// Each statement sees what was committed before it, and the locks see to it that nobody else
    /// commits in between: see `docs/decisions/0007-two-databases.md`.
    pub(crate) async fn begin_write(&self, scope: Option<&str>) -> Result<PostgresTx, Error> {
        let limit = if self.unhurried { UNHURRIED } else { "" };
        let begin = match scope {
            None => format!("BEGIN{limit}; SELECT pg_advisory_xact_lock({EVERYTHING})"),
            Some(scope) => format!(
                "BEGIN{limit}; SELECT pg_advisory_xact_lock_shared({EVERYTHING});
                 SELECT pg_advisory_xact_lock({})",
                lock_key(scope)
            ),
        };
        self.begin(begin).await
    }

    /// As [`Postgres::begin_write`] for everything, with all the time that it takes: a migration. Not
    /// for its locks: whoever wants a table that somebody reads stands before all who come later.
    pub(crate) async fn begin_migration(&self) -> Result<PostgresTx, Error> {
        let begin = format!(
            "BEGIN; SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = '2s';
             SELECT pg_advisory_xact_lock({EVERYTHING})"
        );
        let connection = self.pool.get().await.map_err(error::pool)?;
        Ok(PostgresTx::new(connection, begin, None))
    }

    async fn begin(&self, begin: String) -> Result<PostgresTx, Error> {
        let connection = self.pool.get().await.map_err(error::pool)?;
        let answer = if self.unhurried {
            UNHURRIED_ANSWER
        } else {
            ANSWER
        };
        Ok(PostgresTx::new(connection, begin, Some(answer)))
    }
}

async fn prepare_session(client: &Client) -> Result<(), tokio_postgres::Error> {
    client.batch_execute(SESSION).await
}

/// FNV-1a: two scopes that fall together wait for each other, and nothing worse.
fn lock_key(scope: &str) -> i64 {
    let hash = scope.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    hash.cast_signed()
}
