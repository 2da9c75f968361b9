use std::path::Path;

use secrecy::SecretString;

use crate::ConfigError;

/// The text of a file that holds a secret; the line break at its end does not count. `key` is the
/// configuration's name for it.
pub fn read_secret(key: &str, path: &Path) -> Result<SecretString, ConfigError> {
    let mut text = std::fs::read_to_string(path).map_err(|error| {
        ConfigError::new(format!("{key} {} cannot be read: {error}", path.display()))
    })?;
    text.truncate(text.trim_end_matches(['\r', '\n']).len());
    Ok(text.into())
}
