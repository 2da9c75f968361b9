//! Every text file ends with a newline, and with one only.

use super::Finding;
use crate::sources::File;

pub fn check(files: &[File]) -> Vec<Finding> {
    files
        .iter()
        .filter(|file| !file.text.is_empty())
        .filter_map(|file| {
            if !file.text.ends_with('\n') {
                Some(Finding::at(
                    &file.path,
                    "does not end with a newline; add one",
                ))
            } else if file.text.ends_with("\n\n") {
                Some(Finding::at(
                    &file.path,
                    "ends with an empty line; remove it",
                ))
            } else {
                None
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_newline_is_right_and_none_or_two_are_not() {
        let files = ["", "a\n", "a", "a\n\n"].map(|text| File::new("a.txt", text));
        assert_eq!(check(&files).len(), 2);
    }
}
