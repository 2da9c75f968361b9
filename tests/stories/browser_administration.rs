//! The administrators' tools at 800×600, as axe and a person with a keyboard find them.

use protocol::MINUTE;
use testkit::House;
use testkit::browser::{Browser, BrowserOptions};

use crate::actors::{SMALL, look, signed_in};

const PLAIN: BrowserOptions = BrowserOptions {
    javascript: false,
    ..SMALL
};

/// Axe needs scripts; without them, the story itself is what is tested.
async fn seen(browser: &Browser, options: BrowserOptions) {
    if options.javascript {
        look(browser).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_creates_a_company_request_token() {
    let house = House::start().await;
    let (company, app) = (house.company("Brackwater"), house.app("Meridian"));
    for options in [SMALL, PLAIN] {
        let browser = signed_in(&house, house.admin(company), options).await;
        browser.click_link("Administration").await;
        browser.see("Authentication Administration").await;
        seen(&browser, options).await;
        browser.click_link("Company Request Token").await;
        browser
            .see("Company Request Tokens for Brackwater Instruments")
            .await;
        seen(&browser, options).await;
        browser.fill("App ID", "meridian").await;
        browser.click_button("Submit").await;
        browser.see("This is not a whole App ID").await;
        seen(&browser, options).await;
        browser.fill("App ID", &app.client_id.to_string()).await;
        browser.click_button("Submit").await;
        browser
            .see("Company Request Token Successfully Created.")
            .await;
        browser.see(&company.id.to_string()).await;
        seen(&browser, options).await;
        let address = browser.url().await;
        assert!(
            address.ends_with("/administration/request-tokens"),
            "{address}"
        );
        browser.click_link("Done").await;
        browser.see("Created here lately").await;
        seen(&browser, options).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_registers_an_app_and_looks_after_it() {
    let house = House::start().await;
    let company = house.company("Brackwater");
    for (options, name) in [(SMALL, "Bridge one"), (PLAIN, "Bridge two")] {
        let browser = signed_in(&house, house.admin(company), options).await;
        browser.click_link("Administration").await;
        browser.click_link("OAuth 2.0 Application Management").await;
        browser.see("registered for itself").await;
        seen(&browser, options).await;
        browser.click_link("Create new app").await;
        seen(&browser, options).await;
        browser.click_button("Create app").await;
        browser.see("2 fields need attention").await;
        seen(&browser, options).await;
        browser.fill("App name", name).await;
        browser.fill("App description", "Books reports").await;
        browser.choose("App stage", "Test").await;
        browser.tick("password").await;
        browser.tick("company.read").await;
        browser.click_button("Create app").await;
        browser.see("App credentials").await;
        seen(&browser, options).await;
        browser.click_link("Done").await;
        browser.see(&format!("{} alone", company.name)).await;
        seen(&browser, options).await;

        browser.click_link("Edit").await;
        seen(&browser, options).await;
        browser.fill("App description", "Books invoices").await;
        browser.click_button("Save changes").await;
        browser.see("are saved").await;
        browser.see("Books invoices").await;

        browser.click_link("Disable app").await;
        seen(&browser, options).await;
        browser.click_button("Disable app").await;
        browser.see("is disabled").await;
        seen(&browser, options).await;
        browser.click_link("Enable app").await;
        browser.click_button("Enable app").await;
        browser.see("is enabled").await;

        browser.click_link("Client secrets").await;
        seen(&browser, options).await;
        browser.click_button("Generate new secret").await;
        browser.see("New client secret").await;
        seen(&browser, options).await;
        browser.click_button("Activate it").await;
        browser.see("The secret is active.").await;
        seen(&browser, options).await;
        let tail = a_secret_of(&house, name).await;
        browser
            .click_link(&format!("Deactivate secret {tail}"))
            .await;
        seen(&browser, options).await;
        browser.click_button("Deactivate secret").await;
        browser.see("The secret is inactive.").await;
        browser
            .click_link(&format!("Activate or delete secret {tail}"))
            .await;
        seen(&browser, options).await;
        browser.click_button("Delete secret").await;
        browser.see("The secret is deleted.").await;
        browser.click_link(&format!("Back to {name}")).await;
        browser.click_link("Back to apps").await;
        browser.see("Last modified").await;
        seen(&browser, options).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_signed_in_long_ago_confirms_the_password_and_goes_on_where_he_or_she_was() {
    let house = House::start().await;
    let (company, app) = (house.company("Brackwater"), house.app("Meridian"));
    let admin = house.admin(company);
    let browser = signed_in(&house, admin, SMALL).await;
    house.advance(20 * MINUTE);
    browser.open(&app.listing).await;
    browser.click_button("Connect").await;
    browser.see("Confirm your password").await;
    look(&browser).await;
    browser.fill("Password", "wrong").await;
    browser.click_button("Go on").await;
    browser.see("This is not your password").await;
    look(&browser).await;
    browser.fill("Password", &admin.password).await;
    browser.click_button("Go on").await;
    browser.arrive_at("/app-center/listings/").await;
    browser.click_button("Connect").await;
    browser
        .see("Please review the following licensing terms and conditions")
        .await;
}

/// How a secret of the app of this name is called in the pages.
async fn a_secret_of(house: &House, name: &str) -> String {
    let company = house.company("Brackwater").id;
    let mut tx = house.platform.db.read().await.unwrap();
    let all = store::customer_apps::all(&mut tx, company).await.unwrap();
    let own = all.iter().find(|own| own.app.name == name).unwrap();
    let secrets = store::app_secrets::all(&mut tx, own.app.client_id).await;
    secrets.unwrap()[0].id.to_string().split_off(30)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_employee_is_told_who_can_help() {
    let house = House::start().await;
    let company = house.company("Brackwater");
    let browser = signed_in(&house, house.employee(company), SMALL).await;
    browser.do_not_see("Administration").await;
    let tool = house.facts.app_center.join("/nui/ocstool");
    browser.open(&tool).await;
    browser.see("You cannot do this").await;
    browser.see(&house.admin(company).name).await;
    look(&browser).await;
}
