//! Limits that nodes count together (S29): whoever spreads calls over them gains little.

use std::num::NonZeroU32;
use std::time::Duration;

use protocol::MINUTE;
use store::rate_limits;
use testkit::{Answer, House, Network, SecondNode};

/// What somebody asks a node again and again.
type Call<'a> = &'a dyn Fn(&SecondNode<'_>) -> reqwest::RequestBuilder;

/// So often nobody asks a node: in the time between two rounds of counting together a few calls fit.
const PACE: Duration = Duration::from_millis(40);
/// A node that has refused so often in a row has been told by the others.
const REFUSALS: usize = 25;

/// Asks a node until it refuses for good; how often it did not.
async fn allowed(node: &SecondNode<'_>, call: Call<'_>) -> usize {
    let (mut allowed, mut refused) = (0, 0);
    while refused < REFUSALS {
        let answer = Answer::read(call(node).send().await.unwrap()).await;
        match answer.status {
            429 => refused += 1,
            status => {
                assert!(status < 500, "{}", answer.body);
                (allowed, refused) = (allowed + 1, 0);
            }
        }
        tokio::time::sleep(PACE).await;
    }
    allowed
}

/// Asks three nodes at once, of which each alone would allow `attempts`.
#[track_caller]
fn about_as_many_as_at_one(at: (usize, usize, usize), attempts: usize) {
    let all = at.0 + at.1 + at.2;
    println!("{attempts} at one node, {all} at three");
    assert!(all >= attempts, "{at:?}");
    // An eighth of it at each node before it tells the others, and what fits between two rounds; on
    // a machine that is busy these take longer. Without counting together it would be three times as
    // many.
    assert!(all <= 2 * attempts, "{at:?}");
}

async fn at_three_nodes(house: &House, call: Call<'_>) -> (usize, usize, usize) {
    let (first, second) = (house.second_node().await, house.second_node().await);
    let third = house.second_node().await;
    tokio::join!(
        allowed(&first, call),
        allowed(&second, call),
        allowed(&third, call)
    )
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs PostgreSQL"]
async fn s29_three_nodes_allow_an_app_about_as_many_calls_as_one() {
    let house = House::start_with(|settings| {
        settings.call_limits.per_client = NonZeroU32::new(120);
    })
    .await;
    let app = house.app("Meridian");
    let id = app.client_id.to_string();
    let form = [
        ("client_id", id.as_str()),
        ("client_secret", &app.client_secret),
        ("grant_type", "client_credentials"),
    ];
    let call = |node: &SecondNode<'_>| node.token("us2", &form);
    about_as_many_as_at_one(at_three_nodes(&house, &call).await, 120);
    // What was too much is waited for: no node gives more in the long run.
    house.advance(3 * MINUTE);
    assert_eq!(house.app_token("us2", app).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs PostgreSQL"]
async fn s29_guessing_a_secret_at_three_nodes_is_limited_as_at_one() {
    let house = House::start_with(|settings| {
        settings.call_limits.failures_per_address = NonZeroU32::new(60);
    })
    .await;
    let id = house.app("Meridian").client_id.to_string();
    let form = [
        ("client_id", id.as_str()),
        ("client_secret", "a guess"),
        ("grant_type", "client_credentials"),
    ];
    let call = |node: &SecondNode<'_>| node.token("us2", &form);
    about_as_many_as_at_one(at_three_nodes(&house, &call).await, 60);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs PostgreSQL"]
async fn s29_a_limiter_whose_database_is_away_limits_by_itself() {
    let house = House::start_with(|settings| {
        settings.call_limits.per_address = NonZeroU32::new(6);
    })
    .await;
    let proxy = house.proxy().await;
    let node = house.node_behind(&proxy).await;
    let app = house.app("Meridian");
    let id = app.client_id.to_string();
    let form = [
        ("client_id", id.as_str()),
        ("client_secret", &app.client_secret),
        ("grant_type", "client_credentials"),
    ];
    proxy.turn(Network::Down);
    let mut statuses = Vec::new();
    for _ in 0..9 {
        let answer = node.token("us2", &form).send().await.unwrap();
        statuses.push(answer.status().as_u16());
    }
    assert_eq!(statuses, [503, 503, 503, 503, 503, 503, 429, 429, 429]);
}

async fn rows(house: &House) -> i64 {
    let mut tx = house.platform.db.read().await.unwrap();
    let sql = "SELECT COUNT(*) AS number FROM rate_limits";
    let row = tx.query_opt(sql, &[]).await.unwrap().unwrap();
    row.get("number").unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn s29_only_what_comes_near_a_limit_is_written_and_leaves_when_it_is_refilled() {
    let house = House::start_with(|settings| {
        settings.call_limits = store::CallLimits::default();
    })
    .await;
    let app = house.app("Meridian");
    let connect = house.request_token(house.company("Brackwater"), app).await;
    let refresh_token = house.exchange(app, &connect).await.text("refresh_token");
    for _ in 0..40 {
        let refreshed = house.refresh("us2", app, &refresh_token).await;
        assert_eq!(refreshed.status, 200, "{}", refreshed.body);
    }
    rate_limits::share(&house.platform, house.now())
        .await
        .unwrap();
    assert_eq!(
        rows(&house).await,
        0,
        "who refreshes as usual writes nothing"
    );

    let guess = sandbox::AppFacts {
        client_secret: "a guess".to_owned(),
        ..app.clone()
    };
    for _ in 0..20 {
        assert_eq!(house.app_token("us2", &guess).await.code(), 64);
    }
    // Where there is a job that does this, it may have been quicker.
    rate_limits::share(&house.platform, house.now())
        .await
        .unwrap();
    let written = async {
        while rows(&house).await != 1 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let written = tokio::time::timeout(Duration::from_secs(10), written).await;
    written.expect("twenty of sixty guesses are told");

    house.advance(MINUTE);
    let mut tx = house.write().await;
    let gone = rate_limits::delete_refilled(&mut tx, house.now(), 500).await;
    assert_eq!(gone.unwrap(), 1);
}
