//! The form that describes a company's own app, when it is created and when it is changed.

use db::Tx;
use protocol::{Form, PrincipalType};
use store::customer_registration::NewCustomerApp;
use store::registration::{GRANTS, Objection, Setting};
use store::{ApplicationType, CustomerApp, Scope, Stage, redirect_uris, scopes};

use crate::field_error::{FieldError, sentence};

pub struct ApplicationForm {
    pub name: String,
    pub description: String,
    pub stages: Vec<Choice>,
    pub application_types: Vec<Choice>,
    pub grants: Vec<Choice>,
    pub scopes: Vec<Choice>,
    /// One a line.
    pub redirect_uris: String,
    pub principal_types: Vec<Choice>,
    pub errors: Vec<FieldError>,
}

/// An option, a radio button or a box.
pub struct Choice {
    /// Name of the input, where every box has its own.
    pub name: String,
    pub value: String,
    pub label: String,
    pub help: String,
    pub chosen: bool,
}

impl ApplicationForm {
    /// As it is for a new app.
    pub async fn empty(tx: &mut Tx, platform: &str) -> Result<ApplicationForm, db::Error> {
        let chosen = |name: &str| match name {
            "grant_refresh_token" | "scope_openid" => Some("yes".to_owned()),
            "stage" => Some(Stage::Development.as_str().to_owned()),
            "application_type" => Some(ApplicationType::WebServices.as_str().to_owned()),
            "principal_type" => Some(PrincipalType::Company.as_str().to_owned()),
            _ => None,
        };
        Ok(ApplicationForm::with(
            chosen,
            &catalogue(tx).await?,
            platform,
        ))
    }

    /// As it was sent.
    pub async fn read(
        tx: &mut Tx,
        form: &Form,
        platform: &str,
    ) -> Result<ApplicationForm, db::Error> {
        let sent = |name: &str| form.get(name).map(|value| value.trim().to_owned());
        Ok(ApplicationForm::with(sent, &catalogue(tx).await?, platform))
    }

    /// As the app stands.
    pub async fn of(
        tx: &mut Tx,
        own: &CustomerApp,
        platform: &str,
    ) -> Result<ApplicationForm, db::Error> {
        let uris = redirect_uris::all(tx, own.app.client_id).await?.join("\n");
        let yes = |is: bool| is.then(|| "yes".to_owned());
        let stands = |name: &str| match name {
            "name" => Some(own.app.name.clone()),
            "description" => Some(own.description.clone()),
            "redirect_uris" => Some(uris.clone()),
            "stage" => Some(own.stage.as_str().to_owned()),
            "application_type" => Some(own.application_type.as_str().to_owned()),
            "principal_type" => Some(own.app.principal_type.as_str().to_owned()),
            _ => match name.split_once('_') {
                Some(("grant", grant)) => yes(own.app.grants.contains(grant)),
                Some(("scope", scope)) => yes(own.app.scopes.contains(scope)),
                _ => None,
            },
        };
        Ok(ApplicationForm::with(
            stands,
            &catalogue(tx).await?,
            platform,
        ))
    }

    fn with(
        value: impl Fn(&str) -> Option<String>,
        catalogue: &[Scope],
        platform: &str,
    ) -> ApplicationForm {
        let text = |name: &str| value(name).unwrap_or_default();
        let of = |name: &str, word: &str, label: String, help: &str| Choice {
            name: name.to_owned(),
            value: word.to_owned(),
            label,
            help: help.to_owned(),
            chosen: value(name).as_deref() == Some(word),
        };
        let grant = |grant: &str| {
            let name = format!("grant_{grant}");
            of(&name, "yes", grant.to_owned(), grant_help(grant))
        };
        let scope = |scope: &Scope| {
            let name = format!("scope_{}", scope.name);
            of(&name, "yes", scope.name.clone(), &scope.user_description)
        };
        let stage = |stage: Stage| of("stage", stage.as_str(), stage.as_str().to_owned(), "");
        let application_type = |kind: ApplicationType| {
            let label = application_type_label(kind, platform);
            of("application_type", kind.as_str(), label, "")
        };
        let principal = |kind: PrincipalType| {
            let (label, help) = principal_words(kind);
            of("principal_type", kind.as_str(), label.to_owned(), help)
        };
        ApplicationForm {
            name: text("name"),
            description: text("description"),
            stages: Stage::ALL.map(stage).into(),
            application_types: ApplicationType::ALL.map(application_type).into(),
            grants: GRANTS.map(grant).into(),
            scopes: catalogue.iter().map(scope).collect(),
            redirect_uris: text("redirect_uris"),
            principal_types: [PrincipalType::Company, PrincipalType::User]
                .map(principal)
                .into(),
            errors: Vec::new(),
        }
    }

    /// What is asked for. A choice that is none of those offered counts as the first.
    pub fn asked(&self) -> NewCustomerApp {
        let ticked = |choices: &[Choice]| {
            let chosen = choices.iter().filter(|choice| choice.chosen);
            chosen.map(|choice| choice.label.clone()).collect()
        };
        let word = |choices: &[Choice]| {
            let chosen = choices.iter().find(|choice| choice.chosen);
            chosen.map_or_else(String::new, |choice| choice.value.clone())
        };
        NewCustomerApp {
            name: self.name.clone(),
            description: self.description.clone(),
            stage: word(&self.stages).parse().unwrap_or(Stage::Development),
            application_type: word(&self.application_types)
                .parse()
                .unwrap_or(ApplicationType::WebServices),
            grants: ticked(&self.grants),
            scopes: ticked(&self.scopes),
            redirect_uris: self
                .redirect_uris
                .lines()
                .map(str::trim)
                .filter(|line| !line.is_empty())
                .map(str::to_owned)
                .collect(),
            principal_type: match word(&self.principal_types).as_str() {
                "user" => PrincipalType::User,
                _ => PrincipalType::Company,
            },
        }
    }

    /// The form again, each field with what is wrong about it.
    pub fn refused(mut self, objections: &[Objection]) -> ApplicationForm {
        for objection in objections {
            let field = field_of(objection.setting);
            if self.error(field).is_empty() {
                let text = self.in_words(objection);
                self.errors.push(FieldError { field, text });
            }
        }
        self
    }

    /// What was left out is asked for; what is wrong is told as the rules tell it.
    fn in_words(&self, objection: &Objection) -> String {
        let asked = self.asked();
        let left_out = match objection.setting {
            Setting::Name if self.name.is_empty() => {
                "Enter a name, best with your company's and your team's."
            }
            Setting::Description if self.description.is_empty() => "Say what the app is for.",
            Setting::Grants if asked.grants.is_empty() => "Tick at least one grant.",
            Setting::Scopes if asked.scopes.is_empty() => "Tick at least one scope.",
            Setting::RedirectUris if asked.redirect_uris.is_empty() => {
                "Enter where people are sent back to; the grant authorization_code needs it."
            }
            _ => return sentence(&objection.why),
        };
        left_out.to_owned()
    }

    /// What is wrong with a field; empty when nothing is.
    pub fn error(&self, field: &str) -> &str {
        let found = self.errors.iter().find(|error| error.field == field);
        found.map_or("", |error| &error.text)
    }
}

fn field_of(setting: Setting) -> &'static str {
    match setting {
        Setting::Description => "description",
        Setting::Grants => "grants",
        Setting::Scopes => "scopes",
        Setting::RedirectUris => "redirect_uris",
        Setting::PrincipalType => "principal_types",
        Setting::Name | Setting::ConnectUri | Setting::AllowedPrincipal => "name",
    }
}

async fn catalogue(tx: &mut Tx) -> Result<Vec<Scope>, db::Error> {
    let names = scopes::names(tx).await?.into_iter().collect();
    scopes::describe(tx, &names).await
}

pub fn application_type_label(kind: ApplicationType, platform: &str) -> String {
    match kind {
        ApplicationType::WebServices => "Web Services (WS) client".to_owned(),
        ApplicationType::Integration => {
            format!("Integration with {platform} solutions (ICS) client")
        }
    }
}

pub fn principal_words(kind: PrincipalType) -> (&'static str, &'static str) {
    match kind {
        PrincipalType::User => (
            "People",
            "Each connection stands for one person of your company.",
        ),
        PrincipalType::Company | PrincipalType::App => (
            "The company",
            "One connection stands for the whole company; an administrator makes it with a company request token.",
        ),
    }
}

fn grant_help(grant: &str) -> &'static str {
    match grant {
        "password" => "Exchanges a request token for the company's tokens",
        "refresh_token" => "Renews access tokens without anybody signing in again",
        "client_credentials" => "Gets tokens for the app itself, for neither person nor company",
        "authorization_code" => "A person signs in here and is sent back; needs a redirect URI",
        _ => "A person signs in by a link that comes by mail",
    }
}
