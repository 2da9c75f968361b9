//! From the platform's link to the connection, as a browser without JavaScript sees it.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may stop")]

mod stage;

use std::time::Duration;

use http::StatusCode;
use stage::{Browser, CODE, COMPANY, LEDGER, OTHER, Page, Stage, link};
use vault::ConnectionState;

const PERSON: [(&str, &str); 3] = [
    ("name", "Maren Holloway"),
    ("email", "maren@brackwater.example"),
    ("password", "correct horse battery"),
];
const COMPANY_STEP: [(&str, &str); 3] = [
    ("company_name", "Brackwater"),
    ("terms", "yes"),
    ("privacy", "yes"),
];

/// Follows a link and signs up, up to the confirmation.
async fn sign_up(browser: &mut Browser) -> Page {
    browser.open(&link("ledger", COMPANY)).await;
    let page = browser.get("/connect/ledger/sign-up").await;
    let next = browser
        .submit(&page, "/connect/ledger/sign-up", &PERSON)
        .await;
    next.leads_to("/connect/ledger/sign-up/company");
    let page = browser.open(&next.location).await;
    page.says("aria-current=\"step\"")
        .says("The trial lasts 30 days.");
    let next = browser
        .submit(&page, "/connect/ledger/sign-up/company", &COMPANY_STEP)
        .await;
    next.leads_to("/connect/ledger/confirm");
    browser.open(&next.location).await
}

async fn confirm(browser: &mut Browser, page: &Page) -> Page {
    browser.submit(page, "/connect/ledger/confirm", &[]).await
}

fn code(code: &str) -> [(&'static str, &str); 3] {
    [("code", code), ("terms", "yes"), ("privacy", "yes")]
}

#[tokio::test]
async fn s43_a_link_leaves_a_clean_address_at_once() {
    let stage = Stage::set().await;
    let mut browser = stage.browser();
    let answer = browser.get(&link("ledger", COMPANY)).await;
    answer.leads_to("/connect/ledger");
    assert_eq!(answer.opener_policy, "unsafe-none");
    assert!(browser.cookies.contains_key("connect_ledger"));
    let page = browser.open(&answer.location).await;
    page.says("Connect Example Spend to App ledger")
        .says("href=\"/ledger/terms\"")
        .says("href=\"/ledger/privacy\"")
        .says("href=\"/ledger/support\"")
        .says("Create account");
    assert!(!page.html.contains("at-token"));
    assert_eq!(page.opener_policy, "unsafe-none");
    assert_eq!(browser.get("/").await.opener_policy, "same-origin");
}

#[tokio::test]
async fn without_a_link_the_page_says_where_to_start() {
    let stage = Stage::set().await;
    let mut browser = stage.browser();
    browser
        .get("/connect/ledger")
        .await
        .says("Start from App Center");
    let page = browser.get("/connect/ledger?id=1&requestToken=x").await;
    page.says("This link is not complete");
    assert_eq!(page.status, StatusCode::BAD_REQUEST);
    assert!(browser.cookies.is_empty());
    browser
        .get("/connect/ledger/confirm")
        .await
        .leads_to("/connect/ledger");
    assert_eq!(
        browser.get("/connect/nobody").await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn s44_the_confirmation_says_what_is_linked_with_what_and_where() {
    let stage = Stage::set().await;
    let mut browser = stage.browser();
    let page = sign_up(&mut browser).await;
    page.says(COMPANY)
        .says("Named by the platform when you confirm")
        .says("One of us2: nothing is read from elsewhere.")
        .says("Production")
        .says("<code>openid</code>")
        .says("New account with App ledger")
        .says("maren@brackwater.example");
    assert!(!page.html.contains("Test</span>"));
    confirm(&mut browser, &page).await;
    // Once connected, the data center is known.
    let mut again = stage.browser();
    let page = again.open(&link("ledger", COMPANY)).await;
    let account = [
        ("email", "maren@brackwater.example"),
        ("password", "correct horse battery"),
    ];
    again
        .submit(&page, "/connect/ledger/sign-in", &account)
        .await;
    let page = again.get("/connect/ledger/confirm").await;
    page.says("us2").says("As when it was connected before");

    stage.seed_code().await;
    let mut tester = stage.browser();
    let page = tester.open(&link("cards", COMPANY)).await;
    page.says("Test</span>");
    tester
        .submit(&page, "/connect/cards/code", &code(CODE))
        .await;
    let page = tester.get("/connect/cards/confirm").await;
    page.says("This app is for tests.")
        .says("Contract with App cards");
}

#[tokio::test]
async fn a_login_of_a_test_company_is_recognised() {
    let stage = Stage::set().await;
    let mut browser = stage.browser();
    browser.open(&link("ledger", COMPANY)).await;
    let page = browser.get("/connect/ledger/sign-up").await;
    let person = [
        ("name", "Maren Holloway"),
        ("email", "maren@brackwater.example.uat"),
        ("password", "correct horse battery"),
    ];
    browser
        .submit(&page, "/connect/ledger/sign-up", &person)
        .await;
    let page = browser.get("/connect/ledger/sign-up/company").await;
    browser
        .submit(&page, "/connect/ledger/sign-up/company", &COMPANY_STEP)
        .await;
    let page = browser.get("/connect/ledger/confirm").await;
    page.says("Test</span>")
        .says("address is one of a test company");
}

/// The threat of a swapped link: whoever wrote it put another company's id into it.
#[tokio::test]
async fn s44_tokens_for_another_company_than_the_links_are_given_back() {
    let stage = Stage::set().await;
    let mut browser = stage.browser();
    let page = sign_up(&mut browser).await;
    stage.platform.lock().unwrap().about = Some(OTHER.into());
    let next = confirm(&mut browser, &page).await;
    browser
        .open(&next.location)
        .await
        .says("This link could not be confirmed");
    for id in [COMPANY, OTHER] {
        let id = id.parse().unwrap();
        let connection = stage.vault.connection_of(LEDGER, id).await.unwrap();
        assert!(connection.is_none());
    }
    let account = stage
        .vault
        .account_by_email(LEDGER, "maren@brackwater.example");
    assert!(account.await.unwrap().is_none());
    let platform = stage.platform.lock().unwrap();
    assert_eq!((platform.exchanges, platform.revocations), (1, 1));
}

#[tokio::test]
async fn somebody_signs_up_and_connects() {
    let stage = Stage::set().await;
    let mut browser = stage.browser();
    let page = sign_up(&mut browser).await;
    page.says("<b>124d13</b>")
        .says(COMPANY)
        .says("Expense reports, to read")
        .says("New account");
    assert_eq!(stage.exchanges(), 0);
    confirm(&mut browser, &page)
        .await
        .leads_to("/connect/ledger/done");
    for _ in 0..2 {
        let done = browser.get("/connect/ledger/done").await;
        done.says("Brackwater Instruments Inc. is connected")
            .says("Open the ledger.")
            .says("You may now close this window.");
    }
    assert_eq!(stage.exchanges(), 1);
    let id = COMPANY.parse().unwrap();
    let connection = stage
        .vault
        .connection_of(LEDGER, id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(connection.state, ConnectionState::Connected);
    assert!(connection.account_id.is_some() && connection.connected_by.is_some());
    assert_eq!(connection.edition.unwrap().as_str(), "Professional");

    // Back in the history: nothing happens twice.
    confirm(&mut browser, &page)
        .await
        .leads_to("/connect/ledger/done");
    browser
        .get("/connect/ledger")
        .await
        .leads_to("/connect/ledger/done");
    assert_eq!(stage.exchanges(), 1);

    // The account is there: another browser signs in with it, and reconnects.
    let mut other = stage.browser();
    let page = other.open(&link("ledger", COMPANY)).await;
    let wrong = [("email", "maren@brackwater.example"), ("password", "guess")];
    let refused = other.submit(&page, "/connect/ledger/sign-in", &wrong).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    refused
        .says("<title>Error: ")
        .says("role=\"alert\"")
        .says("do not match an account");
    let right = [
        ("email", "Maren@Brackwater.example"),
        ("password", "correct horse battery"),
    ];
    let next = other.submit(&page, "/connect/ledger/sign-in", &right).await;
    next.leads_to("/connect/ledger/confirm");
    let page = other.open(&next.location).await;
    confirm(&mut other, &page)
        .await
        .leads_to("/connect/ledger/done");
}

#[tokio::test]
async fn a_form_that_is_not_complete_comes_back() {
    let stage = Stage::set().await;
    let mut browser = stage.browser();
    browser.open(&link("ledger", COMPANY)).await;
    let page = browser.get("/connect/ledger/sign-up").await;
    let back = browser
        .submit(
            &page,
            "/connect/ledger/sign-up",
            &[("email", "x"), ("password", "short")],
        )
        .await;
    assert_eq!(back.status, StatusCode::UNPROCESSABLE_ENTITY);
    back.says("<title>Error: About you")
        .says("href=\"#name\"")
        .says("href=\"#email\"")
        .says("at least 12 characters")
        .says("value=\"x\"");
    assert!(!back.html.contains("short\""));
}

#[tokio::test]
async fn a_sign_up_can_be_finished_later() {
    let stage = Stage::set().await;
    let mut browser = stage.browser();
    browser.open(&link("ledger", COMPANY)).await;
    let page = browser.get("/connect/ledger/sign-up").await;
    browser
        .submit(&page, "/connect/ledger/sign-up", &PERSON)
        .await;
    let page = browser.get("/connect/ledger/sign-up/company").await;
    let later = [("company_name", "Brack"), ("later", "yes")];
    let next = browser
        .submit(&page, "/connect/ledger/sign-up/company", &later)
        .await;
    browser
        .open(&next.location)
        .await
        .says("Saved.")
        .says("value=\"Brack\"");
    // Not without the agreements.
    browser
        .get("/connect/ledger/confirm")
        .await
        .leads_to("/connect/ledger/sign-up/company");
    // A new link for the same company goes on where it stopped.
    browser
        .open(&link("ledger", COMPANY))
        .await
        .says("You have begun an account for maren@brackwater.example");
    browser
        .get("/connect/ledger/sign-up/company")
        .await
        .says("value=\"Brack\"");
}

#[tokio::test]
async fn s44_pressed_twice_it_exchanges_once() {
    let stage = Stage::set().await;
    stage.platform.lock().unwrap().slow = Duration::from_millis(300);
    let mut browser = stage.browser();
    let page = sign_up(&mut browser).await;
    let mut again = browser.clone();
    let (one, two) = tokio::join!(confirm(&mut browser, &page), confirm(&mut again, &page));
    one.leads_to("/connect/ledger/done");
    two.leads_to("/connect/ledger/done");
    assert_eq!(stage.exchanges(), 1);
}

#[tokio::test]
async fn a_made_up_link_is_refused_and_leaves_nothing() {
    let stage = Stage::set().await;
    let mut browser = stage.browser();
    let page = sign_up(&mut browser).await;
    stage.refuse(5);
    confirm(&mut browser, &page)
        .await
        .leads_to("/connect/ledger/refused");
    for _ in 0..2 {
        browser
            .get("/connect/ledger/refused")
            .await
            .says("This link has expired");
    }
    browser
        .get("/connect/ledger/sign-up")
        .await
        .leads_to("/connect/ledger/refused");
    let account = stage
        .vault
        .account_by_email(LEDGER, "maren@brackwater.example")
        .await
        .unwrap();
    assert!(account.is_none());
}

#[tokio::test]
async fn each_class_of_refusal_has_its_page() {
    let stage = Stage::set().await;
    for (code, text) in [
        (53, "is not enabled for you"),
        (136, "cannot be connected at present"),
        (64, "cannot be connected at present"),
        (14, "as asked (code 14)"),
    ] {
        let mut browser = stage.browser();
        stage.platform.lock().unwrap().refuse_with = None;
        let page = sign_up(&mut browser).await;
        stage.refuse(code);
        let next = confirm(&mut browser, &page).await;
        browser
            .open(&next.location)
            .await
            .says(text)
            .says("correlation id");
    }
}

#[tokio::test]
async fn a_passing_fault_keeps_everything_and_may_be_tried_again() {
    let stage = Stage::set().await;
    let mut browser = stage.browser();
    let page = sign_up(&mut browser).await;
    stage.refuse(134);
    let next = confirm(&mut browser, &page).await;
    let page = browser.open(&next.location).await;
    page.says("does not answer for the moment");
    stage.platform.lock().unwrap().refuse_with = None;
    confirm(&mut browser, &page)
        .await
        .leads_to("/connect/ledger/done");
}

#[tokio::test]
async fn a_second_company_for_an_account_needs_a_word_more() {
    let stage = Stage::set().await;
    let mut browser = stage.browser();
    let page = sign_up(&mut browser).await;
    confirm(&mut browser, &page).await;
    let mut other = stage.browser();
    let page = other.open(&link("ledger", OTHER)).await;
    let account = [
        ("email", "maren@brackwater.example"),
        ("password", "correct horse battery"),
    ];
    other
        .submit(&page, "/connect/ledger/sign-in", &account)
        .await;
    let page = other.get("/connect/ledger/confirm").await;
    page.says("connected to Brackwater Instruments Inc. already");
    let back = confirm(&mut other, &page).await;
    assert_eq!(back.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(stage.exchanges(), 1);
    let agreed = [("second_company", "yes")];
    let next = other
        .submit(&page, "/connect/ledger/confirm", &agreed)
        .await;
    next.leads_to("/connect/ledger/done");
}

#[tokio::test]
async fn a_code_connects_once() {
    let stage = Stage::set().await;
    stage.seed_code().await;
    let mut browser = stage.browser();
    let page = browser.open(&link("cards", COMPANY)).await;
    page.says("Attempting a reconnect?").says("Contact us");
    let bare = browser
        .submit(&page, "/connect/cards/code", &[("code", CODE)])
        .await;
    bare.says("Agree to the terms and conditions");
    let next = browser
        .submit(&page, "/connect/cards/code", &code("acde34679fghjkmn"))
        .await;
    next.leads_to("/connect/cards/confirm");
    let page = browser.open(&next.location).await;
    page.says("Brackwater").says("by the verification code");
    let next = browser.submit(&page, "/connect/cards/confirm", &[]).await;
    browser.open(&next.location).await.says("What happens next");
    let codes = stage.vault.codes((0, 100)).await.unwrap().0;
    assert_eq!(codes[0].used_by, Some(COMPANY.parse().unwrap()));

    let mut other = stage.browser();
    let page = other.open(&link("cards", OTHER)).await;
    let used = other
        .submit(&page, "/connect/cards/code", &code(CODE))
        .await;
    used.says("This code is not valid");
    let unknown = other
        .submit(&page, "/connect/cards/code", &code("ACDE-3467-9FGH-JKMP"))
        .await;
    unknown.says("This code is not valid");
}

#[tokio::test]
async fn s29_the_sixth_wrong_code_waits() {
    let stage = Stage::set().await;
    let mut browser = stage.browser();
    let page = browser.open(&link("cards", COMPANY)).await;
    for _ in 0..5 {
        let wrong = browser
            .submit(&page, "/connect/cards/code", &code(CODE))
            .await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    let sixth = browser
        .submit(&page, "/connect/cards/code", &code(CODE))
        .await;
    assert_eq!(sixth.status, StatusCode::TOO_MANY_REQUESTS);
    sixth.says("3 minutes");
}

#[tokio::test]
async fn s34_a_form_of_another_session_is_refused() {
    let stage = Stage::set().await;
    let mut browser = stage.browser();
    let page = sign_up(&mut browser).await;
    let mut attacker = stage.browser();
    sign_up(&mut attacker).await;
    let answer = attacker.submit(&page, "/connect/ledger/confirm", &[]).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert_eq!(stage.exchanges(), 0);
}

#[tokio::test]
async fn this_is_not_my_company() {
    let stage = Stage::set().await;
    let mut browser = stage.browser();
    let page = sign_up(&mut browser).await;
    let next = browser.submit(&page, "/connect/ledger/cancel", &[]).await;
    browser
        .open(&next.location)
        .await
        .says("Nothing was connected");
    browser
        .get("/connect/ledger")
        .await
        .says("Start from App Center");
}
