use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use ambient::{Clock, Entropy};
use protocol::Origin;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::{Method, RequestBuilder, Response};
use secrecy::{ExposeSecret, SecretString};

use crate::{Call, Config, ConfigError, Reason, Refusal};

/// What an answer may hold at most: a page of reports is a few hundred kilobytes.
const ANSWER_LIMIT: usize = 2 * 1024 * 1024;
/// How often a request that met a passing fault is repeated, unless told otherwise.
const REPETITIONS: u32 = 3;
const FIRST_PAUSE: Duration = Duration::from_millis(200);

/// Speaks to one platform. Cheap to clone.
#[derive(Clone)]
pub struct Client {
    pub(crate) config: Arc<Config>,
    pub(crate) http: reqwest::Client,
    /// Answers in place of the network, where there is none.
    stand_in: Option<Arc<StandIn>>,
    pub(crate) clock: Clock,
    pub(crate) entropy: Entropy,
    repetitions: u32,
}

/// Answers a request within the process; `None` is an answer that never comes.
pub type StandIn = dyn Fn(reqwest::Request) -> Option<http::Response<Vec<u8>>> + Send + Sync;

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
            builder = builder
                .https_only(true)
                .dns_resolver(Arc::new(Only(is_elsewhere)));
        }
        let http = builder
            .build()
            .map_err(|error| ConfigError::Tls(error.to_string()))?;
        Ok(Client {
            config: Arc::new(config),
            http,
            stand_in: None,
            clock,
            entropy,
            repetitions: REPETITIONS,
        })
    }

    /// The same client without a network: every request is answered by `stand_in`. For simulations
    /// that run a year in seconds; everything above the socket is as it always is.
    pub fn answered_by(mut self, stand_in: Arc<StandIn>) -> Client {
        self.stand_in = Some(stand_in);
        self
    }

    /// The same client, which repeats what met a passing fault so many times: 0 for a caller that
    /// keeps a schedule of its own.
    pub fn repeating(mut self, times: u32) -> Client {
        self.repetitions = times;
        self
    }

    /// The longest that one operation can take: each request at its time-out, repeated as often as
    /// it may be.
    pub fn longest(&self) -> Duration {
        let pauses = FIRST_PAUSE * 2_u32.saturating_pow(self.repetitions) * 2;
        (self.config.timeout * (self.repetitions + 1)).saturating_add(pauses)
    }

    pub(crate) async fn execute(&self, request: RequestBuilder) -> Result<Response, Refusal> {
        let lost = |_| Refusal::new(Reason::Transient, "no answer came");
        match &self.stand_in {
            None => request.send().await.map_err(lost),
            Some(stand_in) => {
                let answer = stand_in(request.build().map_err(lost)?);
                let silence = || Refusal::new(Reason::Transient, "no answer came");
                answer.map(Response::from).ok_or_else(silence)
            }
        }
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
        let result = match self.execute(add(request)).await {
            Ok(response) => receive(response, &mut call).await,
            Err(refusal) => Err(refusal),
        };
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
            left: self.repetitions,
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

async fn receive(response: Response, call: &mut Call) -> Result<Reply, Refusal> {
    call.status = Some(response.status().as_u16());
    let header = |name: &str| {
        let value = response.headers().get(name)?.to_str().ok()?;
        Some(value.to_owned())
    };
    if let Some(theirs) = header("concur-correlationid") {
        call.correlation_id = theirs.chars().take(255).collect();
    }
    let location = header("location");
    let status = response.status().as_u16();
    let body = whole(response).await?;
    Ok(Reply {
        status,
        location,
        body,
    })
}

/// The body of an answer that is not too large.
pub(crate) async fn whole(mut response: Response) -> Result<Vec<u8>, Refusal> {
    let lost = |_| Refusal::new(Reason::Transient, "the answer was cut off");
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(lost)? {
        if body.len() + chunk.len() > ANSWER_LIMIT {
            return Err(Refusal::new(Reason::Other, "the answer is too large"));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// The number in a refusal's body, wherever there is one.
fn error_number(reply: &Reply) -> Option<u16> {
    if reply.status < 400 {
        return None;
    }
    let body: serde_json::Value = serde_json::from_slice(&reply.body).ok()?;
    u16::try_from(body.get("code")?.as_u64()?).ok()
}

/// Resolves names, but only to addresses that a function lets through (S30).
pub(crate) struct Only(pub fn(IpAddr) -> bool);

impl Resolve for Only {
    fn resolve(&self, name: Name) -> Resolving {
        let lets_through = self.0;
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let good: Vec<SocketAddr> = found.filter(|at| lets_through(at.ip())).collect();
            if good.is_empty() {
                return Err("the name leads to no address that may be called".into());
            }
            Ok(Box::new(good.into_iter()) as Addrs)
        })
    }
}

/// Neither the own machine nor the own link.
pub(crate) fn is_elsewhere(address: IpAddr) -> bool {
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
