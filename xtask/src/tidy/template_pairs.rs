//! A page is two files side by side: `listing.rs` and `listing.html`. A page's other views lie there
//! too, named by its handler, and so do parts that its templates include.

use super::Finding;
use crate::sources::File;

pub fn check(files: &[File]) -> Vec<Finding> {
    let templates = files
        .iter()
        .filter(|file| file.has_extension("html") && file.path.contains("/src/"));
    templates
        .filter(|template| !is_used_beside_it(template, files))
        .map(|template| {
            let says = "is used by no handler or template of its folder; move or remove it";
            Finding::at(&template.path, says)
        })
        .collect()
}

/// Whether a handler or another template of the same folder names it.
fn is_used_beside_it(template: &File, files: &[File]) -> bool {
    let name = format!("{}\"", template.name());
    files
        .iter()
        .filter(|file| file.folder() == template.folder())
        .filter(|file| file.has_extension("rs") || file.has_extension("html"))
        .any(|file| file.text.contains(&name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn handlers_name_the_templates_beside_them() {
        let files = [
            File::new("a/src/listing.rs", "#[template(path = \"listing.html\")]\n"),
            File::new("a/src/listing.html", "{% include \"card.html\" %}\n"),
            File::new("a/src/card.html", "\n"),
            File::new("a/src/lost.html", "\n"),
            File::new("a/templates/base.html", "\n"),
        ];
        let findings = check(&files);
        assert_eq!(findings.len(), 1);
        assert!(findings[0].0.starts_with("a/src/lost.html: "));
    }
}
