//! An app speaks for itself: `grant_type=client_credentials`.

use protocol::HOUR;
use protocol::jose::{self, AccessClaims};
use testkit::House;

#[tokio::test(flavor = "multi_thread")]
async fn an_app_gets_an_access_token_of_its_own_and_nothing_to_renew_it_with() {
    let house = House::start().await;
    let app = house.app("Meridian");
    let jwks = format!("{}/oauth2/v0/jwks", house.center("us2"));
    let jwks = house.send(house.request("GET", &jwks)).await;
    let keys = serde_json::from_str(&jwks.body).unwrap();
    for center in ["us2", "eu2", "glz"] {
        let answer = house.app_token(center, app).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        let json = answer.json();
        assert_eq!(json["expires_in"], 3600);
        assert_eq!(json["token_type"], "Bearer");
        assert_eq!(json["scope"], app.scopes.join(" "));
        assert_eq!(json["geolocation"], house.center(center));
        for absent in ["refresh_token", "refresh_expires_in", "id_token"] {
            assert!(json.get(absent).is_none(), "{absent}");
        }
        let claims: AccessClaims = jose::verify(&answer.text("access_token"), &keys).unwrap();
        assert_eq!(claims.sub, app.client_id.as_uuid());
        assert_eq!(claims.client_id, app.client_id);
        assert_eq!(claims.principal_type.as_str(), "app");
        assert_eq!((claims.company, claims.grant_id), (None, None));
        assert_eq!(
            (claims.iss.as_str(), claims.aud.as_str()),
            (house.center(center), house.center(center))
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn s28_an_app_may_ask_for_less_and_never_for_more() {
    let house = House::start().await;
    let app = house.app("Meridian");
    let ask = |scope: &'static str| {
        let house = &house;
        async move {
            let fields = [("grant_type", "client_credentials"), ("scope", scope)];
            house.as_client("us2", "token", app, &fields).await
        }
    };
    let less = ask("EXPRPT events.topic.read").await;
    assert_eq!(less.text("scope"), "EXPRPT events.topic.read");
    let more = ask("EXPRPT user.read").await;
    assert_eq!((more.status, more.code()), (400, 54));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_app_token_opens_no_companys_data() {
    let house = House::start().await;
    let app = house.app("Meridian");
    let token = house.app_token("us2", app).await.text("access_token");
    for path in [
        "/profile/v1/me",
        "/api/v3.0/expense/reports?user=ALL",
        "/api/v3.0/expense/reports/1",
        "/oauth2/v0/userinfo",
    ] {
        for center in ["us2", "eu2"] {
            let answer = house.get(center, path, &token).await;
            assert_eq!(answer.status, 403, "{center}{path}: {}", answer.body);
        }
    }
    assert_eq!(house.revoke("us2", &token).await.status, 403);
}

#[tokio::test(flavor = "multi_thread")]
async fn s22_an_app_token_ends_with_its_hour_or_its_app() {
    let house = House::start().await;
    let app = house.app("Meridian");
    let token = house.app_token("us2", app).await.text("access_token");
    let active = |token: String| {
        let house = &house;
        async move { house.introspect("eu2", app, &token).await.json()["active"] == true }
    };
    assert!(active(token.clone()).await);
    house.switch_app(app, false).await;
    assert_eq!(house.app_token("us2", app).await.code(), 59);
    assert_eq!(house.get("us2", "/profile/v1/me", &token).await.status, 401);
    house.switch_app(app, true).await;
    assert!(active(token.clone()).await);
    house.advance(HOUR);
    assert!(!active(token.clone()).await);
    assert_eq!(house.get("us2", "/profile/v1/me", &token).await.status, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_app_without_the_grant_is_refused_by_60() {
    let house = House::start().await;
    let refused = house.app_token("us2", house.app("Pedalpath")).await;
    assert_eq!(refused.status, 200, "{}", refused.body);
    let mut tx = house.write().await;
    tx.execute("UPDATE apps SET grants = 'password refresh_token'", &[])
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let refused = house.app_token("us2", house.app("Pedalpath")).await;
    assert_eq!((refused.status, refused.code()), (400, 60));
}
