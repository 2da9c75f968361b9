//! What was found, for people and for programs.

use hosting::{Finding, Verdict};
use serde_json::json;

use crate::Failure;

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

/// What `serve` says when it does not start: each failure, a line each.
pub fn refuse(found: &[Finding]) -> Result<(), Failure> {
    let failures = found.iter().filter(|finding| finding.is_failure());
    let lines: Vec<String> = failures.map(Finding::to_string).collect();
    if lines.is_empty() {
        Ok(())
    } else {
        Err(lines.join("\n").into())
    }
}
