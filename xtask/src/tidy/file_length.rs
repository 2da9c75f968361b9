//! Files are short: none over 500 lines; half of them under 100 and nine tenths under 300, tests
//! not counted.

use super::{Finding, rust};
use crate::sources::File;

const LONGEST: usize = 500;
const MEDIAN: usize = 100;
const NINE_TENTHS: usize = 300;

/// The lengths of a crate's source files, ascending.
struct Lengths(Vec<usize>);

impl Lengths {
    fn of<'a>(files: impl Iterator<Item = &'a File>) -> Self {
        let mut lengths: Vec<usize> = files.map(length).collect();
        lengths.sort_unstable();
        Self(lengths)
    }

    /// The length that `percent` of the files do not exceed.
    fn percentile(&self, percent: usize) -> usize {
        let rank = (self.0.len() * percent).div_ceil(100);
        self.0.get(rank.saturating_sub(1)).copied().unwrap_or(0)
    }
}

/// Prints the lengths per crate and for the whole workspace.
pub fn report(files: &[File]) {
    let mut crates: Vec<&str> = sources(files).filter_map(crate_folder).collect();
    crates.dedup();
    println!(
        "   {:<32} {:>5} {:>6} {:>4} {:>5}",
        "lines without tests", "files", "median", "p90", "most"
    );
    for folder in crates {
        line(
            folder,
            &Lengths::of(sources(files).filter(|file| crate_folder(file) == Some(folder))),
        );
    }
    line("all", &Lengths::of(sources(files)));
}

fn line(name: &str, lengths: &Lengths) {
    let [median, nine_tenths, most] = [50, 90, 100].map(|percent| lengths.percentile(percent));
    println!(
        "   {name:<32} {:>5} {median:>6} {nine_tenths:>4} {most:>5}",
        lengths.0.len()
    );
}

pub fn check(files: &[File]) -> Vec<Finding> {
    let mut findings: Vec<Finding> = files
        .iter()
        .filter(|file| file.has_extension("rs"))
        .map(|file| (file, file.text.lines().count()))
        .filter(|(_, lines)| *lines > LONGEST)
        .map(|(file, lines)| {
            let says = format!("has {lines} lines; {LONGEST} are the most: divide it");
            Finding::at(&file.path, says)
        })
        .collect();
    let all = Lengths::of(sources(files));
    for (what, percent, most) in [("median", 50, MEDIAN), ("90th percentile", 90, NINE_TENTHS)] {
        let found = all.percentile(percent);
        if found > most {
            let says =
                format!("the {what} is {found} lines, {most} are the most: divide long files");
            findings.push(Finding::at("source files", says));
        }
    }
    findings
}

fn sources(files: &[File]) -> impl Iterator<Item = &File> {
    files
        .iter()
        .filter(|file| file.has_extension("rs") && crate_folder(file).is_some() && !file.is_test())
}

/// The folder of the crate that a source file belongs to: what stands before `/src/`.
fn crate_folder(file: &File) -> Option<&str> {
    file.path.split_once("/src/").map(|(folder, _)| folder)
}

/// How many lines a source file has, its tests left out.
fn length(file: &File) -> usize {
    let tests = rust::tokens(&file.text).map_or(0, |tokens| rust::test_lines(&tokens));
    file.text.lines().count() - tests
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(path: &str, lines: usize) -> File {
        File::new(path, &"fn f() {}\n".repeat(lines))
    }

    #[test]
    fn a_file_over_500_lines_is_found_wherever_it_lies() {
        let files = [
            source("a/src/short.rs", 10),
            source("a/tests/long.rs", 501),
            source("a/src/b.rs", 9),
        ];
        let findings = check(&files);
        assert_eq!(findings.len(), 1);
        assert!(findings[0].0.starts_with("a/tests/long.rs: has 501 lines"));
    }

    #[test]
    fn the_median_and_the_long_tail_are_judged_for_all_together() {
        let files = [
            source("a/src/a.rs", 120),
            source("b/src/b.rs", 130),
            source("b/src/c.rs", 310),
        ];
        assert_eq!(check(&files).len(), 2);
    }

    #[test]
    fn lines_of_tests_do_not_count() {
        let text = "fn f() {}\n#[cfg(test)]\nmod tests {\n    fn g() {}\n}\n";
        assert_eq!(length(&File::new("a/src/a.rs", text)), 2);
    }
}
