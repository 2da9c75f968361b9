//! What a client at large finds by itself: metadata, keys, and whom a token stands for.

use serde_json::{Value, json};
use testkit::House;

async fn token(house: &House, company: &str, app: &str) -> String {
    let (company, app) = (house.company(company), house.app(app));
    let connect = house.request_token(company, app).await;
    house.exchange(app, &connect).await.text("access_token")
}

async fn metadata(house: &House, center: &str, name: &str) -> Value {
    let url = format!("{}/.well-known/{name}", house.center(center));
    let answer = house.send(house.request("GET", &url)).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("cache-control"), "public, max-age=300");
    answer.json()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_origin_is_an_issuer_and_tells_the_truth() {
    let house = House::start().await;
    let app = house.app("Pedalpath");
    for center in ["glz", "us2", "eu2"] {
        let open_id = metadata(&house, center, "openid-configuration").await;
        let oauth = metadata(&house, center, "oauth-authorization-server").await;
        assert_eq!(open_id, oauth);
        assert_eq!(open_id["issuer"], house.center(center));
        for (name, endpoint) in open_id.as_object().unwrap() {
            let Some(url) = endpoint.as_str().filter(|url| url.contains("/oauth2/")) else {
                continue;
            };
            assert!(url.starts_with(house.center(center)), "{name}");
            let answer = house.send(house.request("POST", url)).await;
            assert_ne!(answer.status, 404, "{name} is there");
        }
        assert_eq!(open_id["response_types_supported"], json!(["code"]));
        assert_eq!(open_id["code_challenge_methods_supported"], json!(["S256"]));
        assert_eq!(
            open_id["authorization_response_iss_parameter_supported"],
            true
        );
        // Each grant type that is named is known, and each algorithm belongs to a key.
        for grant in open_id["grant_types_supported"].as_array().unwrap() {
            let fields = [
                ("grant_type", grant.as_str().unwrap()),
                ("credtype", "authtoken"),
            ];
            // An app for people has every grant that there is.
            let app = house.app("Pedalpath");
            let answer = house.as_client(center, "token", app, &fields).await;
            assert_ne!(answer.code(), 60, "{grant}");
        }
        let keys = open_id["jwks_uri"].as_str().unwrap();
        let keys = house.send(house.request("GET", keys)).await.json();
        let of_keys: Vec<&Value> = keys["keys"]
            .as_array()
            .unwrap()
            .iter()
            .map(|key| &key["alg"])
            .collect();
        let named = open_id["id_token_signing_alg_values_supported"].as_array();
        assert!(named.unwrap().iter().all(|alg| of_keys.contains(&alg)));
        assert!(of_keys.iter().all(|alg| named.unwrap().contains(alg)));
        let token = house.app_token(center, app).await.text("access_token");
        let told = house.introspect(center, app, &token).await.json();
        assert_eq!(told["iss"], open_id["issuer"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn userinfo_says_of_a_user_what_the_scopes_open() {
    let house = House::start().await;
    let (company, app) = (house.company("Brackwater"), house.app("Pedalpath"));
    let user = house.admin(company);
    let connect = house.request_token(company, app).await;
    let granted = house.exchange(app, &connect).await;
    let all = house
        .get("us2", "/oauth2/v0/userinfo", &granted.text("access_token"))
        .await;
    assert_eq!(all.status, 200, "{}", all.body);
    let all = all.json();
    assert_eq!(all["sub"], user.id.to_string());
    assert_eq!(all["concur.type"], "user");
    assert_eq!(all["companyId"], company.id.to_string());
    assert_eq!(all["name"], user.name);
    assert_eq!(all["preferred_username"], user.login);
    assert_eq!(all["email"], user.login);
    for (scope, status) in [("openid", 200), ("user.read", 403)] {
        let refresh_token = granted.text("refresh_token");
        let fields = [
            ("grant_type", "refresh_token"),
            ("refresh_token", refresh_token.as_str()),
            ("scope", scope),
        ];
        let narrowed = house.as_client("us2", "token", app, &fields).await;
        let token = narrowed.text("access_token");
        let answer = house.get("us2", "/oauth2/v0/userinfo/", &token).await;
        assert_eq!(answer.status, status, "{scope}: {}", answer.body);
        if status == 200 {
            let least = json!({ "sub": user.id, "concur.type": "user", "companyId": company.id });
            assert_eq!(answer.json(), least);
        } else {
            assert_eq!(answer.text("error"), "insufficient_scope");
            assert!(answer.header("www-authenticate").starts_with("Bearer"));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn userinfo_of_a_company_is_told_at_its_home_and_at_the_landing_zone() {
    let house = House::start().await;
    let company = house.company("Feldmann");
    let token = token(&house, "Feldmann", "Meridian").await;
    for center in ["eu2", "glz"] {
        for method in ["GET", "POST"] {
            let url = format!("{}/oauth2/v0/userinfo", house.center(center));
            let request = house.request(method, &url).bearer_auth(&token);
            let answer = house.send(request).await;
            assert_eq!(answer.status, 200, "{method} {}", answer.body);
            assert_eq!(answer.header("cache-control"), "no-store");
            let claims = answer.json();
            assert_eq!(claims["sub"], company.id.to_string());
            assert_eq!(claims["concur.type"], "company");
            assert_eq!(claims["name"], company.name);
        }
    }
    let elsewhere = house.get("us2", "/oauth2/v0/userinfo", &token).await;
    assert_eq!((elsewhere.status, elsewhere.code()), (400, 16));
    assert_eq!(elsewhere.text("geolocation"), house.center("eu2"));
    let url = format!("{}/oauth2/v0/userinfo", house.center("eu2"));
    let bare = house.send(house.request("GET", &url)).await;
    assert_eq!(bare.status, 401);
    assert!(bare.header("www-authenticate").starts_with("Bearer"));
}
