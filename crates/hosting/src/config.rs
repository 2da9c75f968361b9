use std::fmt;
use std::path::Path;

use config::{Environment, File, FileFormat};
use serde::de::DeserializeOwned;

/// Variables that begin so overrule the file: `QUICKCONNECT__TOKENS__ROTATION_DAYS=3`.
const ENVIRONMENT: &str = "QUICKCONNECT";

/// Why a configuration cannot be used: one sentence.
#[derive(Debug)]
pub struct ConfigError(String);

/// Reads a TOML file, overruled by the environment, and refuses what `check` finds. What is wrong is
/// told with the file's name.
pub fn read<T: DeserializeOwned>(
    path: &Path,
    check: fn(&T) -> Result<(), ConfigError>,
) -> Result<T, ConfigError> {
    let told = |error: &dyn fmt::Display| ConfigError(format!("{}: {error}", path.display()));
    let text = std::fs::read_to_string(path)
        .map_err(|error| ConfigError(format!("{} cannot be read: {error}", path.display())))?;
    let environment = Environment::with_prefix(ENVIRONMENT)
        .prefix_separator("__")
        .separator("__")
        .try_parsing(true);
    let read = config::Config::builder()
        .add_source(File::from_str(&text, FileFormat::Toml))
        .add_source(environment)
        .build();
    let config: T = read
        .and_then(config::Config::try_deserialize)
        .map_err(|error| told(&error))?;
    check(&config).map_err(|error| told(&error))?;
    Ok(config)
}

impl ConfigError {
    pub fn new(why: impl Into<String>) -> ConfigError {
        ConfigError(why.into())
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ConfigError {}
