//! `cargo xtask security`: which test proves which statement, as a page of the documentation.

mod statements;

use crate::sources::{self, File};
use crate::{Outcome, run};
use statements::CHAPTERS;

/// Where the page lies.
pub const PAGE: &str = "docs/security.md";

const OPENING: &str = "\
<!-- Written by `cargo xtask security`; changes by hand are lost. -->

# Security: what must hold, and what proves it

Tests whose names begin with a statement's number prove it, or a part of it; this page lists them as
they stand in the sources. “Not yet” means that no test carries the number, whether or not the code
already behaves so.
";

/// Writes the page anew.
pub fn write() -> Outcome {
    let page = page(&sources::read(&run::root())?);
    std::fs::write(run::root().join(PAGE), page).map_err(|error| format!("{PAGE}: {error}"))
}

/// The page as it should read for these sources.
pub fn page(files: &[File]) -> String {
    let proofs = proofs(files);
    let mut page = OPENING.to_owned();
    let proven = |number: u8| proofs.iter().any(|proof| proof.number == number);
    let all: Vec<u8> = CHAPTERS
        .iter()
        .flat_map(|(_, list)| list.iter().map(|(number, _)| *number))
        .collect();
    let count = all.iter().filter(|number| proven(**number)).count();
    page.push_str(&format!(
        "\n{count} of {} statements have tests.\n",
        all.len()
    ));
    for (chapter, statements) in CHAPTERS {
        page.push_str(&format!(
            "\n## {chapter}\n\n| | Statement | Tests |\n|---|---|---|\n"
        ));
        for (number, statement) in *statements {
            let tests: Vec<String> = proofs
                .iter()
                .filter(|proof| proof.number == *number)
                .map(Proof::link)
                .collect();
            let tests = if tests.is_empty() {
                "not yet".to_owned()
            } else {
                tests.join("<br>")
            };
            page.push_str(&format!("| S{number:02} | {statement} | {tests} |\n"));
        }
    }
    page
}

/// A test that carries a statement's number.
struct Proof {
    number: u8,
    name: String,
    path: String,
}

impl Proof {
    fn link(&self) -> String {
        format!("[`{}`](../{})", self.name, self.path)
    }
}

/// All functions named `sNN_…`, in the order of the files.
fn proofs(files: &[File]) -> Vec<Proof> {
    let sources = files
        .iter()
        .filter(|file| file.has_extension("rs") && !file.path.starts_with("xtask/"));
    sources
        .flat_map(|file| {
            file.text.lines().filter_map(|line| {
                let (_, after) = line.split_once("fn s")?;
                let name: String = after
                    .chars()
                    .take_while(|c| c.is_ascii_alphanumeric() || *c == '_')
                    .collect();
                let (number, _) = name.split_once('_')?;
                let number = (number.len() == 2).then(|| number.parse().ok())??;
                Some(Proof {
                    number,
                    name: format!("s{name}"),
                    path: file.path.clone(),
                })
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_sixty_statements_in_order() {
        let numbers: Vec<u8> = CHAPTERS
            .iter()
            .flat_map(|(_, list)| list.iter().map(|(number, _)| *number))
            .collect();
        assert_eq!(numbers, (1..=60).collect::<Vec<u8>>());
    }

    #[test]
    fn a_test_stands_beside_its_statement() {
        let files = [
            File::new(
                "tests/a.rs",
                "async fn s15_refreshes_agree() {}\nfn send_it() {}\nfn s1_no() {}\n",
            ),
            File::new("xtask/src/a.rs", "fn s16_not_a_test() {}\n"),
        ];
        let page = page(&files);
        assert!(page.contains("1 of 60 statements have tests"));
        let row = page
            .lines()
            .find(|line| line.starts_with("| S15 |"))
            .unwrap();
        assert!(row.ends_with("| [`s15_refreshes_agree`](../tests/a.rs) |"));
        assert!(
            page.lines()
                .find(|line| line.starts_with("| S16 |"))
                .unwrap()
                .ends_with("| not yet |")
        );
    }
}
