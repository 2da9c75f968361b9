//! A page is two files side by side: `listing.rs` and `listing.html`. What several pages show is a
//! part that they include.

use super::Finding;
use crate::sources::File;

pub fn check(files: &[File]) -> Vec<Finding> {
    let exists = |path: &str| files.iter().any(|file| file.path == path);
    let mut findings = Vec::new();
    for file in files
        .iter()
        .filter(|file| file.has_extension("html") && file.path.contains("/src/"))
    {
        let sibling = file.path.replace(".html", ".rs");
        if !exists(&sibling) && !is_part(file, files) {
            let says = format!(
                "has no {sibling} beside it, and no template takes it in; add one or remove it"
            );
            findings.push(Finding::at(&file.path, says));
        }
    }
    findings
}

/// Whether other templates of the same folder take this one in.
fn is_part(part: &File, files: &[File]) -> bool {
    let quoted = format!("\"{}\"", part.name());
    let siblings = files
        .iter()
        .filter(|file| file.has_extension("html") && file.folder() == part.folder());
    siblings
        .flat_map(|file| file.text.lines())
        .any(|line| line.contains("{%") && line.contains(&quoted))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_have_their_handler_beside_them() {
        let files = [
            "a/src/listing.html",
            "a/src/listing.rs",
            "a/src/lost.html",
            "a/templates/base.html",
        ]
        .map(|path| File::new(path, ""));
        let findings = check(&files);
        assert_eq!(findings.len(), 1);
        assert!(findings[0].0.starts_with("a/src/lost.html"));
    }

    #[test]
    fn parts_are_included_by_a_page() {
        let files = [
            File::new("a/src/catalogue.html", "{% include \"card.html\" %}\n"),
            File::new("a/src/catalogue.rs", ""),
            File::new("a/src/card.html", ""),
        ];
        assert_eq!(check(&files).len(), 0);
    }
}
