//! The files of `seeds/`, embedded, and their shapes.

use std::collections::BTreeMap;

use protocol::{AppId, CompanyId, Edition, UserId};
use rust_embed::RustEmbed;
use serde::Deserialize;
use serde::de::DeserializeOwned;

#[derive(RustEmbed)]
#[folder = "seeds/"]
struct Files;

/// A listing, and what its partner needs to know.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListingSeed {
    pub slug: String,
    pub listing_id: String,
    pub client_id: AppId,
    pub listing_type: ListingType,
    #[serde(default)]
    pub call_to_action: Option<landing_page::CallToAction>,
    pub landing: Landing,
    pub prefers_request_information: bool,
    pub endorsed: bool,
    pub popular: bool,
    pub name: String,
    pub headline: String,
    pub short_description: String,
    pub long_description: String,
    pub partner_name: String,
    pub scopes: Vec<String>,
    pub categories: Vec<String>,
    pub offerings: Vec<String>,
    pub countries: Vec<String>,
    pub keywords: Vec<String>,
    pub links: LinkSeeds,
    pub screenshots: Vec<ScreenshotSeed>,
    pub brand: BrandSeed,
    pub landing_page: LandingPageSeed,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ListingType {
    Enterprise,
    User,
}

/// Whether somebody answers at the connect URI.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Landing {
    Partner,
    Nobody,
}

/// Paths on the partner's site.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LinkSeeds {
    pub website: String,
    pub brochure: Option<String>,
    pub demo_video: Option<String>,
    pub support: String,
    pub terms: String,
    pub privacy: String,
    #[serde(rename = "help")]
    pub _help: String,
    pub lead_email: String,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScreenshotSeed {
    pub file: String,
    pub alt: String,
    pub caption: String,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BrandSeed {
    pub accent: String,
    pub accent_text: String,
    pub accent_dark: String,
    pub accent_dark_text: String,
    pub company: String,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LandingPageSeed {
    pub lead: String,
    pub connect_summary: Vec<String>,
    pub next_steps: Vec<String>,
    /// In words in `trial_text`; kept for whoever reads the seeds.
    #[serde(default, rename = "trial_days")]
    pub _trial_days: Option<u32>,
    #[serde(default)]
    pub trial_text: Option<String>,
    #[serde(default)]
    pub contact_text: Option<String>,
}

/// A landing page's texts in another language than the listing's.
#[derive(Clone, Deserialize)]
pub struct PageSeed {
    /// What will be shared, scope by scope.
    pub shared: Vec<String>,
    #[serde(flatten)]
    pub page: LandingPageSeed,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CompanySeed {
    pub id: CompanyId,
    pub name: String,
    pub edition: Edition,
    pub data_center: String,
    pub internet_domain: String,
    pub default_language: String,
    pub employees: i64,
    #[serde(rename = "products")]
    pub _products: Vec<String>,
    pub currency: String,
    pub address: store::Address,
    pub users: Vec<UserSeed>,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UserSeed {
    pub id: UserId,
    pub login: String,
    pub given_name: String,
    pub family_name: String,
    pub title: String,
    pub language: String,
    pub country: String,
    pub permissions: Vec<String>,
}

/// What expense reports are put together from; `|` separates the parts of an entry.
#[derive(Deserialize)]
pub struct ReportSeeds {
    pub ledgers: Vec<String>,
    #[serde(rename = "policies")]
    pub _policies: Vec<String>,
    pub cost_centers: Vec<String>,
    pub currencies: Vec<String>,
    pub purposes: BTreeMap<String, Vec<String>>,
    pub comments: BTreeMap<String, Vec<String>>,
}

/// All listings, in the order of the catalogue.
pub fn listings() -> Vec<ListingSeed> {
    let mut names: Vec<_> = Files::iter()
        .filter(|name| name.starts_with("listings/") && name.ends_with(".toml"))
        .collect();
    names.sort();
    let mut found: Vec<ListingSeed> = names.iter().map(|name| toml_file(name)).collect();
    found.sort_by_key(|listing| (!listing.popular, !listing.endorsed, listing.name.clone()));
    found
}

/// The texts of an app's landing page in a language, if somebody has translated them.
pub fn page(slug: &str, language: &str) -> Option<PageSeed> {
    let name = format!("pages/{slug}.{language}.toml");
    Files::get(&name).map(|_| toml_file(&name))
}

/// An app that is there as soon as a platform has been filled.
pub fn first_app() -> AppId {
    listings().first().expect("the demo lists apps").client_id
}

pub fn companies() -> Vec<CompanySeed> {
    #[derive(Deserialize)]
    struct File {
        companies: Vec<CompanySeed>,
    }
    toml_file::<File>("companies.toml").companies
}

pub fn report_material() -> ReportSeeds {
    toml_file("reports.toml")
}

/// The text of a file of `seeds/`.
pub fn text(name: &str) -> String {
    let file = Files::get(name).expect("the names of seed files stand in this crate and its seeds");
    String::from_utf8(file.data.into_owned()).expect("seed files are text")
}

fn toml_file<T: DeserializeOwned>(name: &str) -> T {
    match toml::from_str(&text(name)) {
        Ok(value) => value,
        // Embedded at build time and read by a test: it cannot differ in a released program.
        Err(error) => panic!("seeds/{name}: {error}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_seeds_can_be_read_and_hold_what_the_demo_promises() {
        let listings = listings();
        let kinds = |wanted: &dyn Fn(&ListingSeed) -> bool| listings.iter().any(wanted);
        assert!(kinds(
            &|l| l.call_to_action == Some(landing_page::CallToAction::SignInOrUp)
        ));
        assert!(kinds(
            &|l| l.call_to_action == Some(landing_page::CallToAction::Verification)
        ));
        assert!(kinds(&|l| l.listing_type == ListingType::User));
        assert!(kinds(&|l| l.prefers_request_information));
        assert!(kinds(&|l| l.landing == Landing::Nobody));
        let companies = companies();
        assert!(companies.len() >= 3);
        for company in &companies {
            let admins = company
                .users
                .iter()
                .filter(|user| !user.permissions.is_empty())
                .count();
            assert!(
                admins >= 1 && admins < company.users.len(),
                "{}",
                company.name
            );
        }
        assert!(!report_material().purposes.is_empty());
    }
}
