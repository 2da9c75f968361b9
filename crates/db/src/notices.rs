//! What a transaction tells every process on the database when it is committed.

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
}

/// Hears what is said on one channel, from [`crate::Db::listen`] on.
pub struct Listener {
    channel: &'static str,
    notices: broadcast::Receiver<Notice>,
}

#[derive(Clone, Debug)]
pub(crate) enum Notice {
    Said { channel: String, payload: String },
    Missed,
}

/// What hands notices on within a process, and the task that fetches them from the others. Dropped
/// with the database, it ends that task.
pub(crate) struct Notices {
    sender: broadcast::Sender<Notice>,
    fetching: std::sync::Mutex<Option<AbortHandle>>,
}

impl Notices {
    pub fn new() -> Notices {
        Notices {
            sender: broadcast::channel(BEHIND).0,
            fetching: std::sync::Mutex::default(),
        }
    }

    /// A listener; the first one starts what `fetch` makes of the sender.
    pub fn listen<F>(
        &self,
        channel: &'static str,
        fetch: impl FnOnce(broadcast::Sender<Notice>) -> F,
    ) -> Listener
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let notices = self.sender.subscribe();
        let mut fetching = self
            .fetching
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        if fetching.as_ref().is_none_or(AbortHandle::is_finished) {
            let task = tokio::spawn(fetch(self.sender.clone()));
            *fetching = Some(task.abort_handle());
        }
        Listener { channel, notices }
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
        let fetching = fetching.unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(task) = fetching {
            task.abort();
        }
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
                Ok(Notice::Said { .. }) => {}
                Err(RecvError::Closed) => std::future::pending().await,
            }
        }
    }
}
