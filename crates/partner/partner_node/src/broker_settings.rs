use std::net::SocketAddr;

use hosting::{ConfigError, ExactOrigin};
use protocol::Origin;
use serde::Deserialize;

use crate::wrong;

/// The listener that the partner's own programs ask for tokens.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BrokerSettings {
    pub listen: SocketAddr,
    /// As the programs reach it; left out, `http://` and the address that is listened on.
    #[serde(default)]
    origin: Option<ExactOrigin>,
    /// Access tokens are kept in memory only, and each process refreshes for itself.
    #[serde(default)]
    pub tokens_in_memory_only: bool,
}

impl BrokerSettings {
    pub(crate) fn check(&self) -> Result<(), ConfigError> {
        if self.origin.is_none() && !self.listen.ip().is_loopback() {
            return Err(wrong(
                "broker",
                "broker.origin is missing: outside the own machine keys travel by https alone",
            ));
        }
        Ok(())
    }

    pub(crate) fn origin(&self) -> Origin {
        let listened = || format!("http://{}", self.listen).parse();
        self.origin.as_ref().map_or_else(
            || listened().expect("an address makes an origin"),
            |origin| origin.0.clone(),
        )
    }
}
