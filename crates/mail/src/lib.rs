//! Sends mail for every lane: by SMTP, or as files into the outbox of a demo.
//!
//! Architecture invariant: sending waits for another machine, so it never happens inside a database
//! transaction. What must not be lost is stored and committed before it is sent.

mod config;
mod error;
mod letter;
mod mailer;
pub mod outbox;
mod smtp;

pub use config::{Config, ConfigError, SmtpConfig, Tls};
pub use error::SendError;
pub use letter::{Letter, Person};
pub use mailer::Mailer;

/// Whether mail can be addressed to `text`: one address, without a name, as RFC 5321 allows it.
pub fn is_address(text: &str) -> bool {
    text.len() <= 254 && text.parse::<lettre::Address>().is_ok()
}
