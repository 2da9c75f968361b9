//! Every page of the documentation can be reached by links from README.md.

use super::Finding;
use super::doc_links::links;
use crate::sources::File;

const START: &str = "README.md";

pub fn check(files: &[File]) -> Vec<Finding> {
    let page = |path: &str| {
        files
            .iter()
            .find(|file| file.path == path && file.has_extension("md"))
    };
    let mut reached: Vec<String> = vec![START.to_owned()];
    let mut next = 0;
    while let Some(path) = reached.get(next).cloned() {
        next += 1;
        // A link to a folder shows the README in it.
        let readme = format!("{path}/README.md");
        for (_, target) in page(&path)
            .or_else(|| page(&readme))
            .map(links)
            .unwrap_or_default()
        {
            if !reached.contains(&target) {
                reached.push(target);
            }
        }
    }
    let is_reached = |file: &File| {
        reached.contains(&file.path)
            || (file.name() == "README.md" && reached.iter().any(|path| path == file.folder()))
    };
    files
        .iter()
        .filter(|file| file.has_extension("md") && !file.folder().starts_with("crates"))
        .filter(|file| !is_reached(file))
        .map(|file| {
            Finding::at(
                &file.path,
                "no link leads here from README.md; add one to docs/README.md",
            )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_reached_over_other_pages_and_folders() {
        let files = [
            File::new("README.md", "[docs](docs/)\n"),
            File::new("docs/README.md", "[one](one.md)\n"),
            File::new("docs/one.md", "[back](../README.md)\n"),
            File::new("docs/lost.md", "alone\n"),
        ];
        let findings = check(&files);
        assert_eq!(findings.len(), 1);
        assert!(findings[0].0.starts_with("docs/lost.md: "));
    }
}
