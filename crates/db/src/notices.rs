//! What a transaction tells every process on the database when it is committed.

use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Instant;

use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;
use tokio::task::AbortHandle;

/// Notices that a listener may be behind with before it is told that it missed some.
const BEHIND: usize = 256;

/// What a [`Listener`] is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// The payload of a [`crate::Tx::notify`] that was committed, here or at another process.
    Said(String),
    /// Something may have been said that was not heard: read the tables again. On PostgreSQL it is
    /// told whenever the process begins to listen, for the first time and after a lost connection.
    Missed,
    /// Whatever a commit before this instant has said was told, or that it was missed. Told to who
    /// follows ([`crate::Db::follow`]), and to nobody else.
    All(Instant),
}

/// Hears what is said on one channel, from [`crate::Db::listen`] or [`crate::Db::follow`] on.
pub struct Listener {
    channel: &'static str,
    notices: broadcast::Receiver<Notice>,
    /// Held for as long as it follows.
    following: Option<Arc<()>>,
}

#[derive(Clone, Debug)]
pub(crate) enum Notice {
    Said { channel: String, payload: String },
    Missed,
    All(Instant),
}

/// Whether anybody follows.
pub(crate) struct Followers(Weak<()>);

/// What hands notices on within a process, and the task that fetches them from the others. Dropped
/// with the database, it ends that task.
pub(crate) struct Notices {
    sender: broadcast::Sender<Notice>,
    fetching: Mutex<Option<AbortHandle>>,
    /// Shared with every listener that follows.
    followed: Arc<()>,
}

impl Notices {
    pub fn new() -> Notices {
        Notices {
            sender: broadcast::channel(BEHIND).0,
            fetching: Mutex::default(),
            followed: Arc::default(),
        }
    }

    /// A listener; the first one starts what `fetch` makes of the sender.
    pub fn listen<F>(
        &self,
        channel: &'static str,
        follows: bool,
        fetch: impl FnOnce(broadcast::Sender<Notice>, Followers) -> F,
    ) -> Listener
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let notices = self.sender.subscribe();
        let following = follows.then(|| self.followed.clone());
        let mut fetching = self.fetching.lock().unwrap_or_else(PoisonError::into_inner);
        if fetching.as_ref().is_none_or(AbortHandle::is_finished) {
            let followers = Followers(Arc::downgrade(&self.followed));
            let task = tokio::spawn(fetch(self.sender.clone(), followers));
            *fetching = Some(task.abort_handle());
        }
        Listener {
            channel,
            notices,
            following,
        }
    }

    /// Hands notices on. Nobody may be listening.
    pub fn tell(&self, notices: impl IntoIterator<Item = Notice>) {
        for notice in notices {
            let _ = self.sender.send(notice);
        }
    }
}

impl Drop for Notices {
    fn drop(&mut self) {
        let fetching = self.fetching.get_mut();
        let fetching = fetching.unwrap_or_else(PoisonError::into_inner);
        if let Some(task) = fetching {
            task.abort();
        }
    }
}

impl Followers {
    pub fn any(&self) -> bool {
        // One is the database's own.
        self.0.strong_count() > 1
    }
}

impl Listener {
    /// Waits for the next thing that is said, or may have been. It may be dropped and called again:
    /// nothing is lost by that. After the database has been dropped it waits forever.
    pub async fn heard(&mut self) -> Heard {
        loop {
            match self.notices.recv().await {
                Ok(Notice::Missed) | Err(RecvError::Lagged(_)) => return Heard::Missed,
                Ok(Notice::Said { channel, payload }) if channel == self.channel => {
                    return Heard::Said(payload);
                }
                Ok(Notice::All(at)) if self.following.is_some() => return Heard::All(at),
                Ok(Notice::Said { .. } | Notice::All(_)) => {}
                Err(RecvError::Closed) => std::future::pending().await,
            }
        }
    }
}
