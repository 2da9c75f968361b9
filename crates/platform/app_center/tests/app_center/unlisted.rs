//! Connections of apps that have no entry in the App Center.

use http::StatusCode;
use protocol::Principal;

use crate::administration::{bridge, world};
use crate::world::*;

#[tokio::test]
async fn a_connection_without_a_listing_has_a_page_on_which_it_can_be_ended() {
    let world = world().await;
    let mut admin = world.signed_in(ADMIN).await;
    let (id, _, _) = bridge(&mut admin).await;
    let page = format!("/app-center/connections/{id}");
    assert_eq!(admin.get(&page).await.status, StatusCode::NOT_FOUND);
    world
        .connect(Principal::Company(COMPANY), id, ADMIN_ID)
        .await;
    let list = admin.get("/app-center/connections").await;
    assert!(list.body.contains("Brackwater bridge") && list.body.contains(&page));
    let mut employee = world.signed_in(EMPLOYEE).await;
    let seen = employee.get(&page).await;
    assert!(seen.body.contains("These people have them") && !seen.body.contains("/disconnect\""));
    let end = format!("{page}/disconnect");
    assert_eq!(employee.get(&end).await.status, StatusCode::FORBIDDEN);
    let refused = employee.submit("/app-center", &end, &[]).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let mut stranger = world.signed_in(STRANGER).await;
    assert_eq!(stranger.get(&page).await.status, StatusCode::NOT_FOUND);
    let foreign = stranger.submit("/app-center", &end, &[]).await;
    assert_eq!(foreign.status, StatusCode::NOT_FOUND);

    assert!(admin.get(&end).await.body.contains("Are you sure"));
    let ended = admin.submit(&page, &end, &[]).await;
    assert_eq!(ended.location(), format!("{page}?notice=disconnected"));
    assert!(admin.get(&page).await.body.contains("Not connected"));
    let list = admin.get("/app-center/connections").await;
    assert!(!list.body.contains("Brackwater bridge"));
    // What has an entry in the App Center has its page there.
    world
        .connect(Principal::Company(COMPANY), LEDGER_APP, ADMIN_ID)
        .await;
    let listed = admin
        .get(&format!("/app-center/connections/{LEDGER_APP}"))
        .await;
    assert_eq!(listed.location(), path(LEDGER, ""));
}
