//! The console of a partner with 10,000 customers, some with long names: every page at every size,
//! in light and dark, and from right to left.

use std::path::PathBuf;

use db::{Tx, values};
use sandbox::{STAFF_EMAIL, STAFF_PASSWORD};
use testkit::House;
use testkit::browser::{Browser, View};

use crate::actors::{SMALL, look};

const ROWS: i64 = 10_000;
const DAY_MICROS: i64 = 86_400_000_000;

/// A page of a long list is not slower than this, on a busy machine and with its pictures drawn.
const PATIENCE_MILLIS: u64 = 10_000;

const PHONE: View = View {
    width: 360,
    height: 740,
    dark: false,
    mirrored: false,
};
const SMALL_DARK: View = View {
    width: 800,
    height: 600,
    dark: true,
    ..PHONE
};
const DESK: View = View {
    width: 1280,
    height: 900,
    ..PHONE
};
const MIRRORED: View = View {
    mirrored: true,
    ..SMALL_DARK
};
const VIEWS: [(&str, View); 4] = [
    ("phone", PHONE),
    ("dark", SMALL_DARK),
    ("desk", DESK),
    ("mirrored", MIRRORED),
];

/// Where pictures are to be put, for people to look at.
#[expect(
    clippy::disallowed_methods,
    reason = "tests have no configuration but their environment"
)]
pub fn pictures() -> Option<PathBuf> {
    std::env::var_os("QUICKCONNECT_PICTURES").map(PathBuf::from)
}

/// Shows a page in every way. Nothing sticks out to the side, and tables have room from 800 pixels on.
pub async fn show(browser: &Browser, name: &str) {
    for (how, view) in VIEWS {
        browser.show_at(view).await;
        browser.no_horizontal_scroll().await;
        if view.width >= SMALL.width {
            browser.fits(".table-frame").await;
        }
        if let Some(folder) = pictures() {
            browser
                .picture(folder.join(format!("{name}-{how}.png")))
                .await;
        }
    }
    browser
        .show_at(View {
            width: SMALL.width,
            height: SMALL.height,
            ..PHONE
        })
        .await;
}

const NUMBERS: &str = "WITH RECURSIVE numbers (n) AS \
    (SELECT CAST(1 AS BIGINT) UNION ALL SELECT n + 1 FROM numbers WHERE n < $1)";
const ID: &str = "'00000000-0000-4000-8000-' || CAST(100000000000 + n AS TEXT)";
const NAME: &str = "CASE WHEN n % 7 = 0 \
        THEN 'Amalgamated Upper Lakes Cooperative of Orchard and Vineyard Growers, Division ' || n \
        WHEN n % 7 = 3 THEN 'شركة الحداد للنقل واللوجستيات ' || n \
        WHEN n % 7 = 5 THEN 'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft ' || n \
        ELSE 'Customer ' || n END";

/// Connections, inquiries, codes and lines of the audit log, so many of each.
async fn fill(house: &House) {
    let (now, app) = (house.now(), house.app("Meridian").client_id.to_string());
    let now = now.as_micros();
    let [_, partner] = house.databases();
    let mut tx = partner.write().await.unwrap();
    let statements = [
        format!(
            "INSERT INTO connections (id, app, principal, principal_type, state, state_since,
                 generation, geolocation, scope, refresh_expires_at, last_refreshed_at, name, connected_at)
             {NUMBERS} SELECT {ID}, $2, {ID}, 'company',
                 CASE WHEN n % 11 = 0 THEN 'needs_reconnect' ELSE 'connected' END, $3 - n * 1000000, 1,
                 'http://127.0.0.1:1', 'openid', $3 + n % 180 * {DAY_MICROS}, $3 - n * 1000000, {NAME},
                 $3 - n % 80 * {DAY_MICROS} FROM numbers"
        ),
        format!(
            "INSERT INTO inquiries (id, app, name, email, company_name, message, created_at)
             {NUMBERS} SELECT {ID}, $2, 'Maximiliane Theodora Friederike von und zu Hohenwartenstein',
                 'maximiliane.theodora.friederike.von.und.zu.hohenwartenstein' || n || '@customer.example',
                 {NAME}, 'We signed in October; where is our code? ' || n, $3 - n * 1000000 FROM numbers"
        ),
        format!(
            "INSERT INTO audit_log (id, at, actor_kind, actor, action, app, principal, subject, correlation_id)
             {NUMBERS} SELECT {ID}, $3 - n * 1000000, 'staff',
                 'maximiliane.theodora.friederike.von.und.zu.hohenwartenstein@partner.example',
                 'code_issued', $2, {ID}, {ID}, {ID} FROM numbers"
        ),
        format!(
            "INSERT INTO usage (app, principal, day, kind, number)
             {NUMBERS} SELECT $2, {ID}, $3 / {DAY_MICROS} - n % 14, 'call', n % 50 FROM numbers"
        ),
    ];
    for sql in statements {
        let done = tx.execute(&sql, &values![ROWS, app.as_str(), now]).await;
        assert_eq!(done.unwrap(), ROWS as u64);
    }
    codes(&mut tx, &app, now).await;
    tx.commit().await.unwrap();
}

async fn codes(tx: &mut Tx, app: &str, now: i64) {
    for n in 0..ROWS {
        let sql = "INSERT INTO verification_codes (id, app, label, hash, issued_by, issued_at, expires_at)
                   VALUES ($1, $2, $3, $4, $5, $6, $7)";
        let id = format!("00000000-0000-4000-8000-{n:012}");
        let label = format!("Amalgamated Upper Lakes Cooperative of Growers {n}");
        let hash = n.to_be_bytes().to_vec();
        let (at, until) = (now - n * 1_000_000, now + DAY_MICROS);
        let row = values![id, app, label, hash, STAFF_EMAIL, at, until];
        tx.execute(sql, &row).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_console_of_ten_thousand_customers_is_shown_at_every_size() {
    let house = House::start().await;
    fill(&house).await;
    let browser = Browser::start(SMALL).await;
    let page = |path: &str| house.facts.partner.join(&format!("/console/{path}"));
    browser.open(&page("connections")).await;
    browser.see("Sign in").await;
    show(&browser, "sign-in").await;
    browser.fill("Work email", STAFF_EMAIL).await;
    browser.fill("Password", STAFF_PASSWORD).await;
    browser.click_button("Sign in").await;
    browser
        .see("Companies and people that have connected")
        .await;
    for (name, path, shown) in [
        ("connections", "connections", "of 10000"),
        ("last", "connections?page=400", "9976 – 10000"),
        ("found", "connections?q=division+7", "Division 7"),
        ("expiries", "expiries", "Within 30 days"),
        (
            "activity",
            "activity",
            "Working connections at the end of each",
        ),
        ("inquiries", "inquiries", "of 10000"),
        ("codes", "codes", "of 10"),
        ("audit", "audit", "of 10"),
        ("keys", "keys", "Make a key"),
        (
            "connection",
            "connections/00000000-0000-4000-8000-100000000007",
            "The customer's data",
        ),
    ] {
        browser.open(&page(path)).await;
        let millis = browser.loaded_in().await;
        println!("{name}: {millis} ms");
        assert!(millis < PATIENCE_MILLIS, "{name}: {millis} ms");
        browser.see(shown).await;
        look(&browser).await;
        show(&browser, name).await;
    }
}
