use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use protocol::{AppId, DataCenter, Origin, PrincipalType};
use secrecy::SecretString;
use serde::Deserialize;

use crate::{AppLinks, Language, OwnFrame, SignUpStep, Text, sign_up_step};

/// What a partner's site serves.
#[derive(Clone)]
pub struct Config {
    /// Where browsers reach it.
    pub public_origin: Origin,
    pub apps: Vec<AppConfig>,
    /// Address and password shown on the console's sign-in page. Only ever in the demo.
    pub demo_sign_in: Option<(String, String)>,
}

/// The platform that an app is registered with, as people know it: for the pages' words.
#[derive(Clone, Debug)]
pub struct Platform {
    pub name: String,
    /// By the names that people know.
    pub data_centers: Vec<DataCenter>,
}

/// One app of the partner, with what its landing page says.
#[derive(Clone)]
pub struct AppConfig {
    /// First part of its addresses: lower-case letters, digits and dashes.
    pub slug: String,
    pub client_id: AppId,
    pub client_secret: SecretString,
    pub platform: Platform,
    /// The app's brand.
    pub name: String,
    /// The company's brand.
    pub company: String,
    /// An app for tests: its pages say so, so that nobody takes them for the ones in use (LP-05).
    pub test: bool,
    /// What it connects: companies or users.
    pub kind: PrincipalType,
    pub call_to_action: CallToAction,
    /// Space-free names, as registered with the platform.
    pub scopes: Vec<String>,
    /// What will be shared, in sentences.
    pub shared: Vec<Text>,
    pub logo_svg: String,
    /// Colours as `#rrggbb`; whether they are easy to read is the author's business.
    pub accent: String,
    pub accent_text: String,
    pub accent_dark: String,
    pub accent_dark_text: String,
    /// Languages of its pages, the default first.
    pub languages: Vec<Language>,
    pub lead: Text,
    pub connect_summary: Vec<Text>,
    pub next_steps: Vec<Text>,
    pub trial_text: Option<Text>,
    /// What signing up asks besides the person and the company.
    pub sign_up: Vec<SignUpStep>,
    /// How inquiries are answered, on the contact page.
    pub contact_text: Option<Text>,
    /// The operator's own frame around the pages, in place of ours.
    pub frame: Option<Arc<OwnFrame>>,
    pub links: AppLinks,
    pub documents: Vec<Document>,
}

/// The one thing a landing page asks for (LP-03).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CallToAction {
    /// An account: for free services, online registration and trials.
    SignInOrUp,
    /// A code that the partner handed over when a contract was signed.
    Verification,
}

/// A page of text: `terms`, `privacy`, `support` and `help` are linked from every landing page; they
/// may also stand elsewhere.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Document {
    pub slug: String,
    pub title: Text,
    pub markdown: Text,
}

/// The documents that every landing page links (LP-18 to LP-20).
pub(crate) const LINKED: [&str; 4] = ["terms", "privacy", "support", "help"];
/// First parts of addresses that the site itself uses.
const RESERVED: [&str; 4] = ["connect", "console", "assets", "favicon"];

/// What is wrong with a configuration, and in which app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError {
    /// Slug of the app.
    pub app: String,
    pub problem: String,
}

impl Platform {
    /// The name of a data center; its address where the configuration has no name for it.
    pub(crate) fn data_center<'a>(&'a self, base_uri: &'a Origin) -> &'a str {
        let named = self.data_centers.iter().find(|c| c.base_uri == *base_uri);
        named.map_or_else(|| base_uri.authority(), |center| &center.name)
    }
}

impl Config {
    /// The first mistake.
    pub fn check(&self) -> Result<(), ConfigError> {
        self.mistakes().into_iter().next().map_or(Ok(()), Err)
    }

    /// Finds what would only show when a page is opened: the first thing of each app.
    pub fn mistakes(&self) -> Vec<ConfigError> {
        let mut slugs = BTreeSet::new();
        let mut clients = BTreeSet::new();
        let mut mistakes = Vec::new();
        for app in &self.apps {
            let (new_slug, new_client) = (slugs.insert(&app.slug), clients.insert(app.client_id));
            let problem = match app.check() {
                Err(problem) => problem,
                Ok(()) if !new_slug => "another app has the same slug".to_owned(),
                Ok(()) if !new_client => "another app has the same client id".to_owned(),
                Ok(()) => continue,
            };
            mistakes.push(ConfigError {
                app: app.slug.clone(),
                problem,
            });
        }
        mistakes
    }
}

impl AppConfig {
    pub(crate) fn document(&self, slug: &str) -> Option<&Document> {
        self.documents.iter().find(|document| document.slug == slug)
    }

    /// Which wording is meant of sentences that differ by whom the app connects.
    pub(crate) fn whom(&self) -> &'static str {
        match self.kind {
            PrincipalType::User => "user",
            _ => "company",
        }
    }

    /// Address of one of its pages: `app.href("terms")`.
    pub(crate) fn href(&self, page: &str) -> String {
        format!("/{}/{page}", self.slug)
    }

    fn check(&self) -> Result<(), String> {
        check_slug(&self.slug)?;
        if RESERVED.contains(&self.slug.as_str()) {
            return Err("this slug is taken by the site itself".to_owned());
        }
        for (name, text) in [("name", &self.name), ("company", &self.company)] {
            if text.trim().is_empty() {
                return Err(format!("{name} is empty"));
            }
        }
        if self.kind == PrincipalType::App {
            return Err("an app connects companies or users".to_owned());
        }
        for colour in [
            &self.accent,
            &self.accent_text,
            &self.accent_dark,
            &self.accent_dark_text,
        ] {
            check_colour(colour)?;
        }
        let svg = self.logo_svg.trim_start();
        if !svg.starts_with("<svg") && !svg.starts_with("<?xml") {
            return Err("the logo is not an SVG".to_owned());
        }
        check_languages(&self.languages)?;
        for (what, text) in self.texts() {
            text.check(what, &self.languages)?;
        }
        sign_up_step::check(&self.sign_up)?;
        self.check_documents()
    }

    /// What the pages say of the app, with the names of the keys.
    fn texts(&self) -> impl Iterator<Item = (&'static str, &Text)> {
        let one = |what| move |text| (what, text);
        let steps = self.sign_up.iter().flat_map(SignUpStep::texts);
        let pages = self.documents.iter();
        let pages = pages.flat_map(|page| [&page.title, &page.markdown]);
        std::iter::once(("lead", &self.lead))
            .chain(self.shared.iter().map(one("shared")))
            .chain(self.connect_summary.iter().map(one("connect_summary")))
            .chain(self.next_steps.iter().map(one("next_steps")))
            .chain(self.trial_text.iter().map(one("trial_text")))
            .chain(self.contact_text.iter().map(one("contact_text")))
            .chain(steps.map(one("sign_up")))
            .chain(pages.map(one("a page")))
    }

    fn check_documents(&self) -> Result<(), String> {
        let mut seen = BTreeSet::new();
        for document in &self.documents {
            check_slug(&document.slug)?;
            if !seen.insert(document.slug.as_str()) {
                return Err(format!("two documents are called {}", document.slug));
            }
        }
        let own = AppLinks::own(&self.slug);
        let missing = |slug: &&&str| self.links.of(slug) == own.of(slug) && !seen.contains(**slug);
        match LINKED.iter().find(missing) {
            Some(missing) => Err(format!("the document {missing} is missing")),
            None => Ok(()),
        }
    }
}

fn check_slug(slug: &str) -> Result<(), String> {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let edges = slug.starts_with('-') || slug.ends_with('-');
    if !slug.is_empty() && slug.len() <= 60 && slug.chars().all(fits) && !edges {
        Ok(())
    } else {
        Err(format!(
            "{slug:?} is not a slug: lower-case letters, digits and dashes"
        ))
    }
}

fn check_languages(languages: &[Language]) -> Result<(), String> {
    if languages.is_empty() {
        return Err("languages is empty: name at least one".to_owned());
    }
    let mut seen = BTreeSet::new();
    match languages.iter().find(|language| !seen.insert(**language)) {
        Some(twice) => Err(format!("languages names {:?} twice", twice.tag())),
        None => Ok(()),
    }
}

fn check_colour(text: &str) -> Result<(), String> {
    let digits = text.strip_prefix('#').unwrap_or_default();
    if digits.len() == 6 && digits.chars().all(|c| c.is_ascii_hexdigit()) {
        Ok(())
    } else {
        Err(format!("{text:?} is not a colour like #1d5fae"))
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "app {:?}: {}", self.app, self.problem)
    }
}

impl std::error::Error for ConfigError {}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    fn platform() -> Platform {
        Platform {
            name: "the platform".to_owned(),
            data_centers: vec![DataCenter {
                name: "eu2".to_owned(),
                base_uri: "http://127.0.0.1:8083".parse().unwrap(),
            }],
        }
    }

    pub(crate) fn app(slug: &str, client: u128) -> AppConfig {
        let document = |slug: &str| Document {
            slug: slug.to_owned(),
            title: slug.into(),
            markdown: Text::default(),
        };
        AppConfig {
            slug: slug.to_owned(),
            client_id: AppId::from_uuid(uuid::Uuid::from_u128(client)),
            client_secret: "secret".into(),
            platform: platform(),
            name: "Ledger".to_owned(),
            company: "Meridian".to_owned(),
            kind: PrincipalType::Company,
            call_to_action: CallToAction::Verification,
            scopes: Vec::new(),
            shared: Vec::new(),
            logo_svg: "<svg/>".to_owned(),
            accent: "#1d5fae".to_owned(),
            accent_text: "#ffffff".to_owned(),
            accent_dark: "#8fbcf5".to_owned(),
            accent_dark_text: "#0f1b2b".to_owned(),
            languages: vec![Language::English],
            lead: Text::default(),
            connect_summary: Vec::new(),
            next_steps: Vec::new(),
            trial_text: None,
            sign_up: Vec::new(),
            contact_text: None,
            test: false,
            frame: None,
            links: AppLinks::own(slug),
            documents: LINKED.map(document).to_vec(),
        }
    }

    fn check(apps: Vec<AppConfig>) -> Result<(), String> {
        config(apps).check().map_err(|error| error.problem)
    }

    fn config(apps: Vec<AppConfig>) -> Config {
        Config {
            public_origin: "http://127.0.0.1:8090".parse().unwrap(),
            apps,
            demo_sign_in: None,
        }
    }

    #[test]
    fn a_data_center_is_called_by_its_name() {
        let platform = platform();
        let name = |origin: &str| platform.data_center(&origin.parse().unwrap()).to_owned();
        assert_eq!(name("http://127.0.0.1:8083"), "eu2");
        assert_eq!(name("https://us2.api.example"), "us2.api.example");
    }

    #[test]
    fn a_whole_configuration_is_accepted() {
        assert_eq!(check(vec![app("a", 1), app("b", 2)]), Ok(()));
    }

    #[test]
    fn what_could_not_be_served_is_found_on_start() {
        let with = |change: fn(&mut AppConfig)| {
            let mut app = app("ledger", 1);
            change(&mut app);
            check(vec![app])
        };
        assert!(check(vec![app("a", 1), app("a", 2)]).is_err());
        assert!(check(vec![app("a", 1), app("b", 1)]).is_err());
        assert!(with(|app| app.slug = "Ledger".into()).is_err());
        assert!(with(|app| app.slug = "console".into()).is_err());
        assert!(with(|app| app.accent = "red;}".into()).is_err());
        assert!(with(|app| app.logo_svg = "<script/>".into()).is_err());
        assert!(with(|app| app.kind = PrincipalType::App).is_err());
        assert!(with(|app| app.languages.clear()).is_err());
        let german = Text::of_each([(Language::German, "x".to_owned())]);
        let mut half = app("ledger", 1);
        half.next_steps.push(german);
        assert!(check(vec![half]).unwrap_err().starts_with("next_steps has"));
        assert!(with(|app| app.languages.push(Language::English)).is_err());
        assert!(with(|app| drop(app.documents.pop())).is_err());
        assert!(with(|app| app.documents.push(app.documents[0].clone())).is_err());
        assert!(with(|app| app.documents[0].slug = "a/b".into()).is_err());
    }
}
