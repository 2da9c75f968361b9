//! What concerns the whole company takes a password that was given lately (S01).

use http::StatusCode;
use protocol::{MINUTE, Principal};

use crate::world::*;

const TOKENS: &str = "/administration/request-tokens";
const CONFIRM: &str = "/confirm-password";

fn is_asked(answer: &Answer) -> bool {
    answer.status == StatusCode::SEE_OTHER && answer.location().starts_with(CONFIRM)
}

/// Signed in so long ago that the password is asked for.
async fn signed_in_long_ago(world: &World, login: &str) -> Browser {
    let browser = world.signed_in(login).await;
    world.app.clock.advance(15 * MINUTE);
    browser
}

#[tokio::test]
async fn s01_after_15_minutes_nothing_that_reaches_far_is_done_without_the_password() {
    let world = World::new().await;
    world
        .connect(Principal::Company(COMPANY), RIDES_APP, ADMIN_ID)
        .await;
    let mut admin = world.signed_in(ADMIN).await;
    world.app.clock.advance(15 * MINUTE - MINUTE);
    let terms = admin.get(&path(LEDGER, "/terms")).await;
    assert_eq!(terms.status, StatusCode::OK, "14 minutes are lately");
    let names = [
        "csrf",
        "end_user_terms",
        "shared_information",
        "company_authorization",
    ];
    let boxes: Vec<(&str, String)> = names
        .into_iter()
        .filter_map(|name| Some((name, terms.input(name)?)))
        .collect();
    let boxes: Vec<(&str, &str)> = boxes.iter().map(|(k, v)| (*k, v.as_str())).collect();
    world.app.clock.advance(MINUTE);

    assert!(is_asked(&admin.get(&path(LEDGER, "/terms")).await));
    let connect = admin.post(&path(LEDGER, "/connect"), &boxes).await;
    assert!(is_asked(&connect), "{}", connect.location());
    let app = LEDGER_APP.to_string();
    let token = admin.submit(TOKENS, TOKENS, &[("app_id", &app)]).await;
    assert!(is_asked(&token));
    let apps = "/administration/apps";
    let created = admin.submit(TOKENS, apps, &[("name", "Bridge")]).await;
    assert!(is_asked(&created));
    assert!(is_asked(&admin.get("/administration/apps/new").await));
    world
        .connect(Principal::Company(COMPANY), LEDGER_APP, ADMIN_ID)
        .await;
    let end = path(LEDGER, "/disconnect");
    assert!(is_asked(&admin.get(&end).await));
    assert!(is_asked(&admin.submit(TOKENS, &end, &[]).await));
    for table in ["request_tokens", "customer_apps", "connect_attempts"] {
        assert_eq!(world.rows(table).await, 0, "{table}");
    }
    let listing = admin.get(&path(LEDGER, "")).await;
    assert!(
        listing.body.contains("Connected for all"),
        "it still stands"
    );
    // Reading takes no password.
    let read = admin.get(&path(LEDGER, "/terms?read=1")).await;
    assert_eq!(read.status, StatusCode::OK);
}

#[tokio::test]
async fn s01_s33_the_password_begins_a_new_session_and_leads_on_to_where_one_was() {
    let world = World::new().await;
    let mut admin = signed_in_long_ago(&world, ADMIN).await;
    let app = LEDGER_APP.to_string();
    let asked = admin.submit(TOKENS, TOKENS, &[("app_id", &app)]).await;
    let page = asked.location().to_owned();
    let shown = admin.get(&page).await;
    assert!(shown.body.contains("Confirm your password"));
    let back = format!("{TOKENS}?app_id={app}");
    let fields = |password| [("password", password), ("return_to", back.as_str())];
    let before = admin.cookies.clone();
    let wrong = admin.submit(&page, CONFIRM, &fields("wrong")).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(admin.cookies, before);
    let right = admin.submit(&page, CONFIRM, &fields("correct")).await;
    assert_eq!(right.location(), back);
    assert_ne!(admin.cookies, before, "another session");
    assert_eq!(
        world.rows("sessions").await,
        1,
        "in place of the one before"
    );
    assert!(
        admin
            .get(&back)
            .await
            .body
            .contains(&format!("value=\"{app}\""))
    );
    let made = admin.submit(TOKENS, TOKENS, &[("app_id", &app)]).await;
    assert!(made.body.contains("Successfully Created"));
}

#[tokio::test]
async fn s29_wrong_passwords_are_limited_here_too_and_nobody_is_led_elsewhere() {
    let world = World::new().await;
    let mut admin = signed_in_long_ago(&world, ADMIN).await;
    let elsewhere = [("password", "correct"), ("return_to", "//evil.example")];
    let led = admin.submit(CONFIRM, CONFIRM, &elsewhere).await;
    assert_eq!(led.location(), "/app-center");
    for _ in 0..10 {
        let wrong = [("password", "wrong")];
        let answer = admin.submit(CONFIRM, CONFIRM, &wrong).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    let right = [("password", "correct")];
    let answer = admin.submit(CONFIRM, CONFIRM, &right).await;
    assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn what_was_filled_in_is_there_again_and_a_persons_own_connection_takes_no_password() {
    let world = World::new().await;
    let mut admin = signed_in_long_ago(&world, ADMIN).await;
    let fields = [("name", "Brackwater bridge"), ("grant_password", "yes")];
    let asked = admin.submit(TOKENS, "/administration/apps", &fields).await;
    let page = admin.get(asked.location()).await;
    let back = page
        .input("return_to")
        .unwrap()
        .replace("&amp;", "&")
        .replace("&#38;", "&");
    let confirmed = [("password", "correct"), ("return_to", back.as_str())];
    let led = admin.submit(CONFIRM, CONFIRM, &confirmed).await;
    let form = admin.get(led.location()).await;
    assert!(form.body.contains("value=\"Brackwater bridge\""), "{back}");
    assert!(
        form.body
            .contains("name=\"grant_password\" value=\"yes\" checked")
    );

    let mut employee = signed_in_long_ago(&world, EMPLOYEE).await;
    let terms = employee.get(&path(RIDES, "/terms")).await;
    assert_eq!(terms.status, StatusCode::OK);
    let connected = employee.agree(RIDES).await;
    assert!(connected.location().contains("requestToken="));
    let refused = employee.submit("/app-center", TOKENS, &[]).await;
    assert_eq!(
        refused.status,
        StatusCode::FORBIDDEN,
        "whoever may not, is not asked"
    );
}
