use std::time::Duration;

use serde::Deserialize;

/// What happens between SIGTERM and the end.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Stopping {
    /// So long a node that was told to stop says that it is not ready and goes on serving, so that
    /// the load balancer can turn to others.
    announce_seconds: u16,
    /// So long requests that have begun may take.
    finish_seconds: u16,
}

impl Default for Stopping {
    fn default() -> Stopping {
        Stopping {
            announce_seconds: 5,
            finish_seconds: 30,
        }
    }
}

impl Stopping {
    pub fn announce(&self) -> Duration {
        Duration::from_secs(self.announce_seconds.into())
    }

    pub fn finish(&self) -> Duration {
        Duration::from_secs(self.finish_seconds.into())
    }
}
