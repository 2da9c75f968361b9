//! The tests themselves, under nextest where it is installed and under `cargo test` where it is not.

use crate::Outcome;
use crate::run::{command, finish, succeeds};

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

/// Runs the selected tests to the end, even when some fail, so that one run tells everything.
pub fn run(selection: &Selection) -> Outcome {
    if !succeeds("cargo", &["nextest", "--version"]) {
        return cargo(&["test"], selection, &["--no-fail-fast", "--"]);
    }
    // Nextest runs no doc tests. They come first so that its summary is what stands at the end.
    if selection.is_everything() {
        cargo(
            &["test", "--doc", "--quiet"],
            selection,
            &["--no-fail-fast", "--"],
        )?;
    }
    cargo(&["nextest", "run"], selection, &["--no-fail-fast"])
}

fn cargo(subcommand: &[&str], selection: &Selection, last: &[&str]) -> Outcome {
    let mut cargo = command("cargo");
    cargo
        .args(subcommand)
        .args(selection.packages())
        .arg("--locked")
        .args(last);
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
    fn unknown_options_are_refused() {
        assert!(parse("--release").is_err());
        assert!(parse("-p").is_err());
    }
}
