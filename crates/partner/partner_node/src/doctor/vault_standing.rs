use std::fmt::Display;

use db::Db;
use hosting::Finding;
use protocol::{DAY, HOUR, Timestamp};
use vault::standing::{self, Sealed};
use vault::{Alarm, OpenError};

use crate::config::{MARKER, VAULT_KEY};
use crate::{Config, apps};

const KEEPER: &str = "keeper";

/// Whether the keys open the vault, whether it was restored, and how its connections are kept.
pub async fn findings(config: &Config, db: &Db, now: Timestamp) -> Vec<Finding> {
    let mut findings = Vec::from_iter(key(config, db).await);
    findings.extend(marker(config, db).await);
    findings.push(keeper(db, now).await);
    match standing::alarms(db, now - DAY).await {
        Ok(alarms) => findings.extend(alarms.iter().map(|alarm| of_alarm(config, alarm))),
        Err(error) => findings.push(failed(apps::ABOUT, &error)),
    }
    findings
}

async fn key(config: &Config, db: &Db) -> Option<Finding> {
    // Keys that cannot be read were told of before.
    let keys = config.vault_keys().ok()?;
    Some(match standing::sealed(db, &keys).await {
        Ok(Sealed::Nothing) => Finding::ok(VAULT_KEY, "nothing is sealed yet: any key will do"),
        Ok(Sealed::UnderCurrentKey) => Finding::ok(VAULT_KEY, "it opens the vault"),
        Ok(Sealed::UnderOlderKey) => Finding::warning(
            VAULT_KEY,
            "the vault is still sealed under an older key",
            "when every process has the new one, run: quickconnect partner rewrap",
        ),
        Err(error @ OpenError::WrongKey) => Finding::failure(
            VAULT_KEY,
            error.to_string(),
            "name the file with the key that belongs to this database; no other opens it",
        ),
        Err(error) => failed(VAULT_KEY, &error),
    })
}

async fn marker(config: &Config, db: &Db) -> Option<Finding> {
    let path = config.marker_file.as_ref()?;
    match standing::was_restored(db, path).await {
        Ok(false) => None,
        Ok(true) => Some(Finding::warning(
            MARKER,
            "the database is older than its marker: it was restored from a backup",
            "start a process: before a token is presented, the platform is asked how it stands",
        )),
        Err(error) => Some(failed(MARKER, &error)),
    }
}

/// The keeper looks every minute; when a platform is silent, or much is due at once, more slowly.
async fn keeper(db: &Db, now: Timestamp) -> Finding {
    match standing::overdue(db, now - HOUR).await {
        Ok(0) => Finding::ok(KEEPER, "no connection waits for longer than an hour"),
        Ok(number) => Finding::warning(
            KEEPER,
            format!("{number} connection(s) wait for longer than an hour to be looked at"),
            "start a process; if one runs, its log says what the platform answers",
        ),
        Err(error) => failed(KEEPER, &error),
    }
}

fn of_alarm(config: &Config, alarm: &Alarm) -> Finding {
    let app = config.slug(alarm.app);
    let at = alarm.raised_at.to_rfc3339();
    Finding::warning(
        apps::ABOUT,
        format!(
            "{app}: the platform refused the app itself at {at}, with number {}",
            alarm.number
        ),
        "see whether its client id and secret are those that the platform has",
    )
}

fn failed(about: &'static str, error: &dyn Display) -> Finding {
    Finding::failure(about, error.to_string(), "see the database's own log")
}
