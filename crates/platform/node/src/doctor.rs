//! What an operator asks when something is wrong: the whole platform looked at once, from outside,
//! with a verdict on each part. Nothing is changed.

mod database;
mod jobs;
mod keys;

use std::path::Path;
use std::time::Duration;

use ambient::Clock;
use db::{Db, Options, Place};
use hosting::{Finding, KeySecret};

use crate::{Config, examine, listeners};

/// Longer than a database that is well takes to answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// Everything that can be said about the platform that this configuration is for.
pub async fn findings(path: &Path) -> Vec<Finding> {
    let (config, mut findings) = examine(path);
    let Some(config) = config else {
        return findings;
    };
    if !findings.iter().any(Finding::is_failure) {
        findings.extend(of_database(&config).await);
        findings.extend(of_mail(&config).await);
    }
    findings.extend(listeners::answers(&config).await);
    findings
}

/// What stands in the database, as far as it can be read.
async fn of_database(config: &Config) -> Vec<Finding> {
    let (db, place) = match open(config) {
        Ok(opened) => opened,
        Err(finding) => return vec![finding],
    };
    let clock = Clock::System;
    let mut findings = database::answers(&db, &clock).await;
    if findings.iter().any(Finding::is_failure) {
        return findings;
    }
    findings.extend(database::space(&db, &place).await);
    let tables = database::tables(&db).await;
    let behind = tables.is_failure();
    findings.push(tables);
    if behind {
        return findings;
    }
    let secret = config.key_secret_file().ok();
    let secret = secret.and_then(|path| KeySecret::read(path).ok());
    let (Some(secret), Ok(settings)) = (secret, config.settings()) else {
        // Said before, by the check of the configuration.
        return findings;
    };
    let now = clock.now();
    findings.extend(keys::findings(&db, secret.bytes(), (settings.key_times(), now)).await);
    findings.extend(jobs::findings(&db, secret.bytes(), now).await);
    findings
}

fn open(config: &Config) -> Result<(Db, Place), Finding> {
    let unusable = |error: db::Error| {
        Finding::failure(
            "database",
            error.to_string(),
            "correct its address, or let the program's user read and write it",
        )
    };
    let address = config.database()?;
    let place = Place::parse(&address).map_err(unusable)?;
    if let Place::File(path) = &place
        && !path.exists()
    {
        // Opening it would make it.
        return Err(Finding::failure(
            "database",
            format!("{} is not there", path.display()),
            "make it with: quickconnect migrate up",
        ));
    }
    let options = Options { connections: 2 };
    let db = Db::open_with(&address, &options).map_err(unusable)?;
    Ok((db, place))
}

async fn of_mail(config: &Config) -> Option<Finding> {
    let settings = config.settings().ok()?;
    let (host, reached) = settings.mail.server().await?;
    Some(match reached {
        Ok(()) => Finding::ok("mail", format!("{host} answers and lets us in")),
        Err(error) => Finding::failure(
            "mail",
            format!("{host}: {error}"),
            "until it does, no one-time password and no letter goes out; see [mail.smtp]",
        ),
    })
}
