//! An exchange that takes its time: what its page says, and that it needs no window.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may stop")]

mod stage;

use std::time::Duration;

use stage::{COMPANY, LEDGER, Stage, link};
use web::SessionToken;

const DONE: &str = "/connect/ledger/done";

#[tokio::test]
async fn the_page_says_since_when_and_that_the_window_may_be_closed() {
    let stage = Stage::set().await;
    let mut browser = stage.browser();
    browser.open(&link("ledger", COMPANY)).await;
    browser.signs_up().await;
    let cookie = SessionToken::parse(&browser.cookies["connect_ledger"]).unwrap();
    let flow = stage.vault.flow(cookie.hash(), LEDGER).await;
    let id = flow.unwrap().unwrap().id;
    stage.clock.advance(Duration::from_secs(120));
    stage.vault.begin_exchange(id).await.unwrap();
    stage.clock.advance(Duration::from_secs(30));
    for (language, why, goes_on, contact) in [
        (
            "en",
            "Example Spend has not answered yet. Connecting began on 18 Nov 2026, 11:08 UTC.",
            "You may close this window",
            "Contact us",
        ),
        (
            "de",
            "Begonnen am 18. November 2026, 11:08 Uhr (UTC).",
            "Sie können dieses Fenster schließen",
            "Kontakt",
        ),
        (
            "ja",
            "接続を開始した日時：2026年11月18日 11:08（UTC）",
            "このウィンドウを閉じてかまいません",
            "お問い合わせ",
        ),
    ] {
        browser.accepts = language;
        let page = browser.get(DONE).await;
        page.says(why)
            .says(goes_on)
            .says("href=\"/connect/ledger/done\"")
            .says(&format!("href=\"/connect/ledger/contact\">{contact}</a>"));
    }

    // Nobody exchanges: it was cut off, and may be tried again here, as the page has said.
    stage.clock.advance(Duration::from_secs(61));
    stage.partner.broker().keep_once().await.unwrap();
    browser.accepts = "en";
    let page = browser.open(DONE).await;
    page.says("The last attempt got no answer");
    browser
        .submit(&page, "/connect/ledger/confirm", &[])
        .await
        .leads_to(DONE);
}

#[tokio::test]
async fn s44_an_exchange_whose_window_is_closed_comes_to_its_end() {
    const LOOK: Duration = Duration::from_millis(50);
    const LOOKS: usize = 1_200;
    let stage = Stage::set().await;
    stage.platform.lock().unwrap().slow = Duration::from_millis(500);
    let mut browser = stage.browser();
    browser.open(&link("ledger", COMPANY)).await;
    let page = browser.signs_up().await;
    let mut window = browser.clone();
    let begun = async {
        for _ in 0..LOOKS {
            if stage.exchanges() > 0 {
                return;
            }
            tokio::time::sleep(LOOK).await;
        }
    };
    // Whoever waits for the answer goes away as soon as the platform has been asked.
    tokio::select! {
        _ = window.submit(&page, "/connect/ledger/confirm", &[]) => {}
        () = begun => {}
    }
    for _ in 0..LOOKS {
        let page = browser.open(DONE).await;
        if page
            .html
            .contains("Brackwater Instruments Inc. is connected")
        {
            assert_eq!(stage.exchanges(), 1);
            return;
        }
        tokio::time::sleep(LOOK).await;
    }
    panic!("nothing came of it");
}
