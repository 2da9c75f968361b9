//! Libraries that others wrote, as clients: discovery, client credentials, a company's connection,
//! refresh, introspection, revocation, and what an id_token must hold, for each algorithm.

use protocol::PrincipalType;
use protocol::jose::SigningAlgorithm;
use serde_json::{Value, json};
use store::registration::NewApp;
use testkit::House;

use crate::scripts::{node, python};

/// For each algorithm an app, a company and its request token.
pub async fn companies(house: &House) -> Vec<Value> {
    let company = house.company("Brackwater");
    let mut apps = Vec::new();
    for algorithm in SigningAlgorithm::ALL {
        let app = house.register(new_app(algorithm, PrincipalType::Company));
        let app = app.await;
        let connect = house.request_token(company, &app).await;
        apps.push(json!({
            "algorithm": algorithm.as_str(),
            "client_id": app.client_id,
            "client_secret": app.client_secret,
            "subject": company.id,
            "request_token": connect.request_token,
        }));
    }
    apps
}

/// For each algorithm an app, and a person who will sign in and allow it.
async fn people(house: &House) -> Vec<Value> {
    let user = house.employee(house.company("Brackwater"));
    let mut apps = Vec::new();
    for algorithm in SigningAlgorithm::ALL {
        let app = house
            .register(new_app(algorithm, PrincipalType::User))
            .await;
        apps.push(json!({
            "algorithm": algorithm.as_str(),
            "client_id": app.client_id,
            "client_secret": app.client_secret,
            "redirect_uri": CALLBACK,
            "subject": user.id,
            "login": user.login,
            "password": user.password,
        }));
    }
    apps
}

/// Where nobody listens: the scripts read the address.
pub const CALLBACK: &str = "http://127.0.0.1:9/callback";

/// An app that connects to companies by request tokens, or to people by codes with a proof key.
pub fn new_app(algorithm: SigningAlgorithm, principal: PrincipalType) -> NewApp {
    let people = principal == PrincipalType::User;
    let (grants, scopes): (&[&str], &[&str]) = if people {
        (
            &["authorization_code", "refresh_token"],
            &["openid", "user.read"],
        )
    } else {
        (
            &["password", "refresh_token", "client_credentials"],
            &["openid", "company.read", "EXPRPT"],
        )
    };
    NewApp {
        name: format!("An app with {algorithm}"),
        grants: grants.iter().map(|&grant| grant.to_owned()).collect(),
        scopes: scopes.iter().map(|&scope| scope.to_owned()).collect(),
        redirect_uris: vec![CALLBACK.to_owned()],
        connect_uri: None,
        allowed_principal: None,
        algorithm,
        principal_type: principal,
        require_pkce: people,
    }
}

/// What the scripts are told of a house.
async fn told(house: &House) -> Value {
    json!({
        "issuer": house.center("glz"),
        "apps": companies(house).await,
        "people": people(house).await,
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn authlib() {
    let house = House::start().await;
    python("authlib_client.py", &house, &told(&house).await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_oauthlib_with_pyjwt() {
    let house = House::start().await;
    python("requests_oauthlib_client.py", &house, &told(&house).await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn openid_client() {
    let house = House::start().await;
    node("openid_client.mjs", &house, &told(&house).await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn simple_oauth2_with_jose() {
    let house = House::start().await;
    node("simple_oauth2.mjs", &house, &told(&house).await).await;
}
