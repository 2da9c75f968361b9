use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use db::Error;

use crate::KeyRecord;
use crate::keys::Keys;

/// How old what a node keeps of the tables may be. Notices make it far younger; when they are lost,
/// and the tables cannot be read, the node refuses what it would need it for (503), and is not ready.
/// Real time, also where the clock is virtual.
pub const MAX_STALENESS: Duration = Duration::from_secs(30);

/// The signing keys in memory: the only rows that a node keeps.
pub(crate) struct HeldKeys {
    held: RwLock<(Arc<Keys>, Instant)>,
    /// `None` where the tables are a file beside the node: no network hides a change of it.
    max_age: Option<Duration>,
}

impl HeldKeys {
    /// Keys that a transaction has read which began at `seen`.
    pub fn new(keys: Arc<Keys>, seen: Instant, max_age: Option<Duration>) -> HeldKeys {
        HeldKeys {
            held: RwLock::new((keys, seen)),
            max_age,
        }
    }

    /// Unavailable when they have not been seen in the table for too long.
    pub fn current(&self) -> Result<Arc<Keys>, Error> {
        let held = self.held.read().unwrap_or_else(PoisonError::into_inner);
        if self.max_age.is_none_or(|age| held.1.elapsed() <= age) {
            return Ok(held.0.clone());
        }
        Err(Error::Unavailable(format!(
            "the signing keys were last read more than {} seconds ago",
            MAX_STALENESS.as_secs()
        )))
    }

    /// How long ago they were last seen.
    pub fn age(&self) -> Duration {
        let held = self.held.read().unwrap_or_else(PoisonError::into_inner);
        held.1.elapsed()
    }

    /// Takes over keys, or with `None` those that are held, which have been seen in the table by a
    /// transaction that began at `seen`.
    pub fn hold(&self, keys: Option<Arc<Keys>>, seen: Instant) {
        let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
        // Whoever has read later knows better.
        if seen >= held.1 {
            held.1 = seen;
            if let Some(keys) = keys {
                held.0 = keys;
            }
        }
    }

    /// Whether they are other ones than `records`, which is all of the table.
    pub fn differ_from(&self, records: &[KeyRecord]) -> bool {
        let held = self.held.read().unwrap_or_else(PoisonError::into_inner);
        held.0.differ_from(records)
    }
}
