//! Every crate says what it is and takes over the workspace's lints.

use toml::{Table, Value};

use super::Finding;
use crate::sources::File;

/// What the rules want to know of a crate's `Cargo.toml`.
pub struct Manifest {
    pub path: String,
    pub name: String,
    /// What it needs to be built: `dependencies` and `build-dependencies`.
    pub dependencies: Vec<String>,
    /// What only its tests need.
    pub test_dependencies: Vec<String>,
    described: bool,
    linted: bool,
}

/// The manifests of all crates; the root's, which describes none, is not among them.
pub fn read(files: &[File]) -> Vec<Manifest> {
    let manifests = files.iter().filter(|file| file.name() == "Cargo.toml");
    manifests
        .filter_map(|file| {
            let table: Table = file.text.parse().ok()?;
            let package = table.get("package")?.as_table()?;
            let keys = |section: &str| -> Vec<String> {
                table
                    .get(section)
                    .and_then(Value::as_table)
                    .into_iter()
                    .flatten()
                    .map(|(key, _)| key.clone())
                    .collect()
            };
            let lints = table.get("lints").and_then(|lints| lints.get("workspace"));
            Some(Manifest {
                path: file.path.clone(),
                name: package.get("name")?.as_str()?.to_owned(),
                dependencies: [keys("dependencies"), keys("build-dependencies")].concat(),
                test_dependencies: keys("dev-dependencies"),
                described: package.contains_key("description"),
                linted: lints.and_then(Value::as_bool) == Some(true),
            })
        })
        .collect()
}

pub fn check(files: &[File]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for manifest in read(files) {
        if !manifest.described {
            findings.push(Finding::at(
                &manifest.path,
                "add a description: one line, what the crate is",
            ));
        }
        if !manifest.linted {
            findings.push(Finding::at(
                &manifest.path,
                "add [lints] with workspace = true",
            ));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_description_and_the_lints_are_wanted() {
        let good = "[package]\nname = \"a\"\ndescription = \"A\"\n[lints]\nworkspace = true\n";
        let bad = "[package]\nname = \"b\"\n";
        assert_eq!(
            check(&[
                File::new("a/Cargo.toml", good),
                File::new("Cargo.toml", "[workspace]\n")
            ])
            .len(),
            0
        );
        assert_eq!(check(&[File::new("b/Cargo.toml", bad)]).len(), 2);
    }
}
