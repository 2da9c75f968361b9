//! Nothing names a place that exists for one developer only: a folder of a machine, or the host
//! of a package registry that a mirror stands in for.

use super::Finding;
use crate::sources::File;

/// Each in two parts, so that this file does not name them itself.
const FOLDERS: [(&str, &str); 4] = [
    ("/wo", "rk/"),
    ("/ro", "ot/"),
    ("/ho", "me/"),
    ("/Us", "ers/"),
];
const REGISTRIES: [(&str, &str); 5] = [
    ("://crates", ".io"),
    (".crates", ".io"),
    ("registry.npmjs", ".org"),
    ("://pypi", ".org"),
    ("proxy.golang", ".org"),
];

pub fn check(files: &[File]) -> Vec<Finding> {
    // The lock file names the registry of each package; that is its purpose.
    files
        .iter()
        .filter(|file| file.name() != "Cargo.lock")
        .flat_map(file_findings)
        .collect()
}

fn file_findings(file: &File) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (index, line) in file.text.lines().enumerate() {
        let folder = FOLDERS
            .iter()
            .map(|(one, two)| format!("{one}{two}"))
            .find(|name| begins_with(line, name));
        if let Some(name) = folder {
            let says = format!(
                "names {name}, a folder of somebody's machine; use a path inside the project"
            );
            findings.push(Finding::at_line(file, index + 1, says));
        }
        let registry = REGISTRIES
            .iter()
            .map(|(one, two)| format!("{one}{two}"))
            .find(|name| line.contains(name));
        if let Some(name) = registry {
            let says = format!(
                "names a package registry ({name}); link to the project's own page instead"
            );
            findings.push(Finding::at_line(file, index + 1, says));
        }
    }
    findings
}

/// Whether a path in the line begins with `folder`: it is not the middle of a longer one.
fn begins_with(line: &str, folder: &str) -> bool {
    line.match_indices(folder).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        !before.is_some_and(|before| before.is_alphanumeric() || "._-}/".contains(before))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_of_a_machine_are_found_and_paths_of_a_site_are_not() {
        let bad = format!("see {}{}main\n", FOLDERS[0].0, FOLDERS[0].1);
        assert_eq!(check(&[File::new("a.md", &bad)]).len(), 1);
        let good = format!(
            "see https://example.org{}{}main\n",
            FOLDERS[0].0, FOLDERS[0].1
        );
        assert_eq!(check(&[File::new("a.md", &good)]).len(), 0);
    }

    #[test]
    fn registries_are_found_except_in_the_lock_file() {
        let text = format!(
            "source = \"https{}{}/\"\n",
            REGISTRIES[0].0, REGISTRIES[0].1
        );
        assert_eq!(
            check(&[File::new("a.toml", &text), File::new("Cargo.lock", &text)]).len(),
            1
        );
    }
}
