//! The metrics that the code counts are those that operators find described.

use super::{Finding, rust};
use crate::sources::File;

const PAGE: &str = "docs/operate/monitoring.md";
const KINDS: [&str; 3] = ["counter", "gauge", "histogram"];

pub fn check(files: &[File]) -> Vec<Finding> {
    let Some(page) = files.iter().find(|file| file.path == PAGE) else {
        return vec![Finding::at(PAGE, "is not there; it lists all metrics")];
    };
    let described = described(page);
    let mut findings = Vec::new();
    let mut counted = Vec::new();
    let sources = files.iter().filter(|file| file.has_extension("rs"));
    for file in sources.filter(|file| file.path.starts_with("crates/") && !file.is_test()) {
        for (line, name) in named(file) {
            if !described.iter().any(|(_, known)| *known == name) {
                let says = format!("describe the metric {name} in {PAGE}");
                findings.push(Finding::at_line(file, line, says));
            }
            counted.push(name);
        }
    }
    for (line, name) in described {
        if !counted.contains(&name) {
            let says = format!("nothing counts {name}; take it out");
            findings.push(Finding::at_line(page, line, says));
        }
    }
    findings
}

/// The first cells of the table below "Metrics".
fn described(page: &File) -> Vec<(usize, String)> {
    let lines = page.text.lines().enumerate();
    let section = lines
        .skip_while(|(_, line)| *line != "## Metrics")
        .skip(1)
        .take_while(|(_, line)| !line.starts_with("## "));
    let name = |(at, line): (usize, &str)| {
        let (name, _) = line.strip_prefix("| `")?.split_once('`')?;
        Some((at + 1, name.to_owned()))
    };
    section.filter_map(name).collect()
}

/// The names in `counter!("…")` and the like, with their lines.
fn named(file: &File) -> Vec<(usize, String)> {
    let tokens = rust::tokens(&file.text).unwrap_or_default();
    let name = |four: &[rust::Token]| {
        let [kind, bang, open, name] = four else {
            return None;
        };
        let is_metric = KINDS.contains(&kind.text.as_str()) && !kind.in_test;
        let name = name.string()?.to_owned();
        (is_metric && bang.text == "!" && open.text == "(").then_some((kind.line, name))
    };
    tokens.windows(4).filter_map(name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(table: &str, code: &str) -> Vec<Finding> {
        let page = format!("# Monitoring\n| `other` |\n## Metrics\n{table}\n## The log\n| `x` |\n");
        check(&[
            File::new(PAGE, &page),
            File::new("crates/web/src/site.rs", code),
        ])
    }

    #[test]
    fn the_page_and_the_code_say_the_same() {
        let code = "fn f() { metrics::counter!(\"a_total\", \"b\" => 1).increment(1); }";
        assert!(findings("| `a_total` | `b` |", code).is_empty());
        assert_eq!(findings("", code).len(), 1);
        assert_eq!(findings("| `a_total` |\n| `gone` |", code).len(), 1);
    }
}
