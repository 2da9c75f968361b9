use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// How long the last mail took to be sent. Whoever asks about an address that nobody has waits as
/// long, so that the time of an answer tells as little as what it says.
#[derive(Default)]
pub struct MailTime(AtomicU64);

impl MailTime {
    pub fn took(&self, time: Duration) {
        let micros = u64::try_from(time.as_micros()).unwrap_or(0);
        self.0.store(micros, Ordering::Relaxed);
    }

    pub async fn pass(&self) {
        let last = Duration::from_micros(self.0.load(Ordering::Relaxed));
        tokio::time::sleep(last).await;
    }
}
