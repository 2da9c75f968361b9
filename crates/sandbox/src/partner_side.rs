//! The partner of a demo: every listed app but the one whose server is down.

use std::time::Duration;

use ambient::{Clock, Entropy};
use client::Client;
use landing_page::{
    AppConfig, AppLinks, Config, Document, NewStaff, Partner, Platform, seed_staff,
};
use mail::Mailer;
use protocol::{DataCenters, Origin, PrincipalType};
use secrecy::ExposeSecret;
use vault::{Broker, NewCode, Vault};

use crate::facts::{CodeFacts, Facts};
use crate::seeds::{self, Landing, ListingSeed, ListingType};
use crate::{DemoError, partner_page, texts};

/// The one member of the partner's staff, who signs in to the console.
pub const STAFF_EMAIL: &str = "operations@partner.example";
pub const STAFF_PASSWORD: &str = crate::PASSWORD;

/// Codes that each app with verification begins with: one for each customer and some to spare.
const CODES: usize = 8;

/// What a partner is started with.
pub struct PartnerOpening {
    pub vault: Vault,
    pub clock: Clock,
    pub entropy: Entropy,
    pub origin: Origin,
    pub mailer: Mailer,
    pub platform_name: String,
    pub data_centers: DataCenters,
    /// Changes what its site is started with.
    pub adjust: fn(&mut Config),
}

/// The partner's site, with the secrets that `facts` hold.
pub async fn start(opening: PartnerOpening, facts: &Facts) -> Result<Partner, DemoError> {
    let PartnerOpening {
        vault,
        clock,
        entropy,
        origin,
        mailer,
        platform_name,
        data_centers,
        adjust,
    } = opening;
    let landing_zone = data_centers.landing_zone.base_uri.clone();
    let regions: Vec<Origin> = data_centers
        .regions
        .iter()
        .map(|c| c.base_uri.clone())
        .collect();
    let config = client::Config {
        landing_zone,
        data_centers: regions,
        timeout: Duration::from_secs(10),
    };
    let client = Client::new(config, clock.clone(), entropy.clone())
        .map_err(|error| DemoError::Partner(error.to_string()))?;
    let platform = Platform {
        name: platform_name,
        data_centers: data_centers.regions,
    };
    let apps = seeds::listings()
        .into_iter()
        .filter(|seed| seed.landing == Landing::Partner)
        .map(|seed| app_config(&seed, facts, &platform))
        .collect::<Option<_>>()
        .ok_or(DemoError::FactsIncomplete)?;
    let mut config = Config {
        public_origin: origin,
        apps,
        demo_sign_in: Some((STAFF_EMAIL.to_owned(), STAFF_PASSWORD.to_owned())),
    };
    adjust(&mut config);
    let credentials = config.apps.iter().map(landing_page::credentials).collect();
    let broker = Broker::new(vault, client, credentials);
    let partner = Partner::new(config, broker, mailer, clock, entropy)
        .map_err(|error| DemoError::Partner(format!("{}: {}", error.app, error.problem)))?;
    let listings = facts.apps.iter();
    let listings = listings.map(|app| (app.client_id, app.listing.clone()));
    Ok(partner.listed_at(listings.collect()))
}

/// Somebody for the console, and codes for those who have signed a contract. Repeated, it changes
/// nothing.
pub async fn seed(vault: &Vault, entropy: &Entropy, begun: &Facts) -> Result<(), db::Error> {
    let staff = NewStaff {
        email: STAFF_EMAIL.to_owned(),
        name: "Partner operations".to_owned(),
        password: STAFF_PASSWORD.into(),
    };
    seed_staff(vault, entropy, staff).await?;
    let customers = seeds::companies().into_iter().map(|company| company.name);
    let spare = (1..).map(|number| format!("Spare code {number}"));
    let labels: Vec<String> = customers.chain(spare).take(CODES).collect();
    for (facts, label) in begun.verification_codes.iter().zip(labels.iter().cycle()) {
        let new = NewCode {
            app: facts.client_id,
            label: label.clone(),
            issued_by: STAFF_EMAIL.to_owned(),
            lifetime: None,
        };
        vault.seed_code(&facts.code, new).await?;
    }
    Ok(())
}

/// Codes for every app that asks for one.
pub fn new_codes(vault: &Vault) -> Vec<CodeFacts> {
    let verified = |seed: &ListingSeed| {
        seed.landing == Landing::Partner
            && seed.call_to_action == Some(landing_page::CallToAction::Verification)
    };
    let apps = seeds::listings().into_iter().filter(verified);
    let codes = apps.flat_map(|seed| [seed.client_id; CODES]);
    let draw = |client_id| CodeFacts {
        client_id,
        code: vault.draw_code().expose_secret().to_owned(),
    };
    codes.map(draw).collect()
}

/// Ports may have moved since the last start; connections follow.
pub async fn relocate(
    vault: &Vault,
    begun: &Facts,
    data_centers: &DataCenters,
) -> Result<(), db::Error> {
    let moved = |(name, from): (&String, &Origin)| {
        let to = data_centers.by_name(name)?.base_uri.clone();
        Some((from.clone(), to))
    };
    let moves: Vec<_> = begun.data_centers.iter().filter_map(moved).collect();
    vault.relocate(&moves).await
}

fn app_config(seed: &ListingSeed, facts: &Facts, platform: &Platform) -> Option<AppConfig> {
    let page = partner_page::of_listing(seed, &platform.name);
    Some(AppConfig {
        slug: seed.slug.clone(),
        client_id: seed.client_id,
        client_secret: facts.client_secret(seed.client_id)?.into(),
        platform: platform.clone(),
        name: seed.name.clone(),
        company: seed.brand.company.clone(),
        test: false,
        frame: None,
        links: AppLinks::own(&seed.slug),
        kind: match seed.listing_type {
            ListingType::Enterprise => PrincipalType::Company,
            ListingType::User => PrincipalType::User,
        },
        call_to_action: seed.call_to_action?,
        scopes: seed.scopes.clone(),
        shared: page.shared,
        logo_svg: seeds::text(&format!("listings/{}.svg", seed.slug)),
        accent: seed.brand.accent.clone(),
        accent_text: seed.brand.accent_text.clone(),
        accent_dark: seed.brand.accent_dark.clone(),
        accent_dark_text: seed.brand.accent_dark_text.clone(),
        languages: page.languages,
        lead: page.lead,
        connect_summary: page.connect_summary,
        next_steps: page.next_steps,
        sign_up: Vec::new(),
        trial_text: page.trial_text,
        contact_text: page.contact_text,
        documents: documents(seed, &platform.name),
    })
}

fn documents(seed: &ListingSeed, platform: &str) -> Vec<Document> {
    let text = |name: &str| texts::of_partner(name, &seed.name, &seed.brand.company, platform);
    let document = |slug: &str, title: &str, markdown: String| Document {
        slug: slug.to_owned(),
        title: title.into(),
        markdown: markdown.into(),
    };
    let mut documents = vec![
        document("terms", "Terms and conditions", text("terms")),
        document("privacy", "Privacy policy", text("privacy")),
        document("support", "Support", text("support")),
        document("help", "Help", text("help")),
    ];
    if seed.links.brochure.is_some() {
        documents.push(document("brochure", "Brochure", text("brochure")));
    }
    if seed.links.demo_video.is_some() {
        let tour = tour(seed, platform);
        documents.push(document("tour", "A short tour", tour));
    }
    documents
}

/// The tour in words: what the app does, then what happens after connecting.
fn tour(seed: &ListingSeed, platform: &str) -> String {
    let steps = seed
        .landing_page
        .connect_summary
        .iter()
        .chain(&seed.landing_page.next_steps);
    let steps: Vec<String> = steps
        .enumerate()
        .map(|(at, step)| format!("{}. {step}", at + 1))
        .collect();
    format!(
        "# {}\n\n{}\n\n{}\n",
        seed.headline,
        seed.short_description,
        steps.join("\n")
    )
    .replace("{platform}", platform)
}
