//! What a browser leaves on the disk when it is closed.

use std::panic::Location;
use std::path::Path;

use tempfile::TempDir;

use super::Browser;

/// The folder of a browser that was closed as people close theirs.
#[derive(Debug)]
pub struct Profile(TempDir);

impl Browser {
    /// The addresses that Back and Forward of the present window lead to, and its own.
    #[track_caller]
    pub fn back_and_forward(&self) -> impl Future<Output = Vec<String>> {
        self.act(Location::caller(), async move {
            let nothing = serde_json::json!({});
            let answer = self.devtools("Page.getNavigationHistory", nothing).await?;
            let entries = answer["entries"].as_array().into_iter().flatten();
            let urls = entries.flat_map(|entry| [&entry["url"], &entry["userTypedURL"]]);
            let urls = urls.filter_map(|url| url.as_str().map(str::to_owned));
            Ok(urls.collect())
        })
    }

    /// Closes the browser, and gives what it has kept.
    ///
    /// # Panics
    /// When it does not close.
    pub async fn close(self) -> Profile {
        let Browser {
            driver,
            mut process,
            ..
        } = self;
        driver.quit().await.expect("the browser closes");
        Profile(process.take_profile())
    }
}

impl Profile {
    pub fn folder(&self) -> &Path {
        self.0.path()
    }

    /// The files that hold `text`, as bytes or as UTF-16, by their names in the profile.
    pub fn files_with(&self, text: &str) -> Vec<String> {
        let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let mut found = Vec::new();
        search(self.0.path(), &mut |file, content| {
            let holds = |part: &[u8]| content.windows(part.len()).any(|window| window == part);
            if holds(text.as_bytes()) || holds(&wide) {
                let name = file.strip_prefix(self.0.path()).unwrap_or(file);
                found.push(name.display().to_string());
            }
        })
        .expect("the profile can be read");
        found.sort();
        found
    }
}

fn search(folder: &Path, each: &mut impl FnMut(&Path, &[u8])) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        if kind.is_dir() {
            search(&entry.path(), each)?;
        } else if kind.is_file() {
            each(&entry.path(), &std::fs::read(entry.path())?);
        }
    }
    Ok(())
}
