//! Registering an app: what an operator may ask for, and what is refused.

use std::collections::BTreeSet;
use std::fmt;

use db::Tx;
use protocol::jose::SigningAlgorithm;
use protocol::{AppId, CompanyId, PrincipalType, Timestamp};
use secrecy::SecretString;
use url::{Host, Url};

use crate::{App, RegisteredApp, SecretRecord, app_secrets, apps, companies, redirect_uris};

/// An app as an operator describes it.
#[derive(Clone, Debug)]
pub struct NewApp {
    pub name: String,
    /// `password`, `refresh_token`, `client_credentials`, `authorization_code`, `otp`.
    pub grants: Vec<String>,
    pub scopes: Vec<String>,
    /// Where authorization codes may be sent; needed with the grant `authorization_code`.
    pub redirect_uris: Vec<String>,
    /// Where Connect leads, for an app with a listing.
    pub connect_uri: Option<String>,
    /// The one company that may use it; `None` is any.
    pub allowed_principal: Option<CompanyId>,
    pub algorithm: SigningAlgorithm,
    pub principal_type: PrincipalType,
    pub require_pkce: bool,
}

/// A registered app with its first secret, which is shown this once.
pub struct Registered {
    pub app: RegisteredApp,
    pub secret: SecretString,
    pub secret_record: SecretRecord,
}

/// Why an app is not registered.
#[derive(Debug)]
pub enum RegistrationError {
    /// Everything that is wrong, in the order of the settings.
    Invalid(Vec<Objection>),
    Storage(db::Error),
}

/// What is wrong with a setting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Objection {
    pub setting: Setting,
    /// As a sentence without its capital and its full stop.
    pub why: String,
}

/// The setting that an objection is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Setting {
    Name,
    Description,
    Grants,
    Scopes,
    RedirectUris,
    ConnectUri,
    AllowedPrincipal,
    PrincipalType,
}

impl Setting {
    pub fn objection(self, why: impl Into<String>) -> Objection {
        Objection {
            setting: self,
            why: why.into(),
        }
    }
}

/// The grant types that an app may be given (reference §3).
pub const GRANTS: [&str; 5] = [
    "password",
    "refresh_token",
    "client_credentials",
    "authorization_code",
    "otp",
];

/// Checks what is asked for, and registers it under a new client id.
pub async fn register(
    app: &App,
    tx: &mut Tx,
    new: NewApp,
    now: Timestamp,
) -> Result<Registered, RegistrationError> {
    refuse_any(objections(&new, app.settings.loopback_partners))?;
    if let Some(company) = new.allowed_principal
        && companies::find(tx, company).await?.is_none()
    {
        let why = format!("no company has the id {company}");
        let objection = Setting::AllowedPrincipal.objection(why);
        return Err(RegistrationError::Invalid(vec![objection]));
    }
    let registered = RegisteredApp {
        client_id: AppId::from_uuid(app.entropy.uuid()),
        name: new.name,
        enabled: true,
        grants: new.grants.into_iter().collect(),
        scopes: new.scopes.into_iter().collect(),
        connect_uri: new.connect_uri.unwrap_or_default(),
        principal_type: new.principal_type,
        allowed_principal: new.allowed_principal,
        algorithm: new.algorithm,
        require_pkce: new.require_pkce,
    };
    apps::insert(tx, &registered).await?;
    redirect_uris::insert(tx, registered.client_id, &new.redirect_uris).await?;
    let (secret, secret_record) =
        app_secrets::make(app, tx, registered.client_id, true, now).await?;
    Ok(Registered {
        app: registered,
        secret,
        secret_record,
    })
}

/// What is wrong with an app that is asked for. `loopback` as in
/// [`crate::Settings::loopback_partners`].
pub fn objections(new: &NewApp, loopback: bool) -> Vec<Objection> {
    let connect_uri = new.connect_uri.as_deref();
    let found = [
        (Setting::Name, check_name(&new.name).map_err(str::to_owned)),
        (Setting::Grants, check_grants(&new.grants)),
        (Setting::Scopes, check_scopes(&new.scopes)),
        (Setting::RedirectUris, check_redirect_uris(new, loopback)),
        (
            Setting::ConnectUri,
            connect_uri.map_or(Ok(()), |uri| check_uri("connect URI", uri, loopback)),
        ),
    ];
    let wrong = found.into_iter();
    wrong
        .filter_map(|(setting, checked)| Some(setting.objection(checked.err()?)))
        .collect()
}

pub(crate) fn refuse_any(objections: Vec<Objection>) -> Result<(), RegistrationError> {
    match objections.is_empty() {
        true => Ok(()),
        false => Err(RegistrationError::Invalid(objections)),
    }
}

fn check_name(text: &str) -> Result<(), &'static str> {
    let name = text.trim();
    if name.is_empty() || name != text || name.chars().count() > 100 {
        return Err("the name has 1 to 100 characters, none of them a space at an end");
    }
    match name.chars().any(char::is_control) {
        true => Err("the name stands on one line"),
        false => Ok(()),
    }
}

fn check_grants(grants: &[String]) -> Result<(), String> {
    if grants.is_empty() {
        return Err("an app without a grant could do nothing: name at least one".to_owned());
    }
    match grants
        .iter()
        .find(|grant| !GRANTS.contains(&grant.as_str()))
    {
        None => Ok(()),
        Some(grant) => {
            let known = GRANTS.join(", ");
            Err(format!("no grant is called {grant:?}; there are {known}"))
        }
    }
}

fn check_scopes(scopes: &[String]) -> Result<(), String> {
    let wrong = scopes.iter().find(|scope| !is_scope(scope));
    wrong.map_or(Ok(()), |scope| {
        Err(format!("{scope:?} is not the name of one scope"))
    })
}

fn check_redirect_uris(new: &NewApp, loopback: bool) -> Result<(), String> {
    let codes = new.grants.iter().any(|grant| grant == "authorization_code");
    if codes && new.redirect_uris.is_empty() {
        return Err("the grant authorization_code needs a redirect URI".to_owned());
    }
    let mut seen = BTreeSet::new();
    for uri in &new.redirect_uris {
        check_uri("redirect URI", uri, loopback)?;
        if !seen.insert(uri) {
            return Err(format!("the redirect URI {uri} is given twice"));
        }
    }
    Ok(())
}

/// A scope-token of RFC 6749 §3.3.
fn is_scope(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_graphic() && byte != b'"' && byte != b'\\';
    !text.is_empty() && text.bytes().all(allowed)
}

/// An absolute address over https; in a demo or sandbox also over http on the own machine. It is
/// kept as it was given, so it must be written as a browser would write it. `what` it is begins the
/// sentence that says why not.
pub fn check_uri(what: &str, text: &str, loopback: bool) -> Result<(), String> {
    let refuse = |why: &str| Err(format!("the {what} {text:?} {why}"));
    let Ok(url) = Url::parse(text) else {
        return refuse("is not an absolute address");
    };
    if !text.bytes().all(|byte| byte.is_ascii_graphic()) || text.contains(['*', '\\']) {
        return refuse("holds a character that must be escaped");
    }
    if url.fragment().is_some() {
        return refuse("must not have a fragment (#)");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return refuse("must not hold a name or password");
    }
    let own_machine = match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    };
    match url.scheme() {
        "https" if url.has_host() => Ok(()),
        "http" if own_machine && loopback => Ok(()),
        "http" if own_machine => refuse("leads to the own machine, which only a demo may"),
        _ => refuse("does not begin with https://"),
    }
}

impl From<db::Error> for RegistrationError {
    fn from(error: db::Error) -> RegistrationError {
        RegistrationError::Storage(error)
    }
}

impl fmt::Display for RegistrationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RegistrationError::Invalid(objections) => {
                let all: Vec<&str> = objections.iter().map(|one| one.why.as_str()).collect();
                f.write_str(&all.join("; "))
            }
            RegistrationError::Storage(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for RegistrationError {}

#[cfg(test)]
mod tests {
    use super::*;

    fn new() -> NewApp {
        NewApp {
            name: "Meridian Ledger".to_owned(),
            grants: vec!["password".to_owned(), "refresh_token".to_owned()],
            scopes: vec!["openid".to_owned()],
            redirect_uris: Vec::new(),
            connect_uri: None,
            allowed_principal: None,
            algorithm: SigningAlgorithm::Rs256,
            principal_type: PrincipalType::Company,
            require_pkce: false,
        }
    }

    #[test]
    fn s03_addresses_are_https_or_in_a_demo_the_own_machine() {
        for good in [
            "https://partner.example/callback",
            "https://partner.example/callback?tenant=a%20b",
            "https://localhost/callback",
        ] {
            assert_eq!(check_uri("redirect URI", good, false), Ok(()), "{good}");
        }
        for own in [
            "http://127.0.0.1:8090/cb",
            "http://localhost/cb",
            "http://[::1]:1/cb",
        ] {
            assert_eq!(check_uri("redirect URI", own, true), Ok(()), "{own}");
            assert!(check_uri("redirect URI", own, false).is_err(), "{own}");
        }
        for bad in [
            "",
            "/callback",
            "partner.example/callback",
            "http://partner.example/callback",
            "http://127.0.0.1.partner.example/",
            "javascript:alert(1)",
            "https://partner.example/#here",
            "https://user:word@partner.example/",
            "https://*.partner.example/",
            "https://partner.example/a b",
            " https://partner.example/",
            "https://partner.example\\@evil.example/",
        ] {
            assert!(check_uri("redirect URI", bad, true).is_err(), "{bad}");
        }
    }

    #[test]
    fn settings_that_cannot_be_are_refused_in_a_sentence() {
        assert_eq!(objections(&new(), false), []);
        let with = |change: &dyn Fn(&mut NewApp)| {
            let mut changed = new();
            change(&mut changed);
            RegistrationError::Invalid(objections(&changed, false)).to_string()
        };
        assert!(with(&|new| new.name = " ".to_owned()).contains("name"));
        assert!(with(&|new| new.grants.clear()).contains("grant"));
        let implicit = with(&|new| new.grants.push("implicit".to_owned()));
        assert!(implicit.contains("\"implicit\""), "{implicit}");
        assert!(with(&|new| new.scopes.push("a b".to_owned())).contains("\"a b\""));
        let codes = with(&|new| new.grants.push("authorization_code".to_owned()));
        assert!(codes.contains("redirect URI"), "{codes}");
        let twice = with(&|new| {
            new.redirect_uris = vec!["https://partner.example/".to_owned(); 2];
        });
        assert!(twice.contains("twice"), "{twice}");
    }
}
