//! Signing up in several steps, and finishing it later.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may stop")]

mod stage;

use std::time::Duration;

use http::StatusCode;
use stage::{Browser, COMPANY, LEDGER, Page, Stage, link};

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
const RIGHT: [(&str, &str); 1] = [("password", "correct horse battery")];
const COMPANY_PAGE: &str = "/connect/ledger/sign-up/company";
const RESUME: &str = "/connect/ledger/resume";

async fn begin(browser: &mut Browser) -> Page {
    browser.open(&link("ledger", COMPANY)).await;
    let page = browser.get("/connect/ledger/sign-up").await;
    browser
        .submit(&page, "/connect/ledger/sign-up", &PERSON)
        .await
}

async fn later(browser: &mut Browser) -> Page {
    let page = browser.get(COMPANY_PAGE).await;
    let later = [("company_name", "Brack"), ("later", "yes")];
    browser.submit(&page, COMPANY_PAGE, &later).await
}

/// The path of the link in the newest mail.
fn mailed(stage: &Stage) -> String {
    let mails = stage.mails();
    let mail = mails.last().unwrap();
    assert_eq!(mail.subject, "Go on with connecting App ledger");
    assert!(mail.to.contains("maren@brackwater.example"));
    // Whoever reads the mail learns neither the platform's token nor the company.
    assert!(!mail.text.contains("at-token") && !mail.text.contains(COMPANY));
    let (_, rest) = mail.text.split_once("http://127.0.0.1:8090").unwrap();
    rest.lines().next().unwrap().to_owned()
}

#[tokio::test]
async fn s44_a_sign_up_is_finished_elsewhere_by_the_mailed_link_and_the_password() {
    let stage = Stage::set().await;
    let mut first = stage.browser();
    begin(&mut first).await;
    let next = later(&mut first).await;
    next.leads_to("/connect/ledger/sign-up/company?saved=mail");
    first
        .open(&next.location)
        .await
        .says("We have sent you a link");

    let mut other = stage.browser();
    let path = mailed(&stage);
    // S43 for this link, too: its address is left at once, and opening it changes nothing.
    for _ in 0..2 {
        other.get(&path).await.leads_to(RESUME);
    }
    let page = other.get(RESUME).await;
    page.says("maren@brackwater.example");
    assert!(!page.html.contains(path.split_once("key=").unwrap().1));
    let wrong = other.submit(&page, RESUME, &[("password", "guess")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    first.get(COMPANY_PAGE).await.says("value=\"Brack\"");
    other
        .submit(&page, RESUME, &RIGHT)
        .await
        .leads_to(COMPANY_PAGE);

    // It works once, and the first browser is out.
    first.get(COMPANY_PAGE).await.leads_to("/connect/ledger");
    let mut third = stage.browser();
    let again = third.open(&path).await;
    assert_eq!(again.status, StatusCode::GONE);
    again.says("does not lead on any more");

    let page = other.get(COMPANY_PAGE).await;
    page.says("value=\"Brack\"");
    other.submit(&page, COMPANY_PAGE, &COMPANY_STEP).await;
    let page = other.get("/connect/ledger/confirm").await;
    let done = other.submit(&page, "/connect/ledger/confirm", &[]).await;
    done.leads_to("/connect/ledger/done");
    assert_eq!(stage.exchanges(), 1);
}

#[tokio::test]
async fn only_the_newest_link_leads_on_and_only_one_of_two_readers() {
    let stage = Stage::set().await;
    let mut first = stage.browser();
    begin(&mut first).await;
    later(&mut first).await;
    let old = mailed(&stage);
    stage.clock.advance(Duration::from_secs(1));
    later(&mut first).await;
    let new = mailed(&stage);
    assert_ne!(old, new);
    let gone = stage.browser().open(&old).await;
    assert_eq!(gone.status, StatusCode::GONE);
    let (mut one, mut two) = (stage.browser(), stage.browser());
    let (page, same) = (one.open(&new).await, two.open(&new).await);
    let (one, two) = tokio::join!(
        one.submit(&page, RESUME, &RIGHT),
        two.submit(&same, RESUME, &RIGHT)
    );
    let gone = [&one, &two]
        .iter()
        .filter(|page| page.status == StatusCode::GONE)
        .count();
    assert_eq!(gone, 1, "{} and {}", one.status, two.status);
}

#[tokio::test]
async fn s29_whoever_found_the_mail_does_not_guess_the_password() {
    let stage = Stage::set().await;
    let mut browser = stage.browser();
    begin(&mut browser).await;
    later(&mut browser).await;
    let mut thief = stage.browser();
    let page = thief.open(&mailed(&stage)).await;
    for _ in 0..10 {
        let wrong = thief.submit(&page, RESUME, &[("password", "guess")]).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    let refused = thief.submit(&page, RESUME, &RIGHT).await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    browser.get(COMPANY_PAGE).await.says("Company name");
}

#[tokio::test]
async fn the_link_dies_with_the_request_token() {
    let stage = Stage::set().await;
    let mut browser = stage.browser();
    begin(&mut browser).await;
    later(&mut browser).await;
    let path = mailed(&stage);
    stage.clock.advance(Duration::from_secs(24 * 3_600));
    let gone = stage.browser().open(&path).await;
    assert_eq!(gone.status, StatusCode::GONE);
}

#[tokio::test]
async fn nobody_is_flooded_with_links() {
    let stage = Stage::set().await;
    let mut browser = stage.browser();
    begin(&mut browser).await;
    for _ in 0..3 {
        later(&mut browser)
            .await
            .leads_to("/connect/ledger/sign-up/company?saved=mail");
    }
    let next = later(&mut browser).await;
    next.leads_to("/connect/ledger/sign-up/company?saved=here");
    browser
        .open(&next.location)
        .await
        .says("Come back with this browser");
    assert_eq!(stage.mails().len(), 3);
}

#[tokio::test]
async fn an_app_asks_what_it_needs_in_steps_of_its_own() {
    let stage = Stage::asking().await;
    let mut browser = stage.browser();
    let step = "/connect/ledger/sign-up/step/1";
    begin(&mut browser).await.leads_to(step);
    let page = browser.get(step).await;
    page.says("Your books")
        .says("aria-current=\"step\"")
        .says("Which ledger do you keep?")
        .says("(optional)");
    let back = browser.submit(&page, step, &[("ledger", "Abacus")]).await;
    assert_eq!(back.status, StatusCode::UNPROCESSABLE_ENTITY);
    back.says("<title>Error: Your books")
        .says("Choose one of the list: Which ledger do you keep?")
        .says("Fill in: VAT id");

    // Later: what was entered is kept, and the step is still to be finished.
    let some = [("vat_id", "DE 1"), ("later", "yes")];
    let next = browser.submit(&page, step, &some).await;
    next.leads_to("/connect/ledger/sign-up/step/1?saved=mail");
    browser.open(&next.location).await.says("value=\"DE 1\"");
    browser.get(COMPANY_PAGE).await.leads_to(step);

    let whole = [("vat_id", "DE 123"), ("ledger", "Northbook")];
    let next = browser.submit(&page, step, &whole).await;
    next.leads_to(COMPANY_PAGE);
    let page = browser.get(COMPANY_PAGE).await;
    browser.submit(&page, COMPANY_PAGE, &COMPANY_STEP).await;
    let page = browser.get("/connect/ledger/confirm").await;
    browser.submit(&page, "/connect/ledger/confirm", &[]).await;
    let company = COMPANY.parse().unwrap();
    let kept = stage.vault.export(LEDGER, company).await.unwrap().unwrap();
    let answers = &kept["account"]["answers"];
    assert_eq!(answers["vat_id"], "DE 123", "{kept}");
    assert_eq!(
        (&answers["ledger"], &answers["cost_center"]),
        (&"Northbook".into(), &"".into())
    );
    assert_eq!(
        browser.get("/connect/ledger/sign-up/step/2").await.status,
        StatusCode::NOT_FOUND
    );

    let connection = stage.vault.connection_of(LEDGER, company).await;
    let connection = connection.unwrap().unwrap();
    let mut staff = stage.staff().await;
    let page = staff
        .get(&format!("/console/connections/{}", connection.id))
        .await;
    page.says("<dt>VAT id</dt><dd>DE 123</dd>")
        .says("<dt>Which ledger do you keep?</dt><dd>Northbook</dd>");
    assert!(
        !page.html.contains("Cost center"),
        "what was left open is not shown"
    );
    let delete = format!("/console/connections/{}/delete", connection.id);
    let page = staff.get(&delete).await;
    let typed = [("typed", "124D13")];
    let deleted = staff.submit(&page, &delete, &typed).await;
    deleted.leads_to("/console/connections");
    let account = stage.vault.account(connection.account_id.unwrap()).await;
    assert!(
        account.unwrap().is_none(),
        "the answers go with the account"
    );
}
