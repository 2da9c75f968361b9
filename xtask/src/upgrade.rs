//! `cargo xtask upgrade --from REVISION`: the test of the rolling upgrade, with a program that was
//! built from an older revision as the release before. On both databases.

use std::path::{Path, PathBuf};

use test_cluster::{Cluster, SCRATCH};

use crate::Outcome;
use crate::run::{command, finish, target_dir};
use crate::test::suite;

const TEST: &str = "upgrade::s40_two_releases_serve_side_by_side_and_no_request_fails";
/// Tells the test where the older program stands.
const OLDER: &str = "QUICKCONNECT_OLDER";

pub fn run(arguments: &[String]) -> Outcome {
    let [option, revision] = arguments else {
        return Err("usage: cargo xtask upgrade --from REVISION".to_owned());
    };
    if option != "--from" {
        return Err(format!("unknown option {option}; known is --from REVISION"));
    }
    let older = build(revision)?;
    println!("== on SQLite");
    test(&older, None)?;
    println!("== on PostgreSQL");
    let cluster = Cluster::start(SCRATCH)?;
    test(&older, Some(&cluster.address()))
}

/// Builds the program of a revision, in a worktree that is removed again.
fn build(revision: &str) -> Result<PathBuf, String> {
    let folder = target_dir().join("upgrade");
    let (source, target) = (folder.join("source"), folder.join("build"));
    let remove = || {
        let mut git = command("git");
        git.args(["worktree", "remove", "--force"]).arg(&source);
        git.output()
    };
    // Of a run that was stopped.
    let _ = remove();
    let mut checkout = command("git");
    checkout
        .args(["worktree", "add", "--quiet", "--force", "--detach"])
        .arg(&source)
        .arg(revision);
    finish(&mut checkout, &format!("{revision} cannot be checked out"))?;
    let mut cargo = command("cargo");
    cargo
        .args(["build", "--locked", "--package", "quickconnect"])
        .current_dir(&source)
        .env("CARGO_TARGET_DIR", &target);
    let built = finish(&mut cargo, &format!("{revision} cannot be built"));
    let _ = remove();
    built.map(|()| target.join("debug").join("quickconnect"))
}

fn test(older: &Path, database: Option<&str>) -> Outcome {
    let mut cargo = command("cargo");
    cargo
        .args(["test", "--locked", "--package", "quickconnect"])
        .args(["--test", "quickconnect", "--", "--exact", TEST])
        .arg("--nocapture")
        .env(OLDER, older);
    match database {
        Some(address) => cargo.env(suite::VARIABLE, address),
        None => cargo.env_remove(suite::VARIABLE),
    };
    finish(&mut cargo, "a request failed, or a node did")
}
