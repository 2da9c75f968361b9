use std::io;
use std::time::Duration;

use axum::Router;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// Sites on their listeners, until they are told to stop.
pub struct Serving {
    sites: JoinSet<io::Result<()>>,
    stop: CancellationToken,
}

impl Serving {
    pub fn start(sites: impl IntoIterator<Item = (TcpListener, Router)>) -> Serving {
        let stop = CancellationToken::new();
        let mut tasks = JoinSet::new();
        for (listener, router) in sites {
            tasks.spawn(web::serve(listener, router, stop.clone().cancelled_owned()));
        }
        Serving { sites: tasks, stop }
    }

    /// Ends when a listener fails: never, as a rule.
    pub async fn failure(&mut self) -> io::Error {
        match self.sites.join_next().await {
            Some(Ok(Err(error))) => error,
            Some(Err(error)) => io::Error::other(error),
            Some(Ok(Ok(()))) | None => io::Error::other("a listener has ended by itself"),
        }
    }

    /// Takes no new connection, lets requests that have begun come to their end, for at most
    /// `patience`. Whether they all did.
    pub async fn finish(mut self, patience: Duration) -> bool {
        self.stop.cancel();
        let all = async { while self.sites.join_next().await.is_some() {} };
        tokio::time::timeout(patience, all).await.is_ok()
    }
}
