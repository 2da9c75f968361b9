use std::time::Duration;

use lettre::message::Mailbox;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls as Wire, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use secrecy::ExposeSecret;

use crate::{ConfigError, SendError, SmtpConfig, Tls};

/// A mail server, with a connection for each mail.
#[derive(Clone)]
pub struct Smtp {
    pub host: String,
    transport: AsyncSmtpTransport<Tokio1Executor>,
    timeout: Duration,
}

impl Smtp {
    pub fn new(config: &SmtpConfig, from: &Mailbox) -> Result<Smtp, ConfigError> {
        let tls = || {
            let made = TlsParameters::new(config.host.clone());
            made.map_err(|error| ConfigError::Tls(error.to_string()))
        };
        let wire = match config.tls {
            Tls::Starttls => Wire::Required(tls()?),
            Tls::Implicit => Wire::Wrapper(tls()?),
            Tls::None if config.is_loopback() => Wire::None,
            Tls::None => return Err(ConfigError::ClearText(config.host.clone())),
        };
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&config.host)
            .port(config.port())
            .tls(wire)
            .timeout(Some(config.timeout()))
            .hello_name(ClientId::Domain(from.email.domain().to_owned()));
        if let Some((user, password)) = config.credentials()? {
            let password = password.expose_secret().to_owned();
            builder = builder.credentials(Credentials::new(user, password));
        }
        Ok(Smtp {
            host: config.host.clone(),
            transport: builder.build(),
            timeout: config.timeout(),
        })
    }

    /// Connects, signs in where credentials are set, and says nothing (NOOP).
    pub async fn reach(&self) -> Result<(), SendError> {
        let asked = tokio::time::timeout(self.timeout, self.transport.test_connection()).await;
        match asked {
            Ok(Ok(true)) => Ok(()),
            Ok(Ok(false)) => Err(SendError::Unavailable("it refused a NOOP".to_owned())),
            Ok(Err(error)) => Err(told(&error)),
            Err(_) => Err(SendError::Unavailable("it took too long".to_owned())),
        }
    }

    pub async fn send(&self, message: Message) -> Result<(), SendError> {
        let sent = tokio::time::timeout(self.timeout, self.transport.send(message)).await;
        match sent {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(told(&error)),
            Err(_) => Err(SendError::Unavailable("it took too long".to_owned())),
        }
    }
}

/// A server's words may repeat the reader's address; its number says what the log needs.
fn told(error: &lettre::transport::smtp::Error) -> SendError {
    match error.status() {
        Some(code) if error.is_permanent() => SendError::Refused(format!("answer {code}")),
        Some(code) => SendError::Unavailable(format!("answer {code}")),
        None if error.is_client() => SendError::Refused(error.to_string()),
        None => SendError::Unavailable(error.to_string()),
    }
}
