//! Running the scripts of `tests/clients`, in which programs that others wrote call a house.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::Value;
use testkit::House;
use tokio::process::Command;

/// Runs a script in Python with `told` as its argument; what it printed is told when it fails.
pub async fn python(script: &str, house: &House, told: &Value) {
    let target = std::env::current_exe().expect("a test has a file");
    let target = target.ancestors().nth(3).expect("…/target/debug/deps/…");
    let program = target.join("tools/python/bin/python");
    let script = clients().join("python").join(script);
    run(house, &program, &script, told).await;
}

/// As [`python`], in JavaScript.
pub async fn node(script: &str, house: &House, told: &Value) {
    let folder = clients().join("node");
    assert!(folder.join("node_modules").is_dir(), "{MISSING}");
    run(house, Path::new("node"), &folder.join(script), told).await;
}

const MILLISECOND: Duration = Duration::from_millis(1);

const MISSING: &str = "the clients are not installed; run: cargo xtask test independent_clients";

fn clients() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("clients")
}

async fn run(house: &House, program: &Path, script: &Path, told: &Value) {
    let scratch = tempfile::tempdir().expect("a temporary folder can be made");
    let mut script_run = Command::new(program);
    script_run
        .arg(script)
        .arg(told.to_string())
        .current_dir(scratch.path())
        .env("PYTHONDONTWRITEBYTECODE", "1");
    let output = tokio::select! {
        output = script_run.output() => output,
        () = time_passes(house) => unreachable!("time passes for ever"),
    };
    let output = output.unwrap_or_else(|error| panic!("{}: {error}; {MISSING}", program.display()));
    assert!(
        output.status.success(),
        "{}: {}\n{}{}",
        script.display(),
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}

/// A house's clock stands still by itself, and of two connections that begin in one microsecond one
/// may be answered with 503.
async fn time_passes(house: &House) {
    loop {
        tokio::time::sleep(MILLISECOND).await;
        house.advance(MILLISECOND);
    }
}
