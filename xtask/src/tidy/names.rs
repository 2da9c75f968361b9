//! Names that say nothing are not used: types that end in Manager, Service or Helper, modules
//! named utils or helpers.

use super::{Finding, rust};
use crate::sources::File;

const TYPE_ENDINGS: [&str; 4] = ["Manager", "Service", "Helper", "Helpers"];
const MODULES: [&str; 4] = ["util", "utils", "helper", "helpers"];

pub fn check(files: &[File]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in files.iter().filter(|file| file.has_extension("rs")) {
        let stem = file.name().trim_end_matches(".rs");
        if MODULES.contains(&stem) {
            findings.push(Finding::at(&file.path, "name the file after what it does"));
        }
        let Ok(tokens) = rust::tokens(&file.text) else {
            findings.push(Finding::at(
                &file.path,
                "is not Rust; cargo check says where",
            ));
            continue;
        };
        for pair in tokens.windows(2) {
            let (keyword, name) = (pair[0].text.as_str(), pair[1].text.as_str());
            let says_nothing = match keyword {
                "struct" | "enum" | "trait" | "type" => {
                    TYPE_ENDINGS.iter().any(|ending| name.ends_with(ending))
                }
                "mod" => MODULES.contains(&name),
                _ => false,
            };
            if says_nothing {
                let says = format!(
                    "{keyword} {name}: name it with the field's word for what it is or does"
                );
                findings.push(Finding::at_line(file, pair[1].line, says));
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_names_are_found_and_others_are_not() {
        let file = File::new(
            "a/src/a.rs",
            "struct TokenManager;\nmod helpers {}\nstruct Keeper;\nfn manager() {}\n",
        );
        let lines: Vec<String> = check(&[file])
            .into_iter()
            .map(|finding| finding.0)
            .collect();
        assert_eq!(lines.len(), 2);
        assert!(lines[0].starts_with("a/src/a.rs:1: struct TokenManager"));
        assert!(lines[1].starts_with("a/src/a.rs:2: mod helpers"));
    }

    #[test]
    fn so_are_file_names() {
        assert_eq!(check(&[File::new("a/src/utils.rs", "")]).len(), 1);
    }
}
