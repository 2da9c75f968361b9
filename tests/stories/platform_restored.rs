//! The platform comes back from a backup: what was replaced is not live again, and no honest partner
//! loses its connection or is taken for a thief.

use std::time::Duration;

use db::values;
use protocol::{DAY, HOUR, MINUTE};
use store::audit::{Actor, By};
use store::restores::{self, GRACE};
use test_database::TestDatabase;
use testkit::{Answer, House, SecondNode};

/// What a partner has after it connected.
struct Connected {
    house: House,
    refresh_token: String,
}

impl Connected {
    async fn new() -> Connected {
        let house = House::start().await;
        let (company, app) = (house.company("Brackwater"), house.app("Meridian"));
        let connect = house.request_token(company, app).await;
        let answer = house.exchange(app, &connect).await;
        let (access, refresh_token) = (answer.text("access_token"), answer.text("refresh_token"));
        let profile = house.get("us2", "/profile/v1/principals", &access).await;
        assert_ne!(profile.status, 401);
        Connected {
            house,
            refresh_token,
        }
    }

    /// A backup, and the token that replaced the partner's a week after it.
    async fn and_replaced_since_a_backup() -> (Connected, TestDatabase, String) {
        let partner = Connected::new().await;
        let backup = partner.house.backup().await;
        partner.house.advance(8 * DAY);
        let new = partner.refresh(&partner.refresh_token).await;
        (partner, backup, new)
    }

    /// Refreshes at the house as it was before the restore, and uses what it got.
    async fn refresh(&self, token: &str) -> String {
        let app = self.house.app("Meridian");
        let answer = self.house.refresh("us2", app, token).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        let access = answer.text("access_token");
        let seen = self.house.introspect("us2", app, &access).await;
        assert_eq!(seen.json()["active"], true);
        answer.text("refresh_token")
    }
}

/// The platform on a backup; that it is one is on record. It takes a minute.
async fn restored<'a>(house: &'a House, backup: &TestDatabase) -> SecondNode<'a> {
    house.advance(MINUTE);
    let node = house.node_on(backup).await;
    let app = &node.platform;
    let mut tx = app.db.write().await.unwrap();
    let by = By {
        actor: Actor::Operator,
        correlation_id: "",
        now: app.clock.now(),
    };
    restores::record(app, &mut tx, None, by).await.unwrap();
    tx.commit().await.unwrap();
    house.advance(MINUTE);
    node
}

async fn present(node: &SecondNode<'_>, house: &House, token: &str) -> Answer {
    let fields = [("grant_type", "refresh_token"), ("refresh_token", token)];
    node.as_client("token", house.app("Meridian"), &fields)
        .await
}

/// Whether the platform says that it would accept a token.
async fn stands(node: &SecondNode<'_>, house: &House, token: &str) -> bool {
    let app = house.app("Meridian");
    let answer = node.as_client("introspect", app, &[("token", token)]).await;
    answer.json()["active"] == true
}

async fn revoked(node: &SecondNode<'_>) -> i64 {
    let mut tx = node.platform.db.read().await.unwrap();
    let sql = "SELECT COUNT(*) AS n FROM refresh_tokens WHERE state = $1";
    let row = tx.query_opt(sql, &values!["revoked"]).await.unwrap();
    row.unwrap().get("n").unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn s41_a_token_from_after_the_backup_is_known_and_what_it_replaced_is_dead() {
    let (partner, backup, new) = Connected::and_replaced_since_a_backup().await;
    let (house, old) = (&partner.house, &partner.refresh_token);
    assert_ne!(*old, new);

    let node = restored(house, &backup).await;
    assert!(stands(&node, house, &new).await, "asking changes nothing");
    let answer = present(&node, house, &new).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(answer.text("refresh_token"), new);
    let access = answer.text("access_token");
    assert!(stands(&node, house, &access).await);

    // Whoever holds the older one is no thief yet, and gets nothing.
    assert!(!stands(&node, house, old).await);
    assert_eq!(present(&node, house, old).await.code(), 108);
    assert_eq!(present(&node, house, &new).await.status, 200);
    assert_eq!(revoked(&node).await, 0);

    // It goes on as any other.
    house.advance(8 * DAY);
    let answer = present(&node, house, &new).await;
    assert_ne!(answer.text("refresh_token"), new);
}

#[tokio::test(flavor = "multi_thread")]
async fn s41_whoever_was_quicker_with_the_replaced_token_is_out_when_the_newer_comes() {
    let (partner, backup, new) = Connected::and_replaced_since_a_backup().await;
    let (house, old) = (&partner.house, &partner.refresh_token);

    // The platform cannot know yet that it was replaced, and replaces it once more.
    let node = restored(house, &backup).await;
    let taken = present(&node, house, old).await;
    assert_eq!(taken.status, 200, "{}", taken.body);
    let branch = taken.text("refresh_token");
    assert!(branch != *old && branch != new, "nothing is issued again");
    assert!(stands(&node, house, &taken.text("access_token")).await);

    assert_eq!(present(&node, house, &new).await.status, 200);
    for dead in [old, &branch] {
        assert_eq!(present(&node, house, dead).await.code(), 108);
    }
    assert_eq!(present(&node, house, &new).await.status, 200);
    assert_eq!(revoked(&node).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn s59_a_partner_that_never_got_the_newer_token_goes_on_with_the_older() {
    let partner = Connected::new().await;
    let house = &partner.house;
    let old = &partner.refresh_token;
    let backup = house.backup().await;
    house.advance(8 * DAY);
    let app = house.app("Meridian");
    assert_eq!(house.refresh("us2", app, old).await.status, 200);

    let node = restored(house, &backup).await;
    let mut token = old.clone();
    for _ in 0..4 {
        let answer = present(&node, house, &token).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        token = answer.text("refresh_token");
        assert!(stands(&node, house, &answer.text("access_token")).await);
        house.advance(8 * DAY);
    }
    assert_eq!(revoked(&node).await, 0);
}

/// The platform is used for so long after its backup, and put back from it.
async fn drill(age: Duration) {
    let partner = Connected::new().await;
    let house = &partner.house;
    // A lineage that has a past.
    let mut token = partner.refresh_token.clone();
    for _ in 0..3 {
        house.advance(8 * DAY);
        token = partner.refresh(&token).await;
    }
    let backup = house.backup().await;
    let until = house.now() + age;
    while house.now() < until {
        house.advance((age / 6).clamp(HOUR, DAY));
        token = partner.refresh(&token).await;
    }

    let node = restored(house, &backup).await;
    for _ in 0..3 {
        house.advance(HOUR);
        let answer = present(&node, house, &token).await;
        assert_eq!(answer.status, 200, "{age:?}: {}", answer.body);
        token = answer.text("refresh_token");
        assert!(stands(&node, house, &answer.text("access_token")).await);
        house.advance(8 * DAY);
    }
    assert_eq!(revoked(&node).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn s59_a_platform_from_a_backup_of_an_hour_keeps_the_connection() {
    drill(HOUR).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn s59_a_platform_from_a_backup_of_a_day_keeps_the_connection() {
    drill(DAY).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn s59_a_platform_from_a_backup_of_six_days_keeps_the_connection() {
    drill(6 * DAY).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn s59_a_platform_from_a_backup_of_thirty_days_keeps_the_connection() {
    drill(30 * DAY).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn s18_when_the_grace_is_over_a_replaced_token_is_a_theft_again() {
    let (partner, backup, new) = Connected::and_replaced_since_a_backup().await;
    let (house, old) = (&partner.house, &partner.refresh_token);
    let node = restored(house, &backup).await;
    assert_eq!(present(&node, house, &new).await.status, 200);
    house.advance(GRACE);
    assert_eq!(present(&node, house, old).await.code(), 108);
    assert!(revoked(&node).await > 0);
    assert_eq!(present(&node, house, &new).await.code(), 108);
}

#[tokio::test(flavor = "multi_thread")]
async fn s41_without_a_restore_on_record_nothing_is_known_that_has_no_row() {
    let (partner, backup, new) = Connected::and_replaced_since_a_backup().await;
    let house = &partner.house;
    let node = house.node_on(&backup).await;
    assert!(!stands(&node, house, &new).await);
    assert_eq!(present(&node, house, &new).await.code(), 108);
    assert_eq!(revoked(&node).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn s41_a_lost_token_that_is_given_back_ends_its_connection() {
    let (partner, backup, new) = Connected::and_replaced_since_a_backup().await;
    let (house, old) = (&partner.house, &partner.refresh_token);
    let node = restored(house, &backup).await;
    let app = house.app("Meridian");
    let given = node.as_client("revoke", app, &[("token", &new)]).await;
    assert_eq!(given.status, 200);
    for dead in [old, &new] {
        assert_eq!(present(&node, house, dead).await.code(), 108);
    }
    let other = house.app("Harbor");
    let foreign = [("grant_type", "refresh_token"), ("refresh_token", &new)];
    let foreign = node.as_client("token", other, &foreign).await;
    assert_ne!(foreign.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn s41_what_can_be_used_once_cannot_be_used_again() {
    let house = House::start().await;
    let (company, app) = (house.company("Brackwater"), house.app("Meridian"));
    let connect = house.request_token(company, app).await;
    let backup = house.backup().await;
    assert_eq!(house.exchange(app, &connect).await.status, 200);
    let node = restored(&house, &backup).await;
    let username = connect.id.to_string();
    let form = [
        ("grant_type", "password"),
        ("credtype", "authtoken"),
        ("username", username.as_str()),
        ("password", &connect.request_token),
    ];
    assert_eq!(node.as_client("token", app, &form).await.code(), 5);
}
