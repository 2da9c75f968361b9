//! How often the endpoints that clients authenticate at may be called (S29, SE-20).

use ambient::Clock;
use protocol::{AppId, CompanyId, ErrorCode, MINUTE};
use store::CallLimits;
use web::RateLimit;

use crate::refusal::Refusal;

/// Counted in memory, by each node for itself. What they protect is random and long, or locked by
/// the database (code 14): without them everything is slower to refuse, and as safe.
pub struct Limits {
    by_client: Option<RateLimit>,
    by_company: Option<RateLimit>,
    by_address: Option<RateLimit>,
    failures: Option<RateLimit>,
}

impl Limits {
    pub fn new(limits: &CallLimits, clock: &Clock) -> Limits {
        let rate = |calls| RateLimit::new(calls, MINUTE, clock.clone());
        Limits {
            by_client: limits.per_client.map(rate),
            by_company: limits.per_company.map(rate),
            by_address: limits.per_address.map(rate),
            failures: limits.failures_per_address.map(rate),
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
