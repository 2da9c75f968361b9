use std::fmt;
use std::time::Duration;

use protocol::{AppId, Origin};
use secrecy::SecretString;

/// Where the platform is, and nowhere else.
#[derive(Clone, Debug)]
pub struct Config {
    /// The global landing zone: request tokens are exchanged there (CF-21).
    pub landing_zone: Origin,
    /// The allow-list: the data centres that an answer may name.
    pub data_centers: Vec<Origin>,
    /// How long one request may take.
    pub timeout: Duration,
}

/// What an app proves itself with.
#[derive(Clone)]
pub struct Credentials {
    pub client_id: AppId,
    pub client_secret: SecretString,
}

/// Why no client can be made of a configuration.
#[derive(Debug)]
pub enum ConfigError {
    /// Tokens may travel over plain http, or to the own machine, only where the landing zone
    /// itself is on the own machine: a demo or a test.
    NotHttps(Origin),
    /// The system's certificates cannot be read.
    Tls(String),
}

impl Config {
    /// Whether this is a platform on the own machine.
    pub(crate) fn is_loopback(&self) -> bool {
        is_loopback(&self.landing_zone)
    }

    pub(crate) fn allows(&self, origin: &Origin) -> bool {
        *origin == self.landing_zone || self.data_centers.contains(origin)
    }

    /// Finds what no client is made of.
    pub fn check(&self) -> Result<(), ConfigError> {
        if self.is_loopback() {
            return Ok(());
        }
        std::iter::once(&self.landing_zone)
            .chain(&self.data_centers)
            .find(|origin| !origin.is_https() || is_loopback(origin))
            .map_or(Ok(()), |origin| Err(ConfigError::NotHttps(origin.clone())))
    }
}

fn is_loopback(origin: &Origin) -> bool {
    let host = url::Url::parse(origin.as_str()).ok();
    match host.as_ref().and_then(url::Url::host) {
        Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ConfigError::NotHttps(origin) => write!(f, "{origin} must be a public https address"),
            ConfigError::Tls(why) => write!(f, "no TLS client can be made: {why}"),
        }
    }
}

impl std::error::Error for ConfigError {}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(landing_zone: &str, data_center: &str) -> Config {
        Config {
            landing_zone: landing_zone.parse().unwrap(),
            data_centers: vec![data_center.parse().unwrap()],
            timeout: Duration::from_secs(1),
        }
    }

    #[test]
    fn plain_http_and_loopback_only_where_the_landing_zone_is_loopback() {
        let fits = |zone, center| config(zone, center).check().is_ok();
        assert!(fits("http://127.0.0.1:8080", "http://127.0.0.1:8081"));
        assert!(fits("https://glz.api.example", "https://us2.api.example"));
        assert!(!fits("https://glz.api.example", "http://us2.api.example"));
        assert!(!fits("https://glz.api.example", "https://127.0.0.1:8081"));
        assert!(!fits("http://glz.api.example", "https://us2.api.example"));
    }
}
