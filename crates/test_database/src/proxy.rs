//! A network between a node and its database, which tests can break.

use std::path::Path;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};
use tokio_postgres::config::Host;

/// What becomes of what is sent. Bytes that are held back arrive when the network is well again, as
/// TCP sees to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Network {
    Well,
    /// Nothing arrives, in either direction, and no connection ends.
    Silent,
    /// What a node asks arrives; no answer does.
    SilentTowardsNode,
    /// Every connection ends, and no other is made: as after the server's death.
    Down,
}

/// Between a node and the server. Dropped, it is down.
pub struct Proxy {
    address: String,
    network: watch::Sender<Network>,
    accepting: JoinHandle<()>,
}

impl Proxy {
    /// Before the server of this address, which is plain.
    pub(crate) async fn before(address: &str) -> Proxy {
        let config: tokio_postgres::Config = address.parse().expect("it has been connected to");
        let listener = TcpListener::bind("127.0.0.1:0").await;
        let listener = listener.expect("a port is free");
        let port = listener.local_addr().expect("it is bound").port();
        let user = config.get_user().unwrap_or("postgres");
        let name = config.get_dbname().expect("it has a name");
        let (network, state) = watch::channel(Network::Well);
        Proxy {
            address: format!("postgres://{user}@127.0.0.1:{port}/{name}"),
            network,
            accepting: tokio::spawn(accept(listener, config, state)),
        }
    }

    /// The database's address, through this network.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// From now on the network is so.
    pub fn turn(&self, network: Network) {
        self.network.send_replace(network);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn accept(
    listener: TcpListener,
    server: tokio_postgres::Config,
    state: watch::Receiver<Network>,
) {
    let mut connections = JoinSet::new();
    loop {
        let Ok((node, _)) = listener.accept().await else {
            return;
        };
        while connections.try_join_next().is_some() {}
        let (server, mut state) = (server.clone(), state.clone());
        connections.spawn(async move {
            let down = state.clone();
            tokio::select! {
                _ = state.wait_for(|network| *network == Network::Down) => {}
                () = carry(node, &server, down) => {}
            }
        });
    }
}

async fn carry(node: TcpStream, server: &tokio_postgres::Config, state: watch::Receiver<Network>) {
    let port = server.get_ports().first().copied().unwrap_or(5432);
    match server.get_hosts().first() {
        Some(Host::Unix(folder)) => {
            let socket = Path::new(folder).join(format!(".s.PGSQL.{port}"));
            if let Ok(server) = UnixStream::connect(socket).await {
                between(node, server.into_split(), state).await;
            }
        }
        Some(Host::Tcp(name)) => {
            if let Ok(server) = TcpStream::connect((name.as_str(), port)).await {
                between(node, server.into_split(), state).await;
            }
        }
        None => {}
    }
}

async fn between(
    node: TcpStream,
    (from_server, to_server): (impl AsyncRead + Unpin, impl AsyncWrite + Unpin),
    state: watch::Receiver<Network>,
) {
    let _ = node.set_nodelay(true);
    let (from_node, to_node) = node.into_split();
    let forth = pump(from_node, to_server, state.clone(), |network| {
        network != Network::Silent
    });
    let back = pump(from_server, to_node, state, |network| {
        !matches!(network, Network::Silent | Network::SilentTowardsNode)
    });
    tokio::select! {
        () = forth => {}
        () = back => {}
    }
}

async fn pump(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    mut state: watch::Receiver<Network>,
    passes: fn(Network) -> bool,
) {
    let mut held = vec![0; 16 * 1024];
    while let Ok(read @ 1..) = from.read(&mut held).await {
        if state.wait_for(|network| passes(*network)).await.is_err() {
            return;
        }
        if to.write_all(&held[..read]).await.is_err() {
            return;
        }
    }
    // An end is not heard of through silence either.
    let _ = state.wait_for(|network| passes(*network)).await;
}
