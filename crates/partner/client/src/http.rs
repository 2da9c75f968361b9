use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use ambient::{Clock, Entropy};
use protocol::Origin;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::{Method, RequestBuilder};
use secrecy::{ExposeSecret, SecretString};

use crate::{Call, Config, ConfigError, Reason, Refusal};

/// What an answer may hold at most: a page of reports is a few hundred kilobytes.
const ANSWER_LIMIT: usize = 2 * 1024 * 1024;
/// How often a request that met a passing fault is repeated.
const REPETITIONS: u32 = 3;
const FIRST_PAUSE: Duration = Duration::from_millis(200);

/// Speaks to one platform. Cheap to clone.
#[derive(Clone)]
pub struct Client {
    pub(crate) config: Arc<Config>,
    http: reqwest::Client,
    pub(crate) clock: Clock,
    entropy: Entropy,
}

/// What came back, whatever its status.
pub(crate) struct Reply {
    pub status: u16,
    pub location: Option<String>,
    pub body: Vec<u8>,
}

/// What is asked for: `what` names it in the log, without a query.
pub(crate) struct Ask<'a> {
    pub what: &'static str,
    pub method: Method,
    pub origin: &'a Origin,
    pub path: &'a str,
}

impl Client {
    /// The one place that makes an HTTP client: no redirects, no proxies, time-outs, and no
    /// addresses of the own machine unless the platform itself runs there.
    pub fn new(config: Config, clock: Clock, entropy: Entropy) -> Result<Client, ConfigError> {
        config.check()?;
        let mut builder = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .connect_timeout(config.timeout.min(Duration::from_secs(5)))
            .timeout(config.timeout)
            .user_agent(concat!("quickconnect/", env!("CARGO_PKG_VERSION")));
        if !config.is_loopback() {
            builder = builder.https_only(true).dns_resolver(Arc::new(PublicOnly));
        }
        let http = builder
            .build()
            .map_err(|error| ConfigError::Tls(error.to_string()))?;
        Ok(Client {
            config: Arc::new(config),
            http,
            clock,
            entropy,
        })
    }

    /// Sends one request, adds its [`Call`] to `calls`, and reads the whole answer.
    pub(crate) async fn send(
        &self,
        ask: &Ask<'_>,
        calls: &mut Vec<Call>,
        add: impl FnOnce(RequestBuilder) -> RequestBuilder,
    ) -> Result<Reply, Refusal> {
        let ours = self.entropy.uuid().to_string();
        let mut call = Call {
            at: self.clock.now(),
            what: ask.what,
            origin: ask.origin.clone(),
            status: None,
            code: None,
            correlation_id: ours.clone(),
            took: Duration::ZERO,
        };
        let started = Instant::now();
        let request = self
            .http
            .request(ask.method.clone(), ask.origin.join(ask.path))
            .header(http::header::ACCEPT, "application/json")
            .header("concur-correlationid", ours);
        let result = receive(add(request), &mut call).await;
        call.took = started.elapsed();
        if let Ok(reply) = &result {
            call.code = error_number(reply);
        }
        tracing::info!(
            call.what, call.origin = %call.origin, call.status, call.code,
            correlation.id = call.correlation_id, millis = call.took.as_millis() as u64,
            "called the platform"
        );
        calls.push(call);
        result
    }

    /// Sends a request until its answer settles it: `judge` says what an answer means.
    pub(crate) async fn settle<T>(
        &self,
        ask: &Ask<'_>,
        bearer: Option<&SecretString>,
        calls: &mut Vec<Call>,
        judge: fn(Reply) -> Result<T, Refusal>,
    ) -> Result<T, Refusal> {
        let mut patience = self.patience();
        loop {
            let reply = self
                .send(ask, calls, |request| match bearer {
                    Some(token) => request.bearer_auth(token.expose_secret()),
                    None => request,
                })
                .await;
            let result = reply.and_then(judge);
            if !patience.outlasts(&result).await {
                return result;
            }
        }
    }

    /// How long a request that meets passing faults is repeated.
    pub(crate) fn patience(&self) -> Patience {
        Patience {
            left: REPETITIONS,
            pause: FIRST_PAUSE,
            entropy: self.entropy.clone(),
        }
    }
}

/// Growing, jittered pauses between repetitions, until it ends.
pub(crate) struct Patience {
    left: u32,
    pause: Duration,
    entropy: Entropy,
}

impl Patience {
    /// Waits before the next attempt, if this refusal may pass and there is to be one.
    pub(crate) async fn outlasts<T>(&mut self, result: &Result<T, Refusal>) -> bool {
        let passing = matches!(result, Err(refusal) if refusal.is_transient());
        if !passing || self.left == 0 {
            return false;
        }
        self.left -= 1;
        let share = u32::from(self.entropy.bytes::<1>()[0]);
        tokio::time::sleep(self.pause / 2 + self.pause * share / 255).await;
        self.pause *= 2;
        true
    }
}

async fn receive(request: RequestBuilder, call: &mut Call) -> Result<Reply, Refusal> {
    let lost = |_| Refusal::new(Reason::Transient, "no answer came");
    let mut response = request.send().await.map_err(lost)?;
    call.status = Some(response.status().as_u16());
    let header = |name: &str| {
        let value = response.headers().get(name)?.to_str().ok()?;
        Some(value.to_owned())
    };
    if let Some(theirs) = header("concur-correlationid") {
        call.correlation_id = theirs.chars().take(255).collect();
    }
    let location = header("location");
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(lost)? {
        if body.len() + chunk.len() > ANSWER_LIMIT {
            return Err(Refusal::new(Reason::Other, "the answer is too large"));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Reply {
        status: response.status().as_u16(),
        location,
        body,
    })
}

/// The number in a refusal's body, wherever there is one.
fn error_number(reply: &Reply) -> Option<u16> {
    if reply.status < 400 {
        return None;
    }
    let body: serde_json::Value = serde_json::from_slice(&reply.body).ok()?;
    u16::try_from(body.get("code")?.as_u64()?).ok()
}

/// Resolves names, but never to the own machine or the own link (S30).
struct PublicOnly;

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let public: Vec<SocketAddr> = found.filter(|at| is_elsewhere(at.ip())).collect();
            if public.is_empty() {
                return Err("the name leads to no public address".into());
            }
            Ok(Box::new(public.into_iter()) as Addrs)
        })
    }
}

fn is_elsewhere(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(v4) => !(v4.is_loopback() || v4.is_link_local() || v4.is_unspecified()),
        IpAddr::V6(v6) => !(v6.is_loopback() || v6.is_unicast_link_local() || v6.is_unspecified()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s30_the_own_machine_and_the_metadata_address_are_never_called() {
        for address in [
            "127.0.0.1",
            "::1",
            "::ffff:127.0.0.1",
            "169.254.169.254",
            "fe80::1",
            "0.0.0.0",
        ] {
            assert!(!is_elsewhere(address.parse().unwrap()), "{address}");
        }
        assert!(is_elsewhere("93.184.216.34".parse().unwrap()));
    }
}
