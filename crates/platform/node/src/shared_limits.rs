//! The job that counts with the other nodes.

use std::time::Duration;

use store::{App, rate_limits};

/// How often nodes tell each other what was used. Real time, also where the clock is virtual.
const ROUND: Duration = Duration::from_millis(200);
/// After a failure: the database is away, and each node counts for itself.
const RETRY: Duration = Duration::from_secs(2);

/// Shares this node's limits until it is dropped: spawn it once for each process that serves. One
/// that is alone with its database has nobody to share with.
pub async fn share_limits(app: App) {
    if !app.db.serves_many() {
        return;
    }
    loop {
        match rate_limits::share(&app, app.clock.now()).await {
            Ok(_) => tokio::time::sleep(ROUND).await,
            Err(error) => {
                tracing::warn!(reason = %error, "limits are counted by this node alone");
                tokio::time::sleep(RETRY).await;
            }
        }
    }
}
