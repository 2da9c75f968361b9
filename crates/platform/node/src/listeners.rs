//! The two addresses of a node: taking them, and asking who has them.

use std::io::ErrorKind;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use hosting::{Finding, listen};
use http::header::HOST;
use tokio::net::TcpListener;

use crate::Config;

const ABOUT: &str = "listeners";
/// Longer than a node that is well takes to answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// One of the configuration's addresses, by its key.
#[derive(Clone, Copy)]
pub struct Listener {
    pub key: &'static str,
    pub address: SocketAddr,
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

impl Config {
    /// Where all sites are served, and where health is.
    pub fn listeners(&self) -> [Listener; 2] {
        let listener = |key, address| Listener { key, address };
        [
            listener("listen", self.listen),
            listener("health_listen", self.health_listen),
        ]
    }
}

impl Listener {
    pub async fn bind(self) -> Result<TcpListener, Finding> {
        listen(self.address).await.map_err(|error| {
            let what = match error.kind() {
                ErrorKind::AddrInUse => "end the program that has it, or choose another port",
                ErrorKind::PermissionDenied => "choose a port from 1024 on",
                _ => "name an address of this machine",
            };
            Finding::failure(ABOUT, format!("{}: {error}", self.key), what)
        })
    }

    async fn taken(self, config: &Config) -> Taken {
        let refused = match self.bind().await {
            Ok(_) => return Taken::Free,
            Err(refused) => refused,
        };
        let is_health = self.address == config.health_listen;
        let (path, host) = match is_health {
            true => ("/readyz", "localhost"),
            false => ("/sign-in", config.app_center().authority()),
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
        match (is_health, status) {
            (true, 503) if body.contains("\"troubles\"") => Taken::NotReady(troubles(&body)),
            (true, 200) if body.contains("\"ready\"") => Taken::Node("ready".to_owned()),
            (false, 200) => Taken::Node("serving".to_owned()),
            _ => Taken::Other(refused),
        }
    }
}

/// For who wants to start a node: whether the addresses can be had.
pub async fn findings(config: &Config) -> Vec<Finding> {
    look(config, |Listener { key, address }| {
        Finding::ok(ABOUT, format!("{key}: {address} is free"))
    })
    .await
}

/// For who looks at a platform: whether a node answers.
pub async fn answers(config: &Config) -> Vec<Finding> {
    look(config, |Listener { key, address }| {
        Finding::warning(
            ABOUT,
            format!("{key}: nobody answers on {address}"),
            "start a node with: quickconnect serve",
        )
    })
    .await
}

async fn look(config: &Config, free: impl Fn(Listener) -> Finding) -> Vec<Finding> {
    let mut findings = Vec::new();
    for listener in config.listeners() {
        let Listener { key, address } = listener;
        findings.push(match listener.taken(config).await {
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
