//! Apps that a company registers for itself (reference §3.9): under the rules that an operator's
//! apps are registered by, and a few more. They belong to the company, and connect to it alone.

use db::Tx;
use protocol::jose::SigningAlgorithm;
use protocol::{AppId, CompanyId, PrincipalType, Timestamp, UserId};
use secrecy::SecretString;

use crate::audit::{self, Action, Actor, By, Change};
use crate::registration::{self, NewApp, Objection, RegistrationError, Setting, refuse_any};
use crate::{App, ApplicationType, CustomerApp, Stage, apps, customer_apps, redirect_uris, scopes};

/// A company may have so many apps of its own.
pub const APP_LIMIT: i64 = 500;

/// The longest description, in characters.
pub const DESCRIPTION_LIMIT: usize = 500;

const REDIRECT_URI_LIMIT: usize = 50;

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
        return Err(RegistrationError::Invalid(vec![
            Setting::Name.objection(why),
        ]));
    }
    check(app, tx, (company, None), &new).await?;
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
    let itself = Some(own.app.client_id);
    check(app, tx, (own.company, itself), &new).await?;
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

/// [`registration::objections`], and what is asked of a customer's app besides.
async fn check(
    app: &App,
    tx: &mut Tx,
    (company, itself): (CompanyId, Option<AppId>),
    new: &NewCustomerApp,
) -> Result<(), RegistrationError> {
    let asked = new.for_registration(company);
    let mut found = registration::objections(&asked, app.settings.loopback_partners);
    let known = scopes::names(tx).await?;
    found.extend(new.objections(&known));
    // So that sending the form again makes no second app.
    let others = customer_apps::all(tx, company).await?;
    if others
        .iter()
        .any(|other| other.app.name == new.name && Some(other.app.client_id) != itself)
    {
        let why = format!("the company has an app called {} already", new.name);
        found.push(Setting::Name.objection(why));
    }
    refuse_any(found)
}

impl NewCustomerApp {
    fn objections(&self, known_scopes: &[String]) -> Vec<Objection> {
        let mut found = Vec::new();
        let length = self.description.trim().chars().count();
        if length == 0 || length > DESCRIPTION_LIMIT {
            let why = format!("the description has 1 to {DESCRIPTION_LIMIT} characters");
            found.push(Setting::Description.objection(why));
        }
        let people = ["authorization_code", "otp"];
        let mut grants = self.grants.iter();
        let signs_in = grants.find(|grant| people.contains(&grant.as_str()));
        if let (PrincipalType::Company, Some(grant)) = (self.principal_type, signs_in) {
            let why = format!(
                "the grant {grant} signs people in: let the app connect people, or leave the grant out"
            );
            found.push(Setting::PrincipalType.objection(why));
        }
        if self.scopes.is_empty() {
            let why = "an app without a scope could read nothing: name at least one";
            found.push(Setting::Scopes.objection(why));
        }
        let unknown = self
            .scopes
            .iter()
            .find(|scope| !known_scopes.contains(scope));
        if let Some(scope) = unknown {
            let why = format!("no scope is called {scope:?}");
            found.push(Setting::Scopes.objection(why));
        }
        if self.redirect_uris.len() > REDIRECT_URI_LIMIT {
            let why = format!("an app has at most {REDIRECT_URI_LIMIT} redirect URIs");
            found.push(Setting::RedirectUris.objection(why));
        }
        found
    }

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
