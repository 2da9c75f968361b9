//! Signing in to an app, in a browser.

use std::io::{Read, Write};
use std::net::TcpListener;

use sandbox::AppFacts;
use testkit::browser::{Browser, BrowserOptions};
use testkit::{House, parameter};

use crate::actors::{SMALL, look};
use crate::authorize::app_of_people;

/// A program of a partner that waits for browsers to come back.
fn partner() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            let mut request = [0; 4_096];
            let _ = stream.read(&mut request);
            let body = "<!doctype html><title>Back</title><h1>Back at the app</h1>";
            let _ = write!(
                stream,
                "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
                body.len()
            );
        }
    });
    format!("http://{address}/callback")
}

async fn fjord(house: &House) -> AppFacts {
    let callback = partner();
    house.register(app_of_people(&[&callback])).await
}

/// Goes to the app's sign-in, signs in and answers; the code that comes of it.
async fn walk(house: &House, browser: &Browser, app: &AppFacts) -> String {
    let user = house.employee(house.company("Brackwater"));
    browser.open(&house.authorize_url("glz", app, &[])).await;
    browser.see("Sign in with Quick Connect").await;
    browser.fill("Login", &user.login).await;
    browser.fill("Password", &user.password).await;
    browser.click_button("Continue").await;
    browser.see("Allow Fjord Books to act for you?").await;
    browser.see("Read your name and preferred language").await;
    browser.click_button("Allow").await;
    browser.see("Back at the app").await;
    parameter(&browser.url().await, "code")
}

#[tokio::test(flavor = "multi_thread")]
async fn at_800_by_600_every_page_is_accessible_and_the_way_leads_back() {
    let house = House::start().await;
    let app = fjord(&house).await;
    let browser = Browser::start(SMALL).await;
    let user = house.employee(house.company("Brackwater"));

    browser
        .open(&house.authorize_url("glz", &app, &[("redirect_uri", "http://evil.example/")]))
        .await;
    browser.see("This sign-in cannot begin").await;
    look(&browser).await;
    browser.open(&house.authorize_url("glz", &app, &[])).await;
    browser.see("to go on to Fjord Books").await;
    look(&browser).await;
    browser.fill("Login", &user.login).await;
    browser.fill("Password", "wrong").await;
    browser.click_button("Continue").await;
    browser.see("You are not signed in").await;
    look(&browser).await;
    browser.fill("Password", &user.password).await;
    browser.click_button("Continue").await;
    browser.see("Allow Fjord Books to act for you?").await;
    look(&browser).await;
    browser.click_button("Refuse").await;
    browser.see("Back at the app").await;
    let denied = browser.url().await;
    assert_eq!(parameter(&denied, "error_code"), "user_denied");

    // With a session nobody is asked to sign in.
    browser.open(&house.authorize_url("glz", &app, &[])).await;
    browser.see("Allow Fjord Books to act for you?").await;
    browser.click_button("Allow").await;
    browser.see("Back at the app").await;
    let code = parameter(&browser.url().await, "code");
    let tokens = house.exchange_code("glz", &app, &code, &[]).await;
    assert_eq!(tokens.status, 200, "{}", tokens.body);
    // And now nobody is asked anything, even where the answer follows a posted form.
    let url = house.authorize_url("glz", &app, &[("prompt", "login")]);
    browser.open(&url).await;
    browser.fill("Password", &user.password).await;
    browser.click_button("Continue").await;
    browser.see("Back at the app").await;
    assert!(!parameter(&browser.url().await, "code").is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn it_goes_without_javascript() {
    let house = House::start().await;
    let app = fjord(&house).await;
    let options = BrowserOptions {
        javascript: false,
        ..SMALL
    };
    let browser = Browser::start(options).await;
    let code = walk(&house, &browser, &app).await;
    let tokens = house.exchange_code("glz", &app, &code, &[]).await;
    assert_eq!(tokens.status, 200, "{}", tokens.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_else_signs_in_instead() {
    let house = House::start().await;
    let app = fjord(&house).await;
    let browser = Browser::start(SMALL).await;
    let company = house.company("Brackwater");
    let (user, other) = (house.employee(company), house.admin(company));
    browser.open(&house.authorize_url("glz", &app, &[])).await;
    browser.fill("Login", &user.login).await;
    browser.fill("Password", &user.password).await;
    browser.click_button("Continue").await;
    browser.see(&user.name).await;
    browser.no_console_errors().await;
    browser.click_link("Sign in as somebody else").await;
    browser.fill("Login", &other.login).await;
    browser.fill("Password", &other.password).await;
    browser.click_button("Continue").await;
    browser.see(&other.name).await;
    browser.click_link("Sign in as somebody else").await;
    browser
        .click_link("Cancel and go back to Fjord Books")
        .await;
    browser.see("Back at the app").await;
    let denied = browser.url().await;
    assert_eq!(parameter(&denied, "error"), "access_denied");
}
