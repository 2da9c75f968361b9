//! What anybody may look at.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may stop")]

mod stage;

use http::StatusCode;
use stage::{Stage, link};

#[tokio::test]
async fn every_public_page_has_one_heading_and_a_title() {
    let stage = Stage::set().await;
    let mut browser = stage.browser();
    browser.get(&link("ledger", stage::COMPANY)).await;
    browser.get(&link("cards", stage::COMPANY)).await;
    for path in [
        "/",
        "/ledger",
        "/ledger/terms",
        "/connect/ledger",
        "/connect/cards",
        "/connect/ledger/sign-up",
        "/connect/ledger/contact",
        "/connect/ledger/contact/thanks",
        "/connect/ledger/cancelled",
        "/console/sign-in",
    ] {
        let page = browser.get(path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        assert_eq!(page.html.matches("<h1").count(), 1, "{path}");
        assert!(!page.html.contains("style="), "{path}");
        page.says("<title>");
    }
    let page = browser.get("/ledger/nothing").await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    page.says("There is no such page").says("Correlation id");
}

#[tokio::test]
async fn the_brand_is_tokens_and_nothing_else() {
    let stage = Stage::set().await;
    let page = stage.browser().get("/ledger/brand.css").await;
    page.says("--accent: #1d5fae;")
        .says("prefers-color-scheme: dark");
    stage.browser().get("/ledger/logo.svg").await.says("<svg");
}

#[tokio::test]
async fn the_table_of_routes_names_each_once() {
    let routes = landing_page::routes();
    let mut seen = std::collections::BTreeSet::new();
    for endpoint in routes.endpoints() {
        assert!(seen.insert((endpoint.method.to_string(), endpoint.path)));
    }
    assert!(seen.len() > 30);
}
