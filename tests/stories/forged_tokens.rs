//! What is accepted as an access token, and what only looks like one.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use protocol::jose::SigningAlgorithm::Rs256 as RS256;
use protocol::jose::{AccessClaims, SigningKey, generate, verify};
use protocol::{HOUR, hmac_sha256};
use serde_json::{Value, json};
use testkit::House;

async fn token(house: &House, company: &str) -> String {
    let (company, app) = (house.company(company), house.app("Meridian"));
    let connect = house.request_token(company, app).await;
    house.exchange(app, &connect).await.text("access_token")
}

fn part(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

fn read(part: &str) -> Value {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

/// Refused by the APIs, by introspection and by userinfo.
async fn refused(house: &House, token: &str, what: &str) {
    for path in ["/profile/v1/me", "/oauth2/v0/userinfo"] {
        let answer = house.get("us2", path, token).await;
        assert_eq!(answer.status, 401, "{what}: {path}");
    }
    let told = house.introspect("us2", house.app("Meridian"), token).await;
    assert_eq!(told.body, r#"{"active":false}"#, "{what}");
    let ended = house.revoke("us2", token).await;
    assert_eq!(ended.status, 401, "{what}");
}

#[tokio::test(flavor = "multi_thread")]
async fn s26_a_token_cannot_choose_how_it_is_verified() {
    let house = House::start().await;
    let good = token(&house, "Brackwater").await;
    let [header, claims, signature]: [&str; 3] =
        good.split('.').collect::<Vec<_>>().try_into().unwrap();
    let kid = read(header)["kid"].clone();
    let jwks = format!("{}/oauth2/v0/jwks", house.center("us2"));
    let published = house.send(house.request("GET", &jwks)).await.body;

    for alg in ["none", "None", "NONE"] {
        let none = part(&json!({ "typ": "JWT", "alg": alg, "kid": kid }));
        for signature in ["", signature] {
            refused(&house, &format!("{none}.{claims}.{signature}"), alg).await;
        }
    }
    // The public key as the secret of a symmetric algorithm, in the shapes in which it is found.
    let symmetric = part(&json!({ "typ": "JWT", "alg": "HS256", "kid": kid }));
    let key: Value = serde_json::from_str(&published).unwrap();
    let modulus = key["keys"][0]["n"].as_str().unwrap().to_owned();
    let bytes = URL_SAFE_NO_PAD.decode(&modulus).unwrap();
    for secret in [published.as_bytes(), modulus.as_bytes(), &bytes] {
        let message = format!("{symmetric}.{claims}");
        let tag = URL_SAFE_NO_PAD.encode(hmac_sha256(secret, message.as_bytes()));
        refused(&house, &format!("{message}.{tag}"), "HS256").await;
    }
    // A stranger's key, under our kid, under its own, and brought along in the header.
    let claims: AccessClaims = verify(&good, &serde_json::from_str(&published).unwrap()).unwrap();
    for kid in [kid.as_str().unwrap(), "a-stranger"] {
        let stranger = SigningKey::from_pkcs8(kid, RS256, &generate(RS256).unwrap()).unwrap();
        let forged = stranger.sign(&claims).unwrap();
        refused(&house, &forged, "a stranger's key").await;
        let (_, rest) = forged.split_once('.').unwrap();
        for brought in [
            json!({ "jwk": stranger.public() }),
            json!({ "jku": "https://keys.example/jwks" }),
            json!({ "x5u": "https://keys.example/chain" }),
            json!({ "x5c": ["MIIB"] }),
        ] {
            let mut header = json!({ "typ": "JWT", "alg": "RS256", "kid": kid });
            let fields = header.as_object_mut().unwrap();
            fields.extend(brought.as_object().unwrap().clone());
            refused(
                &house,
                &format!("{}.{rest}", part(&header)),
                "brought along",
            )
            .await;
        }
    }
    let other = house.get("us2", "/profile/v1/me", &good).await;
    assert_eq!(other.status, 200, "the good one is still good");
}

/// The tables of `protocol::jose` hold many more; these are seen from outside.
#[tokio::test(flavor = "multi_thread")]
async fn s26_a_good_token_in_another_spelling_opens_nothing() {
    let house = House::start().await;
    let good = token(&house, "Brackwater").await;
    let (message, signature) = good.rsplit_once('.').unwrap();
    let [header, claims] = message.split('.').collect::<Vec<_>>().try_into().unwrap();
    // 256 bytes: of the last character, four bits say nothing.
    let last = signature.chars().next_back().unwrap();
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let other = alphabet
        .chars()
        .nth(alphabet.find(last).unwrap() + 1)
        .unwrap();
    let body = &signature[..signature.len() - 1];
    for (spelling, what) in [
        (format!("{message}.{body}{other}"), "bits that say nothing"),
        (format!("{good}="), "padding"),
        (format!("{message}.{body}"), "cut"),
        (format!("{message}."), "without a signature"),
        (message.to_owned(), "two parts"),
        (format!("{good}.{signature}"), "four parts"),
        (
            format!("{header}.{claims}={}", &good[message.len()..]),
            "padded claims",
        ),
    ] {
        refused(&house, &spelling, what).await;
    }
    assert_eq!(house.get("us2", "/profile/v1/me", &good).await.status, 200);
}

/// Whoever holds a key that signs ID tokens signs what says it is an access token of another kind.
#[tokio::test(flavor = "multi_thread")]
async fn s27_well_signed_claims_that_are_not_an_access_tokens_open_nothing() {
    let house = House::start().await;
    let good = token(&house, "Brackwater").await;
    let claims = read(good.split('.').nth(1).unwrap());
    let keys = house.platform.keys().unwrap();
    let signer = keys.signing(RS256);
    let elsewhere = house.center("eu2");
    let stranger = "00000000-0000-4000-8000-000000000000";
    assert_eq!(
        house
            .get("us2", "/profile/v1/me", &signer.sign(&claims).unwrap())
            .await
            .status,
        200
    );
    for (name, value) in [
        ("aud", json!("https://elsewhere.example")),
        ("aud", json!([house.center("us2"), elsewhere])),
        ("aud", json!(house.app("Meridian").client_id)),
        ("iss", json!("https://elsewhere.example")),
        ("iss", json!(house.facts.app_center)),
        ("client_id", json!(stranger)),
        ("client_id", json!(house.app("Harbor").client_id)),
        ("companyId", json!(stranger)),
        ("companyId", json!(house.company("Feldmann").id)),
        ("sub", json!(house.company("Feldmann").id)),
        ("concur.type", json!("user")),
        ("concur.type", json!("app")),
        ("grant_id", json!("1")),
        ("grant_id", json!("")),
        ("grant_id", Value::Null),
        ("exp", json!(house.now().as_seconds())),
        ("exp", json!("9999999999")),
        ("nbf", json!(house.now().as_seconds() + 60)),
        ("jti", Value::Null),
    ] {
        let mut changed = claims.clone();
        changed[name] = value.clone();
        let token = signer.sign(&changed).unwrap();
        refused(&house, &token, &format!("{name}: {value}")).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn s26_a_changed_claim_breaks_the_signature() {
    let house = House::start().await;
    let good = token(&house, "Brackwater").await;
    let [header, claims, signature]: [&str; 3] =
        good.split('.').collect::<Vec<_>>().try_into().unwrap();
    for (name, value) in [
        ("sub", json!(house.company("Feldmann").id)),
        ("companyId", json!(house.company("Feldmann").id)),
        ("exp", json!(9_999_999_999_i64)),
        ("concur.type", json!("app")),
        ("concur.scopes", json!(["everything"])),
        ("client_id", json!(house.app("Harbor").client_id)),
    ] {
        let mut changed = read(claims);
        changed[name] = value;
        let changed = format!("{header}.{}.{signature}", part(&changed));
        refused(&house, &changed, name).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn s27_an_access_token_says_for_whom_where_and_how_long_it_is() {
    let house = House::start().await;
    let (company, app) = (house.company("Brackwater"), house.app("Meridian"));
    let good = token(&house, "Brackwater").await;
    let claims = read(good.split('.').nth(1).unwrap());
    assert_eq!(claims["iss"], house.center("glz"));
    assert_eq!(claims["aud"], house.center("us2"));
    assert_eq!(claims["client_id"], app.client_id.to_string());
    assert_eq!(claims["companyId"], company.id.to_string());
    assert_eq!(
        claims["concur.scopes"].as_array().unwrap().len(),
        app.scopes.len()
    );
    assert!(claims["jti"].as_str().unwrap().len() >= 32);
    assert!(claims["grant_id"].is_string(), "the connection's lineage");
    let lifetime = claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap();
    assert!(lifetime <= 3_600);
    assert!(claims.get("concur.profile").is_none() && claims.get("concur.app").is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn s27_an_id_token_another_regions_or_an_old_token_opens_nothing() {
    let house = House::start().await;
    let (company, app) = (house.company("Brackwater"), house.app("Meridian"));
    let connect = house.request_token(company, app).await;
    let granted = house.exchange(app, &connect).await;
    refused(&house, &granted.text("id_token"), "an id_token").await;
    let refresh = granted.text("refresh_token");
    assert_eq!(
        house.get("us2", "/profile/v1/me", &refresh).await.status,
        401
    );
    let access = granted.text("access_token");
    for (path, status) in [
        ("/profile/v1/me", 301),
        ("/api/v3.0/expense/reports?user=ALL", 400),
        ("/oauth2/v0/userinfo", 400),
    ] {
        assert_eq!(house.get("eu2", path, &access).await.status, status);
    }
    assert_eq!(house.revoke("eu2", &access).await.status, 400);
    house.advance(HOUR);
    refused(&house, &access, "an hour later").await;
}
