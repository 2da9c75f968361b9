//! The secrets of an app, changed while the app goes on working (reference §3.7, S14): by the app
//! itself, by an administrator of the company that owns it, or by an operator.
//!
//! Make a new one, activate it, deploy it, deactivate the old one, delete that: both are good in
//! between, so that nothing stands still.

use std::fmt;

use db::Tx;
use protocol::AppId;
use secrecy::SecretString;
use uuid::Uuid;

use crate::audit::{self, Action, By, Change};
use crate::{App, SecretRecord, app_secrets, customer_apps};

/// Somebody who changes an app's secrets. That he may is the caller's to decide.
#[derive(Clone, Copy)]
pub struct SecretRotation<'a> {
    pub app: &'a App,
    pub client: AppId,
    pub by: By<'a>,
}

/// Why a secret is not changed.
#[derive(Debug)]
pub enum SecretRefusal {
    /// The app has no such secret.
    Unknown,
    /// It has as many as there may be.
    TooMany,
    /// Without it the app could authenticate no longer.
    LastActive,
    /// Only one that is not active is deleted.
    StillActive,
    Storage(db::Error),
}

impl SecretRotation<'_> {
    /// Makes a secret, active at once or later. Its value is shown this once.
    pub async fn create(
        &self,
        tx: &mut Tx,
        active: bool,
    ) -> Result<(SecretString, SecretRecord), SecretRefusal> {
        let there = app_secrets::all(tx, self.client).await?;
        if there.len() >= app_secrets::SECRET_LIMIT {
            return Err(SecretRefusal::TooMany);
        }
        let made = app_secrets::make(self.app, tx, self.client, active, self.by.now).await?;
        self.record(tx, Action::SecretCreated, made.1.id).await?;
        Ok(made)
    }

    /// Switches a secret on or off, from the next request on, and returns it as it is then.
    pub async fn switch(
        &self,
        tx: &mut Tx,
        secret: Uuid,
        active: bool,
    ) -> Result<SecretRecord, SecretRefusal> {
        let all = app_secrets::all(tx, self.client).await?;
        let record = find(&all, secret)?;
        if !active && !all.iter().any(|other| other.active && other.id != secret) {
            return Err(SecretRefusal::LastActive);
        }
        if record.active == active {
            return Ok(record.clone());
        }
        app_secrets::set_active(tx, self.client, secret, active, self.by.now).await?;
        let action = match active {
            true => Action::SecretActivated,
            false => Action::SecretDeactivated,
        };
        self.record(tx, action, secret).await?;
        Ok(SecretRecord {
            active,
            updated_at: self.by.now,
            ..record.clone()
        })
    }

    /// Takes a secret away that is not active.
    pub async fn delete(&self, tx: &mut Tx, secret: Uuid) -> Result<(), SecretRefusal> {
        let all = app_secrets::all(tx, self.client).await?;
        find(&all, secret)?;
        if !app_secrets::delete(tx, self.client, secret).await? {
            return Err(SecretRefusal::StillActive);
        }
        self.record(tx, Action::SecretDeleted, secret).await?;
        Ok(())
    }

    async fn record(&self, tx: &mut Tx, action: Action, secret: Uuid) -> Result<(), db::Error> {
        let owner = customer_apps::of_app(tx, self.client).await?;
        let change = Change {
            action,
            company: owner.map(|own| own.company),
            app: Some(self.client),
            subject: &secret.to_string(),
        };
        audit::record(tx, &self.app.entropy, self.by, change).await
    }
}

fn find(all: &[SecretRecord], secret: Uuid) -> Result<&SecretRecord, SecretRefusal> {
    let found = all.iter().find(|record| record.id == secret);
    found.ok_or(SecretRefusal::Unknown)
}

impl SecretRefusal {
    /// As a sentence without its capital and its full stop.
    pub const fn why(&self) -> &'static str {
        match self {
            SecretRefusal::Unknown => "the app has no such secret",
            SecretRefusal::TooMany => {
                "the app has ten secrets, and can have no more: delete one first"
            }
            SecretRefusal::LastActive => {
                "this is the app's last active secret; activate another one first"
            }
            SecretRefusal::StillActive => "the secret is active; deactivate it first",
            SecretRefusal::Storage(_) => "the database failed",
        }
    }
}

impl From<db::Error> for SecretRefusal {
    fn from(error: db::Error) -> SecretRefusal {
        SecretRefusal::Storage(error)
    }
}

impl fmt::Display for SecretRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.why())
    }
}

impl std::error::Error for SecretRefusal {}
