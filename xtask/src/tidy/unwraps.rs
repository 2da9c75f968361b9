//! No `.unwrap()` outside tests: `.expect("why it cannot fail")` or an error.

use super::{Finding, rust};
use crate::sources::File;

pub fn check(files: &[File]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in files
        .iter()
        .filter(|file| file.has_extension("rs") && !file.is_test())
    {
        // A file that is no Rust is a finding of the rule on names.
        let tokens = rust::tokens(&file.text).unwrap_or_default();
        for call in tokens.windows(2) {
            if call[0].text == "." && call[1].text == "unwrap" && !call[1].in_test {
                let says = "unwrap; say why it cannot fail with expect, or return an error";
                findings.push(Finding::at_line(file, call[1].line, says));
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_code_outside_tests_is_held_to_it() {
        let text = "fn f() { g().unwrap() }\n#[test]\nfn t() { g().unwrap() }\n// x.unwrap()\n";
        assert_eq!(check(&[File::new("a/src/a.rs", text)]).len(), 1);
        assert_eq!(check(&[File::new("a/tests/a.rs", text)]).len(), 0);
    }
}
