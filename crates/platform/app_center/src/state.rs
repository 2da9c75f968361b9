use std::num::NonZeroU32;
use std::sync::Arc;

use protocol::{HOUR, MINUTE};
use rate_limit::RateLimit;
use store::App;

/// Everything a request to the customers' site is handled with. Cheap to clone.
#[derive(Clone)]
pub struct State(Arc<Inner>);

pub struct Inner {
    pub app: App,
    /// Wrong passwords with one login name (S29).
    pub failed_sign_ins_by_login: Arc<RateLimit>,
    /// Wrong passwords from one network address.
    pub failed_sign_ins_by_address: Arc<RateLimit>,
    /// Requests for information by one person: each is mail to a partner.
    pub leads_by_user: Arc<RateLimit>,
    /// Company request tokens made by one administrator.
    pub request_tokens_by_user: Arc<RateLimit>,
}

impl State {
    pub fn new(app: App) -> State {
        let limit = |name, attempts: u32, period| {
            let attempts = NonZeroU32::new(attempts).expect("the numbers below are not zero");
            app.limits.limit(name, attempts, period)
        };
        State(Arc::new(Inner {
            failed_sign_ins_by_login: limit("failed sign-ins by login", 10, 15 * MINUTE),
            failed_sign_ins_by_address: limit("failed sign-ins by address", 30, 15 * MINUTE),
            leads_by_user: limit("leads by user", 10, HOUR),
            request_tokens_by_user: limit("request tokens by user", 60, HOUR),
            app,
        }))
    }

    /// Whether cookies may be marked for https alone.
    pub fn secure(&self) -> bool {
        self.app.settings.app_center.is_https()
    }
}

impl std::ops::Deref for State {
    type Target = Inner;
    fn deref(&self) -> &Inner {
        &self.0
    }
}
