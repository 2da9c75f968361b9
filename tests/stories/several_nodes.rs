//! Several nodes on one PostgreSQL database act as one: what ends at one of them has ended at all,
//! and one that cannot reach the database opens nothing.

use std::time::{Duration, Instant};

use protocol::jose::SigningAlgorithm;
use sandbox::{AppFacts, CompanyFacts};
use store::key_rotation;
use testkit::{Answer, House, Network, SecondNode};

/// How long a node may take to refuse a request while the network to its database is silent: 10 s for
/// a connection of the pool, 5 s until a new one is given up, 6 s for an answer.
const SILENCE: Duration = Duration::from_secs(21);
/// A test's own clients wait longer than any node does.
pub const CLIENT: Duration = Duration::from_secs(60);

/// What a partner asks a node.
pub async fn refreshed(node: &SecondNode<'_>, app: &AppFacts, refresh_token: &str) -> Answer {
    let id = app.client_id.to_string();
    let form = [
        ("client_id", id.as_str()),
        ("client_secret", &app.client_secret),
        ("grant_type", "refresh_token"),
        ("refresh_token", refresh_token),
    ];
    let asked = node.token("us2", &form).timeout(CLIENT).send().await;
    Answer::read(asked.unwrap()).await
}

pub async fn introspected(node: &SecondNode<'_>, app: &AppFacts, token: &str) -> Answer {
    let id = app.client_id.to_string();
    let form = [
        ("client_id", id.as_str()),
        ("client_secret", &app.client_secret),
        ("token", token),
    ];
    let asked = node.request("POST", "us2", "/oauth2/v0/introspect");
    let asked = asked.form(&form).timeout(CLIENT).send().await;
    Answer::read(asked.unwrap()).await
}

pub async fn called(node: &SecondNode<'_>, access_token: &str) -> Answer {
    let asked = node.request("GET", "us2", "/profile/v1/me");
    let asked = asked.bearer_auth(access_token).timeout(CLIENT).send().await;
    Answer::read(asked.unwrap()).await
}

async fn keys(node: &SecondNode<'_>) -> Answer {
    let asked = node.request("GET", "us2", "/oauth2/v0/jwks").send().await;
    Answer::read(asked.unwrap()).await
}

/// Waits until it holds; fails when it does not in time. How long it took.
async fn within<F>(bound: Duration, what: &str, holds: impl Fn() -> F) -> Duration
where
    F: Future<Output = bool>,
{
    let begun = Instant::now();
    while !holds().await {
        assert!(begun.elapsed() < bound, "not within {bound:?}: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    begun.elapsed()
}

/// Asks again while the answer is 503, as partners' programs do: on a machine that stands still for a
/// few seconds a node may be as good as cut off.
pub async fn available<F>(asked: impl Fn() -> F) -> Answer
where
    F: Future<Output = Answer>,
{
    let begun = Instant::now();
    loop {
        let answer = asked().await;
        if answer.status != 503 || begun.elapsed() > CLIENT {
            return answer;
        }
    }
}

pub async fn connected(house: &House, app: &AppFacts, company: &CompanyFacts) -> (String, String) {
    let connect = house.request_token(company, app).await;
    let granted = available(|| house.exchange(app, &connect)).await;
    assert_eq!(granted.status, 200, "{}", granted.body);
    let access_token = granted.text("access_token");
    let receipt = available(|| house.get("us2", "/profile/v1/me", &access_token)).await;
    assert_eq!(receipt.status, 200, "{}", receipt.body);
    (granted.text("refresh_token"), access_token)
}

fn signing(house: &House) -> String {
    let keys = house.platform.keys().unwrap();
    keys.signing(SigningAlgorithm::Rs256).kid().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs PostgreSQL"]
async fn s25_a_key_that_leaked_is_refused_at_the_other_node_because_it_is_told() {
    let house = House::start().await;
    let node = house.second_node().await;
    let (company, app) = (house.company("Brackwater"), house.app("Meridian"));
    // Longer than the few seconds in which a node reads the keys without having been told would be
    // luck; three times in a row it would not.
    for _ in 0..3 {
        let (refresh_token, leaked) = connected(&house, app, company).await;
        assert_eq!(called(&node, &leaked).await.status, 200);
        let kid = signing(&house);
        let retired = key_rotation::retire(&house.platform, &kid, true, house.now()).await;
        assert!(!retired.unwrap().is_empty());
        let refused = || async { called(&node, &leaked).await.status == 401 };
        within(Duration::from_secs(3), "the key is refused", refused).await;
        assert!(!keys(&node).await.body.contains(&kid), "nor shown");
        let refreshed = refreshed(&node, app, &refresh_token).await;
        let told = called(&node, &refreshed.text("access_token")).await;
        assert_eq!(told.status, 200, "{}", told.body);
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs PostgreSQL"]
async fn s25_a_key_whose_notice_was_lost_is_refused_a_few_seconds_later() {
    let house = House::start().await;
    let node = house.second_node().await;
    let app = house.app("Meridian");
    let (_, leaked) = connected(&house, app, house.company("Brackwater")).await;
    assert_eq!(called(&node, &leaked).await.status, 200);
    let kid = signing(&house);
    let retired = key_rotation::retire(&house.platform, &kid, false, house.now()).await;
    assert!(!retired.unwrap().is_empty());
    assert_eq!(called(&node, &leaked).await.status, 200, "it still counts");
    // As `retire` does it next, but nobody is told, and nothing becomes due by it.
    let mut tx = house.write().await;
    let sql = "UPDATE signing_keys SET state = 'removed' WHERE kid = $1 AND state = 'retired'";
    assert_eq!(tx.execute(sql, &db::values![kid]).await.unwrap(), 1);
    tx.commit().await.unwrap();
    let refused = || async { called(&node, &leaked).await.status == 401 };
    within(store::MAX_STALENESS, "the key is refused", refused).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs PostgreSQL"]
async fn s20_s39_a_node_that_is_cut_off_opens_nothing_and_is_not_ready() {
    let house = House::start().await;
    let proxy = house.proxy().await;
    let node = house.node_behind(&proxy).await;
    let app = house.app("Meridian");
    let (refresh_token, access_token) = connected(&house, app, house.company("Brackwater")).await;
    assert_eq!(called(&node, &access_token).await.status, 200);
    assert!(
        store::standing::troubles(&node.platform, None)
            .await
            .is_empty()
    );

    proxy.turn(Network::Silent);
    let cut_off = Instant::now();
    let answers = tokio::join!(
        refreshed(&node, app, &refresh_token),
        introspected(&node, app, &access_token),
        called(&node, &access_token),
        store::standing::troubles(&node.platform, None),
    );
    assert!(cut_off.elapsed() < SILENCE, "{:?}", cut_off.elapsed());
    for answer in [&answers.0, &answers.1, &answers.2] {
        assert_eq!(answer.status, 503, "{}", answer.body);
    }
    assert!(!answers.3.is_empty());
    // What needs no database is shown for as long as it may be old, and no longer.
    let stale = || async { keys(&node).await.status == 503 };
    within(2 * store::MAX_STALENESS, "the keys are not shown", stale).await;
    assert!(cut_off.elapsed() < store::MAX_STALENESS + Duration::from_secs(5));
    let troubles = store::standing::troubles(&node.platform, None).await;
    let told = troubles.iter().any(|why| why.contains("signing keys"));
    assert!(told, "{troubles:?}");
    // The other nodes do not notice.
    assert_eq!(house.refresh("us2", app, &refresh_token).await.status, 200);

    // The house's clock stood still meanwhile, the database's did not.
    house.advance(cut_off.elapsed());
    proxy.turn(Network::Well);
    let again = || async {
        store::standing::troubles(&node.platform, None)
            .await
            .is_empty()
    };
    within(2 * SILENCE, "the node is ready again", again).await;
    assert_eq!(keys(&node).await.status, 200);
    let again = refreshed(&node, app, &refresh_token).await;
    assert_eq!(again.status, 200, "nothing was consumed: {}", again.body);
}
