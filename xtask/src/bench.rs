//! `cargo xtask bench`: measures the endpoints of a release build on this machine.

use test_cluster::Cluster;

use crate::test::suite::VARIABLE;
use crate::{Outcome, run};

/// As an operator runs one: what is measured must wait for the disk.
const DURABLE: &[&str] = &[
    "shared_buffers=512MB",
    "max_wal_size=4GB",
    "autovacuum_naptime=10s",
];

/// Builds the program and the generator, and runs them; prints a table. `--engine postgres` measures
/// on a cluster that is made for it and thrown away; everything else is the generator's.
pub fn run(arguments: &[String]) -> Outcome {
    let (engine, arguments) = engine(arguments)?;
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
    bench.args(arguments).env_remove(VARIABLE);
    let server = match engine.as_str() {
        "sqlite" => None,
        "postgres" => Some(Cluster::start(DURABLE)?),
        other => return Err(format!("--engine is sqlite or postgres, not {other}")),
    };
    if let Some(server) = &server {
        bench.env(VARIABLE, server.address());
    }
    run::finish(&mut bench, "the benchmark failed")
}

/// Takes `--engine NAME` out of the arguments.
fn engine(arguments: &[String]) -> Result<(String, Vec<String>), String> {
    let mut left = arguments.to_vec();
    let Some(at) = left.iter().position(|argument| argument == "--engine") else {
        return Ok(("sqlite".to_owned(), left));
    };
    if at + 1 == left.len() {
        return Err("--engine wants sqlite or postgres".to_owned());
    }
    let mut taken = left.drain(at..at + 2);
    let name = taken.nth(1).expect("two were taken");
    drop(taken);
    Ok((name, left))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_engine_is_taken_out_wherever_it_stands() {
        let texts = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
        let (name, left) = engine(&texts("--rounds 3 --engine postgres --nodes 2")).unwrap();
        assert_eq!(
            (name.as_str(), left),
            ("postgres", texts("--rounds 3 --nodes 2"))
        );
        assert_eq!(engine(&texts("--rounds 3")).unwrap().0, "sqlite");
        assert!(engine(&texts("--engine")).is_err());
    }
}
