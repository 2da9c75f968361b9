use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use tokio::net::TcpListener;

use crate::{Health, Serving, Stopping};

/// A process that serves: its sites, and its health for operators.
pub struct Host {
    pub sites: Vec<(TcpListener, Router)>,
    pub health_listener: TcpListener,
    pub health: Health,
    pub stopping: Stopping,
}

/// Listens, or says where it could not.
pub async fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    TcpListener::bind(address).await.map_err(|error| {
        let why = format!("{address} cannot be listened on: {error}");
        io::Error::new(error.kind(), why)
    })
}

impl Host {
    /// Serves until `stop` comes, and then as [`Stopping`] says: not ready, but serving; then no new
    /// connection, and requests that have begun are answered. An error when a listener fails.
    pub async fn serve_until<S: Future<Output = ()>>(self, stop: fn() -> S) -> io::Result<()> {
        let mut serving = Serving::start(self.sites);
        let mut for_operators = Serving::start([(self.health_listener, self.health.routes())]);
        tokio::select! {
            error = serving.failure() => return Err(error),
            error = for_operators.failure() => return Err(error),
            () = stop() => {}
        }
        self.health.announce_end();
        tracing::info!("told to stop: not ready any longer");
        tokio::select! {
            () = tokio::time::sleep(self.stopping.announce()) => {}
            // Told twice: whoever it is does not want to wait.
            () = stop() => {}
        }
        let all = serving.finish(self.stopping.finish()).await;
        for_operators.finish(Duration::from_secs(1)).await;
        tracing::info!(all_requests_answered = all, "stopped");
        Ok(())
    }
}
