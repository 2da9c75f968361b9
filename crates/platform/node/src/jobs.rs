use store::App;
use tokio::task::JoinSet;

use crate::audit_chain::chain_audit;
use crate::housekeeping::keep_house;
use crate::shared_limits::share_limits;

/// What each process that serves the platform does beside answering. Dropped, it stops.
pub fn jobs(app: &App) -> JoinSet<()> {
    let mut jobs = JoinSet::new();
    jobs.spawn(authentication::keep_keys(app.clone()));
    jobs.spawn(keep_house(app.clone()));
    jobs.spawn(chain_audit(app.clone()));
    jobs.spawn(share_limits(app.clone()));
    jobs
}
