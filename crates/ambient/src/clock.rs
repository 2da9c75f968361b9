use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use protocol::Timestamp;

/// Tells the time. Cheap to clone; every clone tells the same time.
#[derive(Clone, Debug)]
pub enum Clock {
    /// The machine's own clock.
    System,
    /// Stands still until it is turned: for tests and the sandbox.
    Virtual(Arc<AtomicI64>),
}

impl Clock {
    /// A clock that stands at `start` until [`Clock::advance`] turns it.
    pub fn starting_at(start: Timestamp) -> Clock {
        Clock::Virtual(Arc::new(AtomicI64::new(start.as_micros())))
    }

    pub fn now(&self) -> Timestamp {
        match self {
            Clock::System => Timestamp::from_micros(system_micros()),
            Clock::Virtual(at) => Timestamp::from_micros(at.load(Ordering::SeqCst)),
        }
    }

    /// Turns a virtual clock forward. The machine's clock cannot be turned: `false`.
    pub fn advance(&self, by: Duration) -> bool {
        match self {
            Clock::System => false,
            Clock::Virtual(at) => {
                let micros = i64::try_from(by.as_micros()).unwrap_or(i64::MAX);
                at.fetch_add(micros, Ordering::SeqCst);
                true
            }
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "this is the one place that reads the clock"
)]
fn system_micros() -> i64 {
    let since_epoch = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(since_epoch.as_micros()).unwrap_or(i64::MAX)
}
