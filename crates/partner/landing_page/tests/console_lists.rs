//! What the console shows of many connections: lists, the calendar, charts.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may stop")]

mod stage;

use db::values;
use protocol::{AppId, DAY};
use stage::{CARDS, LEDGER, NOW, Stage};
use uuid::Uuid;
use vault::Usage;

const DAY_MICROS: i64 = 86_400_000_000;

/// A connection as it might have come to be: the `number`-th, which expires in so many days.
async fn seed(stage: &Stage, app: AppId, number: u32, (name, days): (&str, i64)) -> Uuid {
    let id = Uuid::from_u128(0xa000 + u128::from(number));
    let now = NOW * 1_000_000;
    let connected = now - i64::from(number) * DAY_MICROS;
    let mut tx = stage.db().write().await.unwrap();
    tx.execute(
        "INSERT INTO connections (id, app, principal, principal_type, state, state_since, generation,
             geolocation, scope, refresh_expires_at, last_refreshed_at, name, connected_at)
         VALUES ($1, $2, $3, 'company', 'connected', $4, 1, 'http://127.0.0.1:1', 'openid', $5, $4, $6, $4)",
        &values![
            id.to_string(),
            app.to_string(),
            Uuid::from_u128(0xb000 + u128::from(number)).to_string(),
            connected,
            now + days * DAY_MICROS,
            name,
        ],
    )
    .await
    .unwrap();
    tx.commit().await.unwrap();
    id
}

#[tokio::test]
async fn a_long_list_has_pages_an_order_and_a_search() {
    let stage = Stage::set().await;
    for number in 0..60 {
        let name = format!("Customer {number:02}");
        seed(&stage, LEDGER, number, (&name, 100)).await;
    }
    let mut staff = stage.staff().await;
    let first = staff.get("/console/connections").await;
    first
        .says("1 – 25 of 60")
        .says("Customer 00")
        .says("aria-sort=\"descending\"")
        .says("href=\"/console/connections?page=2\"");
    let last = staff.get("/console/connections?page=3&sort=name").await;
    last.says("51 – 60 of 60")
        .says("Customer 59")
        .says("href=\"/console/connections?sort=name&#38;page=2\"");
    assert!(!last.html.contains("Customer 49"));
    let found = staff.get("/console/connections?q=customer%2042").await;
    found.says("1 – 1 of 1").says("Customer 42");
    // The last characters of an id are what people read out.
    let found = staff.get("/console/connections?q=b02a").await;
    found.says("1 – 1 of 1").says("Customer 42");
    let beyond = staff.get("/console/connections?page=9").await;
    beyond.says("No connection fits");
}

#[tokio::test]
async fn an_apps_list_calendar_and_charts_hold_nothing_of_another_app() {
    let stage = Stage::set().await;
    seed(&stage, LEDGER, 1, ("Of the ledger", 10)).await;
    seed(&stage, CARDS, 2, ("Of the cards", 10)).await;
    stage
        .vault
        .count_usage(CARDS, Uuid::from_u128(0xb002), Usage::Call);
    let mut staff = stage.staff().await;
    let list = staff.get("/console/connections?app=ledger").await;
    list.says("Of the ledger").says("1 – 1 of 1");
    assert!(!list.html.contains("Of the cards"));
    let both = staff.get("/console/activity").await;
    both.says("Of the cards").says("Use by your programs");
    let one = staff.get("/console/activity?app=ledger").await;
    one.says("No program has asked the broker");
    assert!(!one.html.contains("Of the cards"));
    staff
        .get("/console/expiries?app=ledger")
        .await
        .says("28 Nov 2026: 1 token expires");
}

#[tokio::test]
async fn a_day_of_the_calendar_leads_to_what_expires_on_it() {
    let stage = Stage::set().await;
    for (number, days) in [(1, 3), (2, 3), (3, 40), (4, -1)] {
        seed(
            &stage,
            LEDGER,
            number,
            (&format!("Customer {number}"), days),
        )
        .await;
    }
    let mut staff = stage.staff().await;
    let page = staff.get("/console/expiries").await;
    page.says("November 2026")
        .says("May 2027")
        .says("href=\"/console/connections?expires=2026-11-21\"")
        .says("21 Nov 2026: 2 tokens expire")
        .says("28 Dec 2026: 1 token expires")
        .says("<div class=\"what\">Expired</div><div class=\"value\">1</div>")
        .says("<div class=\"what\">Within 7 days</div><div class=\"value\">2</div>")
        .says("<div class=\"what\">Within 60 days</div><div class=\"value\">3</div>");
    let day = staff.get("/console/connections?expires=2026-11-21").await;
    day.says("Customer 1")
        .says("Customer 2")
        .says("1 – 2 of 2")
        .says("<strong>21 Nov 2026</strong>");
    assert!(!day.html.contains("Customer 3"));
    let nonsense = staff.get("/console/connections?expires=soon").await;
    nonsense.says("1 – 4 of 4");
}

#[tokio::test]
async fn charts_count_connections_refreshes_and_failures_by_day() {
    let stage = Stage::set().await;
    seed(&stage, LEDGER, 2, ("Two days ago", 100)).await;
    let lost = seed(&stage, LEDGER, 5, ("Lost yesterday", 100)).await;
    let mut tx = stage.db().write().await.unwrap();
    tx.execute(
        "UPDATE connections SET state = 'needs_reconnect', state_since = $1 WHERE id = $2",
        &values![NOW * 1_000_000 - DAY_MICROS, lost.to_string()],
    )
    .await
    .unwrap();
    tx.commit().await.unwrap();
    let principal = Uuid::from_u128(0xb002);
    for _ in 0..3 {
        stage.vault.count_usage(LEDGER, principal, Usage::Refresh);
    }
    let failed = Usage::FailedRefresh;
    stage.vault.count_usage(LEDGER, principal, failed);
    let mut staff = stage.staff().await;
    let page = staff.get("/console/activity").await;
    let row = |day: &str, cells: &[i64]| {
        let cells = cells
            .iter()
            .map(|cell| format!("<td class=\"num\">{cell}</td>"));
        format!("<th scope=\"row\">{day}</th>{}", cells.collect::<String>())
    };
    page.says(&row("12 Nov 2026", &[0]))
        .says(&row("13 Nov 2026", &[1]))
        .says(&row("16 Nov 2026", &[2]))
        .says(&row("17 Nov 2026", &[1]))
        .says(&row("18 Nov 2026", &[1]))
        .says(&row("18 Nov 2026", &[2, 1]))
        .says("18 Nov 2026: 2 succeeded, 1 failed")
        .says("<title id=\"connections-title\">")
        .says("<desc id=\"refreshes-desc\">");
    assert!(!page.html.contains("style="));
}

#[tokio::test]
async fn a_refresh_that_fails_is_counted_and_shown_until_one_succeeds() {
    let stage = Stage::set().await;
    stage.connect().await;
    stage.clock.advance(DAY);
    stage.refuse(64);
    stage.partner.broker().keep_once().await.unwrap();
    let mut staff = stage.staff().await;
    let list = staff.get("/console/connections?state=failing").await;
    list.says("Refresh fails").says("1 – 1 of 1");
    staff
        .get("/console/activity")
        .await
        .says("0 succeeded, 1 failed");
    let id = stage.connection().await.id;
    let page = staff.get(&format!("/console/connections/{id}")).await;
    page.says("Refreshing fails").says("configuration 64");
    stage.platform.lock().unwrap().refuse_with = None;
    stage.clock.advance(DAY);
    stage.partner.broker().keep_once().await.unwrap();
    let page = staff.get(&format!("/console/connections/{id}")).await;
    assert!(!page.html.contains("Refreshing fails"));
}

#[tokio::test]
async fn an_empty_console_says_what_will_be_there() {
    let stage = Stage::set().await;
    let mut staff = stage.staff().await;
    for (path, words) in [
        ("/console/connections", "Nobody is connected yet"),
        ("/console/expiries", "Nothing expires"),
        ("/console/activity", "Nothing was refreshed"),
        ("/console/inquiries", "Nobody has written yet"),
        ("/console/codes", "No code has been issued yet"),
        ("/console/keys", "There are no keys yet"),
        ("/console/audit?who=command", "No entry fits"),
    ] {
        let page = staff.get(path).await;
        page.says(words);
        assert_eq!(page.html.matches("<h1").count(), 1, "{path}");
        assert!(!page.html.contains("style="), "{path}");
    }
}
