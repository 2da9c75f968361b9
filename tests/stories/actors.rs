//! What people do in stories, in the words of the pages.

use sandbox::{AppFacts, UserFacts};
use testkit::House;
use testkit::browser::{Browser, BrowserOptions};

/// The size that landing pages must support (LP-10).
pub const SMALL: BrowserOptions = BrowserOptions {
    width: 800,
    height: 600,
    javascript: true,
    dark: false,
};

/// A person of a customer company at a browser, signed in to the customers' site.
pub async fn signed_in(house: &House, user: &UserFacts, options: BrowserOptions) -> Browser {
    let browser = Browser::start(options).await;
    browser.open(&house.facts.app_center.join("/")).await;
    browser.fill("Login", &user.login).await;
    browser.fill("Password", &user.password).await;
    browser.click_button("Sign in").await;
    browser.see("Popular Connections").await;
    browser
}

/// The page that is shown now, looked at as axe and a person with a small screen would. It and
/// those before it have loaded nothing from elsewhere.
pub async fn look(browser: &Browser) {
    browser.accessible().await;
    browser.no_horizontal_scroll().await;
    browser.loads_nothing_from_elsewhere().await;
}

/// Which boxes stand in the terms dialog.
pub struct Terms {
    pub first_time: bool,
    pub for_the_company: bool,
}

/// Opens a listing, accepts the terms, and goes to the window that opens.
pub async fn connect(browser: &Browser, app: &AppFacts, terms: Terms) {
    browser.open(&app.listing).await;
    look(browser).await;
    browser.click_button("Connect").await;
    browser
        .see("Please review the following licensing terms and conditions")
        .await;
    assert!(
        !browser.is_enabled("I Agree").await,
        "nothing is ticked yet"
    );
    look(browser).await;
    agree(browser, terms).await;
    browser.switch_to_new_window().await;
}

/// Ticks every box that is shown and agrees.
pub async fn agree(browser: &Browser, terms: Terms) {
    if terms.first_time {
        browser
            .tick("Quick Connect App Center End-User Terms and Conditions")
            .await;
    } else {
        browser
            .do_not_see("End-User Terms and Conditions The basic terms")
            .await;
    }
    browser.tick("Shared Information").await;
    if terms.for_the_company {
        browser.tick("Company Authorization to Link Services").await;
    }
    browser.click_button("I Agree").await;
}

/// Signs up at a partner: two steps, then the confirmation.
pub async fn sign_up(browser: &Browser, user: &UserFacts, company: Option<&str>) {
    look(browser).await;
    browser.click_link("Create account").await;
    browser.see("About you").await;
    look(browser).await;
    browser.click_button("Continue").await;
    browser.see("3 fields need attention").await;
    look(browser).await;
    browser.fill("Your name", &user.name).await;
    browser.fill("Work email", &user.login).await;
    browser.fill("Password", "a long and private phrase").await;
    browser.click_button("Continue").await;
    if let Some(company) = company {
        browser.fill("Company name", company).await;
    }
    browser.tick("I agree to the terms and conditions").await;
    browser.tick("I have read the privacy policy").await;
    look(browser).await;
    browser.click_button("Continue to confirmation").await;
    browser.see("Nothing has been shared yet").await;
    look(browser).await;
}
