use protocol::{Principal, TokenHash};
use store::request_tokens;

use crate::world::{ADMIN, ADMIN_ID, COMPANY, LEDGER, LEDGER_APP, World, parameter, path, status};

#[tokio::test]
async fn ac_11_a_closed_window_is_told_and_the_partner_may_still_finish() {
    let world = World::new().await;
    let mut admin = world.signed_in(ADMIN).await;
    admin.agree(LEDGER).await;
    admin
        .submit("/app-center", &path(LEDGER, "/closed"), &[])
        .await;
    assert_eq!(status(&mut admin, LEDGER).await, "closed");
    let page = admin.get(&path(LEDGER, "")).await;
    assert!(
        page.body
            .contains("was closed before the connection was made")
    );
    assert!(page.body.contains("Connect again"));
    world
        .connect(Principal::Company(COMPANY), LEDGER_APP, ADMIN_ID)
        .await;
    assert_eq!(status(&mut admin, LEDGER).await, "connected");
}

#[tokio::test]
async fn waiting_ends_by_hand_or_after_a_day() {
    let world = World::new().await;
    let mut admin = world.signed_in(ADMIN).await;
    let answer = admin.agree(LEDGER).await;
    let token = TokenHash::of(&parameter(&answer, "requestToken").unwrap());
    let stopped = admin
        .submit("/app-center", &path(LEDGER, "/cancel"), &[])
        .await;
    assert_eq!(stopped.location(), path(LEDGER, "?notice=cancelled"));
    assert_eq!(status(&mut admin, LEDGER).await, "not_connected");
    let mut tx = world.app.db.read().await.unwrap();
    let stored = request_tokens::find(&mut tx, token).await.unwrap().unwrap();
    assert!(stored.void);
    drop(tx);

    admin.agree(LEDGER).await;
    assert_eq!(status(&mut admin, LEDGER).await, "pending");
    world.app.clock.advance(protocol::DAY + protocol::MINUTE);
    let mut admin = world.signed_in(ADMIN).await;
    assert_eq!(status(&mut admin, LEDGER).await, "not_connected");
}

#[tokio::test]
async fn ac_41_disconnecting_takes_effect_at_once() {
    let world = World::new().await;
    let mut admin = world.signed_in(ADMIN).await;
    let answer = admin.agree(LEDGER).await;
    let token = TokenHash::of(&parameter(&answer, "requestToken").unwrap());
    world
        .connect(Principal::Company(COMPANY), LEDGER_APP, ADMIN_ID)
        .await;
    let page = admin.get(&path(LEDGER, "")).await;
    assert!(page.body.contains("Connected for all 214 employees by you"));
    assert!(!page.body.contains("data-connect"));
    let asked = admin.get(&path(LEDGER, "/disconnect")).await;
    assert!(
        asked
            .body
            .contains("Are you sure you want to disconnect from this app?")
    );
    assert!(asked.body.contains("disconnect for all 214 employees"));

    let answer = admin
        .submit("/app-center", &path(LEDGER, "/disconnect"), &[])
        .await;
    assert_eq!(answer.location(), path(LEDGER, "?notice=disconnected"));
    assert_eq!(status(&mut admin, LEDGER).await, "not_connected");
    let told = admin.get(&path(LEDGER, "?notice=disconnected")).await;
    assert!(told.body.contains("Meridian Ledger is disconnected"));
    assert!(told.body.contains("Disconnected by Maren Holloway"));
    let mut tx = world.app.db.read().await.unwrap();
    let stored = request_tokens::find(&mut tx, token).await.unwrap().unwrap();
    assert!(stored.void, "no open window revives it");
    drop(tx);
    let again = admin
        .submit("/app-center", &path(LEDGER, "/disconnect"), &[])
        .await;
    assert_eq!(again.location(), path(LEDGER, "?notice=not_connected"));
}
