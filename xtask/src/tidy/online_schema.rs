//! A migration says in its first line whether older programs can go on beside it, and statements
//! name their columns: a column that a newer release adds does not change them (decision 0012).

use super::{Finding, rust};
use crate::sources::File;

const KINDS: [&str; 2] = ["-- Expansion.", "-- Contraction."];
const HOMES: [&str; 2] = ["crates/platform/store/src/", "crates/partner/vault/src/"];
/// In two parts, so that this file holds no SQL.
const ALL_COLUMNS: [(&str, &str); 3] = [("SELECT", " *"), ("RETURNING", " *"), (".*", ",")];

pub fn check(files: &[File]) -> Vec<Finding> {
    let migrations = files.iter().filter(|file| {
        file.path.starts_with("migrations/") && file.has_extension("sql") && !declares(&file.text)
    });
    let says = format!(
        "begin with the line {:?}, if older programs can go on beside it, or {:?}; see \
         docs/decisions/0012-expansions-and-contractions.md",
        KINDS[0], KINDS[1]
    );
    let mut findings: Vec<Finding> = migrations
        .map(|file| Finding::at(&file.path, &says))
        .collect();
    let statements = files
        .iter()
        .filter(|file| HOMES.iter().any(|home| file.path.starts_with(home)));
    for file in statements.filter(|file| file.has_extension("rs")) {
        for token in rust::tokens(&file.text).unwrap_or_default() {
            let all = |text: &str| {
                let mut parts = ALL_COLUMNS.iter();
                parts.any(|(one, two)| text.contains(&format!("{one}{two}")))
            };
            if token.string().is_some_and(all) {
                let says = "name the columns: a newer release may add one";
                findings.push(Finding::at_line(file, token.line, says));
            }
        }
    }
    findings
}

fn declares(text: &str) -> bool {
    let first = text.lines().next().unwrap_or_default();
    KINDS.contains(&first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_migration_declares_its_kind() {
        let files = [
            "-- Expansion.\nCREATE …",
            "-- Contraction.\nDROP …",
            "DROP …",
        ]
        .map(|text| File::new("migrations/platform/0099_x.sql", text));
        assert_eq!(check(&files).len(), 1);
    }

    #[test]
    fn statements_name_their_columns() {
        let text = |columns: &str| format!("fn f() {{ q(\"{} {columns} FROM t\") }}\n", "SELECT");
        let files = ["*", "a, b", "COUNT(*) AS n"]
            .map(|columns| File::new("crates/platform/store/src/t.rs", &text(columns)));
        assert_eq!(check(&files).len(), 1);
    }
}
