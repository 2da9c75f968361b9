//! The partner's staff at the console, at 800×600, as axe and a person with a keyboard find it; and
//! without JavaScript.

use sandbox::{STAFF_EMAIL, STAFF_PASSWORD};
use testkit::House;
use testkit::browser::{Browser, BrowserOptions, Key};

use crate::actors::{SMALL, look};

const PLAIN: BrowserOptions = BrowserOptions {
    javascript: false,
    ..SMALL
};
const DARK: BrowserOptions = BrowserOptions {
    dark: true,
    width: 360,
    height: 740,
    ..SMALL
};

/// Axe needs scripts; without them, the story itself is what is tested.
async fn seen(browser: &Browser, options: BrowserOptions) {
    if options.javascript {
        look(browser).await;
    }
}

async fn staff(house: &House, options: BrowserOptions) -> Browser {
    let browser = Browser::start(options).await;
    browser.open(&house.facts.partner.join("/console")).await;
    browser.fill("Work email", STAFF_EMAIL).await;
    browser.fill("Password", STAFF_PASSWORD).await;
    browser.click_button("Sign in").await;
    browser.see("Connections").await;
    browser
}

/// A company's administrator enters the contract's code on the landing page.
async fn connect(house: &House) {
    let (company, app) = (house.company("Vireo"), house.app("Harbor"));
    let mut codes = house.facts.verification_codes.iter();
    let code = codes.find(|code| code.client_id == app.client_id).unwrap();
    let link = house.request_token(company, app).await;
    let browser = Browser::start(SMALL).await;
    browser
        .open(&format!(
            "{}?id={}&requestToken={}",
            app.connect_uri, link.id, link.request_token
        ))
        .await;
    browser.fill("Verification code", &code.code).await;
    browser.tick("I agree to the terms and conditions").await;
    browser.tick("I have read the privacy policy").await;
    browser.click_button("Continue").await;
    browser
        .click_button(&format!("Connect company …{}", company.id.tail()))
        .await;
    browser.see("What happens next").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn staff_look_after_a_connection_make_a_key_and_read_the_log() {
    let house = House::start().await;
    connect(&house).await;
    for options in [SMALL, PLAIN] {
        let browser = staff(&house, options).await;
        browser.see("Vireo").await;
        seen(&browser, options).await;
        let page = |path: &str| house.facts.partner.join(&format!("/console/{path}"));
        browser.open(&page("expiries")).await;
        browser.see("Within 30 days").await;
        seen(&browser, options).await;
        browser.open(&page("activity")).await;
        browser.see("Working connections at the end of each").await;
        seen(&browser, options).await;
        if options.javascript {
            browser.no_console_errors().await;
        }

        browser.open(&page("keys")).await;
        browser.click_button("Make a key").await;
        browser.see("One field needs attention").await;
        seen(&browser, options).await;
        browser.fill("Program", "Nightly export").await;
        browser.click_button("Make a key").await;
        browser.see("The key for Nightly export").await;
        browser.see("qcb_").await;
        seen(&browser, options).await;
        browser.click_link("Back to API keys").await;
        browser.do_not_see("qcb_").await;
        seen(&browser, options).await;
        browser.click_link("Revoke the key Nightly export").await;
        browser.see("Programs that use this key are refused").await;
        seen(&browser, options).await;
        browser.click_button("Revoke the key").await;
        browser.see("Revoked").await;

        browser.open(&page("audit")).await;
        browser.choose("What", "API key revoked").await;
        browser.click_button("Search").await;
        browser.see(STAFF_EMAIL).await;
        seen(&browser, options).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_is_deleted_with_the_keyboard_alone() {
    let house = House::start().await;
    connect(&house).await;
    let browser = staff(&house, DARK).await;
    look(&browser).await;
    browser.click_link(&house.company("Vireo").name).await;
    browser.see("The customer's data").await;
    look(&browser).await;
    press_at(&browser, "Delete the customer").await;
    browser.see("everything kept about").await;
    look(&browser).await;
    browser.fill("To go on, type", "000000").await;
    browser.press(Key::Enter).await;
    browser.see("These are not the last six characters").await;
    look(&browser).await;
    let tail = house.company("Vireo").id.tail().to_string();
    browser.fill("To go on, type", &tail).await;
    browser.press(Key::Enter).await;
    browser.see("Nobody is connected yet").await;
    look(&browser).await;
}

/// Goes to a control by Tab and presses Enter.
async fn press_at(browser: &Browser, name: &str) {
    for _ in 0..60 {
        browser.press(Key::Tab).await;
        if browser.focused().await == name {
            browser.press(Key::Enter).await;
            return;
        }
    }
    panic!("{name} is not reached by the keyboard");
}
