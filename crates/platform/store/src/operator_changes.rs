//! What an operator does to apps, people and listings, each with its event in the audit log (S36).
//! What is done to companies stands in `company_changes`.

use db::{Error, Tx};

use crate::audit::{self, Action, By, Change};
use crate::registration::{self, NewApp, Registered, RegistrationError};
use crate::{App, Listing, RegisteredApp, User, apps, listings, sessions, users};

/// Registers an app.
pub async fn register_app(
    app: &App,
    tx: &mut Tx,
    new: NewApp,
    by: By<'_>,
) -> Result<Registered, RegistrationError> {
    let registered = registration::register(app, tx, new, by.now).await?;
    let change = of_app(Action::AppRegistered, &registered.app);
    audit::record(tx, &app.entropy, by, change).await?;
    Ok(registered)
}

/// Switches an app off, or on again: at once, for all its tokens (S22). `false` when it is so already.
pub async fn enable_app(
    app: &App,
    tx: &mut Tx,
    (client, enabled): (&RegisteredApp, bool),
    by: By<'_>,
) -> Result<bool, Error> {
    if client.enabled == enabled {
        return Ok(false);
    }
    apps::set_enabled(tx, client.client_id, enabled).await?;
    let action = if enabled {
        Action::AppEnabled
    } else {
        Action::AppDisabled
    };
    audit::record(tx, &app.entropy, by, of_app(action, client)).await?;
    Ok(true)
}

/// Adds a person to a company.
pub async fn create_user(app: &App, tx: &mut Tx, user: &User, by: By<'_>) -> Result<(), Error> {
    users::insert(tx, user).await?;
    of_user(app, tx, (Action::UserCreated, user), by).await
}

/// Gives a person another password, and ends the person's sign-ins. `hash` is a PHC string.
pub async fn set_password(
    app: &App,
    tx: &mut Tx,
    (user, hash): (&User, &str),
    by: By<'_>,
) -> Result<(), Error> {
    users::set_password(tx, user.company, user.id, hash).await?;
    sessions::end_all_of(tx, user.company, user.id).await?;
    of_user(app, tx, (Action::UserPasswordSet, user), by).await
}

/// Lets a person in no longer, or again (S22). `false` when it is so already.
pub async fn enable_user(
    app: &App,
    tx: &mut Tx,
    (user, enabled): (&User, bool),
    by: By<'_>,
) -> Result<bool, Error> {
    if user.enabled == enabled {
        return Ok(false);
    }
    users::set_enabled(tx, user.company, user.id, enabled).await?;
    let action = if enabled {
        Action::UserEnabled
    } else {
        Action::UserDisabled
    };
    of_user(app, tx, (action, user), by).await?;
    Ok(true)
}

/// Puts a listing into the catalogue, over the one of the same id.
pub async fn publish_listing(
    app: &App,
    tx: &mut Tx,
    (listing, position): (&Listing, i64),
    by: By<'_>,
) -> Result<(), Error> {
    listings::put(tx, listing, position).await?;
    let change = Change {
        action: Action::ListingPublished,
        company: None,
        app: Some(listing.client_id),
        subject: &listing.id,
    };
    audit::record(tx, &app.entropy, by, change).await
}

fn of_app(action: Action, client: &RegisteredApp) -> Change<'static> {
    Change {
        action,
        company: client.allowed_principal,
        app: Some(client.client_id),
        subject: "",
    }
}

async fn of_user(
    app: &App,
    tx: &mut Tx,
    (action, user): (Action, &User),
    by: By<'_>,
) -> Result<(), Error> {
    let change = Change {
        action,
        company: Some(user.company),
        app: None,
        subject: &user.id.to_string(),
    };
    audit::record(tx, &app.entropy, by, change).await
}
