//! What an operator asks when something is wrong: the whole partner looked at once, from outside,
//! with a verdict on each part. Nothing is changed.

mod platforms;
mod vault_standing;

use std::path::Path;

use ambient::Clock;
use hosting::{Finding, Tables, listeners, mail_server};

use crate::config::MAKE;
use crate::{Config, examine, refusal};

/// Everything that can be said about the partner that this configuration is for.
pub async fn findings(path: &Path) -> Vec<Finding> {
    let (config, mut findings) = examine(path);
    let Some(config) = config else {
        return findings;
    };
    if !findings.iter().any(Finding::is_failure) {
        let clock = Clock::System;
        findings.extend(of_database(&config, &clock).await);
        findings.extend(platforms::findings(&config, &clock).await);
        if let Ok(mailer) = config.mailer() {
            let until = "nobody is told of anything, and no sign-up goes on elsewhere";
            findings.extend(mail_server(&mailer, until).await);
        }
    }
    findings.extend(listeners::answers(&config.listeners().all(), "quickconnect partner").await);
    findings
}

async fn of_database(config: &Config, clock: &Clock) -> Vec<Finding> {
    let tables = Tables {
        migrations: vault::MIGRATIONS,
        refusal,
        make: MAKE,
    };
    let (db, mut findings) = config.named_database().examined(tables, clock).await;
    if let Some(db) = db {
        findings.extend(vault_standing::findings(config, &db, clock.now()).await);
    }
    findings
}
