use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use client::Credentials;
use protocol::PrincipalType;
use serde::Deserialize;

use crate::config::LINKED;
use crate::words::Words;
use crate::{
    AppConfig, AppLinks, CallToAction, Document, Language, OwnFrame, Platform, SignUpStep, Text,
    frame,
};

/// An app's pages as a configuration file describes them. Pictures and pages are files beside that one.
///
/// `docs/operate/partner.md` describes every key.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AppSettings {
    name: String,
    company: String,
    #[serde(default)]
    test: bool,
    #[serde(default)]
    connects: Connects,
    call_to_action: CallToAction,
    scopes: Vec<String>,
    #[serde(default)]
    shared: Vec<Text>,
    logo: PathBuf,
    #[serde(default = "english")]
    languages: Vec<Language>,
    /// A folder with a frame of the operator's own.
    frame: Option<PathBuf>,
    #[serde(default)]
    lead: Text,
    #[serde(default)]
    connect_summary: Vec<Text>,
    #[serde(default)]
    next_steps: Vec<Text>,
    trial_text: Option<Text>,
    contact_text: Option<Text>,
    #[serde(default)]
    sign_up: Vec<SignUpStep>,
    #[serde(default)]
    colors: Colors,
    links: BTreeMap<String, Text>,
    #[serde(default)]
    pages: Vec<Page>,
}

/// Whom the app's connections stand for.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Connects {
    #[default]
    Companies,
    Users,
}

/// The brand's colours, as `#rrggbb`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Colors {
    accent: String,
    accent_text: String,
    accent_dark: String,
    accent_dark_text: String,
}

/// A page of text besides those that every landing page links.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Page {
    slug: String,
    title: Text,
    file: Text,
}

/// The link to the form for inquiries, beside [`LINKED`].
const INQUIRY: &str = "inquiry";
/// What most partners write their pages in; a further language is offered when they say so.
fn english() -> Vec<Language> {
    vec![Language::English]
}

/// Larger than any page of text, or picture that loads quickly.
const FILE: u64 = 512 * 1024;

impl Default for Colors {
    fn default() -> Colors {
        Colors {
            accent: "#1d5fae".to_owned(),
            accent_text: "#ffffff".to_owned(),
            accent_dark: "#8fbcf5".to_owned(),
            accent_dark_text: "#0f1b2b".to_owned(),
        }
    }
}

impl AppSettings {
    /// Reads what the settings name from `folder`. An error is a sentence without the app's name.
    pub fn load(
        self,
        slug: &str,
        credentials: Credentials,
        platform: Platform,
        folder: &Path,
    ) -> Result<AppConfig, String> {
        let (links, mut documents) = self.links(slug, folder)?;
        for page in &self.pages {
            documents.push(Document {
                slug: page.slug.clone(),
                title: page.title.clone(),
                markdown: page.file.each(|file| read(folder, Path::new(file)))?,
            });
        }
        let mut app = AppConfig {
            slug: slug.to_owned(),
            client_id: credentials.client_id,
            client_secret: credentials.client_secret,
            platform,
            kind: match self.connects {
                Connects::Companies => PrincipalType::Company,
                Connects::Users => PrincipalType::User,
            },
            logo_svg: read(folder, &self.logo)?,
            name: self.name,
            company: self.company,
            test: self.test,
            call_to_action: self.call_to_action,
            scopes: self.scopes,
            shared: self.shared,
            accent: self.colors.accent,
            accent_text: self.colors.accent_text,
            accent_dark: self.colors.accent_dark,
            accent_dark_text: self.colors.accent_dark_text,
            languages: self.languages,
            lead: self.lead,
            connect_summary: self.connect_summary,
            next_steps: self.next_steps,
            trial_text: self.trial_text,
            sign_up: self.sign_up,
            contact_text: self.contact_text,
            frame: None,
            links,
            documents,
        };
        if let Some(frame) = &self.frame {
            let frame = OwnFrame::load(&folder.join(frame), &app)?;
            app.frame = Some(Arc::new(frame));
        }
        Ok(app)
    }

    /// Each of the links leads to an address, or to a page that we make of a file.
    fn links(&self, slug: &str, folder: &Path) -> Result<(AppLinks, Vec<Document>), String> {
        let known = |name: &&String| LINKED.contains(&name.as_str()) || *name == INQUIRY;
        if let Some(unknown) = self.links.keys().find(|name| !known(name)) {
            return Err(format!(
                "links.{unknown} is not known: there are terms, privacy, support, help and inquiry"
            ));
        }
        let mut links = AppLinks::own(slug);
        let mut documents = Vec::new();
        for name in LINKED {
            let target = self.links.get(name).ok_or_else(|| {
                format!("links.{name} is missing: an https:// address, or a Markdown file")
            })?;
            if let Some(address) = target.once().filter(|target| is_address(target)) {
                links.set(name, address);
                continue;
            }
            let page = |file: &str| match is_address(file) {
                true => Err(format!(
                    "links.{name} is one address for all languages, or a file for each"
                )),
                false => read(folder, Path::new(file)),
            };
            let languages = self.languages.iter();
            let title = |language: &Language| (*language, frame::title_of(name, Words(*language)));
            documents.push(Document {
                slug: name.to_owned(),
                title: Text::of_each(languages.map(title)),
                markdown: target.each(page)?,
            });
        }
        if let Some(target) = self.links.get(INQUIRY) {
            let address = target.once().filter(|target| is_address(target));
            let address = address.ok_or("links.inquiry must begin with https://")?;
            address.clone_into(&mut links.inquiry);
        }
        Ok((links, documents))
    }
}

fn is_address(target: &str) -> bool {
    target.starts_with("https://")
}

fn read(folder: &Path, file: &Path) -> Result<String, String> {
    let path = folder.join(file);
    let told = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
    let size = std::fs::metadata(&path)
        .map_err(|error| told(&error))?
        .len();
    if size > FILE {
        return Err(told(&"it is larger than 512 KiB"));
    }
    std::fs::read_to_string(&path).map_err(|error| told(&error))
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: &str = r#"
        name = "Ledger"
        company = "Meridian"
        call_to_action = "sign_in_or_up"
        scopes = ["openid"]
        logo = "logo.svg"
        [links]
        terms = "terms.md"
        privacy = "https://meridian.example/privacy"
        support = "https://meridian.example/support"
        help = "https://meridian.example/help"
    "#;

    fn load(text: &str) -> Result<AppConfig, String> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("logo.svg"), "<svg/>").unwrap();
        std::fs::write(folder.path().join("terms.md"), "# Terms").unwrap();
        let settings: AppSettings = serde_json::from_value(
            toml::from_str::<serde_json::Value>(text).map_err(|error| error.to_string())?,
        )
        .map_err(|error| error.to_string())?;
        let credentials = Credentials {
            client_id: protocol::AppId::from_uuid(uuid::Uuid::from_u128(1)),
            client_secret: "secret".into(),
        };
        let platform = Platform {
            name: "the platform".to_owned(),
            data_centers: Vec::new(),
        };
        settings.load("ledger", credentials, platform, folder.path())
    }

    #[test]
    fn links_lead_to_addresses_or_to_pages_made_of_files() {
        let app = load(WHOLE).unwrap();
        assert_eq!(app.links.terms, "/ledger/terms");
        assert_eq!(app.links.privacy, "https://meridian.example/privacy");
        assert_eq!(app.links.inquiry, "/connect/ledger/contact");
        assert_eq!(app.documents.len(), 1);
        assert!(!app.test && app.kind == PrincipalType::Company);
        let elsewhere = format!("{WHOLE}\ninquiry = 'https://meridian.example/ask'");
        let app = load(&elsewhere).unwrap();
        assert_eq!(app.links.inquiry, "https://meridian.example/ask");
    }

    #[test]
    fn what_is_missing_or_misspelt_is_told_by_name() {
        for (from, to, told) in [
            ("terms = \"terms.md\"", "", "links.terms is missing"),
            ("terms.md", "nothing.md", "nothing.md"),
            ("logo.svg", "nothing.svg", "nothing.svg"),
            (
                "terms =",
                "terns = 'x'\nterms =",
                "links.terns is not known",
            ),
            (
                "help =",
                "inquiry = 'http://x'\nhelp =",
                "must begin with https://",
            ),
            ("scopes", "scope", "scope"),
            (
                "scopes",
                "languages = ['fr']\nscopes",
                "there is no language \"fr\": there are en, de and ja",
            ),
            (
                "scopes",
                "lead = { fr = 'x' }\nscopes",
                "there is no language \"fr\"",
            ),
        ] {
            let said = load(&WHOLE.replace(from, to)).map(drop).unwrap_err();
            assert!(said.contains(told), "{said}");
        }
    }
}
