//! The mails of a demo, where somebody who tries it out reads them.

use protocol::MINUTE;
use testkit::browser::{Browser, BrowserOptions};
use testkit::{Answer, House};

use crate::actors::look;
use crate::one_time_passwords::{ask, last_otp, own_link};

fn outbox(house: &House) -> String {
    let outbox = house.facts.outbox.as_ref();
    outbox.expect("a demo has one").to_string()
}

async fn get(house: &House, path: &str) -> Answer {
    let url = format!("{}{path}", outbox(house));
    house.send(house.request("GET", &url)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn mails_are_listed_newest_first_and_what_they_say_is_text() {
    let house = House::start().await;
    let empty = get(&house, "/").await;
    assert_eq!(empty.status, 200);
    assert!(empty.body.contains("No mail has been sent yet"));
    let user = house.employee(house.company("Brackwater"));
    for company in ["First", "<script>alert(1)</script>"] {
        house.advance(MINUTE);
        let own = [("company", company)];
        assert_eq!(ask(&house, &user.login, &own).await.status, 200);
    }
    let list = get(&house, "/").await.body;
    let [second, first] =
        ["&#60;script&#62;", "First wants"].map(|text| list.find(text).expect("it is listed"));
    assert!(second < first, "newest first");
    assert!(!list.contains("<script>alert"));
    let name = &house.mails()[1].name;
    for path in [format!("/mails/{name}"), format!("/mails/{name}/page")] {
        let answer = get(&house, &path).await;
        assert_eq!(answer.status, 200);
        assert!(answer.body.contains(&last_otp(&house)));
        assert!(!answer.body.contains("<script>alert"));
        let policy = answer.header("content-security-policy");
        assert!(policy.contains("default-src 'none'"), "{policy}");
        let sandboxed = policy.contains("sandbox ") && !policy.contains("allow-scripts");
        assert_eq!(sandboxed, path.ends_with("/page"), "{policy}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_mails_are_shown() {
    let house = House::start().await;
    for path in [
        "/mails/x",
        "/mails/x.eml",
        "/mails/..%2fdemo.json",
        "/mails/%2e%2e%2fplatform.key/page",
        "/mails/..%5cx.eml",
    ] {
        assert_eq!(get(&house, path).await.status, 404, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn s60_a_platform_has_no_page_that_shows_mails() {
    let house = House::start().await;
    let user = house.employee(house.company("Brackwater"));
    assert_eq!(ask(&house, &user.login, &[]).await.status, 200);
    let name = house.mails()[0].name.clone();
    // The sites that `serve` serves are the same ones as here.
    for origin in [house.facts.app_center.as_str(), house.center("us2")] {
        for path in [format!("/mails/{name}"), format!("/mails/{name}/page")] {
            let answer = house.send(house.request("GET", &format!("{origin}{path}")));
            assert_eq!(answer.await.status, 404, "{origin}");
        }
    }
    let settings = store::Settings::new(
        house.facts.app_center.clone(),
        house.platform.settings.data_centers.clone(),
    );
    assert!(settings.demo_outbox.is_none());
    // And the outbox answers at its own address alone.
    let request = house.request("GET", &outbox(&house));
    let rebound = house.send(request.header("host", "evil.example")).await;
    assert_eq!(rebound.status, 421);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_finds_the_mail_and_follows_its_link() {
    let house = House::start().await;
    let link = own_link(&house, "/?from=mail");
    let own = [("name", "Ann"), ("link", link.as_str())];
    // The one with the longest name.
    let user = house.employee(house.company("Feldmann"));
    let sizes = [
        (360, 740, false),
        (800, 600, true),
        (1280, 900, false),
        (360, 740, true),
    ];
    for (width, height, dark) in sizes {
        let browser = Browser::start(BrowserOptions {
            width,
            height,
            javascript: true,
            dark,
        })
        .await;
        browser.open(&house.facts.app_center.join("/sign-in")).await;
        browser.click_link("its outbox").await;
        if house.mails().is_empty() {
            browser.see("No mail has been sent yet").await;
            look(&browser).await;
            house.advance(MINUTE);
            let asked = crate::one_time_passwords::ask_at(&house, "eu2", &user.login, &own);
            assert_eq!(asked.await.status, 200);
            browser.click_link("Look again").await;
        }
        look(&browser).await;
        let app = &house.app(crate::one_time_passwords::APP).name;
        let subject = format!("{app} wants to access your Quick Connect account.");
        browser.click_link(&subject).await;
        browser.see("Good day Ann,").await;
        look(&browser).await;
        browser.click_link("Show as a page").await;
        browser.see("can be used only once").await;
        browser.no_horizontal_scroll().await;
        browser.click_link("Sign in with Quick Connect").await;
        browser.arrive_at("/?from=mail&token=dd-").await;
    }
}
