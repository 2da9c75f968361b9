//! What the platform of these tests holds.

use protocol::jose::SigningAlgorithm;
use protocol::{CompanyId, Edition, PrincipalType, ScopeSet, UserId};
use store::{
    Address, App, Company, LegalText, Listing, ListingContent, ListingImage, ListingLinks,
    RegisteredApp, TextKind, User,
};
use tokio::sync::OnceCell;
use uuid::Uuid;

use crate::world::*;

static PASSWORD: OnceCell<String> = OnceCell::const_new();

pub async fn fill(app: &App, partner: &str) {
    let hashed = PASSWORD
        .get_or_init(|| web::password::hash("correct".into(), [9; 16]))
        .await;
    let mut tx = app.db.write().await.unwrap();
    for (id, name) in [
        (COMPANY, "Brackwater Instruments"),
        (OTHER_COMPANY, "Elsewhere & Sons"),
    ] {
        store::companies::insert(&mut tx, &company(id, name))
            .await
            .unwrap();
    }
    for (company, id, login, given_name, admin) in [
        (COMPANY, ADMIN_ID, ADMIN, "Maren", true),
        (COMPANY, EMPLOYEE_ID, EMPLOYEE, "Tobias", false),
        (
            OTHER_COMPANY,
            UserId::from_uuid(Uuid::from_u128(0xA3)),
            STRANGER,
            "Ines",
            true,
        ),
    ] {
        let user = User {
            company,
            id,
            login: login.to_owned(),
            password_hash: hashed.clone(),
            given_name: given_name.to_owned(),
            family_name: "Holloway".to_owned(),
            title: String::new(),
            language: "en".to_owned(),
            country: "US".to_owned(),
            web_services_admin: admin,
            enabled: true,
        };
        store::users::insert(&mut tx, &user).await.unwrap();
    }
    let connect_uri = format!("{partner}/connect?env=a%2Bb&x");
    for (position, (listing, client_id, name, kind, only_for)) in [
        (
            LEDGER,
            LEDGER_APP,
            "Meridian Ledger",
            PrincipalType::Company,
            None,
        ),
        (RIDES, RIDES_APP, "Pedalpath", PrincipalType::User, None),
        (
            PRIVATE,
            PRIVATE_APP,
            "House Bridge",
            PrincipalType::Company,
            Some(OTHER_COMPANY),
        ),
    ]
    .into_iter()
    .enumerate()
    {
        let registered = RegisteredApp {
            client_id,
            name: name.to_owned(),
            enabled: true,
            grants: ScopeSet::parse("password refresh_token"),
            scopes: ScopeSet::parse("openid EXPRPT"),
            connect_uri: connect_uri.clone(),
            principal_type: kind,
            allowed_principal: only_for,
            algorithm: SigningAlgorithm::default(),
            require_pkce: false,
        };
        store::apps::insert(&mut tx, &registered).await.unwrap();
        let listing = Listing {
            id: listing.to_owned(),
            client_id,
            name: name.to_owned(),
            content: content(partner),
        };
        let position = i64::try_from(position).unwrap();
        store::listings::put(&mut tx, &listing, position)
            .await
            .unwrap();
        let icon = ListingImage {
            name: "icon.svg".to_owned(),
            content_type: "image/svg+xml".to_owned(),
            content: b"<svg/>".to_vec(),
        };
        store::listing_images::put(&mut tx, &listing.id, &icon)
            .await
            .unwrap();
    }
    for kind in [TextKind::EndUserTerms, TextKind::CompanyAuthorization] {
        let legal = LegalText {
            version: "2026-09-01".to_owned(),
            text: "# A title\n\nA text.".to_owned(),
        };
        store::legal_texts::put(&mut tx, kind, &legal)
            .await
            .unwrap();
    }
    tx.commit().await.unwrap();
}

fn company(id: CompanyId, name: &str) -> Company {
    Company {
        id,
        name: name.to_owned(),
        edition: Edition::Professional,
        data_center: "us2".to_owned(),
        internet_domain: "brackwater.example".to_owned(),
        default_language: "en-us".to_owned(),
        employees: 214,
        address: Address {
            street_address: String::new(),
            locality: String::new(),
            region: String::new(),
            country: "US".to_owned(),
            postal_code: String::new(),
        },
        enabled: true,
    }
}

fn content(partner: &str) -> ListingContent {
    ListingContent {
        partner_name: "Meridian Systems".to_owned(),
        headline: "Booked the same hour".to_owned(),
        short_description: "Short".to_owned(),
        long_description: "**Long** [help](/help)".to_owned(),
        prefers_request_information: false,
        endorsed: true,
        popular: true,
        categories: vec!["ERP Integrations".to_owned()],
        offerings: vec!["Expense Professional".to_owned()],
        countries: vec!["US".to_owned(), "DE".to_owned()],
        keywords: vec!["journal".to_owned()],
        links: ListingLinks {
            website: format!("{partner}/site"),
            brochure: None,
            demo_video: None,
            support: format!("{partner}/support"),
            terms: format!("{partner}/terms"),
            privacy: "javascript:alert(1)".to_owned(),
            lead_email: "leads@meridian.example".to_owned(),
        },
        screenshots: Vec::new(),
        icon: "icon.svg".to_owned(),
    }
}
