//! The one connection of a process that listens. It is not of the pool.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::broadcast::Sender;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};
use tokio_postgres::{AsyncMessage, Client, Config, Connection, NoTls};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::{ANSWER, CONNECT};
use crate::notices::{Followers, Notice};

/// Everything is said on one channel of the server, which is one for each database. Migrations name
/// it, where a trigger says something.
pub(super) const CHANNEL: &str = "quickconnect";
/// Between a notice's own channel and what is said on it.
const BETWEEN: char = '\n';

/// How often a connection on which nothing is said is asked whether it still is one.
const BEAT: Duration = Duration::from_secs(5);
/// How often a connection that somebody follows says a pulse, for itself alone.
const PULSE: Duration = Duration::from_secs(1);
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

/// The connection, as it listens.
///
/// The server hands notices on in the order of their commits. So a connection that hears what it has
/// said itself has heard everything that was committed before it said it.
struct Listening {
    client: Client,
    handing_on: JoinHandle<()>,
    /// The channel of its own pulses, which nobody else listens to.
    pulses: String,
    /// What pulses count their microseconds from.
    begun: Instant,
}

/// Listens until it is dropped, and tells [`Notice::Missed`] whenever it has begun to anew.
pub(super) async fn keep_listening(line: Arc<Line>, told: Sender<Notice>, followers: Followers) {
    let mut backoff = BACKOFF[0];
    loop {
        match timeout(CONNECT, connect(&line, &told)).await {
            Ok(Ok(mut listening)) => {
                backoff = BACKOFF[0];
                let why = listening.until_it_ends(&followers).await;
                listening.handing_on.abort();
                tracing::warn!(reason = why, "the connection that listens was lost");
            }
            Ok(Err(error)) => tracing::warn!(reason = %error, "nobody can be listened to"),
            Err(_) => tracing::warn!("nobody can be listened to: the server does not answer"),
        }
        sleep(backoff).await;
        backoff = (backoff * 2).min(BACKOFF[1]);
    }
}

async fn connect(line: &Line, told: &Sender<Notice>) -> Result<Listening, tokio_postgres::Error> {
    let (told_on, begun) = (told.clone(), Instant::now());
    let (client, handing_on) = match &line.tls {
        None => {
            let (client, connection) = line.config.connect(NoTls).await?;
            (client, tokio::spawn(hand_on(connection, told_on, begun)))
        }
        Some(tls) => {
            let (client, connection) = line.config.connect(tls.clone()).await?;
            (client, tokio::spawn(hand_on(connection, told_on, begun)))
        }
    };
    // While it lives, no other connection has this number.
    let row = client.query_one("SELECT pg_backend_pid()", &[]).await?;
    let pulses = format!("{CHANNEL}_pulse_{}", row.try_get::<_, i32>(0)?);
    let listen = format!("LISTEN {CHANNEL}; LISTEN {pulses}");
    client.batch_execute(&listen).await?;
    // From here on nothing is missed; what was said before may have been.
    let _ = told.send(Notice::Missed);
    Ok(Listening {
        client,
        handing_on,
        pulses,
        begun,
    })
}

async fn hand_on<S, T>(mut connection: Connection<S, T>, told: Sender<Notice>, begun: Instant)
where
    S: AsyncRead + AsyncWrite + Unpin,
    T: AsyncRead + AsyncWrite + Unpin,
{
    while let Some(Ok(message)) = std::future::poll_fn(|cx| connection.poll_message(cx)).await {
        let AsyncMessage::Notification(notification) = message else {
            continue;
        };
        let said = notification.payload();
        let notice = match notification.channel() {
            CHANNEL => said
                .split_once(BETWEEN)
                .map(|(channel, payload)| Notice::Said {
                    channel: channel.to_owned(),
                    payload: payload.to_owned(),
                }),
            _ => {
                let after = said.parse().ok().map(Duration::from_micros);
                after.and_then(|after| Some(Notice::All(begun.checked_add(after)?)))
            }
        };
        if let Some(notice) = notice {
            let _ = told.send(notice);
        }
    }
}

impl Listening {
    async fn until_it_ends(&mut self, followers: &Followers) -> &'static str {
        loop {
            let (beat, said) = match followers.any() {
                true => (PULSE, self.pulse()),
                false => (BEAT, String::new()),
            };
            // A network that swallows everything ends no connection.
            match timeout(ANSWER, self.client.batch_execute(&said)).await {
                Ok(Ok(())) => {}
                Ok(Err(_)) => return "it answers with an error, or has ended",
                Err(_) => return "it does not answer",
            }
            if timeout(beat, &mut self.handing_on).await.is_ok() {
                return "the server has ended it";
            }
        }
    }

    /// Says when it was said: at this instant or later.
    fn pulse(&self) -> String {
        let now = self.begun.elapsed().as_micros();
        format!("NOTIFY {}, '{now}'", self.pulses)
    }
}
