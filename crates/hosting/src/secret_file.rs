use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use rustix::fs::{Access, access};
use secrecy::SecretString;

use crate::{ConfigError, Finding};

/// The text of a file that holds a secret; the line break at its end does not count. `key` is the
/// configuration's name for it.
pub fn read_secret(key: &str, path: &Path) -> Result<SecretString, ConfigError> {
    let mut text = std::fs::read_to_string(path).map_err(|error| {
        ConfigError::about(
            "secrets",
            format!("{key} {} cannot be read: {error}", path.display()),
            "write it, for the program's user alone",
        )
    })?;
    text.truncate(text.trim_end_matches(['\r', '\n']).len());
    Ok(text.into())
}

/// The folder in which a file stands, or would.
pub fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// Whether the program's user may read and write what stands there.
pub fn changeable(path: &Path) -> bool {
    access(path, Access::READ_OK | Access::WRITE_OK).is_ok()
}

/// Rights that nobody but the owner should have on a secret; its group may read it.
const TOO_MANY: u32 = 0o037;

/// A warning where others than the owner and his group may read a file, or may change it.
pub fn exposed(about: &'static str, path: &Path) -> Option<Finding> {
    let mode = std::fs::metadata(path).ok()?.permissions().mode();
    (mode & TOO_MANY != 0).then(|| {
        let shown = path.display();
        Finding::warning(
            about,
            format!(
                "others may read or change {shown} (mode {:03o})",
                mode & 0o777
            ),
            format!("take the right from them: chmod 600 {shown}"),
        )
    })
}
