use std::time::Duration;

use ambient::CLOCK_SKEW;
use db::Db;
use hosting::Finding;
use protocol::{MINUTE, Timestamp};
use store::{audit, standing};

const ABOUT: &str = "jobs";
const AUDIT: &str = "audit log";
/// Jobs come round every minute, events are chained within seconds: what is later by so much has
/// stopped.
const LATE: Duration = Duration::from_secs(600);

/// When each job last ran, by which node, and how far the audit log is chained.
pub async fn findings(db: &Db, secret: &[u8; 32], now: Timestamp) -> Vec<Finding> {
    let failed = |about, error: &dyn std::fmt::Display| {
        Finding::failure(about, error.to_string(), "see the database's own log")
    };
    let mut findings = match jobs(db).await {
        Ok(jobs) if jobs.is_empty() => vec![Finding::ok(ABOUT, "no node has served yet")],
        Ok(jobs) => jobs.iter().map(|job| of_job(job, now)).collect(),
        Err(error) => vec![failed(ABOUT, &error)],
    };
    match standing::audit_end(db, secret).await {
        Ok(end) => findings.extend(end.map(|end| of_audit(&end, now))),
        Err(error) => findings.push(failed(AUDIT, &error)),
    }
    findings
}

async fn jobs(db: &Db) -> Result<Vec<standing::Job>, db::Error> {
    let mut tx = db.read().await?;
    standing::jobs(&mut tx).await
}

fn of_job(job: &standing::Job, now: Timestamp) -> Finding {
    let standing::Job { name, holder, ran } = job;
    let Some(ran) = *ran else {
        return Finding::ok(ABOUT, format!("{name}: node {holder} does it"));
    };
    let says = format!("{name}: node {holder} did it last, at {}", ran.to_rfc3339());
    if ran.since(now) > CLOCK_SKEW {
        let ahead = ran.since(now).as_secs();
        let says = format!("{says}: that node's clock is {ahead} s ahead of this machine's");
        return Finding::failure("clock", says, "set the clocks of both by NTP");
    }
    // The audit log is only taken up when there is something to chain; it is looked at by itself.
    if name == "housekeeping" && now.since(ran) > LATE {
        let what = "start a node; if one runs, its log says why rows are not removed";
        return Finding::warning(ABOUT, says, what);
    }
    Finding::ok(ABOUT, says)
}

fn of_audit(end: &audit::End, now: Timestamp) -> Finding {
    let audit::End {
        chained,
        not_chained,
        waiting_since,
        fits,
    } = end;
    let says = format!("{chained} event(s) chained, {not_chained} not yet");
    if !fits {
        let says = format!("{says}; the log does not end where its record says");
        let what = "quickconnect audit verify names what was changed";
        return Finding::failure(AUDIT, says, what);
    }
    match waiting_since {
        Some(since) if now.since(*since) > 2 * MINUTE => Finding::warning(
            AUDIT,
            format!("{says}, the oldest since {}", since.to_rfc3339()),
            "start a node; if one runs, its log says why it does not chain",
        ),
        _ => Finding::ok(AUDIT, says),
    }
}
