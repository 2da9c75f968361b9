//! Access tokens in memory, one slot per connection.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use client::Refusal;
use protocol::{AppId, Timestamp};
use uuid::Uuid;

use crate::broker::Want;
use crate::{AccessToken, NoToken};

#[derive(Clone, Default)]
pub(crate) struct Slots(Arc<Mutex<ByConnection>>);

type ByConnection = HashMap<(AppId, Uuid), Arc<Slot>>;

/// The lock of a connection within this process, and the access token behind it.
#[derive(Default)]
pub(crate) struct Slot {
    pub held: tokio::sync::Mutex<Held>,
    turns: AtomicU64,
}

#[derive(Default)]
pub(crate) struct Held {
    pub token: Option<AccessToken>,
    /// What the last turn met, for those who waited while it was taken.
    refusal: Option<Refusal>,
}

/// What somebody finds who has waited for the lock.
pub(crate) enum Turn {
    Token(AccessToken),
    Refused(Refusal),
    Ours,
}

impl Slots {
    pub fn slot(&self, app: AppId, principal: Uuid) -> Arc<Slot> {
        let mut slots = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        slots.entry((app, principal)).or_default().clone()
    }

    /// Drops the slots that nobody uses and whose token is of no use.
    pub fn forget_expired(&self, now: Timestamp) {
        let mut slots = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        slots.retain(|_, slot| {
            let Ok(held) = slot.held.try_lock() else {
                return true;
            };
            Arc::strong_count(slot) > 1
                || held
                    .token
                    .as_ref()
                    .is_some_and(|token| token.expires_at > now)
        });
    }
}

impl Slot {
    pub fn turn(&self) -> u64 {
        self.turns.load(Ordering::SeqCst)
    }

    /// The held token, when nobody is refreshing and it will do.
    pub fn current(&self, want: &Want, now: Timestamp) -> Option<AccessToken> {
        let held = self.held.try_lock().ok()?;
        held.token
            .clone()
            .filter(|token| want.is_met_by(token, now))
    }

    /// Whether the turn of somebody else, taken since `turn`, has settled what is wanted.
    pub fn had_turn(&self, held: &Held, turn: u64, want: &Want, now: Timestamp) -> Turn {
        if let Some(token) = held
            .token
            .as_ref()
            .filter(|token| want.is_met_by(token, now))
        {
            return Turn::Token(token.clone());
        }
        match &held.refusal {
            Some(refusal) if self.turn() != turn => Turn::Refused(refusal.clone()),
            _ => Turn::Ours,
        }
    }

    pub fn end_turn(&self, held: &mut Held, result: &Result<AccessToken, NoToken>) {
        held.refusal = match result {
            Err(NoToken::Refused(refusal)) => Some(refusal.clone()),
            _ => None,
        };
        held.token = result.as_ref().ok().cloned();
        self.turns.fetch_add(1, Ordering::SeqCst);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resident_kilobytes() -> usize {
        let status = std::fs::read_to_string("/proc/self/status").unwrap();
        let line = status
            .lines()
            .find(|line| line.starts_with("VmRSS"))
            .unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    }

    #[tokio::test]
    async fn a_hundred_thousand_access_tokens_take_less_than_300_megabytes() {
        let before = resident_kilobytes();
        let slots = Slots::default();
        for number in 0..100_000 {
            let slot = slots.slot(AppId::from_uuid(Uuid::nil()), Uuid::from_u128(number));
            // As long as the reference's are: its answers are about 3.4 kB, with the id_token.
            let token = AccessToken {
                value: "x".repeat(1_400).into(),
                geolocation: "https://us2.api.concursolutions.example".parse().unwrap(),
                expires_at: Timestamp::from_seconds(1),
                generation: 1,
            };
            slot.held.lock().await.token = Some(token);
        }
        let taken = (resident_kilobytes() - before) / 1024;
        println!("100,000 access tokens: {taken} MB");
        assert!(taken < 300, "{taken} MB");
        slots.forget_expired(Timestamp::from_seconds(2));
        assert!(slots.0.lock().unwrap().is_empty());
    }
}
