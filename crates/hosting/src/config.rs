use std::fmt;
use std::path::Path;

use config::{Environment, File, FileFormat, Source};
use serde::de::DeserializeOwned;

use crate::Finding;

/// Variables that begin so overrule the file: `QUICKCONNECT__TOKENS__ROTATION_DAYS=3`. They are texts
/// until a number is asked for: a secret keeps its zeros.
const ENVIRONMENT: &str = "QUICKCONNECT";

/// Why a configuration cannot be used: what it is about, a sentence, and what to do.
#[derive(Debug)]
pub struct ConfigError {
    about: &'static str,
    says: String,
    what_to_do: Option<&'static str>,
}

/// Reads a TOML file, overruled by the environment, and refuses what `check` finds. What is wrong is
/// told with the file's name.
pub fn read<T: DeserializeOwned>(
    path: &Path,
    check: fn(&T) -> Result<(), ConfigError>,
) -> Result<T, ConfigError> {
    let config = parse(path)?;
    check(&config).map_err(|error| error.in_file(path))?;
    Ok(config)
}

/// Reads a TOML file, overruled by the environment. What they say may still not go together.
pub fn parse<T: DeserializeOwned>(path: &Path) -> Result<T, ConfigError> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| ConfigError::new(format!("{} cannot be read: {error}", path.display())))?;
    let read = config::Config::builder()
        .add_source(File::from_str(&text, FileFormat::Toml))
        .add_source(environment())
        .build();
    let read = read.and_then(config::Config::try_deserialize);
    read.map_err(|error| ConfigError::new(error.to_string()).in_file(path))
}

fn environment() -> Environment {
    Environment::with_prefix(ENVIRONMENT)
        .prefix_separator("__")
        .separator("__")
}

/// The names of the variables that overrule the file.
pub fn overruling() -> Vec<String> {
    let keys = environment().collect().unwrap_or_default().into_keys();
    let name = |key: String| format!("{ENVIRONMENT}__{}", key.replace('.', "__").to_uppercase());
    let mut names: Vec<String> = keys.map(name).collect();
    names.sort();
    names
}

/// That a file can be read, and what overrules it.
pub fn can_be_read(path: &Path) -> Finding {
    let (shown, variables) = (path.display(), overruling());
    let says = match variables.is_empty() {
        true => format!("{shown} can be read"),
        false => format!("{shown} can be read; overruled by {}", variables.join(", ")),
    };
    Finding::ok("configuration", says)
}

impl ConfigError {
    pub fn new(why: impl Into<String>) -> ConfigError {
        ConfigError {
            about: "configuration",
            says: why.into(),
            what_to_do: None,
        }
    }

    /// With what it is about, and what to do.
    pub fn about(
        about: &'static str,
        says: impl Into<String>,
        what_to_do: &'static str,
    ) -> ConfigError {
        ConfigError {
            about,
            says: says.into(),
            what_to_do: Some(what_to_do),
        }
    }

    /// With the file's name before it.
    pub fn in_file(self, path: &Path) -> ConfigError {
        ConfigError {
            says: format!("{}: {}", path.display(), self.says),
            ..self
        }
    }
}

impl From<ConfigError> for Finding {
    fn from(error: ConfigError) -> Finding {
        let usual = "correct it; docs/operate describes every key";
        Finding::failure(error.about, error.says, error.what_to_do.unwrap_or(usual))
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.what_to_do {
            Some(what) => write!(f, "{}: {what}", self.says),
            None => f.write_str(&self.says),
        }
    }
}

impl std::error::Error for ConfigError {}
