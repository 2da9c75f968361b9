use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use protocol::{Timestamp, hmac_sha256};
use secrecy::{ExposeSecret, SecretString};
use url::{Host, Url};
use uuid::Uuid;

use crate::ConfigError;
use crate::http::{Only, is_elsewhere};

const TIMEOUT: Duration = Duration::from_secs(15);

/// Where webhooks may go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Addresses {
    /// By https to public addresses (S30).
    #[default]
    Public,
    /// By https, also into the own network, but not to the own machine or its link.
    Private,
    /// Anywhere, also in the clear: for a demo or a test.
    Any,
}

/// Delivers signed webhooks, as Standard Webhooks has them: the headers `webhook-id` (the same at
/// every attempt), `webhook-timestamp` (seconds) and `webhook-signature`, which is `v1,` and the
/// base64 of HMAC-SHA-256 over `id.timestamp.body`. Redirects are not followed.
#[derive(Clone)]
pub struct WebhookSender {
    http: reqwest::Client,
    addresses: Addresses,
}

/// Why a webhook was not taken.
#[derive(Debug, PartialEq, Eq)]
pub enum Undelivered {
    /// The address is not one to deliver to.
    Address,
    NoAnswer,
    /// Anything but a 2xx.
    Status(u16),
}

impl WebhookSender {
    pub fn new(addresses: Addresses) -> Result<WebhookSender, ConfigError> {
        let mut builder = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .timeout(TIMEOUT)
            .user_agent(concat!("quickconnect/", env!("CARGO_PKG_VERSION")));
        if addresses != Addresses::Any {
            let only = Only(addresses.filter());
            builder = builder.https_only(true).dns_resolver(Arc::new(only));
        }
        let http = builder
            .build()
            .map_err(|error| ConfigError::Tls(error.to_string()))?;
        Ok(WebhookSender { http, addresses })
    }

    /// Whether an address is one to deliver to, as far as it shows before its name is resolved.
    pub fn goes_to(&self, to: &str) -> bool {
        self.address(to).is_some()
    }

    /// Delivers once. The body is JSON.
    pub async fn deliver(
        &self,
        to: &str,
        secret: &SecretString,
        (id, at): (Uuid, Timestamp),
        body: String,
    ) -> Result<(), Undelivered> {
        let url = self.address(to).ok_or(Undelivered::Address)?;
        let seconds = at.as_seconds().to_string();
        let request = self
            .http
            .post(url)
            .header(http::header::CONTENT_TYPE, "application/json")
            .header("webhook-id", id.to_string())
            .header("webhook-timestamp", &seconds)
            .header("webhook-signature", signature(secret, id, &seconds, &body))
            .body(body);
        match request.send().await {
            Err(_) => Err(Undelivered::NoAnswer),
            Ok(answer) if answer.status().is_success() => Ok(()),
            Ok(answer) => Err(Undelivered::Status(answer.status().as_u16())),
        }
    }

    /// Addresses that are written as numbers are never resolved, so they are judged here.
    fn address(&self, to: &str) -> Option<Url> {
        let url = Url::parse(to).ok()?;
        let lets_through = self.addresses.filter();
        let place_fits = match url.host()? {
            Host::Ipv4(address) => lets_through(address.into()),
            Host::Ipv6(address) => lets_through(address.into()),
            Host::Domain(_) => true,
        };
        let scheme_fits = match self.addresses {
            Addresses::Any => matches!(url.scheme(), "http" | "https"),
            Addresses::Public | Addresses::Private => url.scheme() == "https",
        };
        let fits = place_fits && scheme_fits;
        (fits && url.username().is_empty() && url.password().is_none()).then_some(url)
    }
}

impl Addresses {
    fn filter(self) -> fn(IpAddr) -> bool {
        match self {
            Addresses::Public => is_public,
            Addresses::Private => is_elsewhere,
            Addresses::Any => |_| true,
        }
    }
}

fn is_public(address: IpAddr) -> bool {
    let inside = match address.to_canonical() {
        IpAddr::V4(v4) => {
            let [first, second, ..] = v4.octets();
            let shared = first == 100 && second & 0b1100_0000 == 64;
            v4.is_private() || v4.is_broadcast() || v4.is_multicast() || first == 0 || shared
        }
        IpAddr::V6(v6) => v6.is_unique_local() || v6.is_multicast(),
    };
    is_elsewhere(address) && !inside
}

fn signature(secret: &SecretString, id: Uuid, seconds: &str, body: &str) -> String {
    let signed = format!("{id}.{seconds}.{body}");
    let tag = hmac_sha256(secret.expose_secret().as_bytes(), signed.as_bytes());
    format!("v1,{}", STANDARD.encode(tag))
}

impl fmt::Display for Undelivered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Undelivered::Address => f.write_str("not an address to deliver to"),
            Undelivered::NoAnswer => f.write_str("no answer came"),
            Undelivered::Status(status) => write!(f, "answered with status {status}"),
        }
    }
}

impl std::error::Error for Undelivered {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s30_webhooks_go_by_https_to_public_addresses() {
        let sender = WebhookSender::new(Addresses::Public).unwrap();
        let goes = |to: &str| sender.goes_to(to);
        assert!(goes("https://hooks.partner.example/connections"));
        for bad in [
            "http://hooks.partner.example/",
            "https://127.0.0.1/",
            "https://0x7f.1/",
            "https://2130706433/",
            "https://[::1]/",
            "https://[::ffff:169.254.169.254]/",
            "https://169.254.169.254/latest",
            "https://10.1.2.3/",
            "https://100.64.0.1/",
            "https://[fd00::1]/",
            "https://user:word@hooks.partner.example/",
            "file:///etc/passwd",
            "hooks",
        ] {
            assert!(!goes(bad), "{bad}");
        }
    }
}
