//! What an operator does to a company as a whole, each with its event in the audit log (S36).

use db::{Error, Tx};

use crate::audit::{self, Action, By, Change};
use crate::{App, Company, companies};

/// Adds a company.
pub async fn create(app: &App, tx: &mut Tx, company: &Company, by: By<'_>) -> Result<(), Error> {
    companies::insert(tx, company).await?;
    record(app, tx, company, (Action::CompanyCreated, "", by)).await
}

/// Moves a company to another data centre. Its connections stay. Tokens are issued for the new
/// place from the next refresh on (GE-02); those that are out open nothing any longer, and the
/// former place names the new one (code 16). `false` when it lives there already.
pub async fn move_to(
    app: &App,
    tx: &mut Tx,
    (company, data_center): (&Company, &str),
    by: By<'_>,
) -> Result<bool, Error> {
    if company.data_center == data_center {
        return Ok(false);
    }
    companies::set_data_center(tx, company.id, data_center).await?;
    let subject = format!("{} to {data_center}", company.data_center);
    record(app, tx, company, (Action::CompanyMoved, &subject, by)).await?;
    Ok(true)
}

/// Suspends a company, or lifts that: at once, for all its tokens (S22). `false` when it is so
/// already.
pub async fn set_enabled(
    app: &App,
    tx: &mut Tx,
    (company, enabled): (&Company, bool),
    by: By<'_>,
) -> Result<bool, Error> {
    if company.enabled == enabled {
        return Ok(false);
    }
    companies::set_enabled(tx, company.id, enabled).await?;
    let action = if enabled {
        Action::CompanyResumed
    } else {
        Action::CompanySuspended
    };
    record(app, tx, company, (action, "", by)).await?;
    Ok(true)
}

async fn record(
    app: &App,
    tx: &mut Tx,
    company: &Company,
    (action, subject, by): (Action, &str, By<'_>),
) -> Result<(), Error> {
    let change = Change {
        action,
        company: Some(company.id),
        app: None,
        subject,
    };
    audit::record(tx, &app.entropy, by, change).await
}
