//! Apps that a company registers for itself (reference §3.9): under the rules that an operator's
//! apps are registered by, and a few more. They belong to the company, and connect to it alone.

use db::Tx;
use protocol::jose::SigningAlgorithm;
use protocol::{CompanyId, PrincipalType, Timestamp, UserId};
use secrecy::SecretString;

use crate::audit::{self, Action, Actor, By, Change};
use crate::registration::{self, NewApp, Objection, RegistrationError, Setting};
use crate::{App, ApplicationType, CustomerApp, Stage, apps, customer_apps, redirect_uris, scopes};

/// A company may have so many apps of its own.
pub const APP_LIMIT: i64 = 500;

/// The longest description, in characters.
pub const DESCRIPTION_LIMIT: usize = 500;

/// An app as a company's administrator describes it.
#[derive(Clone, Debug)]
pub struct NewCustomerApp {
    pub name: String,
    pub description: String,
    pub stage: Stage,
    pub application_type: ApplicationType,
    pub grants: Vec<String>,
    pub scopes: Vec<String>,
    pub redirect_uris: Vec<String>,
    /// Whom its connections stand for. It stays as it is once the app is registered, because
    /// connections would lose whom they stand for.
    pub principal_type: PrincipalType,
}

/// Who does it, in which request, when.
#[derive(Clone, Copy, Debug)]
pub struct ByUser<'a> {
    pub user: UserId,
    pub correlation_id: &'a str,
    pub now: Timestamp,
}

impl<'a> ByUser<'a> {
    pub fn audited(self) -> By<'a> {
        By {
            actor: Actor::User(self.user),
            correlation_id: self.correlation_id,
            now: self.now,
        }
    }
}

/// Registers an app that may connect to `company` and to no other. The secret is shown this once.
pub async fn create(
    app: &App,
    tx: &mut Tx,
    company: CompanyId,
    new: NewCustomerApp,
    by: ByUser<'_>,
) -> Result<(CustomerApp, SecretString), RegistrationError> {
    if customer_apps::count(tx, company).await? >= APP_LIMIT {
        let why = format!("the company has {APP_LIMIT} apps, and can have no more");
        return Err(RegistrationError::Invalid(Setting::Name.objection(why)));
    }
    check(tx, &new).await?;
    let asked = new.for_registration(company);
    let registered = registration::register(app, tx, asked, by.now).await?;
    let own = CustomerApp {
        app: registered.app,
        company,
        description: new.description,
        stage: new.stage,
        application_type: new.application_type,
        created_at: by.now,
        created_by: by.user,
        modified_at: by.now,
    };
    customer_apps::insert(tx, company, &own).await?;
    record(app, tx, &own, (Action::AppRegistered, by)).await?;
    Ok((own, registered.secret))
}

/// Gives a company's app other settings. What its connections were granted does not grow by it: they
/// keep the scopes that were agreed to, less those that are taken away (S28).
pub async fn change(
    app: &App,
    tx: &mut Tx,
    own: &CustomerApp,
    new: NewCustomerApp,
    by: ByUser<'_>,
) -> Result<CustomerApp, RegistrationError> {
    let new = NewCustomerApp {
        principal_type: own.app.principal_type,
        ..new
    };
    let loopback = app.settings.loopback_partners;
    check(tx, &new).await?;
    registration::check(&new.for_registration(own.company), loopback)
        .map_err(RegistrationError::Invalid)?;
    let mut changed = own.clone();
    changed.app.name = new.name;
    changed.app.grants = new.grants.into_iter().collect();
    changed.app.scopes = new.scopes.into_iter().collect();
    changed.description = new.description;
    changed.stage = new.stage;
    changed.application_type = new.application_type;
    changed.modified_at = by.now;
    apps::update(tx, &changed.app).await?;
    redirect_uris::replace(tx, changed.app.client_id, &new.redirect_uris).await?;
    customer_apps::update(tx, changed.company, &changed).await?;
    record(app, tx, &changed, (Action::AppChanged, by)).await?;
    Ok(changed)
}

/// Switches a company's app on or off. Nothing happens where it is so already.
pub async fn set_enabled(
    app: &App,
    tx: &mut Tx,
    own: &CustomerApp,
    enabled: bool,
    by: ByUser<'_>,
) -> Result<(), db::Error> {
    if own.app.enabled == enabled {
        return Ok(());
    }
    let changed = CustomerApp {
        modified_at: by.now,
        ..own.clone()
    };
    apps::set_enabled(tx, own.app.client_id, enabled).await?;
    customer_apps::update(tx, own.company, &changed).await?;
    let action = match enabled {
        true => Action::AppEnabled,
        false => Action::AppDisabled,
    };
    record(app, tx, own, (action, by)).await
}

/// What is asked of a customer's app besides [`registration::check`].
async fn check(tx: &mut Tx, new: &NewCustomerApp) -> Result<(), RegistrationError> {
    let description = new.description.trim();
    let length = description.chars().count();
    if length == 0 || length > DESCRIPTION_LIMIT {
        let why = format!("the description has 1 to {DESCRIPTION_LIMIT} characters");
        return refuse(Setting::Description.objection(why));
    }
    let people = ["authorization_code", "otp"];
    let signs_in = new
        .grants
        .iter()
        .find(|grant| people.contains(&grant.as_str()));
    if let (PrincipalType::Company, Some(grant)) = (new.principal_type, signs_in) {
        let why = format!(
            "the grant {grant} signs people in: choose that the app connects people, or leave the grant out"
        );
        return refuse(Setting::PrincipalType.objection(why));
    }
    if new.scopes.is_empty() {
        let why = "an app without a scope could read nothing: choose at least one";
        return refuse(Setting::Scopes.objection(why));
    }
    let known = scopes::names(tx).await?;
    if let Some(scope) = new.scopes.iter().find(|scope| !known.contains(scope)) {
        let why = format!("no scope is called {scope:?}");
        return refuse(Setting::Scopes.objection(why));
    }
    if new.redirect_uris.len() > 50 {
        return refuse(Setting::RedirectUris.objection("an app has at most 50 redirect URIs"));
    }
    Ok(())
}

fn refuse(objection: Objection) -> Result<(), RegistrationError> {
    Err(RegistrationError::Invalid(objection))
}

impl NewCustomerApp {
    fn for_registration(&self, company: CompanyId) -> NewApp {
        NewApp {
            name: self.name.clone(),
            grants: self.grants.clone(),
            scopes: self.scopes.clone(),
            redirect_uris: self.redirect_uris.clone(),
            connect_uri: None,
            allowed_principal: Some(company),
            algorithm: SigningAlgorithm::default(),
            principal_type: self.principal_type,
            require_pkce: false,
        }
    }
}

async fn record(
    app: &App,
    tx: &mut Tx,
    own: &CustomerApp,
    (action, by): (Action, ByUser<'_>),
) -> Result<(), db::Error> {
    let change = Change {
        action,
        company: Some(own.company),
        app: Some(own.app.client_id),
        subject: "",
    };
    audit::record(tx, &app.entropy, by.audited(), change).await
}
