//! Whether a node can do its work: for the load balancer (S39), and for an operator who asks.
//!
//! Nothing here changes anything, so that it may be asked of a database that a node serves, and of
//! one that none serves yet.

use std::time::Duration;

use ambient::Clock;
use db::{Db, Tx};
use protocol::jose::SigningAlgorithm;
use protocol::{SealingKey, Timestamp};

use crate::{App, KeyRecord, KeyState, OpenError, migrations};
use crate::{audit, housekeeping, leases, server_secrets, signing_keys};

/// What the platform's keys are sealed for, under the key-encryption secret.
pub(crate) const SEALING: &str = "platform";

/// A node whose clock differs by more is not ready: tokens would expire too early or too late.
pub const CLOCK_SKEW: Duration = Duration::from_secs(30);

/// What is wrong, in words for operators; empty when nothing is. `secret` is the key-encryption
/// secret as it stands outside the database now, where it stands there. A database that a newer release
/// has expanded is well: releases follow each other while both serve (S40).
pub async fn troubles(app: &App, secret: Option<&[u8; 32]>) -> Vec<String> {
    let mut troubles = Vec::new();
    if let Err(db::Error::Unavailable(why)) = app.keys() {
        troubles.push(why);
    }
    match skew(&app.db, &app.clock).await {
        Err(error) => {
            troubles.push(error.to_string());
            return troubles;
        }
        Ok(Some(skew)) => troubles.extend(skew.trouble()),
        Ok(None) => {}
    }
    match app.db.standing(migrations()).await {
        Ok(standing) => {
            if let Some(refusal) = standing.refusal() {
                troubles.push(refusal);
                return troubles;
            }
        }
        Err(error) => {
            troubles.push(error.to_string());
            return troubles;
        }
    }
    if let Some(secret) = secret
        && let Err(error) = keys(&app.db, secret).await
    {
        troubles.push(error.to_string());
    }
    troubles
}

/// How far the database's clock and ours differ at least: what the answer took is deducted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Skew {
    pub by: Duration,
    /// Whether ours is the later one.
    pub ahead: bool,
}

impl Skew {
    fn between(ours: (Timestamp, Timestamp), theirs: Timestamp) -> Skew {
        let (asked, answered) = ours;
        let ahead = asked.since(theirs);
        let behind = theirs.since(answered);
        Skew {
            by: ahead.max(behind),
            ahead: ahead > behind,
        }
    }

    /// As a sentence, where it is too much.
    pub fn trouble(self) -> Option<String> {
        let Skew { by, ahead } = self;
        let direction = if ahead { "ahead of" } else { "behind" };
        (by > CLOCK_SKEW).then(|| {
            format!(
                "this machine's clock is {} s {direction} the database's; set both by NTP",
                by.as_secs()
            )
        })
    }
}

/// Asks the database, and its clock: `None` where it has no other than ours.
pub async fn skew(db: &Db, clock: &Clock) -> Result<Option<Skew>, db::Error> {
    let asked = clock.now();
    let vitals = db.vitals().await?;
    let ours = (asked, clock.now());
    let theirs = vitals.clock.map(Timestamp::from_micros);
    Ok(theirs.map(|theirs| Skew::between(ours, theirs)))
}

/// All signing keys, if the secret opens them and one signs with each algorithm.
pub async fn keys(db: &Db, secret: &[u8; 32]) -> Result<Vec<KeyRecord>, OpenError> {
    let sealing = SealingKey::derive(secret, SEALING);
    let mut tx = db.read().await?;
    let keys = signing_keys::opened(&mut tx, &sealing).await?;
    let signs = |algorithm: &SigningAlgorithm| {
        keys.iter()
            .any(|key| key.algorithm == *algorithm && key.state == KeyState::Signing)
    };
    match SigningAlgorithm::ALL
        .iter()
        .find(|algorithm| !signs(algorithm))
    {
        Some(algorithm) => Err(OpenError::NoSigningKey(*algorithm)),
        None => Ok(keys),
    }
}

/// The end of the audit log; `None` where no node has ever served.
pub async fn audit_end(db: &Db, secret: &[u8; 32]) -> Result<Option<audit::End>, OpenError> {
    let sealing = SealingKey::derive(secret, SEALING);
    let mut tx = db.read().await?;
    match server_secrets::find(&mut tx, &sealing, audit::KEY).await? {
        Some(key) => Ok(Some(audit::end(&mut tx, &key).await?)),
        None => Ok(None),
    }
}

/// A job that one node at a time does.
#[derive(Clone, Debug)]
pub struct Job {
    pub name: String,
    pub holder: String,
    /// When its last round began, by the clock of that node.
    pub ran: Option<Timestamp>,
}

/// The jobs that were ever done here.
pub async fn jobs(tx: &mut Tx) -> Result<Vec<Job>, db::Error> {
    let leases = leases::all(tx).await?;
    let job = |lease: leases::Lease| Job {
        ran: held_for(&lease.name).map(|held| lease.until - held),
        holder: lease.holder,
        name: lease.name,
    };
    Ok(leases.into_iter().map(job).collect())
}

/// For how long each round of a job takes its lease.
fn held_for(lease: &str) -> Option<Duration> {
    match lease {
        housekeeping::LEASE => Some(housekeeping::HELD_FOR),
        audit::LEASE => Some(audit::HELD_FOR),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn skew(theirs: i64) -> Skew {
        let at = Timestamp::from_seconds;
        Skew::between((at(1_000), at(1_010)), at(theirs))
    }

    #[test]
    fn what_the_answer_took_is_no_skew() {
        for theirs in [1_000, 1_005, 1_010] {
            assert_eq!(skew(theirs).by, Duration::ZERO);
        }
        assert_eq!(skew(1_040).trouble(), None);
        assert_eq!(skew(970).trouble(), None);
    }

    #[test]
    fn s39_more_than_thirty_seconds_either_way_are_trouble() {
        let ahead = skew(969).trouble().unwrap();
        assert!(ahead.contains("31 s ahead of the database's"), "{ahead}");
        let behind = skew(1_041).trouble().unwrap();
        assert!(behind.contains("31 s behind the database's"), "{behind}");
    }
}
