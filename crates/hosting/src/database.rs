mod check;
mod doctor;

use std::num::NonZeroU16;
use std::path::Path;

use crate::{ConfigError, read_secret};

pub use doctor::Tables;

const ABOUT: &str = "database";

/// Connections that a process makes to PostgreSQL at most, unless told otherwise.
pub fn default_database_connections() -> NonZeroU16 {
    const { NonZeroU16::new(16).expect("it is not zero") }
}

/// How a configuration names its database: in itself, or, where the address carries a password, in
/// a file.
#[derive(Clone, Copy)]
pub struct NamedDatabase<'a> {
    /// `sqlite:PATH`, or `postgres://…` without a password.
    pub address: Option<&'a str>,
    pub file: Option<&'a Path>,
}

impl NamedDatabase<'_> {
    /// Refuses two names, and a password in the configuration.
    pub fn check(self) -> Result<(), ConfigError> {
        if self.address.is_some() && self.file.is_some() {
            return Err(ConfigError::about(
                ABOUT,
                "database and database_file exclude each other",
                "leave one of them out",
            ));
        }
        let carries_password = self.address.is_some_and(|address| {
            let authority = address.split_once("://").map_or("", |(_, rest)| rest);
            let user = authority.rsplit_once('@').map_or("", |(user, _)| user);
            user.contains(':')
        });
        if carries_password {
            return Err(ConfigError::about(
                ABOUT,
                "database carries a password",
                "put the address into a file that only the program may read, and name that in \
                 database_file",
            ));
        }
        Ok(())
    }

    /// The database's address; it may hold a password.
    pub fn address(self) -> Result<String, ConfigError> {
        use secrecy::ExposeSecret;
        match (self.address, self.file) {
            (Some(address), _) => Ok(address.to_owned()),
            (None, Some(path)) => {
                let address = read_secret("database_file", path)?;
                Ok(address.expose_secret().trim().to_owned())
            }
            (None, None) => Err(ConfigError::about(
                ABOUT,
                "no database is named",
                "set database = \"sqlite:PATH\" or a postgres:// address",
            )),
        }
    }
}
