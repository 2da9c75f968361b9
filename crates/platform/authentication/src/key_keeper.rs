//! The job that looks after the signing keys.

use std::time::Duration;

use store::{App, key_rotation};

/// Between two rounds, when nothing is heard: how late a lost notice is made good. Far below
/// `store::MAX_STALENESS` and `Settings::key_margin`. Real time, also where the clock is virtual.
const ROUND: Duration = Duration::from_secs(5);

/// Before another try, when the tables could not be read.
const RETRY: Duration = Duration::from_secs(1);

/// Rotates the signing keys when it is time to, and takes over at once what another process or the
/// command line has changed, until it is dropped: spawn it once for each process that serves. While
/// the database is away the keys that are held go on being shown, until they are too old.
pub async fn keep_keys(app: App) {
    let mut changes = app.db.listen(key_rotation::NOTICES);
    loop {
        if let Err(error) = key_rotation::rotate_if_due(&app, app.clock.now()).await {
            tracing::error!(reason = %error, "the signing keys could not be looked after");
            // What may have been heard meanwhile cannot be read either.
            tokio::time::sleep(RETRY).await;
            continue;
        }
        let _ = tokio::time::timeout(ROUND, changes.heard()).await;
    }
}
