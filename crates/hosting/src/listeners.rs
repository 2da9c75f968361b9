//! The addresses of a process that serves: taking them, and asking who has them.

use std::io::ErrorKind;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use http::header::HOST;
use tokio::net::TcpListener;

use crate::{ConfigError, Finding, listen};

const ABOUT: &str = "listeners";
/// Longer than a node that is well takes to answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// One of a configuration's addresses.
#[derive(Clone, Debug)]
pub struct Listener {
    /// What the configuration calls it.
    pub key: &'static str,
    pub address: SocketAddr,
    serves: Serves,
}

/// How a node is known that has an address.
#[derive(Clone, Debug)]
enum Serves {
    Health,
    /// A site, one of whose pages is there for everybody.
    Site {
        host: String,
        page: &'static str,
    },
}

/// Who has an address.
enum Taken {
    /// Nobody.
    Free,
    /// A node, which said this.
    Node(String),
    /// A node that is not ready, and why.
    NotReady(String),
    /// Something else, or nothing could be found out.
    Other(Finding),
}

impl Listener {
    /// Where health and metrics are served.
    pub fn health(key: &'static str, address: SocketAddr) -> Listener {
        Listener {
            key,
            address,
            serves: Serves::Health,
        }
    }

    /// Where a site is served: `host` is the authority that it goes by, and `page` is there for
    /// everybody.
    pub fn site(
        (key, address): (&'static str, SocketAddr),
        host: &str,
        page: &'static str,
    ) -> Listener {
        let host = host.to_owned();
        Listener {
            key,
            address,
            serves: Serves::Site { host, page },
        }
    }

    pub async fn bind(&self) -> Result<TcpListener, Finding> {
        listen(self.address).await.map_err(|error| {
            let what = match error.kind() {
                ErrorKind::AddrInUse => "end the program that has it, or choose another port",
                ErrorKind::PermissionDenied => "choose a port from 1024 on",
                _ => "name an address of this machine",
            };
            Finding::failure(ABOUT, format!("{}: {error}", self.key), what)
        })
    }

    async fn taken(&self) -> Taken {
        let refused = match self.bind().await {
            Ok(_) => return Taken::Free,
            Err(refused) => refused,
        };
        let (path, host) = match &self.serves {
            Serves::Health => ("/readyz", "localhost"),
            Serves::Site { host, page } => (*page, host.as_str()),
        };
        let url = format!("http://{}{path}", reachable(self.address));
        let asked = reqwest::Client::builder()
            .no_proxy()
            .timeout(PATIENCE)
            .build();
        let asked = match asked {
            Ok(http) => http.get(url).header(HOST, host).send().await,
            Err(error) => Err(error),
        };
        let Ok(answer) = asked else {
            return Taken::Other(refused);
        };
        let status = answer.status().as_u16();
        let body = answer.text().await.unwrap_or_default();
        match (&self.serves, status) {
            (Serves::Health, 503) if body.contains("\"troubles\"") => {
                Taken::NotReady(troubles(&body))
            }
            (Serves::Health, 200) if body.contains("\"ready\"") => Taken::Node("ready".to_owned()),
            (Serves::Site { .. }, 200) => Taken::Node("serving".to_owned()),
            _ => Taken::Other(refused),
        }
    }

    /// Whether one could not be bound beside the other.
    fn overlaps(&self, other: &Listener) -> bool {
        let (one, other) = (self.address, other.address);
        let any = one.ip().is_unspecified() || other.ip().is_unspecified();
        one.port() == other.port() && one.port() != 0 && (any || one.ip() == other.ip())
    }
}

/// Those that cannot be bound beside another.
pub fn overlapping(listeners: &[Listener]) -> Vec<ConfigError> {
    let mut mistakes = Vec::new();
    for (number, one) in listeners.iter().enumerate() {
        for other in listeners[..number]
            .iter()
            .filter(|other| one.overlaps(other))
        {
            let says = format!(
                "{} ({}) and {} ({}) are one address",
                other.key, other.address, one.key, one.address
            );
            mistakes.push(ConfigError::about(
                ABOUT,
                says,
                "give each a port of its own",
            ));
        }
    }
    mistakes
}

/// For who wants to start a node: whether the addresses can be had.
pub async fn free(listeners: &[Listener]) -> Vec<Finding> {
    look(listeners, |Listener { key, address, .. }| {
        Finding::ok(ABOUT, format!("{key}: {address} is free"))
    })
    .await
}

/// For who looks at a whole: whether a node answers. `start`: the command that starts one.
pub async fn answers(listeners: &[Listener], start: &str) -> Vec<Finding> {
    look(listeners, |Listener { key, address, .. }| {
        Finding::warning(
            ABOUT,
            format!("{key}: nobody answers on {address}"),
            format!("start a node with: {start}"),
        )
    })
    .await
}

async fn look(listeners: &[Listener], free: impl Fn(&Listener) -> Finding) -> Vec<Finding> {
    let mut findings = Vec::new();
    for listener in listeners {
        let Listener { key, address, .. } = listener;
        findings.push(match listener.taken().await {
            Taken::Free => free(listener),
            Taken::Node(what) => {
                Finding::ok(ABOUT, format!("{key}: a node answers on {address}, {what}"))
            }
            Taken::NotReady(why) => Finding::warning(
                ABOUT,
                format!("{key}: the node on {address} is not ready: {why}"),
                "see to that; it becomes ready by itself",
            ),
            Taken::Other(refused) => refused,
        });
    }
    findings
}

fn troubles(body: &str) -> String {
    let answer: serde_json::Value = serde_json::from_str(body).unwrap_or_default();
    let all = answer["troubles"].as_array().into_iter().flatten();
    let texts: Vec<&str> = all.filter_map(serde_json::Value::as_str).collect();
    texts.join("; ")
}

/// Where a program on this machine reaches what listens on an address.
fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}
