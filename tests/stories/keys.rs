//! Signing keys: three algorithms, and rotations that nobody notices.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use protocol::jose::{self, AccessClaims, IdClaims, KeySet, SigningAlgorithm};
use protocol::{DAY, MINUTE, PrincipalType, Timestamp};
use sandbox::AppFacts;
use store::key_rotation;
use store::registration::NewApp;
use testkit::{Answer, House};

/// Registers an app whose tokens are signed with `algorithm`.
async fn app_with(house: &House, algorithm: SigningAlgorithm) -> AppFacts {
    let new = NewApp {
        name: format!("An app with {algorithm}"),
        grants: vec!["password".to_owned(), "refresh_token".to_owned()],
        scopes: vec!["openid".to_owned(), "company.read".to_owned()],
        redirect_uris: Vec::new(),
        connect_uri: None,
        allowed_principal: None,
        algorithm,
        principal_type: PrincipalType::Company,
        require_pkce: false,
    };
    house.register(new).await
}

/// What a client that keeps the published keys for as long as it may believes.
#[derive(Default)]
struct Verifier {
    keys: Option<(KeySet, Timestamp)>,
}

impl Verifier {
    async fn keys(&mut self, house: &House) -> &KeySet {
        let now = house.now();
        if self.keys.as_ref().is_none_or(|(_, until)| now >= *until) {
            let url = format!("{}/oauth2/v0/jwks", house.center("us2"));
            let answer = house.send(house.request("GET", &url)).await;
            let keys = serde_json::from_str(&answer.body).expect("a key set");
            self.keys = Some((keys, now + max_age(&answer)));
        }
        &self.keys.as_ref().expect("just fetched").0
    }
}

fn max_age(answer: &Answer) -> Duration {
    let caching = answer.header("cache-control");
    let seconds = caching
        .strip_prefix("public, max-age=")
        .expect("it may be kept");
    Duration::from_secs(seconds.parse().expect("seconds"))
}

fn header(token: &str) -> serde_json::Value {
    use base64::Engine;
    let head = token.split('.').next().unwrap();
    let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD
        .decode(head)
        .unwrap();
    serde_json::from_slice(&bytes).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn s26_each_app_gets_tokens_of_its_own_algorithm() {
    let house = House::start().await;
    for algorithm in SigningAlgorithm::ALL {
        let app = app_with(&house, algorithm).await;
        let connect = house.request_token(house.company("Brackwater"), &app).await;
        let answer = house.exchange(&app, &connect).await;
        let (id_token, access_token) = (answer.text("id_token"), answer.text("access_token"));
        let mut verifier = Verifier::default();
        let keys = verifier.keys(&house).await;
        for token in [&id_token, &access_token] {
            assert_eq!(header(token)["alg"], algorithm.as_str());
            assert_eq!(header(token)["typ"], "JWT");
        }
        let claims: IdClaims = jose::verify(&id_token, keys).unwrap();
        let expected = jose::at_hash(algorithm, &access_token);
        assert_eq!(claims.at_hash, Some(expected));
        let profile = house.get("us2", "/profile/v1/me", &access_token).await;
        assert_eq!(profile.status, 200, "{algorithm}: {}", profile.body);
        // An id_token opens nothing (S27).
        let profile = house.get("us2", "/profile/v1/me", &id_token).await;
        assert_eq!(profile.status, 401, "{algorithm}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_key_set_says_what_each_key_is_for_and_holds_nothing_private() {
    let house = House::start().await;
    key_rotation::rotate_if_due(&house.platform, house.now())
        .await
        .unwrap();
    let url = format!("{}/oauth2/v0/jwks", house.center("glz"));
    let answer = house.send(house.request("GET", &url)).await;
    assert_eq!(max_age(&answer), 5 * MINUTE);
    let keys = answer.json()["keys"].as_array().unwrap().clone();
    let mut kinds: BTreeMap<(String, String), usize> = BTreeMap::new();
    for key in &keys {
        let text = |name: &str| key[name].as_str().unwrap_or_default().to_owned();
        assert_eq!(text("use"), "sig");
        assert!(!text("kid").is_empty());
        for private in ["d", "p", "q", "dp", "dq", "qi", "k"] {
            assert!(key.get(private).is_none(), "{private}");
        }
        *kinds.entry((text("kty"), text("alg"))).or_default() += 1;
    }
    let expected = [("EC", "ES256"), ("OKP", "EdDSA"), ("RSA", "RS256")];
    let expected = expected.map(|(kty, alg)| ((kty.to_owned(), alg.to_owned()), 2));
    assert_eq!(kinds, BTreeMap::from(expected));
    // Clients that take the first key, whatever its kid, take the one that signs.
    let signing = house.platform.keys().unwrap();
    let signing = signing.signing(SigningAlgorithm::Rs256).kid();
    assert_eq!(keys[0]["kid"], signing);
}

/// A partner that refreshes, calls and verifies without a pause, and keeps every token as long as it
/// lives.
struct Partner {
    house: Arc<House>,
    app: AppFacts,
    refresh_token: String,
    verifier: Verifier,
    /// With the second in which each expires.
    tokens: VecDeque<(i64, String)>,
    kids: BTreeSet<String>,
}

impl Partner {
    async fn lap(&mut self) {
        let answer = self
            .house
            .refresh("us2", &self.app, &self.refresh_token)
            .await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        self.refresh_token = answer.text("refresh_token");
        let (id_token, access_token) = (answer.text("id_token"), answer.text("access_token"));
        let profile = self.house.get("us2", "/profile/v1/me", &access_token).await;
        assert_eq!(profile.status, 200, "{}", profile.body);
        self.kids.insert(header(&id_token)["kid"].to_string());
        let keys = self.verifier.keys(&self.house).await;
        jose::verify::<IdClaims>(&id_token, keys).expect("the id_token verifies");
        let claims: AccessClaims =
            jose::verify(&access_token, keys).expect("the access token verifies");
        // One for each minute, until it expires.
        if self.tokens.back().is_none_or(|(exp, _)| *exp < claims.exp) {
            self.tokens.push_back((claims.exp, access_token));
        }
        let now = self.house.now().as_seconds();
        self.tokens.retain(|(exp, _)| now < *exp);
        for (_, token) in &self.tokens {
            jose::verify::<AccessClaims>(token, keys).expect("a live token verifies");
        }
    }
}

/// Who signs now, for each algorithm.
fn signing(house: &House) -> Vec<String> {
    let keys = house.platform.keys().unwrap();
    let kid = |algorithm| keys.signing(algorithm).kid().to_owned();
    SigningAlgorithm::ALL.into_iter().map(kid).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn s25_five_rotations_under_traffic_without_one_failed_verification() {
    const ROTATIONS: usize = 5;
    let house = Arc::new(House::start().await);
    key_rotation::rotate_if_due(&house.platform, house.now())
        .await
        .unwrap();
    let (stop, laps) = (
        Arc::new(AtomicBool::new(false)),
        Arc::new([const { AtomicUsize::new(0) }; 3]),
    );
    // Held by whoever is in the middle of a round, against days that pass in one go.
    let pause = Arc::new(tokio::sync::RwLock::new(()));
    let mut partners = tokio::task::JoinSet::new();
    for (index, algorithm) in SigningAlgorithm::ALL.into_iter().enumerate() {
        let app = app_with(&house, algorithm).await;
        let connect = house.request_token(house.company("Brackwater"), &app).await;
        let mut partner = Partner {
            refresh_token: house.exchange(&app, &connect).await.text("refresh_token"),
            house: house.clone(),
            app,
            verifier: Verifier::default(),
            tokens: VecDeque::new(),
            kids: BTreeSet::new(),
        };
        let (stop, laps, pause) = (stop.clone(), laps.clone(), pause.clone());
        partners.spawn(async move {
            while !stop.load(Ordering::SeqCst) {
                let round = pause.read().await;
                partner.lap().await;
                drop(round);
                laps[index].fetch_add(1, Ordering::SeqCst);
            }
            partner.kids.len()
        });
    }

    let mut signed_at = house.now();
    for rotation in 0..ROTATIONS {
        // Ninety days pass in one go; the hours around the change, two minutes at a time.
        let nearly = signed_at + 90 * DAY - 10 * MINUTE;
        let standstill = pause.write().await;
        house.advance(nearly.since(house.now()));
        drop(standstill);
        let former = signing(&house);
        let mut latest = former.clone();
        for step in 0..45 {
            house.advance(2 * MINUTE);
            // The house's own keeper may be quicker: what counts is who signs now.
            let steps = key_rotation::rotate_if_due(&house.platform, house.now()).await;
            steps.unwrap();
            if signing(&house) != latest {
                latest = signing(&house);
                signed_at = house.now();
            }
            let before: Vec<usize> = laps.iter().map(|lap| lap.load(Ordering::SeqCst)).collect();
            let all_went_round = || {
                let mut counts = laps.iter().zip(&before);
                counts.all(|(lap, before)| lap.load(Ordering::SeqCst) > *before)
            };
            while !all_went_round() {
                // A partner that has ended has seen a failure: its panic is the story's.
                if let Some(ended) = partners.try_join_next() {
                    ended.expect("every verification succeeds");
                }
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
            if step == 22 {
                let connect = house
                    .request_token(house.company("Vireo"), house.app("Harbor"))
                    .await;
                let answer = house.exchange(house.app("Harbor"), &connect).await;
                let kid = header(&answer.text("access_token"))["kid"].to_string();
                let keys = house.platform.keys().unwrap();
                let current = keys.signing(SigningAlgorithm::Rs256).kid();
                assert_eq!(kid.trim_matches('"'), current, "the current key signs");
            }
        }
        assert!(
            former.iter().all(|kid| !latest.contains(kid)),
            "rotation {rotation} changed every algorithm's key"
        );
    }
    stop.store(true, Ordering::SeqCst);
    while let Some(kids) = partners.join_next().await {
        assert_eq!(kids.expect("every verification succeeds"), ROTATIONS + 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn s25_a_key_that_leaked_is_refused_at_once_and_another_signs() {
    let house = House::start().await;
    key_rotation::rotate_if_due(&house.platform, house.now())
        .await
        .unwrap();
    let app = app_with(&house, SigningAlgorithm::Es256).await;
    let connect = house.request_token(house.company("Brackwater"), &app).await;
    let answer = house.exchange(&app, &connect).await;
    let (leaked, refresh_token) = (answer.text("access_token"), answer.text("refresh_token"));
    let kid = header(&leaked)["kid"].as_str().unwrap().to_owned();
    key_rotation::retire(&house.platform, &kid, true, house.now())
        .await
        .unwrap();
    assert_eq!(
        house.get("us2", "/profile/v1/me", &leaked).await.status,
        401
    );
    let answer = house.refresh("us2", &app, &refresh_token).await;
    let token = answer.text("access_token");
    assert_ne!(header(&token)["kid"], kid.as_str());
    assert_eq!(house.get("us2", "/profile/v1/me", &token).await.status, 200);
    let mut verifier = Verifier::default();
    assert!(verifier.keys(&house).await.find(&kid).is_none());
}
