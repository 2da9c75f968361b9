//! The whole story of an enterprise application with sign in and sign up, at 800×600.

use testkit::House;

use crate::actors::{SMALL, Terms, agree, connect, look, sign_up, signed_in};

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_connects_the_company_and_ends_it_again() {
    let house = House::start().await;
    let (company, app) = (house.company("Brackwater"), house.app("Meridian"));
    let admin = house.admin(company);
    let browser = signed_in(&house, admin, SMALL).await;
    look(&browser).await;
    browser.click_link("Connections").await;
    browser.see("Nothing is connected yet").await;
    look(&browser).await;

    connect(
        &browser,
        app,
        Terms {
            first_time: true,
            for_the_company: true,
        },
    )
    .await;
    browser.arrive_at("/connect/meridian-ledger").await;
    browser.see("Sign in to connect").await;
    assert_eq!(
        browser.url().await,
        app.connect_uri,
        "no token in the address bar (CF-18)"
    );
    sign_up(&browser, admin, Some(&company.name)).await;
    let tail = company.id.tail();
    browser.see(&company.id.to_string()).await;
    browser
        .click_button(&format!("Connect company …{tail}"))
        .await;
    browser.see(&format!("{} is connected", company.name)).await;
    browser.see("You may now close this window.").await;
    look(&browser).await;

    // The listing behind the window that is still open notices by itself (AC-12).
    browser.switch_to_first_window().await;
    browser.see("Connected for all 214 employees").await;
    look(&browser).await;
    browser.click_link("Connections").await;
    browser.see(&app.name).await;
    look(&browser).await;

    // A second app asks only for what is new each time (AC-22).
    browser.open(&house.app("Tessel").listing).await;
    browser.click_link("Connect").await;
    browser
        .see("Please review the following licensing terms")
        .await;
    browser
        .do_not_see("Company Authorization to Link Services")
        .await;
    browser.click_link("Cancel").await;

    browser.open(&app.listing).await;
    browser.click_link("Disconnect").await;
    browser
        .see("Are you sure you want to disconnect from this app?")
        .await;
    look(&browser).await;
    browser.click_link("No").await;
    browser.see("Connected for all 214 employees").await;
    browser.click_link("Disconnect").await;
    browser
        .click_button("Yes, disconnect for all 214 employees")
        .await;
    browser
        .see("Connect app to Quick Connect. This action requires administrative access.")
        .await;
    look(&browser).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_partner_sees_who_connected_and_reads_the_companys_reports() {
    let house = House::start().await;
    let (company, app) = (house.company("Feldmann"), house.app("Meridian"));
    let admin = house.admin(company);
    let browser = signed_in(&house, admin, SMALL).await;
    connect(
        &browser,
        app,
        Terms {
            first_time: true,
            for_the_company: true,
        },
    )
    .await;
    sign_up(&browser, admin, Some(&company.name)).await;
    browser
        .click_button(&format!("Connect company …{}", company.id.tail()))
        .await;
    browser.see("is connected").await;

    browser.open(&house.facts.partner.join("/console")).await;
    look(&browser).await;
    browser.fill("Work email", sandbox::STAFF_EMAIL).await;
    browser.fill("Password", sandbox::STAFF_PASSWORD).await;
    browser.click_button("Sign in").await;
    browser
        .see("Companies and people that have connected")
        .await;
    look(&browser).await;
    browser.click_link(&company.name).await;
    for fact in [
        "Standard",
        "eu2",
        "Connected since",
        "Connected by",
        "Refresh token",
        "Last calls",
    ] {
        browser.see(fact).await;
    }
    browser.see(&admin.id.to_string()).await;
    browser.see("Read from the platform just now").await;
    look(&browser).await;
    for page in ["Inquiries", "Codes"] {
        browser.click_link(page).await;
        look(&browser).await;
    }

    // Ended by the partner, it is ended at the platform at once.
    browser.click_link("Connections").await;
    browser.click_link(&company.name).await;
    browser.click_link("Disconnect").await;
    look(&browser).await;
    browser.click_button("Disconnect").await;
    browser.see("Disconnected").await;
    browser.open(&app.listing).await;
    browser.see("Connect app to Quick Connect.").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_listing_says_when_the_window_was_closed() {
    let house = House::start().await;
    let (company, app) = (house.company("Vireo"), house.app("Meridian"));
    let browser = signed_in(&house, house.admin(company), SMALL).await;
    connect(
        &browser,
        app,
        Terms {
            first_time: true,
            for_the_company: true,
        },
    )
    .await;
    browser.see("Sign in to connect").await;
    browser.switch_to_first_window().await;
    browser.see("Finish in the Meridian Ledger window").await;
    look(&browser).await;
    browser.switch_to_new_window().await;
    browser.close_window().await;
    browser.switch_to_first_window().await;
    browser
        .see("The partner's window was closed before the connection was made.")
        .await;
    look(&browser).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_listing_says_when_the_partner_could_not_be_reached() {
    let house = House::start().await;
    let (company, app) = (house.company("Vireo"), house.app("Quillon"));
    let browser = signed_in(&house, house.admin(company), SMALL).await;
    connect(
        &browser,
        app,
        Terms {
            first_time: true,
            for_the_company: true,
        },
    )
    .await;
    browser.see("could not be reached").await;
    look(&browser).await;
    browser.switch_to_first_window().await;
    browser
        .see("could not be reached. Nothing was connected and nothing was handed out.")
        .await;
    look(&browser).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_without_the_permission_sees_a_disabled_button_and_who_can_help() {
    let house = House::start().await;
    let (company, app) = (house.company("Brackwater"), house.app("Meridian"));
    let browser = signed_in(&house, house.employee(company), SMALL).await;
    browser.open(&app.listing).await;
    assert!(!browser.is_enabled("Connect").await);
    browser
        .see("This app requires Web Services Administration rights to connect.")
        .await;
    browser.see(&house.admin(company).name).await;
    look(&browser).await;
    browser.click_link("Request Information").await;
    look(&browser).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_made_up_link_ends_in_a_clear_page_and_stores_nothing() {
    let house = House::start().await;
    let (company, app) = (house.company("Vireo"), house.app("Meridian"));
    let browser = testkit::browser::Browser::start(SMALL).await;
    browser.open(&app.connect_uri).await;
    browser.see("Start from App Center").await;
    look(&browser).await;
    let made_up = format!(
        "{}?id={}&requestToken=at-0000000000000000000000000000zz",
        app.connect_uri, company.id
    );
    browser.open(&made_up).await;
    sign_up(&browser, house.admin(company), Some(&company.name)).await;
    browser
        .click_button(&format!("Connect company …{}", company.id.tail()))
        .await;
    browser.see("This link has expired").await;
    look(&browser).await;
    // The account went with it.
    let connect_again = house.request_token(company, app).await;
    let good = format!(
        "{}?ID={}&requesttoken={}&userID={}",
        app.connect_uri, connect_again.id, connect_again.request_token, connect_again.user_id
    );
    browser.open(&good).await;
    browser.fill("Email", &house.admin(company).login).await;
    browser.fill("Password", "a long and private phrase").await;
    browser.click_button("Sign in").await;
    browser.see("Email and password do not match").await;
    look(&browser).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn request_information_is_a_form_that_says_what_is_missing() {
    let house = House::start().await;
    let (company, app) = (house.company("Brackwater"), house.app("Tessel"));
    let browser = signed_in(&house, house.admin(company), SMALL).await;
    browser.open(&app.listing).await;
    look(&browser).await;
    browser.click_link("Request Information").await;
    browser.fill("Business phone", "").await;
    browser
        .click_button("Send request to Tessel Tax Services")
        .await;
    browser.see("need").await;
    look(&browser).await;
    browser.fill("Business phone", "+1 614 555 0100").await;
    browser.tick("Tessel Tax Services may contact me").await;
    browser
        .click_button("Send request to Tessel Tax Services")
        .await;
    browser.see("Your request is on its way").await;
    look(&browser).await;
    let mails = std::fs::read_dir(house.data_dir().join("outbox"))
        .unwrap()
        .count();
    assert_eq!(mails, 2, "one to the prospect, one to the partner");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_javascript_the_whole_story_works_the_same() {
    let house = House::start().await;
    let (company, app) = (house.company("Brackwater"), house.app("Meridian"));
    let admin = house.admin(company);
    let options = testkit::browser::BrowserOptions {
        javascript: false,
        ..SMALL
    };
    let browser = signed_in(&house, admin, options).await;
    browser.open(&app.listing).await;
    browser.click_button("Connect").await;
    browser
        .see("Please review the following licensing terms")
        .await;
    agree(
        &browser,
        Terms {
            first_time: true,
            for_the_company: true,
        },
    )
    .await;
    browser.switch_to_new_window().await;
    browser.click_link("Create account").await;
    browser.fill("Your name", &admin.name).await;
    browser.fill("Work email", &admin.login).await;
    browser.fill("Password", "a long and private phrase").await;
    browser.click_button("Continue").await;
    browser.fill("Company name", &company.name).await;
    browser.tick("I agree to the terms and conditions").await;
    browser.tick("I have read the privacy policy").await;
    browser.click_button("Continue to confirmation").await;
    browser.switch_to_first_window().await;
    browser.open(&app.listing).await;
    browser.see("Check again").await;
    browser.switch_to_new_window().await;
    browser
        .click_button(&format!("Connect company …{}", company.id.tail()))
        .await;
    browser.see("You may now close this window.").await;
    browser.switch_to_first_window().await;
    // The page asks again by itself every few seconds.
    browser.see("Connected for all 214 employees").await;
    browser.click_link("Disconnect").await;
    browser
        .click_button("Yes, disconnect for all 214 employees")
        .await;
    browser.see("Connect app to Quick Connect.").await;
}
