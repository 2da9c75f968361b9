use std::error::Error as StdError;

use deadpool_postgres::PoolError;
use tokio_postgres::error::SqlState;

use crate::Error;

/// What came of a statement. Without an answer of the server the connection was lost, and whatever
/// the server says of its own state, of locks and of time passes: 503. The rest is our fault.
pub fn statement(error: &tokio_postgres::Error) -> Error {
    match error.as_db_error() {
        Some(said) if passes(said.code()) => Error::Unavailable(said.message().to_owned()),
        Some(said) => Error::Program(format!("{} ({})", said.message(), said.code().code())),
        None if is_ours(error) => Error::Program(told(error)),
        None => Error::Unavailable(told(error)),
    }
}

pub fn pool(error: PoolError) -> Error {
    match error {
        // A server that refuses to let us in is not there for us, whatever its reason.
        PoolError::Backend(error) => Error::Unavailable(told(&error)),
        PoolError::Timeout(_) => Error::Unavailable("no connection was free in time".to_owned()),
        other => Error::Unavailable(other.to_string()),
    }
}

/// Whether the connection is lost, or will be in a moment.
pub fn is_end(error: &tokio_postgres::Error) -> bool {
    match error.code() {
        Some(code) => {
            let ends = [
                SqlState::ADMIN_SHUTDOWN,
                SqlState::CRASH_SHUTDOWN,
                SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT,
            ];
            ends.contains(code) || code.code().starts_with("08")
        }
        None => !is_ours(error),
    }
}

/// A plan that was made before a migration of a newer release: a new connection makes a new one.
pub fn is_outdated_plan(error: &tokio_postgres::Error) -> bool {
    error.code() == Some(&SqlState::FEATURE_NOT_SUPPORTED)
}

fn passes(code: &SqlState) -> bool {
    let class = &code.code()[..2];
    // Connections; rollbacks for others' sake; resources; locks; shutdowns and time-outs; disks.
    matches!(class, "08" | "40" | "53" | "55" | "57" | "58")
        || *code == SqlState::READ_ONLY_SQL_TRANSACTION
        || *code == SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT
        || *code == SqlState::FEATURE_NOT_SUPPORTED
}

/// Values that could not be sent or read, or a count of them that does not fit.
fn is_ours(error: &tokio_postgres::Error) -> bool {
    let text = error.to_string();
    text.starts_with("error serializing")
        || text.starts_with("error deserializing")
        || text.starts_with("expected ")
        || text.starts_with("invalid column")
}

/// The error with its causes; the driver's own text names the last one only.
fn told(error: &tokio_postgres::Error) -> String {
    match error.source() {
        Some(source) => format!("{error}: {source}"),
        None => error.to_string(),
    }
}
