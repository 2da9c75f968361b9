use std::pin::pin;
use std::task::{Context, Waker};
use std::time::Duration;

use ambient::Failpoint;
use deadpool_postgres::Object;
use tokio_postgres::types::ToSql;

use super::{convert, error, listening};
use crate::{Error, Row, Value};

pub struct PostgresTx {
    /// Always there until the transaction ends.
    connection: Option<Object>,
    /// What begins it, until it has been sent.
    begin: Option<String>,
    /// The connection does not go back to the pool: a statement was sent whose answer has not been
    /// read, or the server is ending it.
    spent: bool,
    /// A statement failed: the server would take a COMMIT for a ROLLBACK, and say nothing.
    failed: bool,
    /// How long an answer is waited for; `None` is as long as it takes.
    patience: Option<Duration>,
}

impl PostgresTx {
    pub(super) fn new(connection: Object, begin: String, patience: Option<Duration>) -> PostgresTx {
        PostgresTx {
            connection: Some(connection),
            begin: Some(begin),
            spent: false,
            failed: false,
            patience,
        }
    }

    /// Together with what begins it, so that it costs no round trip. The migration
    /// `0015_row_security` says which rows the setting shows.
    pub(crate) fn confine(&mut self, company: &str) {
        let begin = self.begin.as_mut();
        let begin = begin.expect("nothing has been asked yet");
        let company = company.replace('\'', "''");
        begin.push_str(&format!("; SET LOCAL quickconnect.company = '{company}'"));
    }

    pub(crate) async fn execute(&mut self, sql: &str, values: &[Value]) -> Result<u64, Error> {
        let asked = Asked::Execute(sql, values);
        Ok(self.ask(asked).await?.changed)
    }

    pub(crate) async fn query(&mut self, sql: &str, values: &[Value]) -> Result<Vec<Row>, Error> {
        let asked = Asked::Query(sql, values);
        convert::rows(&self.ask(asked).await?.rows)
    }

    pub(crate) async fn batch(&mut self, sql: &str) -> Result<(), Error> {
        self.ask(Asked::Batch(sql)).await.map(drop)
    }

    pub(crate) async fn notify(&mut self, channel: &str, payload: &str) -> Result<(), Error> {
        let said = listening::carried(channel, payload);
        let sql = "SELECT pg_notify($1, $2)";
        let asked = [Value::from(listening::CHANNEL), Value::from(said)];
        self.execute(sql, &asked).await.map(drop)
    }

    /// When this fails for want of an answer, nobody knows whether it was committed.
    pub(crate) async fn commit(mut self) -> Result<(), Error> {
        if self.begin.is_some() {
            return Ok(());
        }
        if self.failed {
            let why = "a transaction was committed of which a statement had failed";
            return Err(Error::Program(why.to_owned()));
        }
        Failpoint::CommitBegun.reached();
        self.ask(Asked::Batch("COMMIT")).await?;
        Failpoint::CommitDone.reached();
        // Nothing is left to be rolled back: the connection goes home as it is.
        self.connection = None;
        Ok(())
    }

    /// Sends one statement, behind what begins the transaction if that was not sent yet: the server
    /// works them off in order, one round trip for both. Left in the middle, the connection is spent.
    async fn ask(&mut self, asked: Asked<'_>) -> Result<Answer, Error> {
        let begin = self.begin.take();
        let connection = self
            .connection
            .as_ref()
            .expect("present until the transaction ends");
        self.spent = true;
        let answering = async {
            match begin {
                Some(begin) => {
                    let first = connection.batch_execute(&begin);
                    let (begun, answer) = tokio::join!(biased; first, asked.put_to(connection));
                    begun.and(answer)
                }
                None => asked.put_to(connection).await,
            }
        };
        let answer = match self.patience {
            Some(patience) => tokio::time::timeout(patience, answering).await,
            None => Ok(answering.await),
        };
        let Ok(answer) = answer else {
            self.failed = true;
            self.forget_connections();
            let why = "the server did not answer in time";
            return Err(Error::Unavailable(why.to_owned()));
        };
        self.spent = answer.as_ref().is_err_and(error::is_end);
        answer.map_err(|error| {
            self.failed = true;
            if error::is_outdated_plan(&error) {
                self.forget_plans();
            }
            error::statement(&error)
        })
    }

    /// Where one connection is silent, those that wait in the pool are as well: whoever comes next
    /// asks whether the server can be reached at all.
    fn forget_connections(&self) {
        if let Some(pool) = self.connection.as_ref().and_then(Object::pool) {
            pool.retain(|_, _| false);
        }
    }

    /// Every connection of the pool has plans as old as this one's.
    fn forget_plans(&mut self) {
        if let Some(connection) = &self.connection {
            connection.statement_cache.clear();
            if let Some(pool) = Object::pool(connection) {
                pool.retain(|other, _| {
                    other.statement_cache.clear();
                    true
                });
            }
        }
    }
}

enum Asked<'a> {
    Execute(&'a str, &'a [Value]),
    Query(&'a str, &'a [Value]),
    Batch(&'a str),
}

#[derive(Default)]
struct Answer {
    changed: u64,
    rows: Vec<tokio_postgres::Row>,
}

impl Asked<'_> {
    async fn put_to(self, connection: &Object) -> Result<Answer, tokio_postgres::Error> {
        let mut answer = Answer::default();
        match self {
            Asked::Execute(sql, values) => {
                let statement = connection.prepare_cached(sql).await?;
                answer.changed = connection.execute(&statement, &borrowed(values)).await?;
            }
            Asked::Query(sql, values) => {
                let statement = connection.prepare_cached(sql).await?;
                answer.rows = connection.query(&statement, &borrowed(values)).await?;
            }
            Asked::Batch(sql) => connection.batch_execute(sql).await?,
        }
        Ok(answer)
    }
}

fn borrowed(values: &[Value]) -> Vec<&(dyn ToSql + Sync)> {
    values
        .iter()
        .map(|value| value as &(dyn ToSql + Sync))
        .collect()
}

impl Drop for PostgresTx {
    /// Sends ROLLBACK and does not wait. A statement that was left in the middle may still run for a
    /// while: its connection does not go back to the pool, and ends behind the ROLLBACK.
    fn drop(&mut self) {
        let Some(connection) = self.connection.take() else {
            return;
        };
        if self.begin.is_some() {
            return;
        }
        {
            let rollback = pin!(connection.batch_execute("ROLLBACK"));
            // The first poll hands it to the connection's task.
            let _ = rollback.poll(&mut Context::from_waker(Waker::noop()));
        }
        if self.spent {
            drop(Object::take(connection));
        }
    }
}
