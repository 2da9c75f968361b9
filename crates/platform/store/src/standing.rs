//! Whether a node can do its work: for the load balancer (S39), and for an operator who asks.
//!
//! Nothing here changes anything, so that it may be asked of a database that a node serves, and of
//! one that none serves yet.

use std::time::Duration;

use db::{Db, Tx};
use protocol::jose::SigningAlgorithm;
use protocol::{SealingKey, Timestamp};

use crate::{App, KeyRecord, KeyState, OpenError, migrations};
use crate::{audit, housekeeping, leases, server_secrets, signing_keys};

/// What the platform's keys are sealed for, under the key-encryption secret.
pub(crate) const SEALING: &str = "platform";

/// What is wrong, in words for operators; empty when nothing is. `secret` is the key-encryption
/// secret as it stands outside the database now, where it stands there. A database that a newer release
/// has expanded is well: releases follow each other while both serve (S40).
pub async fn troubles(app: &App, secret: Option<&[u8; 32]>) -> Vec<String> {
    let mut troubles = Vec::new();
    if let Err(db::Error::Unavailable(why)) = app.keys() {
        troubles.push(why);
    }
    match app.db.skew(&app.clock).await {
        Err(error) => {
            troubles.push(error.to_string());
            return troubles;
        }
        Ok(Some(skew)) => troubles.extend(skew.trouble("the database's")),
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
