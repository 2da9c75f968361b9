//! The browser of the testkit against a handful of pages of its own.

mod pages;

use pages::Pages;
use testkit::browser::{Browser, BrowserOptions, Key};

/// What a method panics with.
async fn complaint(method: impl Future<Output = ()> + Send + 'static) -> String {
    let panic = tokio::spawn(method)
        .await
        .expect_err("the method panics")
        .into_panic();
    *panic.downcast::<String>().expect("the panic is a sentence")
}

#[tokio::test]
async fn a_form_is_filled_in_and_sent() {
    let pages = Pages::serve();
    let browser = Browser::start(BrowserOptions::default()).await;

    browser.open(&pages.url("/form")).await;
    assert_eq!(browser.heading().await, "Sign up");
    assert!(browser.url().await.ends_with("/form"));
    browser.see("Script is on").await;
    browser.do_not_see("Thank you").await;
    browser.fill("Email", "maren@brackwater.example").await;
    browser.choose("Country", "Norway").await;
    browser.tick("I agree to").await;
    browser.click_button("Send it").await;

    browser.see("Thank you").await;
    browser
        .arrive_at("/sent?email=maren%40brackwater.example&country=no&agree=on")
        .await;
    browser.no_horizontal_scroll().await;
    browser.no_console_errors().await;
}

#[tokio::test]
async fn a_box_can_be_ticked_and_unticked_and_keys_move_the_focus() {
    let pages = Pages::serve();
    let browser = Browser::start(BrowserOptions::default()).await;

    browser.open(&pages.url("/form")).await;
    browser.press(Key::Tab).await;
    assert_eq!(browser.focused().await, "Email (optional)");
    browser.tick("I agree").await;
    browser.untick("I agree").await;
    browser.click_button("Send it").await;
    browser.arrive_at("/sent?email=&country=se").await;
    browser.do_not_see("on").await;
}

#[tokio::test]
async fn pages_without_javascript_run_no_script() {
    let pages = Pages::serve();
    let browser = Browser::start(BrowserOptions {
        javascript: false,
        ..Default::default()
    })
    .await;

    browser.open(&pages.url("/form")).await;
    browser.see("Script is off").await;
    browser.see("This page runs no script").await;
    browser.fill("Email", "a@b.example").await;
    browser.click_button("Send it").await;
    browser.see("Thank you").await;

    let complaint = complaint(async move { browser.accessible().await }).await;
    assert!(complaint.starts_with("accessibility is checked in a browser with JavaScript"));
}

#[tokio::test]
async fn a_link_opens_a_second_window() {
    let pages = Pages::serve();
    let browser = Browser::start(BrowserOptions {
        width: 800,
        height: 600,
        ..Default::default()
    })
    .await;

    browser.open(&pages.url("/form")).await;
    browser.click_link("Terms (opens a window)").await;
    browser.switch_to_new_window().await;
    assert_eq!(browser.windows().await, 2);
    browser.see("800 by 600").await;
    browser.close_window().await;
    browser.switch_to_first_window().await;
    assert_eq!(browser.heading().await, "Sign up");
    assert_eq!(browser.windows().await, 1);
}

#[tokio::test]
async fn width_and_colours_are_as_asked_for() {
    let pages = Pages::serve();
    let narrow = BrowserOptions {
        width: 320,
        height: 640,
        dark: true,
        ..Default::default()
    };
    let browser = Browser::start(narrow).await;

    browser.open(&pages.url("/terms")).await;
    browser.see("320 by 640, dark").await;
    browser.no_horizontal_scroll().await;
    let folder = tempfile::tempdir().unwrap();
    browser.screenshot(folder.path().join("terms.png")).await;
    assert!(folder.path().join("terms.png").is_file());

    browser.open(&pages.url("/bad")).await;
    let complaint = complaint(async move { browser.no_horizontal_scroll().await }).await;
    assert!(
        complaint.starts_with("the page scrolls sideways: pre.wide"),
        "{complaint}"
    );
}

#[tokio::test]
async fn an_accessible_page_passes_and_a_bad_one_is_told_why() {
    let pages = Pages::serve();
    let browser = Browser::start(BrowserOptions::default()).await;

    browser.open(&pages.url("/form")).await;
    browser.accessible().await;

    browser.open(&pages.url("/bad")).await;
    let complaint = complaint(async move { browser.accessible().await }).await;
    assert!(complaint.contains("image-alt (critical)"), "{complaint}");
    assert!(complaint.contains("html-has-lang (serious)"), "{complaint}");
    assert!(complaint.contains("#logo"), "{complaint}");
}

#[tokio::test]
async fn a_complaint_names_the_line_the_address_and_the_text() {
    let pages = Pages::serve();
    let browser = Browser::start(BrowserOptions::default()).await;

    browser.open(&pages.url("/form")).await;
    let complaint = complaint(async move { browser.click_button("Send").await }).await;
    assert!(
        complaint.contains("there is no button “Send”; there is: “Send it”"),
        "{complaint}"
    );
    assert!(complaint.contains("main.rs:"), "{complaint}");
    assert!(complaint.contains("/form, which shows:"), "{complaint}");
    assert!(complaint.contains("Script is on"), "{complaint}");
}

#[tokio::test]
async fn what_the_policy_keeps_out_is_a_console_error() {
    let pages = Pages::serve();
    let browser = Browser::start(BrowserOptions::default()).await;

    browser.open(&pages.url("/bad")).await;
    let complaint = complaint(async move { browser.no_console_errors().await }).await;
    assert!(complaint.contains("Content Security Policy"), "{complaint}");
}

#[tokio::test]
async fn a_form_is_filled_in_with_the_keyboard_alone() {
    let pages = Pages::serve();
    let browser = Browser::start(BrowserOptions::default()).await;

    browser.open(&pages.url("/form")).await;
    browser.usable_by_keyboard().await;
    browser.type_at("Email", "first@b.example").await;
    browser.type_at("Email", "a@b.example").await;
    browser.type_at("Country", "Nor").await;
    browser.press_at("I agree", Key::Space).await;
    browser.press_at("Send it", Key::Enter).await;
    browser
        .arrive_at("/sent?email=a%40b.example&country=no&agree=on")
        .await;
}

#[tokio::test]
async fn what_hinders_a_keyboard_is_told() {
    let pages = Pages::serve();
    let browser = std::sync::Arc::new(Browser::start(BrowserOptions::default()).await);
    for (page, wanted) in [
        ("/order", "Tab does not go from top to bottom"),
        ("/ring", "a#plain “Sent” shows no ring"),
    ] {
        browser.open(&pages.url(page)).await;
        let asked = browser.clone();
        let complaint = complaint(async move { asked.usable_by_keyboard().await }).await;
        assert!(complaint.starts_with(wanted), "{complaint}");
    }
    let asked = browser.clone();
    let complaint = complaint(async move { asked.press_at("Fourth", Key::Enter).await }).await;
    let wanted = "“Fourth” is not reached by the keyboard";
    assert!(complaint.starts_with(wanted), "{complaint}");
}

#[tokio::test]
async fn scripts_are_switched_off_and_on_and_axe_sees_the_page_without_them() {
    let pages = Pages::serve();
    let browser = Browser::start(BrowserOptions::default()).await;

    browser.run_scripts(false).await;
    browser.open(&pages.url("/form")).await;
    browser.see("Script is off").await;
    browser.accessible().await;
    browser.see("This page runs no script").await;
    browser.open(&pages.url("/form")).await;
    browser.see("Script is off").await;
    browser.run_scripts(true).await;
    browser.open(&pages.url("/form")).await;
    browser.see("Script is on").await;
}

#[tokio::test]
async fn what_a_page_loads_from_elsewhere_and_tells_there_is_seen() {
    let pages = Pages::serve();
    let browser = std::sync::Arc::new(Browser::start(BrowserOptions::default()).await);

    browser.open(&pages.url("/form")).await;
    let requests = browser.requests().await;
    let asked: Vec<(bool, &str, Option<&str>)> = requests
        .iter()
        .map(|one| (one.is_page, one.url.as_str(), one.referer.as_deref()))
        .collect();
    let (form, script) = (pages.url("/form"), pages.url("/script.js"));
    assert_eq!(
        asked,
        [
            (true, form.as_str(), None),
            (false, &script, Some(form.as_str()))
        ]
    );
    let complains = async |page: &str| {
        browser.open(&pages.url(page)).await;
        let asked = browser.clone();
        complaint(async move { drop(asked.loads_nothing_from_elsewhere().await) }).await
    };
    let said = complains("/form").await;
    assert!(
        said.contains("is told that the request comes from"),
        "{said}"
    );
    let said = complains("/elsewhere").await;
    assert!(
        said.contains("/elsewhere loads http://localhost:9/pixel"),
        "{said}"
    );
    browser.open(&pages.url("/sent")).await;
    browser.loads_nothing_from_elsewhere().await;
}
