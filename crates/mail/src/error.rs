use std::fmt;
use std::io;

/// Why a mail was not sent. Names neither its reader nor what it says.
#[derive(Debug)]
pub enum SendError {
    /// No way to send mail is configured.
    NoWay,
    /// What should be the reader's address is none.
    NotAnAddress,
    /// The mail server did not take it now: not reachable, too slow, or busy. Later may be better.
    Unavailable(String),
    /// The mail server refused: the credentials, the sender or the reader.
    Refused(String),
    /// The file could not be written.
    Outbox(io::Error),
}

impl fmt::Display for SendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SendError::NoWay => f.write_str("no way to send mail is configured"),
            SendError::NotAnAddress => f.write_str("the reader's address is not an e-mail address"),
            SendError::Unavailable(why) => write!(f, "the mail server did not take it now: {why}"),
            SendError::Refused(why) => write!(f, "the mail server refused it: {why}"),
            SendError::Outbox(error) => write!(f, "the outbox cannot be written: {error}"),
        }
    }
}

impl std::error::Error for SendError {}
