//! How often the endpoints that clients authenticate at may be called (S29, SE-20).

use std::num::NonZeroU32;
use std::sync::Arc;

use protocol::{AppId, CompanyId, ErrorCode, MINUTE};
use rate_limit::RateLimit;
use store::App;

use crate::refusal::Refusal;

/// Counted in memory, and with the other nodes (`store::rate_limits`). What they protect is random and
/// long, or locked by the database (code 14): without them everything is slower to refuse, and as
/// safe.
pub struct Limits {
    by_client: Option<Arc<RateLimit>>,
    by_company: Option<Arc<RateLimit>>,
    by_address: Option<Arc<RateLimit>>,
    failures: Option<Arc<RateLimit>>,
}

impl Limits {
    pub fn new(app: &App) -> Limits {
        let limits = &app.settings.call_limits;
        let rate = |name, calls: Option<NonZeroU32>| {
            calls.map(|calls| app.limits.limit(name, calls, MINUTE))
        };
        Limits {
            by_client: rate("calls by client", limits.per_client),
            by_company: rate("calls by company", limits.per_company),
            by_address: rate("calls by address", limits.per_address),
            failures: rate("refusals by address", limits.failures_per_address),
        }
    }

    /// A call from an address, before anything of it is read.
    pub fn arrive(&self, address: &str) -> Result<(), Refusal> {
        let failures = self.failures.as_ref();
        let calls = self.by_address.as_ref();
        failures
            .and_then(|limit| limit.wait(address))
            .map_or(Ok(()), Err)
            .and_then(|()| calls.map_or(Ok(()), |limit| limit.check(address)))
            .map_err(Refusal::TooMany)
    }

    /// A call by an app that has shown who it is: nobody else can use up what it may.
    pub fn client(&self, client: AppId) -> Result<(), Refusal> {
        let calls = self.by_client.as_ref();
        calls
            .map_or(Ok(()), |limit| limit.check(&client.to_string()))
            .map_err(Refusal::TooMany)
    }

    /// A token for a company that this app may have, or for one of its people.
    pub fn company(&self, client: AppId, company: CompanyId) -> Result<(), Refusal> {
        let calls = self.by_company.as_ref();
        calls
            .map_or(Ok(()), |limit| limit.check(&format!("{client} {company}")))
            .map_err(Refusal::TooMany)
    }

    /// Counts a refusal that guessing leads to. A refresh token that has ended does not count: a
    /// partner may have many of those, and asks for each.
    pub fn refused(&self, address: &str, refusal: &Refusal) {
        let guess = matches!(
            refusal,
            Refusal::Code(
                ErrorCode::ClientNotFound
                    | ErrorCode::ClientAuthenticationFailed
                    | ErrorCode::IncorrectCredentials
                    | ErrorCode::AccountLocked
                    | ErrorCode::AuthtokenNotYours
                    | ErrorCode::OtpNotFound
                    | ErrorCode::WrongOtp
            )
        );
        if let Some(limit) = self.failures.as_ref().filter(|_| guess) {
            limit.failed(address);
        }
    }
}
