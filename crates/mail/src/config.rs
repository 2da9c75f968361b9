use std::fmt;
use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

/// How mail is sent: by `smtp`, into an `outbox`, or, with neither, not at all.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Whom mails come from: `Quick Connect <no-reply@connect.example>`. Needed with `smtp`.
    pub from: Option<String>,
    pub smtp: Option<SmtpConfig>,
    /// Folder in which each mail becomes a file: for demos and tests.
    pub outbox: Option<PathBuf>,
}

/// A mail server that takes mail for the world (RFC 6409).
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SmtpConfig {
    pub host: String,
    /// 587, 465 or 25, as `tls` goes, where it is not given.
    pub port: Option<u16>,
    #[serde(default)]
    pub tls: Tls,
    pub user: Option<String>,
    pub password: Option<SecretString>,
    /// The password stands in this file; the line break at its end does not count.
    pub password_file: Option<PathBuf>,
    /// For one mail, from the first packet to the server's last word. 20 when it is not given.
    pub timeout_seconds: Option<u64>,
}

/// How the connection to a mail server is protected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tls {
    /// Begin in the clear and go on only in TLS (RFC 3207); a server that has none gets nothing.
    #[default]
    Starttls,
    /// TLS from the first byte (RFC 8314).
    Implicit,
    /// In the clear: only to the machine itself.
    None,
}

/// What is wrong with a configuration.
#[derive(Debug)]
pub enum ConfigError {
    /// Both `smtp` and `outbox`.
    TwoWays,
    FromMissing,
    FromUnreadable,
    /// `tls = "none"` and a server elsewhere.
    ClearText(String),
    /// A user without a password, a password without a user, or two passwords.
    Credentials,
    PasswordFile(PathBuf, std::io::Error),
    Tls(String),
}

impl SmtpConfig {
    pub(crate) fn port(&self) -> u16 {
        self.port.unwrap_or(match self.tls {
            Tls::Starttls => 587,
            Tls::Implicit => 465,
            Tls::None => 25,
        })
    }

    pub(crate) fn timeout(&self) -> Duration {
        Duration::from_secs(self.timeout_seconds.unwrap_or(20).max(1))
    }

    pub(crate) fn is_loopback(&self) -> bool {
        let address = self.host.trim_start_matches('[').trim_end_matches(']');
        self.host == "localhost" || address.parse().is_ok_and(|ip: IpAddr| ip.is_loopback())
    }

    /// User and password; `None` when the server wants neither.
    pub(crate) fn credentials(&self) -> Result<Option<(String, SecretString)>, ConfigError> {
        let password = match (&self.password, &self.password_file) {
            (Some(_), Some(_)) => return Err(ConfigError::Credentials),
            (Some(password), None) => Some(password.clone()),
            (None, Some(path)) => {
                let read = std::fs::read_to_string(path).map(SecretString::from);
                let text = read.map_err(|error| ConfigError::PasswordFile(path.clone(), error))?;
                Some(text.expose_secret().trim_end_matches(['\r', '\n']).into())
            }
            (None, None) => None,
        };
        match (&self.user, password) {
            (Some(user), Some(password)) => Ok(Some((user.clone(), password))),
            (None, None) => Ok(None),
            _ => Err(ConfigError::Credentials),
        }
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ConfigError::TwoWays => {
                f.write_str("mail goes by smtp or into an outbox; leave one of the two out")
            }
            ConfigError::FromMissing => {
                f.write_str("say whom mails come from: from = \"Name <address>\"")
            }
            ConfigError::FromUnreadable => {
                f.write_str("`from` of mails is not an address, nor a name and an <address>")
            }
            ConfigError::ClearText(host) => write!(
                f,
                "mail would go to {host} in the clear; tls must be \"starttls\" or \"implicit\""
            ),
            ConfigError::Credentials => f.write_str(
                "give the mail server's user with one password (or password_file), or neither",
            ),
            ConfigError::PasswordFile(path, error) => {
                write!(f, "{} cannot be read: {error}", path.display())
            }
            ConfigError::Tls(why) => write!(f, "no TLS client can be made: {why}"),
        }
    }
}

impl std::error::Error for ConfigError {}
