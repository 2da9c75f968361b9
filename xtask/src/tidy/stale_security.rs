//! `docs/security.md` says what the tests prove now.

use super::Finding;
use crate::security;
use crate::sources::File;

pub fn check(files: &[File]) -> Vec<Finding> {
    let written = files.iter().find(|file| file.path == security::PAGE);
    if written.is_some_and(|file| file.text == security::page(files)) {
        return Vec::new();
    }
    vec![Finding::at(
        security::PAGE,
        "does not list the tests as they are; run: cargo xtask security",
    )]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_test_makes_the_page_stale() {
        let test = File::new("tests/a.rs", "fn s15_refreshes_agree() {}\n");
        let page = File::new(security::PAGE, &security::page(&[]));
        assert_eq!(check(&[page]).len(), 0);
        let page = File::new(security::PAGE, &security::page(&[]));
        assert_eq!(check(&[page, test]).len(), 1);
    }
}
