//! SQL stands in `db` and in the crates that own tables, and nowhere else. Tests may bring a table
//! into a state that no request leads to.

use super::{Finding, rust};
use crate::sources::File;

const HOMES: [&str; 5] = [
    "crates/db/",
    "crates/test_database/",
    "crates/platform/store/",
    "crates/partner/vault/",
    "crates/erp_agent/",
];
/// How statements begin, and what else stands in them: a request line may begin with DELETE, too.
const STATEMENTS: [(&str, &str); 8] = [
    ("SELECT ", ""),
    ("INSERT INTO ", ""),
    ("UPDATE ", "SET "),
    ("DELETE FROM ", ""),
    ("WITH ", " AS "),
    ("CREATE ", " ("),
    ("ALTER TABLE ", ""),
    ("DROP TABLE ", ""),
];

pub fn check(files: &[File]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let elsewhere =
        |file: &&File| !file.is_test() && !HOMES.iter().any(|home| file.path.starts_with(home));
    for file in files
        .iter()
        .filter(|file| file.has_extension("rs"))
        .filter(elsewhere)
    {
        for token in rust::tokens(&file.text).unwrap_or_default() {
            if !token.in_test && token.string().is_some_and(is_sql) {
                let says = "SQL; move the statement to the file of its table in store or vault";
                findings.push(Finding::at_line(file, token.line, says));
            }
        }
    }
    findings
}

fn is_sql(text: &str) -> bool {
    let text = text.trim_start();
    STATEMENTS.iter().any(|(beginning, further)| {
        // More than the beginning itself: a list like the one above is not SQL.
        text.strip_prefix(beginning)
            .is_some_and(|rest| !rest.is_empty() && rest.contains(further))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_are_at_home_in_the_store_only() {
        let text = format!("fn f(tx: &Tx) {{ tx.query(\"{} 1\") }}\n", "SELECT");
        assert_eq!(check(&[File::new("crates/web/src/a.rs", &text)]).len(), 1);
        assert_eq!(
            check(&[File::new("crates/platform/store/src/a.rs", &text)]).len(),
            0
        );
    }

    #[test]
    fn words_in_a_sentence_are_not_sql() {
        assert!(!is_sql("Select a company"));
        assert!(!is_sql("DELETE /app-mgmt/v0/connections HTTP/1.1"));
    }
}
