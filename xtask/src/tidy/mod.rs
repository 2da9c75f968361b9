//! `cargo xtask tidy`: the repository's own rules. One rule is one file.

mod arrows;
mod doc_links;
mod doc_reach;
mod file_length;
mod final_newline;
mod foreign_places;
mod manifests;
mod metrics;
mod names;
mod online_schema;
mod rust;
mod sql_home;
mod stale_security;
mod template_content;
mod template_pairs;
mod unwraps;

use crate::sources::File;
use crate::{Outcome, run, sources};

/// What a rule objects to: a place, what is wrong with it, and what to do instead.
#[derive(Debug, PartialEq)]
struct Finding(String);

impl Finding {
    /// About a whole file, or anything else with a name.
    fn at(place: &str, says: impl std::fmt::Display) -> Self {
        Self(format!("{place}: {says}"))
    }

    /// About a line of a file, counted from 1.
    fn at_line(file: &File, line: usize, says: impl std::fmt::Display) -> Self {
        Self(format!("{}:{line}: {says}", file.path))
    }
}

type Rule = fn(&[File]) -> Vec<Finding>;

const RULES: [Rule; 15] = [
    arrows::check,
    doc_links::check,
    doc_reach::check,
    file_length::check,
    final_newline::check,
    foreign_places::check,
    manifests::check,
    metrics::check,
    names::check,
    online_schema::check,
    sql_home::check,
    stale_security::check,
    template_content::check,
    template_pairs::check,
    unwraps::check,
];

/// Applies every rule and prints every finding.
pub fn run() -> Outcome {
    let files = sources::read(&run::root())?;
    file_length::report(&files);
    let findings: Vec<Finding> = RULES.iter().flat_map(|rule| rule(&files)).collect();
    for Finding(text) in &findings {
        println!("{text}");
    }
    match findings.len() {
        0 => Ok(()),
        1 => Err("1 finding, above".to_owned()),
        count => Err(format!("{count} findings, above")),
    }
}
