use http::StatusCode;
use protocol::Principal;

use crate::world::{
    ADMIN, ADMIN_ID, COMPANY, EMPLOYEE, EMPLOYEE_ID, LEDGER, LEDGER_APP, PRIVATE, RIDES, RIDES_APP,
    STRANGER, World,
};

#[tokio::test]
async fn the_catalogue_shows_rows_and_finds_apps() {
    let world = World::new().await;
    let mut admin = world.signed_in(ADMIN).await;
    let page = admin.get("/app-center").await.body;
    for heading in [
        "Popular Connections",
        "Enterprise Applications",
        "All Connections",
    ] {
        assert!(page.contains(heading));
    }
    assert!(page.contains("Meridian Ledger") && page.contains("Pedalpath"));
    assert!(
        !page.contains("House Bridge"),
        "it was made for another company"
    );
    assert_eq!(page.matches("<h1").count(), 1);

    let found = admin.get("/app-center?q=pedal").await.body;
    assert!(found.contains("Pedalpath") && !found.contains("Meridian Ledger"));
    assert!(found.contains("1 app<"));
    let nothing = admin.get("/app-center?q=zebra%3Cb%3E").await.body;
    assert!(nothing.contains("No app matches") && nothing.contains("Show all apps"));
    assert!(!nothing.contains("<b>"), "what was searched for is text");
}

#[tokio::test]
async fn a_listing_tells_everything_and_leads_nowhere_unsafe() {
    let world = World::new().await;
    let mut admin = world.signed_in(ADMIN).await;
    let page = admin.get(&format!("/app-center/listings/{LEDGER}")).await;
    assert_eq!(page.status, StatusCode::OK);
    let help = format!("href=\"{}/help\"", world.partner_origin);
    assert!(
        page.body.contains(&help),
        "paths in the text lead to the partner"
    );
    assert!(page.body.contains("Germany") && page.body.contains("North America"));
    assert!(!page.body.contains("javascript:"));
    assert!(
        !page.body.contains("Brochure"),
        "what was not supplied is left out"
    );
    assert_eq!(page.body.matches("<h1").count(), 1);
    let policy = page.header("content-security-policy");
    assert!(policy.ends_with(&format!("form-action 'self' {}", world.partner_origin)));
    assert_eq!(
        page.header("cross-origin-opener-policy"),
        "same-origin-allow-popups"
    );
    for suffix in ["/scopes", "/terms?read=1", "/terms", "/request-information"] {
        let page = admin
            .get(&format!("/app-center/listings/{LEDGER}{suffix}"))
            .await;
        assert_eq!(page.status, StatusCode::OK, "{suffix}");
        assert_eq!(page.body.matches("<h1").count(), 1, "{suffix}");
    }
    let read = admin
        .get(&format!("/app-center/listings/{LEDGER}/terms?read=1"))
        .await;
    assert!(!read.body.contains("checkbox"));
    assert_eq!(admin.get("/legal/end_user_terms").await.status, 200);
    assert_eq!(admin.get("/legal/nothing").await.status, 404);
    assert_eq!(admin.get("/app-center/listings/nothing").await.status, 404);
}

#[tokio::test]
async fn s02_an_employee_sees_who_can_help() {
    let world = World::new().await;
    let mut employee = world.signed_in(EMPLOYEE).await;
    let page = employee
        .get(&format!("/app-center/listings/{LEDGER}"))
        .await;
    assert!(
        page.body
            .contains("requires Web Services Administration rights")
    );
    assert!(page.body.contains("mailto:maren@brackwater.example"));
    assert!(page.body.contains("type=\"button\" disabled"));
    assert!(
        !page.body.contains("data-connect"),
        "there is no form to send"
    );
    assert!(!page.body.contains("at-"), "and no request token");
    let terms = employee
        .get(&format!("/app-center/listings/{LEDGER}/terms"))
        .await;
    assert!(!terms.body.contains("/connect\""));
}

#[tokio::test]
async fn pictures_are_kept_and_can_do_nothing() {
    let world = World::new().await;
    let mut admin = world.signed_in(ADMIN).await;
    let path = format!("/app-center/images/{LEDGER}/icon.svg");
    let image = admin.get(&path).await;
    assert_eq!(image.header("content-type"), "image/svg+xml");
    assert_eq!(
        image.header("content-security-policy"),
        "default-src 'none'"
    );
    assert!(!image.header("etag").is_empty());
    assert_eq!(image.body, "<svg/>");
    let missing = format!("/app-center/images/{LEDGER}/other.svg");
    assert_eq!(admin.get(&missing).await.status, StatusCode::NOT_FOUND);
    let foreign = format!("/app-center/images/{PRIVATE}/icon.svg");
    assert_eq!(admin.get(&foreign).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn s35_a_company_sees_nothing_of_another() {
    let world = World::new().await;
    world
        .connect(Principal::Company(COMPANY), LEDGER_APP, ADMIN_ID)
        .await;
    let mut stranger = world.signed_in(STRANGER).await;
    for path in [
        "/app-center".to_owned(),
        "/app-center/connections".to_owned(),
        format!("/app-center/listings/{LEDGER}"),
    ] {
        let page = stranger.get(&path).await;
        assert!(!page.body.contains("badge connected"), "{path}");
        assert!(!page.body.contains("Maren"), "{path}");
    }
    let status = format!("/app-center/listings/{LEDGER}/status");
    assert_eq!(
        stranger.get(&status).await.body,
        "{\"state\":\"not_connected\"}"
    );
    let disconnect = format!("/app-center/listings/{LEDGER}/disconnect");
    stranger.submit("/app-center", &disconnect, &[]).await;
    let mut admin = world.signed_in(ADMIN).await;
    assert_eq!(admin.get(&status).await.body, "{\"state\":\"connected\"}");
    for suffix in [
        "",
        "/terms",
        "/scopes",
        "/status",
        "/disconnect",
        "/request-information",
    ] {
        let path = format!("/app-center/listings/{PRIVATE}{suffix}");
        assert_eq!(admin.get(&path).await.status, 404, "{path}");
    }
    let connect = format!("/app-center/listings/{PRIVATE}/connect");
    assert_eq!(admin.submit("/app-center", &connect, &[]).await.status, 404);
}

#[tokio::test]
async fn connections_lists_the_company_s_and_ones_own() {
    let world = World::new().await;
    let mut employee = world.signed_in(EMPLOYEE).await;
    let empty = employee.get("/app-center/connections").await;
    assert!(empty.body.contains("Nothing is connected yet"));
    world
        .connect(Principal::Company(COMPANY), LEDGER_APP, ADMIN_ID)
        .await;
    world
        .connect(
            Principal::User(COMPANY, EMPLOYEE_ID),
            RIDES_APP,
            EMPLOYEE_ID,
        )
        .await;
    let page = employee.get("/app-center/connections").await.body;
    assert!(page.contains("Meridian Ledger") && page.contains("Maren Holloway"));
    assert!(page.contains("Pedalpath"));
    let mut admin = world.signed_in(ADMIN).await;
    let page = admin.get("/app-center/connections").await.body;
    assert!(page.contains("Meridian Ledger") && !page.contains("Pedalpath"));
    let listing = admin.get(&format!("/app-center/listings/{RIDES}")).await;
    assert!(!listing.body.contains("badge connected"));
}
