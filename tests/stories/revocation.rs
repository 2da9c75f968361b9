//! RFC 7009: an app gives a token back.

use protocol::{DAY, Principal};
use testkit::{Answer, House};

async fn connected(house: &House) -> Answer {
    let (company, app) = (house.company("Brackwater"), house.app("Meridian"));
    let connect = house.request_token(company, app).await;
    house.exchange(app, &connect).await
}

async fn opens(house: &House, access_token: &str) -> bool {
    let answer = house.get("us2", "/profile/v1/me", access_token).await;
    assert!(matches!(answer.status, 200 | 401), "{}", answer.body);
    answer.status == 200
}

async fn is_connected(house: &House) -> bool {
    let principal = Principal::Company(house.company("Brackwater").id);
    let mut tx = house.platform.db.read().await.unwrap();
    let client = house.app("Meridian").client_id;
    let found = store::connections::find(&mut tx, principal, client).await;
    found.unwrap().unwrap().is_live(house.now())
}

#[tokio::test(flavor = "multi_thread")]
async fn s20_a_refresh_token_takes_its_access_tokens_and_the_connection_with_it() {
    let house = House::start().await;
    let (company, app) = (house.company("Brackwater"), house.app("Meridian"));
    let spare = house.request_token(company, app).await;
    let granted = connected(&house).await;
    let (refresh, access) = (granted.text("refresh_token"), granted.text("access_token"));
    assert!(opens(&house, &access).await && is_connected(&house).await);
    let done = house.revoke_token("us2", app, &refresh).await;
    assert_eq!((done.status, done.body.as_str()), (200, "{}"));
    assert!(!opens(&house, &access).await && !is_connected(&house).await);
    assert_eq!(house.refresh("us2", app, &refresh).await.code(), 108);
    assert_eq!(house.exchange(app, &spare).await.code(), 5);
    let again = house.revoke_token("us2", app, &refresh).await;
    assert_eq!(again.status, 200, "once more is no error");
    let mut tx = house.platform.db.read().await.unwrap();
    let principal = Principal::Company(company.id);
    let history = store::connection_events::history(&mut tx, principal, app.client_id).await;
    let kinds: Vec<&str> = history.unwrap().iter().map(|e| e.kind.as_str()).collect();
    let ended = kinds.iter().filter(|kind| **kind == "disconnected");
    assert_eq!(ended.count(), 1, "{kinds:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn any_generation_takes_the_whole_lineage() {
    let house = House::start().await;
    let app = house.app("Meridian");
    let old = connected(&house).await.text("refresh_token");
    house.refresh("us2", app, &old).await;
    house.advance(8 * DAY);
    let new = house.refresh("us2", app, &old).await.text("refresh_token");
    assert_ne!(old, new);
    assert_eq!(house.revoke_token("us2", app, &old).await.status, 200);
    assert_eq!(house.refresh("us2", app, &new).await.code(), 108);
    assert!(!is_connected(&house).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn s24_a_former_lineage_given_back_leaves_the_new_one() {
    let house = House::start().await;
    let app = house.app("Meridian");
    let former = connected(&house).await.text("refresh_token");
    let new = connected(&house).await.text("refresh_token");
    assert_eq!(house.revoke_token("us2", app, &former).await.status, 200);
    assert!(is_connected(&house).await);
    assert_eq!(house.refresh("us2", app, &new).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_access_token_takes_nothing_but_itself() {
    let house = House::start().await;
    let app = house.app("Meridian");
    let granted = connected(&house).await;
    let (refresh, access) = (granted.text("refresh_token"), granted.text("access_token"));
    let other = house
        .refresh("us2", app, &refresh)
        .await
        .text("access_token");
    assert_eq!(house.revoke_token("eu2", app, &access).await.status, 200);
    assert!(!opens(&house, &access).await && opens(&house, &other).await);
    let told = house.introspect("us2", app, &access).await;
    assert_eq!(told.body, r#"{"active":false}"#);
    assert_eq!(house.refresh("us2", app, &refresh).await.status, 200);
    let own = house.app_token("us2", app).await.text("access_token");
    house.revoke_token("us2", app, &own).await;
    let told = house.introspect("us2", app, &own).await;
    assert_eq!(told.body, r#"{"active":false}"#);
}

#[tokio::test(flavor = "multi_thread")]
async fn s14_what_is_not_the_callers_is_answered_with_200_and_stays() {
    let house = House::start().await;
    let (app, other) = (house.app("Meridian"), house.app("Harbor"));
    let granted = connected(&house).await;
    let (refresh, access) = (granted.text("refresh_token"), granted.text("access_token"));
    for token in [refresh.as_str(), &access, "x", "a.b.c"] {
        assert_eq!(house.revoke_token("us2", other, token).await.status, 200);
    }
    assert!(opens(&house, &access).await);
    assert_eq!(house.refresh("us2", app, &refresh).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn s21_revocation_that_cannot_be_stored_is_503_and_has_not_happened() {
    let house = House::start().await;
    let app = house.app("Meridian");
    let granted = connected(&house).await;
    let (refresh, access) = (granted.text("refresh_token"), granted.text("access_token"));
    assert!(opens(&house, &access).await);
    let held = house.hold_database().await;
    for answer in [
        house.revoke_token("us2", app, &refresh).await,
        house.revoke_token("us2", app, &access).await,
        house.revoke("us2", &access).await,
    ] {
        assert_eq!((answer.status, answer.code()), (503, 503));
        assert_eq!(answer.text("error"), "temporarily_unavailable");
    }
    drop(held);
    assert!(opens(&house, &access).await);
    assert_eq!(house.refresh("us2", app, &refresh).await.status, 200);
    // The same request, sent again, succeeds.
    assert_eq!(house.revoke_token("us2", app, &refresh).await.status, 200);
    assert!(!opens(&house, &access).await);
}
