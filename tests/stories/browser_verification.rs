//! The story of an enterprise application with verification codes, at 800×600.

use testkit::House;

use crate::actors::{SMALL, Terms, connect, look, signed_in};

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_with_a_contract_enters_the_code_and_is_connected() {
    let house = House::start().await;
    let (company, app) = (house.company("Vireo"), house.app("Harbor"));
    let mut codes = house.facts.verification_codes.iter();
    let code = codes
        .find(|code| code.client_id == app.client_id)
        .unwrap()
        .code
        .clone();
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
    look(&browser).await;

    browser
        .fill("Verification code", "AAAA-BBBB-CCCC-DDDD")
        .await;
    browser.tick("I agree to the terms and conditions").await;
    browser.tick("I have read the privacy policy").await;
    browser.click_button("Continue").await;
    browser.see("This code is not valid").await;
    look(&browser).await;

    browser
        .fill("Verification code", &code.to_lowercase().replace('-', " "))
        .await;
    browser.click_button("Continue").await;
    browser.see("Nothing has been shared yet").await;
    look(&browser).await;
    browser
        .click_button(&format!("Connect company …{}", company.id.tail()))
        .await;
    browser.see("What happens next").await;
    look(&browser).await;
    browser.switch_to_first_window().await;
    browser.see("Connected for all").await;

    // Used once, it connects no other company.
    let other = house.company("Brackwater");
    let link = house.request_token(other, app).await;
    browser
        .open(&format!(
            "{}?id={}&requestToken={}",
            app.connect_uri, link.id, link.request_token
        ))
        .await;
    browser.fill("Verification code", &code).await;
    browser.tick("I agree to the terms and conditions").await;
    browser.tick("I have read the privacy policy").await;
    browser.click_button("Continue").await;
    browser.see("This code is not valid").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_code_there_is_somebody_to_ask_and_the_inquiry_is_seen() {
    let house = House::start().await;
    let (company, app) = (house.company("Brackwater"), house.app("Lanternway"));
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
    browser.click_link("Contact us").await;
    look(&browser).await;
    browser.fill("Your name", "Maren Holloway").await;
    browser
        .fill("Work email", "maren.holloway@brackwater.example")
        .await;
    browser.fill("Company", "Brackwater Instruments").await;
    browser
        .fill(
            "How can we help?",
            "We signed in October; where is our code?",
        )
        .await;
    browser.click_button("Send the message").await;
    browser.see("Your message has arrived").await;
    look(&browser).await;
    browser
        .open(&house.facts.partner.join("/console/inquiries"))
        .await;
    browser.fill("Work email", sandbox::STAFF_EMAIL).await;
    browser.fill("Password", sandbox::STAFF_PASSWORD).await;
    browser.click_button("Sign in").await;
    browser
        .see("We signed in October; where is our code?")
        .await;
    look(&browser).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn guessing_codes_is_stopped() {
    let house = House::start().await;
    let (company, app) = (house.company("Vireo"), house.app("Harbor"));
    let link = house.request_token(company, app).await;
    let browser = testkit::browser::Browser::start(SMALL).await;
    browser
        .open(&format!(
            "{}?id={}&requestToken={}",
            app.connect_uri, link.id, link.request_token
        ))
        .await;
    browser.tick("I agree to the terms and conditions").await;
    browser.tick("I have read the privacy policy").await;
    for guess in ["AAAA", "CCCC", "DDDD", "EEEE", "FFFF"] {
        browser
            .fill("Verification code", &[guess; 4].join("-"))
            .await;
        browser.click_button("Continue").await;
        browser.see("This code is not valid").await;
    }
    browser
        .fill("Verification code", "GGGG-GGGG-GGGG-GGGG")
        .await;
    browser.click_button("Continue").await;
    browser.see("Too many").await;
    look(&browser).await;
}
