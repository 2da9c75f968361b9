//! The crate `openidconnect` as a client: discovery, a code with its proof key, a company's request
//! token, refresh, introspection, userinfo, and id_tokens of each algorithm. It revokes only over TLS.

use std::time::Duration;

use openidconnect::core::{
    CoreAuthenticationFlow, CoreClient, CoreIdTokenVerifier, CoreJwsSigningAlgorithm,
    CoreProviderMetadata, CoreTokenResponse, CoreUserInfoClaims,
};
use openidconnect::{
    AccessTokenHash, AuthorizationCode, ClientId, ClientSecret, CsrfToken, EndpointMaybeSet,
    EndpointNotSet, EndpointSet, HttpRequest, HttpResponse, IntrospectionUrl, IssuerUrl, Nonce,
    NonceVerifier, OAuth2TokenResponse, PkceCodeChallenge, RedirectUrl, ResourceOwnerPassword,
    ResourceOwnerUsername, Scope, TokenIntrospectionResponse, TokenResponse,
};
use protocol::PrincipalType;
use protocol::jose::SigningAlgorithm;
use sandbox::AppFacts;
use testkit::{House, Visitor, parameter};

use crate::independent_clients::{CALLBACK, new_app};

type Client = CoreClient<
    EndpointSet,
    EndpointNotSet,
    EndpointSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

async fn send(request: HttpRequest) -> Result<HttpResponse, reqwest::Error> {
    let client = reqwest::Client::builder().no_proxy().build()?;
    let (parts, body) = request.into_parts();
    let request = client
        .request(parts.method, parts.uri.to_string())
        .headers(parts.headers)
        .body(body);
    let response = request.send().await?;
    let (status, headers) = (response.status(), response.headers().clone());
    let mut answer = HttpResponse::new(response.bytes().await?.to_vec());
    *answer.status_mut() = status;
    *answer.headers_mut() = headers;
    Ok(answer)
}

/// Everything that discovery tells of the landing zone.
async fn discover(house: &House, app: &AppFacts) -> Client {
    let issuer = IssuerUrl::new(house.center("glz").to_owned()).unwrap();
    let metadata = CoreProviderMetadata::discover_async(issuer, &send).await;
    let id = ClientId::new(app.client_id.to_string());
    let secret = ClientSecret::new(app.client_secret.clone());
    let introspection = format!("{}/oauth2/v0/introspect", house.center("glz"));
    CoreClient::from_provider_metadata(metadata.unwrap(), id, Some(secret))
        .set_redirect_uri(RedirectUrl::new(CALLBACK.to_owned()).unwrap())
        .set_introspection_url(IntrospectionUrl::new(introspection).unwrap())
}

fn verifier(client: &Client, algorithm: SigningAlgorithm) -> CoreIdTokenVerifier<'_> {
    let algorithm = match algorithm {
        SigningAlgorithm::Rs256 => CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
        SigningAlgorithm::Es256 => CoreJwsSigningAlgorithm::EcdsaP256Sha256,
        SigningAlgorithm::EdDsa => CoreJwsSigningAlgorithm::EdDsa,
    };
    client.id_token_verifier().set_allowed_algs([algorithm])
}

/// Whom the id_token names, once signature, issuer, audience, time, nonce and at_hash are right.
fn subject(
    tokens: &CoreTokenResponse,
    verifier: &CoreIdTokenVerifier<'_>,
    nonce: impl NonceVerifier,
) -> String {
    let id_token = tokens.id_token().expect("openid was granted");
    let claims = id_token.claims(verifier, nonce).unwrap();
    let (algorithm, key) = (id_token.signing_alg(), id_token.signing_key(verifier));
    let hash = AccessTokenHash::from_token(tokens.access_token(), algorithm.unwrap(), key.unwrap());
    assert_eq!(claims.access_token_hash(), Some(&hash.unwrap()));
    claims.subject().to_string()
}

fn without_nonce(nonce: Option<&Nonce>) -> Result<(), String> {
    nonce.map_or(Ok(()), |_| Err("there is a nonce".to_owned()))
}

/// Refreshed, asked about, and shown to userinfo.
async fn lives(
    client: &Client,
    tokens: &CoreTokenResponse,
    algorithm: SigningAlgorithm,
    whom: &str,
) {
    let refresh_token = tokens.refresh_token().unwrap();
    let refreshed = client.exchange_refresh_token(refresh_token).unwrap();
    let refreshed = refreshed.request_async(&send).await.unwrap();
    let verifier = verifier(client, algorithm);
    assert_eq!(subject(&refreshed, &verifier, without_nonce), whom);
    let access_token = refreshed.access_token();
    let told = client.introspect(access_token).request_async(&send).await;
    let told = told.unwrap();
    assert!(told.active());
    assert_eq!(told.sub(), Some(whom));
    let claims = client.user_info(access_token.clone(), None).unwrap();
    let claims: CoreUserInfoClaims = claims.request_async(&send).await.unwrap();
    assert_eq!(claims.subject().as_str(), whom);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_company_connects_by_its_request_token() {
    let house = House::start().await;
    let company = house.company("Brackwater");
    for algorithm in SigningAlgorithm::ALL {
        house.advance(Duration::from_millis(1));
        let app = house
            .register(new_app(algorithm, PrincipalType::Company))
            .await;
        let connect = house.request_token(company, &app).await;
        let client = discover(&house, &app).await;
        let own = client.exchange_client_credentials().unwrap();
        let own = own.request_async(&send).await.unwrap();
        assert!(own.refresh_token().is_none());
        let username = ResourceOwnerUsername::new(connect.id.to_string());
        let password = ResourceOwnerPassword::new(connect.request_token);
        let exchange = client.exchange_password(&username, &password).unwrap();
        let exchange = exchange.add_extra_param("credtype", "authtoken");
        let tokens = exchange.request_async(&send).await.unwrap();
        let whom = company.id.to_string();
        let verifier = verifier(&client, algorithm);
        assert_eq!(subject(&tokens, &verifier, without_nonce), whom);
        lives(&client, &tokens, algorithm, &whom).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_connects_by_a_code_with_a_proof_key() {
    let house = House::start().await;
    let user = house.employee(house.company("Brackwater"));
    for algorithm in SigningAlgorithm::ALL {
        house.advance(Duration::from_millis(1));
        let app = house
            .register(new_app(algorithm, PrincipalType::User))
            .await;
        let client = discover(&house, &app).await;
        let (challenge, proof) = PkceCodeChallenge::new_random_sha256();
        let flow = CoreAuthenticationFlow::AuthorizationCode;
        let (url, state, nonce) = client
            .authorize_url(flow, CsrfToken::new_random, Nonce::new_random)
            .add_scope(Scope::new("user.read".to_owned()))
            .set_pkce_challenge(challenge)
            .url();
        let back = Visitor::new(&house).allow(url.as_str(), user).await;
        assert_eq!(&parameter(&back, "state"), state.secret());
        let code = AuthorizationCode::new(parameter(&back, "code"));
        let exchange = client.exchange_code(code).unwrap();
        let exchange = exchange.set_pkce_verifier(proof);
        let tokens = exchange.request_async(&send).await.unwrap();
        let whom = user.id.to_string();
        let verifier = verifier(&client, algorithm);
        assert_eq!(subject(&tokens, &verifier, &nonce), whom);
        lives(&client, &tokens, algorithm, &whom).await;
    }
}
