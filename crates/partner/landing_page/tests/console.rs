//! The console of the partner's staff.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may stop")]

mod stage;

use http::StatusCode;
use stage::{Browser, Stage};

async fn sign_in(stage: &Stage) -> Browser {
    let mut browser = stage.browser();
    let page = browser.get("/console/sign-in").await;
    let wrong = [("email", "ruth@partner.example"), ("password", "guess")];
    let refused = browser.submit(&page, "/console/sign-in", &wrong).await;
    refused.says("do not match an account");
    let right = [
        ("email", "ruth@partner.example"),
        ("password", "correct horse"),
    ];
    let next = browser.submit(&page, "/console/sign-in", &right).await;
    next.leads_to("/console/connections");
    browser
}

#[tokio::test]
async fn nobody_sees_the_console_without_signing_in() {
    let stage = Stage::set().await;
    for path in [
        "/console",
        "/console/connections",
        "/console/inquiries",
        "/console/codes",
        "/console/expiries",
        "/console/activity",
        "/console/keys",
        "/console/audit",
    ] {
        let page = stage.browser().get(path).await;
        assert!(page.location.starts_with("/console/sign-in"), "{path}");
    }
}

#[tokio::test]
async fn a_connection_is_seen_and_ended() {
    let stage = Stage::set().await;
    let mut staff = sign_in(&stage).await;
    staff
        .get("/console/connections")
        .await
        .says("Nobody is connected yet");
    stage.connect().await;
    let list = staff.get("/console/connections").await;
    list.says("Brackwater Instruments Inc.")
        .says("124d13")
        .says("Connected");
    staff
        .get("/console/connections?q=brackw&state=connected")
        .await
        .says("Brackwater Instruments");
    staff
        .get("/console/connections?q=nobody")
        .await
        .says("No connection fits");
    let connection = stage.connection().await;
    let address = format!("/console/connections/{}", connection.id);
    let page = staff.get(&address).await;
    page.says("Rotterdam, November")
        .says("1,284.50 EUR")
        .says("Professional")
        .says("in 180 days")
        .says("GET /api/v3.0/expense/reports")
        .says("9bdded51-00b8-4f84-8bef-6d3afe727007");
    let page = staff.get(&format!("{address}/disconnect")).await;
    let next = staff
        .submit(&page, &format!("{address}/disconnect"), &[])
        .await;
    staff
        .open(&next.location)
        .await
        .says("Disconnected on both sides");
    assert_eq!(stage.platform.lock().unwrap().revocations, 1);
    assert_eq!(
        staff.get("/console/connections/x").await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn a_lost_connection_says_so() {
    let stage = Stage::set().await;
    let mut staff = sign_in(&stage).await;
    stage.connect().await;
    stage.clock.advance(protocol::HOUR);
    stage.refuse(108);
    let connection = stage.connection().await;
    let page = staff
        .get(&format!("/console/connections/{}", connection.id))
        .await;
    page.says("The customer must reconnect")
        .says("Needs reconnect");
}

#[tokio::test]
async fn an_inquiry_is_answered_and_opened_again() {
    let stage = Stage::set().await;
    let mut visitor = stage.browser();
    let page = visitor.get("/connect/cards/contact").await;
    let inquiry = [
        ("name", "Tobias"),
        ("email", "t@brackwater.example"),
        ("company_name", "Brackwater"),
        ("message", "A code please"),
    ];
    let next = visitor
        .submit(&page, "/connect/cards/contact", &inquiry)
        .await;
    visitor
        .open(&next.location)
        .await
        .says("Your message has arrived");
    let mut staff = sign_in(&stage).await;
    let page = staff.get("/console/inquiries").await;
    page.says("A code please")
        .says("<span class=\"count\">1</span>");
    let id = stage.vault.inquiries(true, (0, 1)).await.unwrap()[0].id;
    let action = format!("/console/inquiries/{id}");
    staff.submit(&page, &action, &[("answered", "yes")]).await;
    let page = staff.get("/console/inquiries").await;
    page.says("All inquiries are answered");
    let page = staff.get("/console/inquiries?state=answered").await;
    page.says("by Ruth Adeyemi");
    staff.submit(&page, &action, &[]).await;
    staff.get("/console/inquiries").await.says("A code please");
}

#[tokio::test]
async fn an_inquiry_that_is_sent_twice_stands_in_the_inbox_once() {
    let stage = Stage::set().await;
    let mut visitor = stage.browser();
    let contact = "/connect/cards/contact";
    let page = visitor.get(contact).await;
    let mut send = async |message| {
        let inquiry = [
            ("name", "Tobias"),
            ("email", "t@brackwater.example"),
            ("company_name", "Brackwater"),
            ("message", message),
        ];
        let next = visitor.submit(&page, contact, &inquiry).await;
        assert_eq!(next.location, "/connect/cards/contact/thanks");
        stage.vault.count_inquiries().await.unwrap().open
    };
    assert_eq!(send("A code please").await, 1);
    assert_eq!(send("A code please").await, 1, "its answer was lost");
    let id = stage.vault.inquiries(true, (0, 1)).await.unwrap()[0].id;
    assert_eq!(send("An offer please").await, 2);
    let answered = stage.vault.answer_inquiry(id, Some("Ruth Adeyemi")).await;
    assert!(answered.unwrap());
    assert_eq!(send("A code please").await, 2, "it is open again");
}

#[tokio::test]
async fn a_code_is_shown_once_and_can_be_revoked() {
    let stage = Stage::set().await;
    let mut staff = sign_in(&stage).await;
    let page = staff.get("/console/codes").await;
    let wrong = staff
        .submit(&page, "/console/codes", &[("days", "0")])
        .await;
    wrong
        .says("<title>Error: ")
        .says("href=\"#app\"")
        .says("href=\"#label\"")
        .says("href=\"#days\"");
    let new = [("app", "cards"), ("label", "Brackwater"), ("days", "10")];
    let next = staff.submit(&page, "/console/codes", &new).await;
    staff
        .get(&next.location)
        .await
        .says("The code for Brackwater")
        .says("<code id=\"new-secret\"");
    staff.get(&next.location).await.leads_to("/console/codes");
    let page = staff.get("/console/codes").await;
    page.says("expires in 10 days");
    let id = stage.vault.codes((0, 100)).await.unwrap().0[0].id;
    staff
        .submit(&page, &format!("/console/codes/{id}/revoke"), &[])
        .await;
    staff.get("/console/codes").await.says("Revoked");
}

#[tokio::test]
async fn after_signing_out_the_session_is_worth_nothing() {
    let stage = Stage::set().await;
    let mut staff = sign_in(&stage).await;
    let before = staff.clone();
    let page = staff.get("/console/connections").await;
    staff
        .submit(&page, "/console/sign-out", &[])
        .await
        .leads_to("/console/sign-in");
    let page = before.clone().get("/console/connections").await;
    assert!(page.location.starts_with("/console/sign-in"));
}
