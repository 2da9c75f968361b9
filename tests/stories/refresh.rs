//! Keeping a connection alive, and ending it.

use protocol::{DAY, HOUR, MINUTE};
use testkit::House;

/// A connection whose first answer has been seen to arrive.
async fn connected(house: &House) -> (String, String) {
    let (company, app) = (house.company("Brackwater"), house.app("Meridian"));
    let connect = house.request_token(company, app).await;
    let answer = house.exchange(app, &connect).await;
    let refresh_token = answer.text("refresh_token");
    let proven = house.refresh("us2", app, &refresh_token).await;
    assert_eq!(
        proven.text("refresh_token"),
        refresh_token,
        "young tokens keep their value"
    );
    (refresh_token, proven.text("access_token"))
}

#[tokio::test(flavor = "multi_thread")]
async fn an_hourly_refresh_keeps_the_value_and_moves_the_expiry() {
    let house = House::start().await;
    let app = house.app("Meridian");
    let (refresh_token, _) = connected(&house).await;
    let before = house.refresh("us2", app, &refresh_token).await;
    house.advance(2 * DAY);
    let after = house.refresh("us2", app, &refresh_token).await;
    assert_eq!(after.text("refresh_token"), refresh_token);
    let expiry = |answer: &testkit::Answer| answer.json()["refresh_expires_in"].as_i64().unwrap();
    assert_eq!(expiry(&after) - expiry(&before), 2 * 86_400);
}

#[tokio::test(flavor = "multi_thread")]
async fn s17_after_a_week_the_value_changes_and_a_lost_answer_loses_nothing() {
    let house = House::start().await;
    let app = house.app("Meridian");
    let (old, _) = connected(&house).await;
    house.advance(8 * DAY);
    let lost = house.refresh("us2", app, &old).await.text("refresh_token");
    assert_ne!(lost, old);
    // The client never saw that answer and asks again with what it has: it gets the same value.
    for _ in 0..3 {
        assert_eq!(
            house.refresh("us2", app, &old).await.text("refresh_token"),
            lost
        );
        house.advance(HOUR);
    }
    assert_eq!(
        house.refresh("us2", app, &lost).await.text("refresh_token"),
        lost
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn s18_a_replaced_token_that_comes_back_revokes_the_lineage() {
    let house = House::start().await;
    let app = house.app("Meridian");
    let (old, _) = connected(&house).await;
    house.advance(8 * DAY);
    let answer = house.refresh("us2", app, &old).await;
    let (new, access) = (answer.text("refresh_token"), answer.text("access_token"));
    // The new access token is seen in use: the client has received the answer.
    assert_eq!(
        house.get("us2", "/profile/v1/me", &access).await.status,
        200
    );
    let replay = house.refresh("us2", app, &old).await;
    assert_eq!((replay.status, replay.code()), (403, 108));
    assert_eq!(house.refresh("us2", app, &new).await.code(), 108);
    assert_eq!(
        house.get("us2", "/profile/v1/me", &access).await.status,
        401
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn s15_parallel_refreshes_yield_one_successor() {
    let house = House::start().await;
    let app = house.app("Meridian");
    let (old, _) = connected(&house).await;
    house.advance(8 * DAY);
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..16 {
        let request = house.request("POST", &format!("{}/oauth2/v0/token", house.center("us2")));
        let client_id = app.client_id.to_string();
        let request = request.form(&[
            ("client_id", client_id.as_str()),
            ("client_secret", &app.client_secret),
            ("grant_type", "refresh_token"),
            ("refresh_token", &old),
        ]);
        tasks.spawn(async { testkit::Answer::read(request.send().await.unwrap()).await });
    }
    let answers = tasks.join_all().await;
    let values: Vec<String> = answers
        .iter()
        .map(|answer| answer.text("refresh_token"))
        .collect();
    assert!(
        values
            .iter()
            .all(|value| *value == values[0] && *value != old)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn s19_half_a_year_without_use_ends_a_connection() {
    let house = House::start().await;
    let app = house.app("Meridian");
    let (refresh_token, _) = connected(&house).await;
    house.advance(180 * DAY);
    let late = house.refresh("us2", app, &refresh_token).await;
    assert_eq!((late.status, late.code()), (403, 108));
}

#[tokio::test(flavor = "multi_thread")]
async fn s19_two_years_end_it_however_often_it_is_used() {
    let house = House::start().await;
    let app = house.app("Meridian");
    let (mut refresh_token, _) = connected(&house).await;
    for _ in 0..7 {
        house.advance(100 * DAY);
        refresh_token = house
            .refresh("us2", app, &refresh_token)
            .await
            .text("refresh_token");
    }
    let last = house.refresh("us2", app, &refresh_token).await.json();
    let left = last["refresh_expires_in"].as_i64().unwrap() - house.now().as_seconds();
    assert!(left <= 30 * 86_400, "{left} seconds are left");
    house.advance(31 * DAY);
    assert_eq!(house.refresh("us2", app, &refresh_token).await.code(), 108);
}

#[tokio::test(flavor = "multi_thread")]
async fn s20_revoking_ends_refresh_tokens_access_tokens_and_request_tokens_at_once() {
    let house = House::start().await;
    let (company, app) = (house.company("Brackwater"), house.app("Meridian"));
    let spare = house.request_token(company, app).await;
    let (refresh_token, access_token) = connected(&house).await;
    let answer = house.revoke("us2", &access_token).await;
    assert_eq!((answer.status, answer.body.as_str()), (200, ""));
    assert!(!answer.header("concur-correlationid").is_empty());
    assert_eq!(house.refresh("us2", app, &refresh_token).await.code(), 108);
    assert_eq!(
        house
            .get("us2", "/profile/v1/me", &access_token)
            .await
            .status,
        401
    );
    assert_eq!(house.exchange(app, &spare).await.code(), 5);
    assert_eq!(house.revoke("us2", &access_token).await.status, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn s22_an_app_that_is_switched_off_gets_nothing() {
    let house = House::start().await;
    let app = house.app("Meridian");
    let (refresh_token, access_token) = connected(&house).await;
    let mut tx = house.platform.db.write().await.unwrap();
    store::apps::set_enabled(&mut tx, app.client_id, false)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let refused = house.refresh("us2", app, &refresh_token).await;
    assert_eq!((refused.status, refused.code()), (403, 59));
    assert_eq!(
        house
            .get("us2", "/profile/v1/me", &access_token)
            .await
            .status,
        401
    );
    house.advance(MINUTE);
    let mut tx = house.platform.db.write().await.unwrap();
    store::apps::set_enabled(&mut tx, app.client_id, true)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    assert_eq!(house.refresh("us2", app, &refresh_token).await.status, 200);
}

/// Lets the platform have minted a token in the former format, and gives it as its client has it.
async fn in_the_former_format(house: &House, parent: &str, token: &str) -> String {
    let row = protocol::RefreshTokenValue::parse(token).unwrap().row();
    let mut tx = house.write().await;
    let token = store::refresh_tokens::find(&mut tx, row).await.unwrap();
    let key = house.platform.refresh_derivation_key();
    let place = token.unwrap().place();
    let former = protocol::RefreshTokenValue::derive_former(key, parent, place);
    let sql = "UPDATE refresh_tokens SET secret_hash = $2 WHERE id = $1";
    let hash = former.hash().as_bytes().to_vec();
    tx.execute(sql, &db::values![row, hash]).await.unwrap();
    tx.commit().await.unwrap();
    former.expose().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn s40_tokens_in_the_former_format_stay_good_and_are_repeated_as_they_were() {
    let house = House::start().await;
    let (company, app) = (house.company("Brackwater"), house.app("Meridian"));
    let connect = house.request_token(company, app).await;
    let first = house.exchange(app, &connect).await.text("refresh_token");
    let old = in_the_former_format(&house, &connect.request_token, &first).await;
    let repeated = house.exchange(app, &connect).await;
    assert_eq!(repeated.text("refresh_token"), old);
    assert_eq!(house.refresh("us2", app, &old).await.status, 200);

    house.advance(8 * DAY);
    let lost = house.refresh("us2", app, &old).await.text("refresh_token");
    let lost = in_the_former_format(&house, &old, &lost).await;
    assert_eq!(lost.len(), old.len());
    let again = house.refresh("us2", app, &old).await;
    assert_eq!(again.text("refresh_token"), lost);

    house.advance(8 * DAY);
    let new = house.refresh("us2", app, &lost).await.text("refresh_token");
    assert!(new.len() > lost.len());
    assert_eq!(house.refresh("us2", app, &new).await.status, 200);
    assert_eq!(house.refresh("us2", app, &lost).await.code(), 108);
}
