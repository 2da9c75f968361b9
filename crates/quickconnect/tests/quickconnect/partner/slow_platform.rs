//! Stands between a partner and its platform, and keeps answers back.

use std::time::Duration;

use tokio::io::{AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::balancer::Message;

/// Longer than a busy machine takes for an exchange.
const PATIENCE: Duration = Duration::from_secs(60);

/// Listens until it is dropped.
pub struct SlowPlatform {
    authority: String,
    holds: watch::Sender<bool>,
    /// How many answers the platform has given.
    answers: watch::Sender<u64>,
    accepting: JoinHandle<()>,
}

impl SlowPlatform {
    /// Before the data centre with this origin.
    pub async fn before(origin: &str) -> SlowPlatform {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let authority = listener.local_addr().unwrap().to_string();
        let target = origin.trim_start_matches("http://").to_owned();
        let (holds, answers) = (watch::Sender::new(false), watch::Sender::new(0));
        let (held, given, own) = (holds.clone(), answers.clone(), authority.clone());
        let accepting = tokio::spawn(async move {
            loop {
                let (client, _) = listener.accept().await.unwrap();
                let names = (own.clone(), target.clone());
                tokio::spawn(pass(client, names, held.clone(), given.clone()));
            }
        });
        SlowPlatform {
            authority,
            holds,
            answers,
            accepting,
        }
    }

    pub fn origin(&self) -> String {
        format!("http://{}", self.authority)
    }

    /// From now on no answer arrives. Gives how many there have been.
    pub fn hold(&self) -> u64 {
        self.holds.send_replace(true);
        *self.answers.borrow()
    }

    /// What is kept back arrives, and whatever comes later.
    pub fn let_go(&self) {
        self.holds.send_replace(false);
    }

    /// Until the platform has given one more than so many answers.
    pub async fn has_answered(&self, before: u64) {
        let mut answers = self.answers.subscribe();
        let more = answers.wait_for(|number| *number > before);
        let more = tokio::time::timeout(PATIENCE, more).await;
        more.expect("the platform answers").unwrap();
    }
}

impl Drop for SlowPlatform {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

/// One connection's requests, one after the other.
async fn pass(
    client: TcpStream,
    (own, target): (String, String),
    holds: watch::Sender<bool>,
    answers: watch::Sender<u64>,
) {
    let mut client = BufReader::new(client);
    let Ok(server) = TcpStream::connect(&target).await else {
        return;
    };
    let mut server = BufReader::new(server);
    while let Ok(Some(request)) = Message::read(&mut client).await {
        // The data centre answers to its own name only.
        let request = request.with(&own, &target);
        if server.get_mut().write_all(&request.bytes).await.is_err() {
            return;
        }
        let Ok(Some(answer)) = Message::read(&mut server).await else {
            return;
        };
        answers.send_modify(|number| *number += 1);
        let mut held = holds.subscribe();
        if held.wait_for(|held| !held).await.is_err()
            || client.get_mut().write_all(&answer.bytes).await.is_err()
            || answer.is_last
        {
            return;
        }
    }
}
