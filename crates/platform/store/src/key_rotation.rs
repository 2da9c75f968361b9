//! Carrying out what [`due`] decides about signing keys, and what operators order.

mod due;

use std::sync::Arc;
use std::time::Instant;

use db::Tx;
use protocol::Timestamp;
use protocol::jose::SigningAlgorithm;

pub use due::{KeyTimes, Step, TooEarly, changes_at, due};

use crate::audit::{self, Action, Actor, By, Change};
use crate::keys::Keys;
use crate::signing_keys::{self, FreshKey};
use crate::{App, KeyRecord, KeyState, OpenError};

/// On which nodes are told that the keys have changed.
pub const NOTICES: &str = "signing_keys";

/// Why an operator's order was not carried out.
#[derive(Debug)]
pub enum OrderError {
    TooEarly(TooEarly),
    /// There is no key of that `kid`.
    UnknownKey,
    Open(OpenError),
}

/// Does what is due at `now`, and takes over what other processes have changed. Gives the steps
/// that were done here. Without any it only reads.
pub async fn rotate_if_due(app: &App, now: Timestamp) -> Result<Vec<Step>, OpenError> {
    let seen = Instant::now();
    let mut tx = app.db.read().await?;
    let records = signing_keys::all(&mut tx).await?;
    drop(tx);
    let times = app.settings.key_times();
    let steps = due(&records, times, now);
    if !steps.is_empty() {
        // Decided again inside the write transaction: another process may have been quicker.
        let by = platform(now);
        return change(app, &steps, by, |records| due(records, times, now)).await;
    }
    if !app.held_keys().differ_from(&records) {
        app.held_keys().hold(None, seen);
        return Ok(Vec::new());
    }
    let seen = Instant::now();
    let mut tx = app.db.read().await?;
    let keys = signing_keys::load(&mut tx, app.sealing()).await?;
    app.held_keys().hold(Some(Keys::assemble(keys)?), seen);
    Ok(Vec::new())
}

/// Lets the published key of an algorithm sign from now on.
pub async fn rotate(
    app: &App,
    algorithm: SigningAlgorithm,
    now: Timestamp,
) -> Result<Vec<Step>, OrderError> {
    let times = app.settings.key_times();
    let ready = |records: &[KeyRecord]| due::rotated(records, algorithm, times, now);
    let mut tx = app.db.read().await?;
    let steps = ready(&signing_keys::all(&mut tx).await?).map_err(OrderError::TooEarly)?;
    drop(tx);
    let again = |records: &[KeyRecord]| ready(records).unwrap_or_default();
    Ok(change(app, &steps, operator(now), again).await?)
}

/// Takes a key out of its turn; `at_once`, everything it signed is refused from now on.
pub async fn retire(
    app: &App,
    kid: &str,
    at_once: bool,
    now: Timestamp,
) -> Result<Vec<Step>, OrderError> {
    let out = |records: &[KeyRecord]| {
        let key = records.iter().find(|key| key.kid == kid)?;
        Some(due::retired(records, key, at_once))
    };
    let mut tx = app.db.read().await?;
    let steps = out(&signing_keys::all(&mut tx).await?).ok_or(OrderError::UnknownKey)?;
    drop(tx);
    let again = |records: &[KeyRecord]| out(records).unwrap_or_default();
    Ok(change(app, &steps, operator(now), again).await?)
}

/// Makes the keys that `expected` needs, which takes a while, then decides by `decide` inside a
/// write transaction and does that.
async fn change(
    app: &App,
    expected: &[Step],
    by: By<'_>,
    decide: impl Fn(&[KeyRecord]) -> Vec<Step>,
) -> Result<Vec<Step>, OpenError> {
    let make = |algorithm| FreshKey::make(app.sealing(), &app.entropy, algorithm);
    let mut fresh: Vec<FreshKey> = expected.iter().filter_map(needs).map(make).collect();
    let mut tx = app.db.write().await?;
    let steps = decide(&signing_keys::all(&mut tx).await?);
    for step in &steps {
        carry_out(&mut tx, step, &mut fresh, by.now).await?;
        record(&mut tx, &app.entropy, step, by).await?;
    }
    // Nobody else changes them until this is committed, and it has not been yet.
    let seen = Instant::now();
    let keys = Keys::assemble(signing_keys::load(&mut tx, app.sealing()).await?)?;
    if !steps.is_empty() {
        tx.notify(NOTICES, "changed").await?;
    }
    tx.commit().await?;
    app.held_keys().hold(Some(keys), seen);
    for step in &steps {
        tracing::info!(key.change = ?step, "the signing keys changed");
    }
    Ok(steps)
}

/// Orders come from the command line alone.
fn operator(now: Timestamp) -> By<'static> {
    let actor = Actor::Operator;
    By {
        actor,
        ..platform(now)
    }
}

fn platform(now: Timestamp) -> By<'static> {
    By {
        actor: Actor::Platform,
        correlation_id: "",
        now,
    }
}

async fn record(
    tx: &mut Tx,
    entropy: &ambient::Entropy,
    step: &Step,
    by: By<'_>,
) -> Result<(), db::Error> {
    let subject = match step {
        Step::Begin(algorithm) => format!("begin {algorithm}"),
        Step::Publish(algorithm) => format!("publish {algorithm}"),
        Step::Sign(kid) => format!("sign {kid}"),
        Step::Retire(kid) => format!("retire {kid}"),
        Step::Remove(kid) => format!("remove {kid}"),
    };
    let change = Change {
        action: Action::SigningKeyChanged,
        company: None,
        app: None,
        subject: &subject,
    };
    audit::record(tx, entropy, by, change).await
}

fn needs(step: &Step) -> Option<SigningAlgorithm> {
    match step {
        Step::Begin(algorithm) | Step::Publish(algorithm) => Some(*algorithm),
        _ => None,
    }
}

/// A key that must be made and was not foreseen is made in the next round.
pub(crate) async fn carry_out(
    tx: &mut Tx,
    step: &Step,
    fresh: &mut Vec<FreshKey>,
    now: Timestamp,
) -> Result<(), db::Error> {
    use KeyState::{Published, Retired, Signing};
    let mut take = |algorithm| {
        let at = fresh.iter().position(|key| key.algorithm == algorithm)?;
        Some(fresh.swap_remove(at))
    };
    match step {
        Step::Begin(algorithm) => {
            if let Some(key) = take(*algorithm) {
                signing_keys::insert(tx, key, Signing, now).await?;
            }
        }
        Step::Publish(algorithm) => {
            if let Some(key) = take(*algorithm) {
                signing_keys::insert(tx, key, Published, now).await?;
            }
        }
        Step::Sign(kid) => {
            signing_keys::set_state(tx, kid, (Published, Signing), now).await?;
        }
        Step::Retire(kid) => {
            signing_keys::set_state(tx, kid, (Signing, Retired), now).await?;
        }
        Step::Remove(kid) => signing_keys::remove(tx, kid, now).await?,
    }
    Ok(())
}

/// The keys of a database that is opened: those that sign are made where they are missing. The next
/// ones are left to [`rotate_if_due`], so that a start waits for as little as possible.
pub(crate) async fn open(
    tx: &mut Tx,
    sealing: &protocol::SealingKey,
    entropy: &ambient::Entropy,
    (times, now): (KeyTimes, Timestamp),
) -> Result<Arc<Keys>, OpenError> {
    // First of all, so that a wrong secret is noticed before anything is written.
    signing_keys::load(tx, sealing).await?;
    for step in due(&signing_keys::all(tx).await?, times, now) {
        if let Step::Begin(algorithm) = step {
            let mut fresh = vec![FreshKey::make(sealing, entropy, algorithm)];
            carry_out(tx, &step, &mut fresh, now).await?;
            record(tx, entropy, &step, platform(now)).await?;
        }
    }
    Keys::assemble(signing_keys::load(tx, sealing).await?)
}

impl From<OpenError> for OrderError {
    fn from(error: OpenError) -> OrderError {
        OrderError::Open(error)
    }
}

impl From<db::Error> for OrderError {
    fn from(error: db::Error) -> OrderError {
        OrderError::Open(error.into())
    }
}

impl std::fmt::Display for OrderError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            OrderError::TooEarly(early) => write!(
                f,
                "the next key, {}, may not be known to every client yet; it can sign from {}",
                early.kid,
                early.at.to_rfc3339()
            ),
            OrderError::UnknownKey => f.write_str("no signing key has that kid"),
            OrderError::Open(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for OrderError {}
