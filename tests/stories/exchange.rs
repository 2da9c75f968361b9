//! A request token becomes a company-level access token.

use protocol::jose::SigningAlgorithm;
use protocol::{DAY, HOUR};
use testkit::House;

#[tokio::test(flavor = "multi_thread")]
async fn a_partner_gets_what_the_reference_promises_field_by_field() {
    let house = House::start().await;
    let (company, app) = (house.company("Brackwater"), house.app("Meridian"));
    let connect = house.request_token(company, app).await;
    let answer = house.exchange(app, &connect).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert!(
        answer
            .header("content-type")
            .starts_with("application/json")
    );
    assert_eq!(answer.header("cache-control"), "no-store");
    assert!(!answer.header("concur-correlationid").is_empty());
    let json = answer.json();
    assert_eq!(json["expires_in"], 3600);
    assert_eq!(json["token_type"], "Bearer");
    assert_eq!(json["scope"], app.scopes.join(" "));
    assert_eq!(json["geolocation"], house.center("us2"));
    let expires = json["refresh_expires_in"].as_i64().unwrap();
    assert_eq!(expires, (house.now() + 180 * DAY).as_seconds());
    assert_eq!(json["access_token"].as_str().unwrap().split('.').count(), 3);
    assert_eq!(json["id_token"].as_str().unwrap().split('.').count(), 3);
    assert!(json["refresh_token"].as_str().unwrap().len() <= 255);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_tokens_name_the_company_and_are_signed_by_a_published_key() {
    let house = House::start().await;
    let (company, app) = (house.company("Feldmann"), house.app("Meridian"));
    let connect = house.request_token(company, app).await;
    let answer = house.exchange(app, &connect).await;
    let jwks = house
        .send(house.request("GET", &format!("{}/oauth2/v0/jwks", house.center("glz"))))
        .await;
    let keys = serde_json::from_str(&jwks.body).unwrap();
    let id: protocol::jose::IdClaims =
        protocol::jose::verify(&answer.text("id_token"), &keys).unwrap();
    assert_eq!(id.sub, company.id.as_uuid());
    assert_eq!(id.aud, app.client_id.to_string());
    assert_eq!(id.iss.as_str(), house.center("glz"));
    assert_eq!(
        id.at_hash.unwrap(),
        protocol::jose::at_hash(SigningAlgorithm::Rs256, &answer.text("access_token"))
    );
    let access: protocol::jose::AccessClaims =
        protocol::jose::verify(&answer.text("access_token"), &keys).unwrap();
    assert_eq!(
        (access.company, access.client_id),
        (Some(company.id), app.client_id)
    );
    assert_eq!(access.aud, house.center("eu2"));
    assert_eq!(access.exp - access.iat, 3600);
    assert_eq!(access.scopes.join(" "), answer.text("scope"));
}

#[tokio::test(flavor = "multi_thread")]
async fn s11_a_repeated_exchange_yields_the_same_connection_and_the_sixth_fails() {
    let house = House::start().await;
    let (company, app) = (house.company("Brackwater"), house.app("Meridian"));
    let connect = house.request_token(company, app).await;
    let first = house.exchange(app, &connect).await.text("refresh_token");
    for _ in 0..4 {
        let again = house.exchange(app, &connect).await;
        assert_eq!(again.status, 200);
        assert_eq!(again.text("refresh_token"), first);
    }
    let sixth = house.exchange(app, &connect).await;
    assert_eq!((sixth.status, sixth.code()), (400, 5));
    assert_eq!(house.refresh("us2", app, &first).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn s11_parallel_exchanges_yield_one_connection() {
    let house = House::start().await;
    let (company, app) = (house.company("Brackwater"), house.app("Meridian"));
    let connect = house.request_token(company, app).await;
    let calls = [(); 4].map(|()| house.exchange(app, &connect));
    let [a, b, c, d] = calls;
    let (a, b, c, d) = tokio::join!(a, b, c, d);
    let values = [a, b, c, d].map(|answer| answer.text("refresh_token"));
    assert!(values.iter().all(|value| *value == values[0]));
}

#[tokio::test(flavor = "multi_thread")]
async fn s12_a_request_token_is_dead_once_its_answer_is_seen_in_use() {
    let house = House::start().await;
    let (company, app) = (house.company("Brackwater"), house.app("Meridian"));
    for use_refresh_token in [true, false] {
        let connect = house.request_token(company, app).await;
        let answer = house.exchange(app, &connect).await;
        if use_refresh_token {
            let refreshed = house
                .refresh("us2", app, &answer.text("refresh_token"))
                .await;
            assert_eq!(refreshed.status, 200);
        } else {
            let seen = house
                .get("us2", "/profile/v1/me", &answer.text("access_token"))
                .await;
            assert_eq!(seen.status, 200);
        }
        assert_eq!(house.exchange(app, &connect).await.code(), 5);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn s09_a_request_token_lives_for_24_hours() {
    let house = House::start().await;
    let (company, app) = (house.company("Brackwater"), house.app("Meridian"));
    let early = house.request_token(company, app).await;
    let late = house.request_token(company, app).await;
    house.advance(DAY - std::time::Duration::from_secs(1));
    assert_eq!(house.exchange(app, &early).await.status, 200);
    house.advance(std::time::Duration::from_secs(1));
    assert_eq!(house.exchange(app, &late).await.code(), 5);
    assert_eq!(house.exchange(app, &early).await.code(), 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn s24_reconnecting_keeps_the_old_tokens_until_the_new_ones_are_seen() {
    let house = House::start().await;
    let (company, app) = (house.company("Brackwater"), house.app("Meridian"));
    let connect = house.request_token(company, app).await;
    let old = house.exchange(app, &connect).await;
    let old_refresh = old.text("refresh_token");
    assert_eq!(house.refresh("us2", app, &old_refresh).await.status, 200);

    // The answer to this one is lost on its way: the partner goes on with what it has.
    let again = house.request_token(company, app).await;
    let new = house.exchange(app, &again).await;
    assert_eq!(house.refresh("us2", app, &old_refresh).await.status, 200);

    // Now the new one arrives, and the old one is history.
    assert_eq!(
        house
            .refresh("us2", app, &new.text("refresh_token"))
            .await
            .status,
        200
    );
    assert_eq!(house.refresh("us2", app, &old_refresh).await.code(), 108);
    let seen = house
        .get("us2", "/profile/v1/me", &old.text("access_token"))
        .await;
    assert_eq!(seen.status, 401);
    assert_eq!(
        house
            .refresh("us2", app, &new.text("refresh_token"))
            .await
            .status,
        200
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scope_may_be_narrowed_and_comes_back_as_it_was_sent() {
    let house = House::start().await;
    let (company, app) = (house.company("Brackwater"), house.app("Meridian"));
    let connect = house.request_token(company, app).await;
    let granted = house.exchange(app, &connect).await;
    let (client_id, scope) = (app.client_id.to_string(), granted.text("scope"));
    let refresh_token = granted.text("refresh_token");
    let refresh = |scope: String| {
        let (house, client_id, refresh_token) = (&house, client_id.clone(), refresh_token.clone());
        async move {
            let form = [
                ("client_id", client_id.as_str()),
                ("client_secret", &app.client_secret),
                ("grant_type", "refresh_token"),
                ("refresh_token", &refresh_token),
                ("scope", &scope),
            ];
            house.token("us2", &form).await
        }
    };
    assert_eq!(refresh(scope.clone()).await.text("scope"), scope);
    let narrowed = refresh("company.read".to_owned()).await;
    assert_eq!(narrowed.text("scope"), "company.read");
    assert!(narrowed.json().get("id_token").is_none());
    let token = narrowed.text("access_token");
    assert_eq!(house.get("us2", "/profile/v1/me", &token).await.status, 200);
    assert_eq!(
        house
            .get("us2", "/api/v3.0/expense/reports?user=ALL", &token)
            .await
            .status,
        403
    );
    assert_eq!(refresh("company.write".to_owned()).await.code(), 54);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_connection_yields_a_token_of_that_user() {
    let house = House::start().await;
    let (company, app) = (house.company("Brackwater"), house.app("Pedalpath"));
    let connect = house.request_token(company, app).await;
    let answer = house.exchange(app, &connect).await;
    let token = answer.text("access_token");
    let me = house.get("us2", "/profile/v1/me", &token).await.json();
    assert_eq!(me["id"], connect.user_id.to_string());
    assert_eq!(me["meta"]["principalType"], "user");
    house.advance(HOUR);
    assert_eq!(house.get("us2", "/profile/v1/me", &token).await.status, 401);
}

/// Companies that reconnect while the clock stands still, or after it was set back, take keys above
/// their own newest, and those of others lie there.
#[tokio::test(flavor = "multi_thread")]
async fn companies_that_reconnect_in_one_microsecond_do_not_stand_in_each_others_way() {
    let house = House::start().await;
    let app = house.app("Meridian");
    let companies = ["Brackwater", "Amalgamated", "Feldmann"].map(|name| house.company(name));
    for company in companies.iter().cycle().take(90) {
        let connect = house.request_token(company, app).await;
        let answer = house.exchange(app, &connect).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
    }
}
