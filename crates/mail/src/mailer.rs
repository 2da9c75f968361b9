use std::fmt;
use std::path::{Path, PathBuf};

use lettre::message::Mailbox;

use crate::smtp::Smtp;
use crate::{Config, ConfigError, Letter, SendError, outbox};

/// What sends mails. Cheap to clone; `Debug` shows the way and no secret.
#[derive(Clone)]
pub struct Mailer {
    from: Mailbox,
    way: Way,
}

#[derive(Clone)]
enum Way {
    Smtp(Smtp),
    Outbox(PathBuf),
    None,
}

/// Whom mails of a demo come from.
const DEMO_SENDER: &str = "no-reply@localhost";

impl Mailer {
    /// Reads the password's file and prepares TLS. No connection is made yet.
    pub fn new(config: &Config) -> Result<Mailer, ConfigError> {
        let from = match &config.from {
            Some(from) => from.parse().map_err(|_| ConfigError::FromUnreadable)?,
            None if config.smtp.is_some() => return Err(ConfigError::FromMissing),
            None => demo_sender(),
        };
        let way = match (&config.smtp, &config.outbox) {
            (Some(_), Some(_)) => return Err(ConfigError::TwoWays),
            (Some(smtp), None) => Way::Smtp(Smtp::new(smtp, &from)?),
            (None, Some(folder)) => Way::Outbox(folder.clone()),
            (None, None) => Way::None,
        };
        Ok(Mailer { from, way })
    }

    /// Sends none.
    pub fn none() -> Mailer {
        Mailer {
            from: demo_sender(),
            way: Way::None,
        }
    }

    /// Puts each mail as a file into `folder`, which is made when the first one is sent.
    pub fn into_outbox(folder: &Path) -> Mailer {
        Mailer {
            from: demo_sender(),
            way: Way::Outbox(folder.to_owned()),
        }
    }

    /// Whether mails are sent at all.
    pub fn sends(&self) -> bool {
        !matches!(self.way, Way::None)
    }

    /// The folder where mails become files, if they do.
    pub fn outbox(&self) -> Option<&Path> {
        match &self.way {
            Way::Outbox(folder) => Some(folder),
            _ => None,
        }
    }

    /// Whether the mail server lets us in, with the credentials that we have for it. Sends nothing.
    /// `None` where mail goes to none.
    pub async fn server(&self) -> Option<(&str, Result<(), SendError>)> {
        match &self.way {
            Way::Smtp(smtp) => Some((smtp.host.as_str(), smtp.reach().await)),
            _ => None,
        }
    }

    /// Returns when the mail server has taken it, or it stands whole in the outbox.
    pub async fn send(&self, letter: &Letter) -> Result<(), SendError> {
        let message = letter.message(&self.from)?;
        match &self.way {
            Way::None => Err(SendError::NoWay),
            Way::Smtp(smtp) => smtp.send(message).await,
            Way::Outbox(folder) => {
                let (folder, name) = (folder.clone(), letter.file_name());
                let put = move || outbox::put(&folder, &name, &message.formatted());
                let done = tokio::task::spawn_blocking(put).await;
                done.map_err(|stopped| SendError::Outbox(std::io::Error::other(stopped)))?
                    .map_err(SendError::Outbox)
            }
        }
    }
}

fn demo_sender() -> Mailbox {
    DEMO_SENDER.parse().expect("the constant is an address")
}

impl fmt::Debug for Mailer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.way {
            Way::Smtp(smtp) => write!(f, "Mailer(smtp {})", smtp.host),
            Way::Outbox(folder) => write!(f, "Mailer(outbox {})", folder.display()),
            Way::None => f.write_str("Mailer(none)"),
        }
    }
}
