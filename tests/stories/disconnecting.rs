//! S21 at the partner's console: a disconnection that cannot be stored is 503 and has not happened.
//! What becomes of one that the platform cannot store is the vault's (S54).

use protocol::Principal;
use testkit::{House, Visitor, hidden};

use crate::every_page::staff;
use crate::partner_window::{go_through, submit};

async fn is_connected(house: &House) -> bool {
    let principal = Principal::Company(house.company("Brackwater").id);
    let mut tx = house.platform.db.read().await.unwrap();
    let client = house.app("Meridian").client_id;
    let found = store::connections::find(&mut tx, principal, client).await;
    found.unwrap().unwrap().is_live(house.now())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 8)]
async fn s21_a_disconnection_that_the_vault_cannot_store_is_503_and_has_not_happened() {
    let house = House::start().await;
    let app = house.app("Meridian");
    let connect = house.request_token(house.company("Brackwater"), app).await;
    let arrival = format!(
        "{}?id={}&requestToken={}&userId={}",
        app.connect_uri, connect.id, connect.request_token, connect.user_id
    );
    go_through(&Visitor::new(&house), &arrival).await;
    assert!(is_connected(&house).await);
    let staff = staff(&house).await;
    let list = staff
        .get(&house.facts.partner.join("/console/connections"))
        .await;
    let (_, rest) = list
        .body
        .split_once("href=\"/console/connections/")
        .unwrap();
    let (id, _) = rest.split_once('"').unwrap();
    let place = house
        .facts
        .partner
        .join(&format!("/console/connections/{id}"));
    let end = format!("{place}/disconnect");
    let page = staff.get(&end).await;
    assert!(!hidden(&page, "csrf").is_empty(), "{}", page.body);

    let [_, vault] = house.databases();
    let held = test_database::hold(&vault).await;
    let answer = submit(&staff, &page, &end, &[]).await;
    assert_eq!(answer.status, 503, "{}", answer.body);
    drop(held);
    assert!(is_connected(&house).await);
    let shown = staff.get(&place).await;
    assert!(
        shown
            .body
            .contains(&format!("/console/connections/{id}/disconnect"))
    );

    // Once more, it is done on both.
    let answer = submit(&staff, &page, &end, &[]).await;
    assert_eq!(answer.status, 303, "{}", answer.body);
    assert!(!is_connected(&house).await);
    let shown = staff
        .get(&house.facts.partner.join(answer.header("location")))
        .await;
    let said = "Disconnected on both sides";
    assert!(shown.body.contains(said), "{}", shown.body);
}
