//! What a process says without asking the database: which API keys open which app, and which
//! connections stand (docs/decisions/0015).
//!
//! Only what stands is remembered, and only while the process hears what ends. Everything else is
//! asked for.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use db::{Error, Heard, Tx};
use protocol::{AppId, Timestamp};
use uuid::Uuid;

use crate::Vault;

/// On which processes are told what has ended, as the migration `0007_standing` writes it:
/// `key ID`, `connection APP PRINCIPAL`, or `everything`.
const NOTICES: &str = "standing";

/// How long memory is believed after the instant up to which everything has been heard: what ended is
/// handed out for so long at most by a process that the notice has not reached. Twice a pulse may be
/// late. Real time, also where the clock is virtual.
const BELIEVED: Duration = Duration::from_secs(3);

/// Behind a lock that is held for one look-up. It takes about 50 bytes for each connection that was
/// asked for, a small part of what its access token takes.
#[derive(Default)]
pub(crate) struct Remembered(Mutex<Facts>);

#[derive(Default)]
struct Facts {
    /// Everything that was committed before this has been heard.
    heard_until: Option<Instant>,
    /// How often something was forgotten.
    forgotten: u64,
    /// By hash.
    keys: HashMap<Vec<u8>, OpenKey>,
    connections: HashSet<(AppId, Uuid)>,
}

/// An API key that has not been revoked.
#[derive(Clone, Copy)]
pub(crate) struct OpenKey {
    pub id: Uuid,
    pub app: AppId,
    /// To the hour, as it stands in the table.
    pub last_used_at: Timestamp,
}

/// Taken before the database is asked. What it answers is kept only if nothing was forgotten since:
/// it may have been read before what was forgotten had ended.
#[derive(Clone, Copy)]
pub(crate) struct Before(Option<u64>);

impl Remembered {
    /// Whether the connection is known to stand; counted, because otherwise the database is asked.
    pub fn stands(&self, app: AppId, principal: Uuid) -> bool {
        let stands = self.lock().stands(app, principal);
        let from = match stands {
            true => "memory",
            false => "database",
        };
        metrics::counter!("vault_standing_total", "from" => from).increment(1);
        stands
    }

    /// The key of this hash, if it is known to open something.
    pub fn key(&self, hash: &[u8]) -> Option<OpenKey> {
        let facts = self.lock();
        let key = facts.keys.get(hash).copied();
        key.filter(|_| facts.are_believed(Instant::now()))
    }

    pub fn before(&self) -> Before {
        let facts = self.lock();
        Before(
            facts
                .are_believed(Instant::now())
                .then_some(facts.forgotten),
        )
    }

    pub fn keep_connection(&self, before: Before, app: AppId, principal: Uuid) {
        let mut facts = self.lock();
        if facts.may_keep(before) {
            facts.connections.insert((app, principal));
        }
    }

    pub fn keep_key(&self, before: Before, hash: &[u8], key: OpenKey) {
        let mut facts = self.lock();
        if facts.may_keep(before) {
            facts.keys.insert(hash.to_vec(), key);
        }
    }

    /// This process has ended it, and does not wait until it hears so.
    pub fn forget_connection(&self, app: AppId, principal: Uuid) {
        self.lock().forget_connection(app, principal);
    }

    /// As [`Remembered::forget_connection`].
    pub fn forget_key(&self, id: Uuid) {
        self.lock().forget_key(id);
    }

    pub fn forget_everything(&self) {
        self.lock().forget_everything();
    }

    fn hear(&self, heard: &Heard) {
        let mut facts = self.lock();
        match heard {
            Heard::All(until) => facts.heard_until = facts.heard_until.max(Some(*until)),
            Heard::Said(payload) => facts.forget(payload),
            Heard::Missed => facts.forget_everything(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Facts> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Facts {
    fn are_believed(&self, now: Instant) -> bool {
        self.heard_until
            .is_some_and(|until| now.saturating_duration_since(until) < BELIEVED)
    }

    fn stands(&self, app: AppId, principal: Uuid) -> bool {
        self.are_believed(Instant::now()) && self.connections.contains(&(app, principal))
    }

    fn may_keep(&self, before: Before) -> bool {
        before.0 == Some(self.forgotten)
    }

    /// Everything, when it is not understood what has ended.
    fn forget(&mut self, payload: &str) {
        let id = |text| Uuid::try_parse(text).ok();
        let mut words = payload.split(' ');
        match (words.next(), words.next().map(id), words.next().map(id)) {
            (Some("key"), Some(Some(key)), None) => self.forget_key(key),
            (Some("connection"), Some(Some(app)), Some(Some(principal))) => {
                self.forget_connection(AppId::from_uuid(app), principal);
            }
            _ => self.forget_everything(),
        }
    }

    fn forget_key(&mut self, id: Uuid) {
        self.forgotten += 1;
        self.keys.retain(|_, key| key.id != id);
    }

    fn forget_connection(&mut self, app: AppId, principal: Uuid) {
        self.forgotten += 1;
        self.connections.remove(&(app, principal));
    }

    fn forget_everything(&mut self) {
        self.forgotten += 1;
        self.keys.clear();
        self.connections.clear();
    }
}

/// In the transaction of somebody who has changed all of it.
pub(crate) async fn tell_everything(tx: &mut Tx) -> Result<(), Error> {
    tx.notify(NOTICES, "everything").await
}

impl Vault {
    /// Hears what ends, here and at other processes, until it is dropped: spawn it once in a process
    /// that answers for others. Only while it runs does this vault answer from memory, and on
    /// PostgreSQL alone: asking SQLite costs microseconds, and what another process ends there is not
    /// heard.
    pub async fn remember(self) {
        if !self.db().serves_many() {
            return;
        }
        let mut ended = self.db().follow(NOTICES);
        // Of a time in which nobody listened.
        self.remembered().forget_everything();
        loop {
            let heard = ended.heard().await;
            self.remembered().hear(&heard);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const APP: AppId = AppId::from_uuid(Uuid::from_u128(0xa));
    const OTHER_APP: AppId = AppId::from_uuid(Uuid::from_u128(0xb));
    const COMPANY: Uuid = Uuid::from_u128(0xc0);
    const KEY: OpenKey = OpenKey {
        id: Uuid::from_u128(1),
        app: APP,
        last_used_at: Timestamp::from_seconds(0),
    };

    fn hearing() -> Remembered {
        let remembered = Remembered::default();
        // A machine that stalls does not end the test's belief: it hears what is yet to be said.
        let later = Instant::now() + Duration::from_secs(3_600);
        remembered.hear(&Heard::All(later));
        remembered
    }

    fn keep(remembered: &Remembered) {
        remembered.keep_connection(remembered.before(), APP, COMPANY);
        remembered.keep_key(remembered.before(), b"hash", KEY);
    }

    fn said(remembered: &Remembered, payload: &str) {
        remembered.hear(&Heard::Said(payload.to_owned()));
    }

    fn known(remembered: &Remembered) -> (bool, bool) {
        let key = remembered.key(b"hash").is_some();
        (remembered.stands(APP, COMPANY), key)
    }

    #[test]
    fn s50_memory_is_believed_for_three_seconds_after_everything_was_heard() {
        let heard = Instant::now();
        let facts = Facts {
            heard_until: Some(heard),
            ..Facts::default()
        };
        assert!(facts.are_believed(heard + BELIEVED - Duration::from_nanos(1)));
        assert!(!facts.are_believed(heard + BELIEVED));
        assert!(!Facts::default().are_believed(heard));
    }

    #[test]
    fn nothing_is_remembered_while_nothing_is_heard() {
        let remembered = Remembered::default();
        keep(&remembered);
        remembered.hear(&Heard::All(Instant::now() + BELIEVED));
        assert_eq!(known(&remembered), (false, false));
    }

    #[test]
    fn s50_what_was_read_before_something_ended_is_not_kept() {
        let remembered = hearing();
        let before = remembered.before();
        said(&remembered, &format!("connection {APP} {COMPANY}"));
        remembered.keep_connection(before, APP, COMPANY);
        remembered.keep_key(before, b"hash", KEY);
        assert_eq!(known(&remembered), (false, false));
        keep(&remembered);
        assert_eq!(known(&remembered), (true, true));
    }

    #[test]
    fn s50_what_ended_is_forgotten_alone_and_everything_when_it_is_not_understood() {
        let remembered = hearing();
        for (payload, left) in [
            (format!("connection {APP} {COMPANY}"), (false, true)),
            (format!("connection {OTHER_APP} {COMPANY}"), (true, true)),
            (format!("key {}", KEY.id), (true, false)),
            (format!("key {COMPANY}"), (true, true)),
            ("everything".to_owned(), (false, false)),
            ("key of a later release".to_owned(), (false, false)),
            (String::new(), (false, false)),
        ] {
            keep(&remembered);
            said(&remembered, &payload);
            assert_eq!(known(&remembered), left, "{payload}");
        }
        keep(&remembered);
        remembered.hear(&Heard::Missed);
        assert_eq!(known(&remembered), (false, false));
    }
}
