//! The demo's apps and their listings.

use ambient::Entropy;
use db::Tx;
use protocol::jose::SigningAlgorithm;
use protocol::{Origin, PrincipalType, ScopeSet};
use store::{
    App, AppSecret, Listing, ListingContent, ListingImage, ListingLinks, RegisteredApp, Screenshot,
    app_secrets, apps, listing_images, listings, redirect_uris,
};

use crate::facts::{AppFacts, Facts};
use crate::seeds::{self, Landing, ListingSeed, ListingType};

/// Where things are in this start of the demo: ports may have moved since the last.
pub struct Places {
    pub app_center: Origin,
    pub partner: Origin,
    pub outbox: Origin,
    pub closed_port: u16,
}

impl Places {
    pub fn connect_uri(&self, seed: &ListingSeed) -> String {
        match seed.landing {
            Landing::Partner => self.partner.join(&format!("/connect/{}", seed.slug)),
            Landing::Nobody => format!("http://127.0.0.1:{}/connect", self.closed_port),
        }
    }
}

/// Registers the apps with the secrets that were drawn for them.
pub async fn register(
    app: &App,
    tx: &mut Tx,
    places: &Places,
    begun: &Facts,
) -> Result<(), db::Error> {
    for seed in seeds::listings() {
        apps::insert(tx, &registered(&seed, places)).await?;
        redirect_uris::insert(tx, seed.client_id, &redirect_uris_of(&seed)).await?;
        let Some(secret) = begun.client_secret(seed.client_id) else {
            continue;
        };
        let stored = AppSecret {
            client_id: seed.client_id,
            id: app.entropy.uuid(),
            hash: app.client_secret_hash(secret),
            active: true,
            created_at: app.clock.now(),
        };
        app_secrets::insert(tx, &stored).await?;
    }
    Ok(())
}

/// Writes listings, pictures and connect URIs as this program has them: over what an earlier start
/// wrote, so that a newer program and other ports show at once.
pub async fn publish(tx: &mut Tx, platform: &str, places: &Places) -> Result<(), db::Error> {
    for (position, seed) in (0_i64..).zip(seeds::listings()) {
        apps::set_connect_uri(tx, seed.client_id, &places.connect_uri(&seed)).await?;
        listings::put(tx, &listing(&seed, platform, places), position).await?;
        let icon = format!("{}.svg", seed.slug);
        let pictures = seed.screenshots.iter().map(|picture| picture.file.clone());
        for name in pictures.chain([icon]) {
            let image = ListingImage {
                content: seeds::text(&format!("listings/{name}")).into_bytes(),
                content_type: "image/svg+xml".to_owned(),
                name,
            };
            listing_images::put(tx, &seed.listing_id, &image).await?;
        }
    }
    Ok(())
}

/// The apps as they are now, with the secrets that were drawn when the demo began.
pub fn facts(places: &Places, begun: &Facts) -> Option<Vec<AppFacts>> {
    let of = |seed: ListingSeed| {
        let secret = begun.client_secret(seed.client_id)?.to_owned();
        Some(app_facts(&seed, places, secret))
    };
    seeds::listings().into_iter().map(of).collect()
}

/// A secret for each app.
pub fn with_new_secrets(places: &Places, entropy: &Entropy) -> Vec<AppFacts> {
    let of = |seed: ListingSeed| app_facts(&seed, places, entropy.uuid().to_string());
    seeds::listings().into_iter().map(of).collect()
}

fn registered(seed: &ListingSeed, places: &Places) -> RegisteredApp {
    RegisteredApp {
        client_id: seed.client_id,
        name: seed.name.clone(),
        enabled: true,
        grants: ScopeSet::parse(match seed.listing_type {
            ListingType::Enterprise => "password refresh_token client_credentials",
            ListingType::User => "password refresh_token client_credentials otp authorization_code",
        }),
        scopes: seed.scopes.iter().map(String::as_str).collect(),
        connect_uri: places.connect_uri(seed),
        principal_type: match seed.listing_type {
            ListingType::Enterprise => PrincipalType::Company,
            ListingType::User => PrincipalType::User,
        },
        allowed_principal: None,
        algorithm: SigningAlgorithm::default(),
        require_pkce: false,
    }
}

/// Where a developer's own program most likely listens: anybody may try a sign-in with an app that
/// connects to people.
const REDIRECT_URIS: [&str; 2] = [
    "http://127.0.0.1:3000/callback",
    "http://localhost:3000/callback",
];

fn redirect_uris_of(seed: &ListingSeed) -> Vec<String> {
    match seed.listing_type {
        ListingType::Enterprise => Vec::new(),
        ListingType::User => REDIRECT_URIS.map(str::to_owned).to_vec(),
    }
}

fn listing(seed: &ListingSeed, platform: &str, places: &Places) -> Listing {
    let words = |text: &str| text.replace("{platform}", platform);
    let at_partner = |path: &str| places.partner.join(path);
    Listing {
        id: seed.listing_id.clone(),
        client_id: seed.client_id,
        name: seed.name.clone(),
        content: ListingContent {
            partner_name: seed.partner_name.clone(),
            headline: words(&seed.headline),
            short_description: words(&seed.short_description),
            long_description: words(&seed.long_description),
            prefers_request_information: seed.prefers_request_information,
            endorsed: seed.endorsed,
            popular: seed.popular,
            categories: seed.categories.clone(),
            offerings: seed.offerings.clone(),
            countries: seed.countries.clone(),
            keywords: seed.keywords.clone(),
            links: ListingLinks {
                website: at_partner(&seed.links.website),
                brochure: seed.links.brochure.as_deref().map(at_partner),
                demo_video: seed.links.demo_video.as_deref().map(at_partner),
                support: at_partner(&seed.links.support),
                terms: at_partner(&seed.links.terms),
                privacy: at_partner(&seed.links.privacy),
                lead_email: seed.links.lead_email.clone(),
            },
            screenshots: seed
                .screenshots
                .iter()
                .map(|picture| Screenshot {
                    image: picture.file.clone(),
                    alt: picture.alt.clone(),
                    caption: picture.caption.clone(),
                })
                .collect(),
            icon: format!("{}.svg", seed.slug),
        },
    }
}

fn app_facts(seed: &ListingSeed, places: &Places, client_secret: String) -> AppFacts {
    let call_to_action = seed.call_to_action.map(|call| match call {
        landing_page::CallToAction::SignInOrUp => "sign_in_or_up",
        landing_page::CallToAction::Verification => "verification",
    });
    AppFacts {
        client_id: seed.client_id,
        client_secret,
        name: seed.name.clone(),
        listing_type: match seed.listing_type {
            ListingType::Enterprise => "enterprise",
            ListingType::User => "user",
        }
        .to_owned(),
        call_to_action: call_to_action.map(str::to_owned),
        connect_uri: places.connect_uri(seed),
        listing: places
            .app_center
            .join(&format!("/app-center/listings/{}", seed.listing_id)),
        scopes: seed.scopes.clone(),
        redirect_uris: redirect_uris_of(seed),
    }
}

/// A seeded listing's scopes as sentences, for the partner's confirmation page.
pub fn sentences(seed: &ListingSeed) -> Vec<String> {
    let described = node::defaults::catalogue();
    let sentence = |name: &String| {
        let scope = described.iter().find(|scope| scope.name == *name)?;
        Some(match seed.listing_type {
            ListingType::Enterprise => scope.user_description.clone(),
            ListingType::User => scope.user_description_self.clone(),
        })
    };
    seed.scopes.iter().filter_map(sentence).collect()
}
