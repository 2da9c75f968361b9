use std::path::PathBuf;

/// Where Debian puts servers, one folder per major version.
const DEBIAN: &str = "/usr/lib/postgresql";

/// The folder of the newest server's programs.
#[expect(
    clippy::disallowed_methods,
    reason = "where programs stand is what PATH is for"
)]
pub fn programs() -> Option<PathBuf> {
    let versions = std::fs::read_dir(DEBIAN).into_iter().flatten().flatten();
    let newest = versions
        .filter_map(|entry| {
            let version: u32 = entry.file_name().to_str()?.parse().ok()?;
            let folder = entry.path().join("bin");
            folder.join("initdb").is_file().then_some((version, folder))
        })
        .max();
    if let Some((_, folder)) = newest {
        return Some(folder);
    }
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).find(|folder| folder.join("initdb").is_file())
}
