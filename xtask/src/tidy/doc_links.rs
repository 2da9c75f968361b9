//! Links of the documentation to files of the project lead somewhere.

use super::Finding;
use crate::sources::File;

pub fn check(files: &[File]) -> Vec<Finding> {
    let exists = |path: &str| {
        path.is_empty()
            || files
                .iter()
                .any(|file| file.path == path || file.path.starts_with(&format!("{path}/")))
    };
    let mut findings = Vec::new();
    for file in files.iter().filter(|file| file.has_extension("md")) {
        for (line, target) in links(file) {
            if !exists(&target) {
                let says = format!("links to {target}, which does not exist");
                findings.push(Finding::at_line(file, line, says));
            }
        }
    }
    findings
}

/// The paths, from the root of the project, that a Markdown file links to, each with its line.
pub fn links(file: &File) -> Vec<(usize, String)> {
    let mut links = Vec::new();
    let mut in_code = false;
    for (index, line) in file.text.lines().enumerate() {
        in_code ^= line.trim_start().starts_with("```");
        if in_code {
            continue;
        }
        for part in line.split("](").skip(1) {
            let Some((target, _)) = part.split_once(')') else {
                continue;
            };
            let path = target.split('#').next().unwrap_or_default();
            if !path.is_empty() && !path.contains(':') {
                links.push((index + 1, resolve(file.folder(), path)));
            }
        }
    }
    links
}

/// `path` as seen from `folder`, with `.` and `..` resolved.
fn resolve(folder: &str, path: &str) -> String {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_resolved_from_their_file() {
        let text = "[a](../README.md#top) [b](https://example.org) [c](#here)\n```\n[d](no.md)\n```\n[e](x/)\n";
        let found = links(&File::new("docs/index.md", text));
        assert_eq!(
            found,
            [(1, "README.md".to_owned()), (5, "docs/x".to_owned())]
        );
    }

    #[test]
    fn a_link_to_nothing_is_found() {
        let files = [
            File::new("README.md", "[a](docs/a.md) [b](docs) [c](docs/c.md)\n"),
            File::new("docs/a.md", "[up](../README.md)\n"),
        ];
        let findings = check(&files);
        assert_eq!(findings.len(), 1);
        assert!(findings[0].0.starts_with("README.md:1: links to docs/c.md"));
    }
}
