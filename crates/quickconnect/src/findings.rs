//! What was found, for people and for programs.

use hosting::{Finding, Logging, Telemetry, Verdict};
use serde_json::json;

use crate::Failure;
use crate::telemetry::{self, Started};

/// Prints all of it; an error when something does not work.
pub fn print(found: &[Finding], json: bool) -> Result<(), Failure> {
    let failures = found.iter().filter(|finding| finding.is_failure()).count();
    if json {
        println!("{:#}", json!({ "ok": failures == 0, "findings": found }));
    } else {
        found.iter().for_each(line);
    }
    match failures {
        0 => Ok(()),
        1 => Err("one thing does not work".into()),
        more => Err(format!("{more} things do not work").into()),
    }
}

fn line(finding: &Finding) {
    let verdict = match finding.verdict {
        Verdict::Ok => "ok",
        Verdict::Warning => "warning",
        Verdict::Failure => "FAILURE",
    };
    println!("{verdict:<8} {:<14} {}", finding.about, finding.says);
    if let Some(what) = &finding.what_to_do {
        println!("{:<8} {:<14} → {what}", "", "");
    }
}

/// The configuration of what is to be served, if `config check` finds nothing that does not work; from
/// then on there is a log. The error is each failure, a line each.
pub fn ready<C>(
    (config, found): (Option<C>, Vec<Finding>),
    log: fn(&C) -> (&Logging, &Telemetry),
) -> Result<(C, Started), Failure> {
    let failures = found.iter().filter(|finding| finding.is_failure());
    let lines: Vec<String> = failures.map(Finding::to_string).collect();
    let config = match config {
        Some(config) if lines.is_empty() => config,
        _ => return Err(lines.join("\n").into()),
    };
    let (logging, traces) = log(&config);
    let telemetry = telemetry::start_as(logging, traces)?;
    for finding in found {
        if finding.verdict == Verdict::Warning {
            tracing::warn!(finding.about, "{finding}");
        }
    }
    Ok((config, telemetry))
}
