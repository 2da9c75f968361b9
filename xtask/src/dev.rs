//! `cargo xtask dev`: the demo from a debug build.

use crate::{Outcome, run};

/// Starts `quickconnect demo --data-dir ./demo-data`, then `arguments`; runs until it is interrupted.
pub fn run(arguments: &[String]) -> Outcome {
    let mut command = run::command("cargo");
    command.args(["run", "--package", "quickconnect", "--", "demo"]);
    if !arguments
        .iter()
        .any(|argument| argument.starts_with("--data-dir"))
    {
        command.args(["--data-dir", "./demo-data"]);
    }
    run::finish(command.args(arguments), "the demo ended with a failure")
}
