//! Waiting until a page is as expected.

use std::time::Duration;

use tokio::time::{Instant, sleep};

/// Why something could not be done or was not seen: a sentence for whoever reads the failed test.
pub(super) type Complaint = String;

const PATIENCE: Duration = Duration::from_secs(10);
const PAUSE: Duration = Duration::from_millis(50);

/// Tries until it succeeds; after ten seconds the last complaint stands.
pub(super) async fn until<T, Attempt>(mut attempt: impl FnMut() -> Attempt) -> Result<T, Complaint>
where
    Attempt: Future<Output = Result<T, Complaint>>,
{
    let deadline = Instant::now() + PATIENCE;
    loop {
        match attempt().await {
            Ok(value) => return Ok(value),
            Err(complaint) if Instant::now() >= deadline => return Err(complaint),
            Err(_) => sleep(PAUSE).await,
        }
    }
}

/// The text with every run of white space as one blank, as a reader perceives it.
pub(super) fn squeeze(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
