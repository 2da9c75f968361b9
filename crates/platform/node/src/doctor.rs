//! What an operator asks when something is wrong: the whole platform looked at once, from outside,
//! with a verdict on each part. Nothing is changed.

mod jobs;
mod keys;

use std::path::Path;

use ambient::Clock;
use db::{Db, Standing};
use hosting::{Finding, KeySecret, Tables, listeners, mail_server};

use crate::config::MAKE;
use crate::{Config, examine};

/// Everything that can be said about the platform that this configuration is for.
pub async fn findings(path: &Path) -> Vec<Finding> {
    let (config, mut findings) = examine(path);
    let Some(config) = config else {
        return findings;
    };
    if !findings.iter().any(Finding::is_failure) {
        let clock = Clock::System;
        let tables = Tables {
            migrations: store::migrations(),
            refusal: Standing::refusal,
            make: MAKE,
        };
        let (db, of_database) = config.named_database().examined(tables, &clock).await;
        findings.extend(of_database);
        if let Some(db) = db {
            findings.extend(of_tables(&config, &db, &clock).await);
        }
        findings.extend(of_mail(&config).await);
    }
    findings.extend(listeners::answers(&config.listeners(), "quickconnect serve").await);
    findings
}

/// What stands in the tables.
async fn of_tables(config: &Config, db: &Db, clock: &Clock) -> Vec<Finding> {
    let secret = config.key_secret_file().ok();
    let secret = secret.and_then(|path| KeySecret::read(path).ok());
    let (Some(secret), Ok(settings)) = (secret, config.settings()) else {
        // Said before, by the check of the configuration.
        return Vec::new();
    };
    let now = clock.now();
    let mut findings = keys::findings(db, secret.bytes(), (settings.key_times(), now)).await;
    findings.extend(jobs::findings(db, secret.bytes(), now).await);
    findings
}

async fn of_mail(config: &Config) -> Option<Finding> {
    let settings = config.settings().ok()?;
    let until = "no one-time password and no letter goes out";
    mail_server(&settings.mail, until).await
}
