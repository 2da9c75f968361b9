//! The project's files, as the rules of `cargo xtask tidy` see them.

use std::fs;
use std::path::Path;

/// A file of the project.
pub struct File {
    /// Relative to the root, with `/` between the parts.
    pub path: String,
    /// Empty for files that are not text, and for what others wrote (in folders named `vendor`).
    pub text: String,
}

impl File {
    #[cfg(test)]
    pub fn new(path: &str, text: &str) -> Self {
        Self {
            path: path.to_owned(),
            text: text.to_owned(),
        }
    }

    /// The last part of the path.
    pub fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(&self.path)
    }

    /// The path of the folder the file lies in; empty for the root.
    pub fn folder(&self) -> &str {
        self.path.rsplit_once('/').map_or("", |(folder, _)| folder)
    }

    pub fn has_extension(&self, extension: &str) -> bool {
        self.name()
            .rsplit_once('.')
            .is_some_and(|(_, found)| found == extension)
    }

    /// Whether the file is a test by where it lies: below a folder `tests`, or named so.
    pub fn is_test(&self) -> bool {
        self.name() == "tests.rs"
            || self
                .path
                .split('/')
                .rev()
                .skip(1)
                .any(|part| part == "tests")
    }
}

/// All files of the project below `root`, in the order of their paths, but for what `.gitignore`
/// names at the root.
pub fn read(root: &Path) -> Result<Vec<File>, String> {
    let ignored = fs::read_to_string(root.join(".gitignore")).unwrap_or_default();
    let mut skipped: Vec<&str> = ignored.lines().map(|line| line.trim_matches('/')).collect();
    skipped.push(".git");
    let mut files = Vec::new();
    walk(root, "", &skipped, &mut files)
        .map_err(|error| format!("the files cannot be read: {error}"))?;
    files.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(files)
}

fn walk(
    folder: &Path,
    prefix: &str,
    skipped: &[&str],
    files: &mut Vec<File>,
) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = format!("{prefix}{name}");
        let kind = entry.file_type()?;
        if skipped.contains(&path.as_str()) {
            continue;
        }
        // Cargo marks its target folders, wherever they are.
        if kind.is_dir() && !entry.path().join("CACHEDIR.TAG").exists() {
            walk(&entry.path(), &format!("{path}/"), skipped, files)?;
        } else if kind.is_file() {
            // A file may be gone by now: an editor's, or another program's.
            let Ok(bytes) = fs::read(entry.path()) else {
                continue;
            };
            let foreign = path.split('/').any(|part| part == "vendor");
            let text = String::from_utf8(bytes).ok().filter(|_| !foreign);
            files.push(File {
                path,
                text: text.unwrap_or_default(),
            });
        }
    }
    Ok(())
}
