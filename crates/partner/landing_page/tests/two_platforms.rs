//! Two apps of one partner, each registered with a platform of its own.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may stop")]

mod stage;

use http::StatusCode;
use stage::{COMPANY, LEDGER, Stage, link};

/// Signs up for the ledger, at the first platform. The page at the end.
async fn sign_up(stage: &Stage) -> stage::Page {
    let mut browser = stage.browser();
    browser.open(&link("ledger", COMPANY)).await;
    let page = browser.signs_up().await;
    page.says("Example Spend").says("us2");
    let next = browser.submit(&page, "/connect/ledger/confirm", &[]).await;
    browser.open(&next.location).await
}

#[tokio::test]
async fn each_app_speaks_to_the_platform_that_it_is_registered_with() {
    let stage = Stage::at_two_platforms().await;
    sign_up(&stage).await.says("us2");
    stage.connect().await;

    let connection = stage.connection().await;
    let mut staff = stage.staff().await;
    let detail = format!("/console/connections/{}", connection.id);
    staff.get(&detail).await.says(">sandbox<").says("Rotterdam");
    let list = staff.get("/console/connections").await;
    list.says("us2").says("sandbox");
    let disconnect = format!("{detail}/disconnect");
    let asked = staff.get(&disconnect).await;
    staff.submit(&asked, &disconnect, &[]).await;

    let heard =
        |platform: &std::sync::Mutex<stage::Platform>| platform.lock().unwrap().heard.clone();
    let (real, sandbox) = (heard(&stage.platform), heard(&stage.sandbox));
    assert!(real.contains(&LEDGER.to_string()), "{real:?}");
    assert!(sandbox.contains(&stage::CARDS.to_string()), "{sandbox:?}");
    assert!(!real.contains(&stage::CARDS.to_string()));
    assert!(!sandbox.contains(&LEDGER.to_string()));
    let origin = stage.origin.as_str();
    let tokens = |heard: &[String]| -> Vec<String> {
        let shown = heard.iter().filter(|shown| shown.starts_with("Bearer"));
        shown.cloned().collect()
    };
    assert!(!tokens(&real).is_empty() && tokens(&sandbox).len() >= 3);
    assert!(tokens(&real).iter().all(|token| token.contains(origin)));
    assert!(!tokens(&sandbox).iter().any(|token| token.contains(origin)));
    assert_eq!(stage.platform.lock().unwrap().revocations, 0);
    assert_eq!(stage.sandbox.lock().unwrap().revocations, 1);
}

#[tokio::test]
async fn a_platform_that_names_the_others_data_center_is_not_followed() {
    let stage = Stage::at_two_platforms().await;
    stage.sandbox.lock().unwrap().names = Some(stage.origin.clone());
    stage.connect().await;
    let found = stage
        .vault
        .connection_of(stage::CARDS, COMPANY.parse().unwrap())
        .await;
    assert!(found.unwrap().is_none());
    assert_eq!(stage.platform.lock().unwrap().heard, Vec::<String>::new());
}

#[tokio::test]
async fn the_pages_of_an_app_name_its_platform() {
    let stage = Stage::at_two_platforms().await;
    let mut browser = stage.browser();
    let page = browser.get("/cards").await;
    assert_eq!(page.status, StatusCode::OK);
    page.says("Sandbox Spend");
    browser.get("/ledger").await.says("Example Spend");
    browser
        .get("/")
        .await
        .says("Apps for Example Spend, Sandbox Spend");
}
