//! Chaining events, and checking the chain.

use std::time::Duration;

use db::{Error, Tx};
use protocol::{MINUTE, Timestamp, hmac_sha256, sha256};
use serde::Serialize;

use super::Event;
use crate::audit_events::{self, AuditRow};
use crate::audit_head::{self, Head};
use crate::{App, leases};

/// One node at a time chains, and takes that for so long with each round that has something to chain.
pub(crate) const LEASE: &str = "audit";
pub(crate) const HELD_FOR: Duration = MINUTE;
/// The server secret under which the end of the chain is recorded.
pub(crate) const KEY: &str = "audit-head";
/// Events in one transaction.
const BATCH: i64 = 500;
/// What the first event is chained to.
const BEGINNING: [u8; 32] = [0; 32];

/// What a check of the whole log found.
#[derive(Debug, Serialize)]
pub struct Verified {
    pub chained: i64,
    /// Committed a moment ago, chained in the next seconds.
    pub not_chained: i64,
    /// The last event's place in the chain, in hexadecimal: written down elsewhere and compared, it
    /// shows a log that was set back as a whole.
    pub head: String,
    /// In the order of the log; the first twenty.
    pub problems: Vec<Problem>,
}

/// What shows that somebody has changed the log.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "problem", content = "position")]
pub enum Problem {
    /// An event is missing before this one.
    Gap(i64),
    /// An event's text is not what was chained.
    Changed(i64),
    /// An event's columns say something else than its text.
    Columns(i64),
    /// The end of the chain is missing, or the record of the end was changed.
    Head(i64),
}

const PROBLEMS: usize = 20;

/// Chains what has been committed, at most [`BATCH`] events, when this node holds the lease. Returns
/// how many; `None` while another node does this.
pub async fn seal(app: &App, now: Timestamp) -> Result<Option<usize>, Error> {
    let mut tx = app.db.unhurried().read().await?;
    let waiting = audit_events::not_chained(&mut tx, 1).await?;
    drop(tx);
    if waiting.is_empty() {
        return Ok(Some(0));
    }
    let mut tx = app.db.unhurried().write_for(LEASE).await?;
    if leases::take(&mut tx, LEASE, app.node, HELD_FOR, now)
        .await?
        .is_none()
    {
        return Ok(None);
    }
    let before = audit_head::find(&mut tx).await?;
    let (mut position, mut chain) =
        before.map_or((0, BEGINNING.to_vec()), |head| (head.position, head.chain));
    let events = audit_events::not_chained(&mut tx, BATCH).await?;
    for event in &events {
        position += 1;
        chain = link(&chain, &event.content);
        audit_events::set_chain(&mut tx, &event.id, position, &chain).await?;
    }
    let mac = mac(app.audit_key(), position, &chain);
    let head = Head {
        position,
        chain,
        mac,
    };
    audit_head::put(&mut tx, &head).await?;
    tx.commit().await?;
    Ok(Some(events.len()))
}

/// Reads the whole log and checks every link of it.
pub async fn verify(app: &App) -> Result<Verified, Error> {
    let mut tx = app.db.unhurried().read().await?;
    let (mut position, mut chain) = (0, BEGINNING.to_vec());
    let mut problems = Vec::new();
    loop {
        let events = audit_events::chained_after(&mut tx, position, BATCH).await?;
        if events.is_empty() {
            break;
        }
        for event in events {
            let at = event.position.unwrap_or_default();
            let expected = link(&chain, &event.content);
            let found = event.chain.clone().unwrap_or_default();
            if at != position + 1 {
                problems.push(Problem::Gap(at));
            } else if found != expected {
                problems.push(Problem::Changed(at));
            }
            if !columns_fit(&event) {
                problems.push(Problem::Columns(at));
            }
            // Goes on from what the table says, so that one change is told once.
            (position, chain) = (at, found);
        }
    }
    if !head_fits(&mut tx, app.audit_key(), (position, &chain)).await? {
        problems.push(Problem::Head(position));
    }
    problems.truncate(PROBLEMS);
    Ok(Verified {
        chained: position,
        not_chained: audit_events::count_not_chained(&mut tx).await?,
        head: hexadecimal(&chain),
        problems,
    })
}

/// Gives every chained event to `line`, as a line of JSON.
pub async fn export(app: &App, mut line: impl FnMut(&str)) -> Result<(), Error> {
    #[derive(Serialize)]
    struct Line<'a> {
        position: i64,
        chain: String,
        /// The text that was chained, as it stands.
        event: &'a str,
    }
    let mut tx = app.db.unhurried().read().await?;
    let mut after = 0;
    loop {
        let events = audit_events::chained_after(&mut tx, after, BATCH).await?;
        let Some(last) = events.last() else {
            return Ok(());
        };
        after = last.position.unwrap_or(i64::MAX);
        for event in &events {
            let text = serde_json::to_string(&Line {
                position: event.position.unwrap_or_default(),
                chain: hexadecimal(event.chain.as_deref().unwrap_or_default()),
                event: &event.content,
            });
            line(&text.expect("a line has a JSON form"));
        }
    }
}

fn link(before: &[u8], content: &str) -> Vec<u8> {
    sha256(&[before, content.as_bytes()].concat()).to_vec()
}

fn mac(key: &[u8], position: i64, chain: &[u8]) -> Vec<u8> {
    let said = [&position.to_be_bytes()[..], chain].concat();
    hmac_sha256(key, &said).to_vec()
}

fn columns_fit(row: &AuditRow) -> bool {
    serde_json::from_str::<Event>(&row.content).is_ok_and(|event| {
        let expected = event.row();
        (&expected.id, expected.at, &expected.action) == (&row.id, row.at, &row.action)
            && (&expected.company, &expected.client) == (&row.company, &row.client)
    })
}

async fn head_fits(
    tx: &mut Tx,
    key: &[u8],
    (position, chain): (i64, &[u8]),
) -> Result<bool, Error> {
    let head = audit_head::find(tx).await?;
    Ok(match head {
        None => position == 0,
        Some(head) => {
            (head.position, head.chain.as_slice()) == (position, chain)
                && head.mac == mac(key, position, chain)
        }
    })
}

/// The end of the log, looked at without the rest of it.
pub struct End {
    /// Events that are chained.
    pub chained: i64,
    pub not_chained: i64,
    /// When the first of these was written.
    pub waiting_since: Option<Timestamp>,
    /// Whether the record of the end is that of the last event.
    pub fits: bool,
}

/// Looks at the end of the log only: [`verify`] reads all of it.
pub(crate) async fn end(tx: &mut Tx, key: &[u8]) -> Result<End, Error> {
    let last = audit_events::last_chained(tx).await?;
    let chained = last.as_ref().and_then(|event| event.position).unwrap_or(0);
    let chain = last.and_then(|event| event.chain).unwrap_or_default();
    let waiting = audit_events::not_chained(tx, 1).await?;
    Ok(End {
        chained,
        not_chained: audit_events::count_not_chained(tx).await?,
        waiting_since: waiting
            .first()
            .map(|event| Timestamp::from_micros(event.at)),
        fits: head_fits(tx, key, (chained, &chain)).await?,
    })
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
