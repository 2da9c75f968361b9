//! `cargo xtask test`: everything CI checks, in the order in which a mistake is cheapest to find.

mod clients;
mod debian;
pub mod licences;
mod packages;
pub mod suite;

use std::time::{Duration, Instant};

use crate::run::{show, succeeds};
use crate::{Outcome, run, tidy};
use suite::Selection;

/// One thing that is checked: its name and how.
type Step<'a> = (&'static str, &'a dyn Fn() -> Outcome);

/// Runs all steps, or only the selected tests when `arguments` name some; stops at the first failure.
pub fn run(arguments: &[String]) -> Outcome {
    let selection = Selection::parse(arguments)?;
    let on_sqlite: &dyn Fn() -> Outcome = &|| suite::on_sqlite(&selection);
    let on_postgres: &dyn Fn() -> Outcome = &|| suite::on_postgres(&selection);
    if selection.is_everything() {
        steps(&[
            ("toolchain", &toolchain),
            ("packages", &packages::ensure),
            ("clients", &clients::ensure),
            ("format", &format),
            ("tidy", &tidy::run),
            ("clippy", &clippy),
            ("licences", &licences::check),
            ("tests", on_sqlite),
            ("on postgres", on_postgres),
        ])
    } else {
        steps(&[
            ("packages", &packages::ensure),
            ("clients", &clients::ensure),
            ("tests", on_sqlite),
            ("on postgres", on_postgres),
        ])
    }
}

/// Announces, runs and times each step, and ends with the list of durations.
fn steps(steps: &[Step]) -> Outcome {
    let mut durations = Vec::new();
    for (index, (name, step)) in steps.iter().enumerate() {
        println!("== {} of {}: {name}", index + 1, steps.len());
        let start = Instant::now();
        let outcome = step();
        durations.push((name, start.elapsed()));
        if let Err(reason) = outcome {
            return Err(format!(
                "{name} failed after {}: {reason}",
                seconds(start.elapsed())
            ));
        }
    }
    println!("== all passed");
    for (name, duration) in durations {
        println!("   {name:<11} {:>9}", seconds(duration));
    }
    Ok(())
}

fn seconds(duration: Duration) -> String {
    format!("{:.1} s", duration.as_secs_f64())
}

fn toolchain() -> Outcome {
    for (program, what) in [("fmt", "rustfmt"), ("clippy", "clippy")] {
        if !succeeds("cargo", &[program, "--version"]) {
            return Err(format!(
                "{what} is missing; install it with: rustup component add {what}"
            ));
        }
    }
    Ok(())
}

fn format() -> Outcome {
    show(
        "cargo",
        &["fmt", "--all", "--check"],
        "some files are not formatted; run: cargo fmt --all",
    )
}

fn clippy() -> Outcome {
    let mut clippy = run::command("cargo");
    clippy.args([
        "clippy",
        "--workspace",
        "--all-targets",
        "--locked",
        "--keep-going",
        "--",
    ]);
    clippy.args(["-D", "warnings"]);
    // Clippy takes what tests share for code outside tests; tidy's own rule does not.
    clippy.args(["-A", "clippy::unwrap_used"]);
    run::finish(&mut clippy, "clippy has findings")
}
