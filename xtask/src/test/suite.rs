//! The tests themselves, under nextest where it is installed and under `cargo test` where it is not.

use test_cluster::{Cluster, SCRATCH};

use crate::Outcome;
use crate::run::{command, finish, succeeds};

/// As the tests are told of a server.
pub const VARIABLE: &str = "QUICKCONNECT_TEST_DATABASE";

/// Which tests to run; nothing selected means all of them.
#[derive(Debug, Default, PartialEq)]
pub struct Selection {
    /// Packages, as in `cargo test -p`.
    crates: Vec<String>,
    /// Parts of test names.
    names: Vec<String>,
}

impl Selection {
    /// Reads `[-p CRATE]... [--] [NAME]...`.
    pub fn parse(arguments: &[String]) -> Result<Self, String> {
        let mut selection = Self::default();
        let mut arguments = arguments.iter();
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "-p" | "--package" => match arguments.next() {
                    Some(name) => selection.crates.push(name.clone()),
                    None => return Err(format!("{argument} wants the name of a crate")),
                },
                "--" => {}
                option if option.starts_with('-') => {
                    return Err(format!("unknown option {option}; known is -p CRATE"));
                }
                name => selection.names.push(name.to_owned()),
            }
        }
        Ok(selection)
    }

    pub fn is_everything(&self) -> bool {
        self.crates.is_empty() && self.names.is_empty()
    }

    /// What of it runs once more on PostgreSQL.
    fn of_databases(&self) -> Selection {
        let selected =
            |name: &&str| self.crates.is_empty() || self.crates.iter().any(|c| c == name);
        Selection {
            crates: OF_DATABASES
                .into_iter()
                .filter(selected)
                .map(str::to_owned)
                .collect(),
            names: self.names.clone(),
        }
    }

    fn packages(&self) -> Vec<&str> {
        if self.crates.is_empty() {
            return vec!["--workspace"];
        }
        self.crates
            .iter()
            .flat_map(|name| ["--package", name])
            .collect()
    }
}

/// Crates whose tests open databases; of the others, none would do anything else on PostgreSQL.
const OF_DATABASES: [&str; 7] = [
    "db",
    "vault",
    "broker",
    "landing_page",
    "app_center",
    "quickconnect",
    "stories",
];

/// Runs the selected tests to the end, even when some fail, so that one run tells everything.
pub fn on_sqlite(selection: &Selection) -> Outcome {
    if !with_nextest() {
        return cargo(&["test"], selection, &["--no-fail-fast", "--"], None);
    }
    // Nextest runs no doc tests. They come first so that its summary is what stands at the end.
    if selection.is_everything() {
        let last = ["--no-fail-fast", "--"];
        cargo(&["test", "--doc", "--quiet"], selection, &last, None)?;
    }
    cargo(&["nextest", "run"], selection, &["--no-fail-fast"], None)
}

/// Runs those of the selected tests that open databases once more, on PostgreSQL, with those that
/// need it. The demo's own tests, those that kill processes on their files, and the year are about
/// SQLite.
pub fn on_postgres(selection: &Selection) -> Outcome {
    let selection = selection.of_databases();
    if selection.crates.is_empty() {
        return Ok(());
    }
    let cluster = Cluster::start(SCRATCH)?;
    let address = cluster.address();
    if !with_nextest() {
        let last = ["--no-fail-fast", "--", "--include-ignored"];
        return cargo(&["test"], &selection, &last, Some(&address));
    }
    let last = [
        "--no-fail-fast",
        "--no-tests=pass",
        "--run-ignored=all",
        "--filterset",
        "not test(/^(crash|demo|drill::on_sqlite|processes|year)::/)",
    ];
    cargo(&["nextest", "run"], &selection, &last, Some(&address))
}

fn with_nextest() -> bool {
    succeeds("cargo", &["nextest", "--version"])
}

fn cargo(
    subcommand: &[&str],
    selection: &Selection,
    last: &[&str],
    database: Option<&str>,
) -> Outcome {
    let mut cargo = command("cargo");
    cargo
        .args(subcommand)
        .args(selection.packages())
        .arg("--locked")
        .args(last);
    match database {
        Some(address) => cargo.env(VARIABLE, address),
        None => cargo.env_remove(VARIABLE),
    };
    finish(
        cargo.args(&selection.names),
        &format!("cargo {} failed", subcommand.join(" ")),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Selection, String> {
        let arguments: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
        Selection::parse(&arguments)
    }

    #[test]
    fn nothing_selected_is_everything() {
        assert!(parse("").unwrap().is_everything());
        assert_eq!(parse("").unwrap().packages(), ["--workspace"]);
    }

    #[test]
    fn names_and_crates_select() {
        let selection = parse("-p stories -- sign_in connect").unwrap();
        assert!(!selection.is_everything());
        assert_eq!(selection.packages(), ["--package", "stories"]);
        assert_eq!(selection.names, ["sign_in", "connect"]);
    }

    #[test]
    fn only_what_opens_a_database_runs_twice() {
        let all = parse("").unwrap().of_databases();
        assert_eq!(all.crates, OF_DATABASES);
        let some = parse("-p protocol -p stories sign_in")
            .unwrap()
            .of_databases();
        assert_eq!(some.crates, ["stories"]);
        assert_eq!(some.names, ["sign_in"]);
        assert!(
            parse("-p protocol")
                .unwrap()
                .of_databases()
                .crates
                .is_empty()
        );
    }

    #[test]
    fn unknown_options_are_refused() {
        assert!(parse("--release").is_err());
        assert!(parse("-p").is_err());
    }
}
