//! `cargo xtask bench`: measures the endpoints of a release build on this machine.

use crate::{Outcome, run};

/// Builds the program and the generator, and runs them; prints a table.
pub fn run(arguments: &[String]) -> Outcome {
    run::show(
        "cargo",
        &[
            "build",
            "--release",
            "--locked",
            "--package=quickconnect",
            "--package=bench",
        ],
        "the release build failed",
    )?;
    let built = run::target_dir().join("release");
    let mut bench = run::command(built.join("bench"));
    bench.arg("--program").arg(built.join("quickconnect"));
    run::finish(bench.args(arguments), "the benchmark failed")
}
