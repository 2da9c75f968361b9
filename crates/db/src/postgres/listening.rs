//! The one connection of a process that listens. It is not of the pool.

use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::broadcast::Sender;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};
use tokio_postgres::{AsyncMessage, Client, Config, Connection, NoTls};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::{ANSWER, CONNECT};
use crate::notices::Notice;

/// Everything is said on one channel of the server, which is one for each database.
pub(super) const CHANNEL: &str = "quickconnect";
/// Between a notice's own channel and what is said on it.
const BETWEEN: char = '\n';

/// How often a connection on which nothing is said is asked whether it still is one.
const BEAT: Duration = Duration::from_secs(5);
/// How long is waited before a lost connection is made again, and at most, after so many failures.
const BACKOFF: [Duration; 2] = [Duration::from_millis(100), Duration::from_secs(5)];

/// How the server is reached.
pub(super) struct Line {
    pub config: Config,
    pub tls: Option<MakeRustlsConnect>,
}

/// A notice as the server carries it.
pub(super) fn carried(channel: &str, payload: &str) -> String {
    format!("{channel}{BETWEEN}{payload}")
}

/// Listens until it is dropped, and tells [`Notice::Missed`] whenever it has begun to anew.
pub(super) async fn keep_listening(line: Arc<Line>, told: Sender<Notice>) {
    let mut backoff = BACKOFF[0];
    loop {
        match timeout(CONNECT, connect(&line, &told)).await {
            Ok(Ok((client, mut connection))) => {
                backoff = BACKOFF[0];
                let why = until_it_ends(&client, &mut connection).await;
                connection.abort();
                tracing::warn!(reason = why, "the connection that listens was lost");
            }
            Ok(Err(error)) => tracing::warn!(reason = %error, "nobody can be listened to"),
            Err(_) => tracing::warn!("nobody can be listened to: the server does not answer"),
        }
        sleep(backoff).await;
        backoff = (backoff * 2).min(BACKOFF[1]);
    }
}

type Listening = (Client, JoinHandle<()>);

async fn connect(line: &Line, told: &Sender<Notice>) -> Result<Listening, tokio_postgres::Error> {
    let (client, connection) = match &line.tls {
        None => {
            let (client, connection) = line.config.connect(NoTls).await?;
            (client, tokio::spawn(hand_on(connection, told.clone())))
        }
        Some(tls) => {
            let (client, connection) = line.config.connect(tls.clone()).await?;
            (client, tokio::spawn(hand_on(connection, told.clone())))
        }
    };
    client.batch_execute(&format!("LISTEN {CHANNEL}")).await?;
    // From here on nothing is missed; what was said before may have been.
    let _ = told.send(Notice::Missed);
    Ok((client, connection))
}

async fn hand_on<S, T>(mut connection: Connection<S, T>, told: Sender<Notice>)
where
    S: AsyncRead + AsyncWrite + Unpin,
    T: AsyncRead + AsyncWrite + Unpin,
{
    while let Some(Ok(message)) = std::future::poll_fn(|cx| connection.poll_message(cx)).await {
        if let AsyncMessage::Notification(notification) = message
            && let Some((channel, payload)) = notification.payload().split_once(BETWEEN)
        {
            let _ = told.send(Notice::Said {
                channel: channel.to_owned(),
                payload: payload.to_owned(),
            });
        }
    }
}

async fn until_it_ends(client: &Client, connection: &mut JoinHandle<()>) -> &'static str {
    loop {
        if timeout(BEAT, &mut *connection).await.is_ok() {
            return "the server has ended it";
        }
        // A network that swallows everything ends no connection.
        match timeout(ANSWER, client.batch_execute("")).await {
            Ok(Ok(())) => {}
            Ok(Err(_)) => return "it answers with an error",
            Err(_) => return "it does not answer",
        }
    }
}
