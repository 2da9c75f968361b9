//! How soon what ended at one node has ended at the others, measured under load (S20).

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use protocol::Principal;
use sandbox::{AppFacts, CompanyFacts};
use testkit::{Answer, House, Network, SecondNode};

use crate::several_nodes::{CLIENT, available, called, connected, introspected, refreshed};

/// Within this a revocation counts on every node.
const LAG: Duration = Duration::from_secs(1);
/// Connections that are made and ended in one measurement.
const ROUNDS: usize = 30;

/// How long after the commit each node's refusal was received, by who asked.
#[derive(Default)]
struct Lags {
    introspection: Vec<Duration>,
    api: Vec<Duration>,
}

fn p99(lags: &mut [Duration]) -> Duration {
    lags.sort();
    lags[(lags.len() * 99).div_ceil(100) - 1]
}

/// Ends a connection and asks at all of `nodes` until each has refused.
async fn lag(
    house: &House,
    nodes: &[&SecondNode<'_>],
    (app, company): (&AppFacts, &CompanyFacts),
    lags: &mut Lags,
) -> (String, String) {
    let (refresh_token, access_token) = connected(house, app, company).await;
    for node in nodes {
        let called = available(|| called(node, &access_token)).await;
        assert_eq!(called.status, 200, "{}", called.body);
    }
    assert!(house.disconnect(Principal::Company(company.id), app).await);
    let ended = Instant::now();
    let refused = |node| refused(node, app, (&refresh_token, &access_token), ended);
    let found = match *nodes {
        [second, third, fourth] => {
            let found = tokio::join!(refused(second), refused(third), refused(fourth));
            vec![found.0, found.1, found.2]
        }
        [second, third] => {
            let found = tokio::join!(refused(second), refused(third));
            vec![found.0, found.1]
        }
        _ => unreachable!("two or three are measured"),
    };
    for (introspection, api) in found {
        lags.introspection.push(introspection);
        lags.api.push(api);
    }
    (refresh_token, access_token)
}

/// When introspection and an API of a node refused what has ended.
async fn refused(
    node: &SecondNode<'_>,
    app: &AppFacts,
    (refresh_token, access_token): (&str, &str),
    ended: Instant,
) -> (Duration, Duration) {
    // The token endpoint refuses at once: no request that begins now is too early.
    let tokens = async {
        let refused = available(|| refreshed(node, app, refresh_token)).await;
        assert_eq!(refused.code(), 108, "{}", refused.body);
    };
    let introspection = async {
        let asked = || introspected(node, app, access_token);
        refused_in_time(asked, |told| told.body == r#"{"active":false}"#, ended).await
    };
    let api = async {
        let asked = || called(node, access_token);
        refused_in_time(asked, |told| told.status == 401, ended).await
    };
    let ((), introspection, api) = tokio::join!(tokens, introspection, api);
    (introspection, api)
}

/// Asks until it is refused. Nothing that begins later than [`LAG`] after the end may be accepted;
/// what the answers take, which on a busy machine may be long, is measured and not judged.
async fn refused_in_time<F>(
    asked: impl Fn() -> F,
    refused: impl Fn(&Answer) -> bool,
    ended: Instant,
) -> Duration
where
    F: Future<Output = Answer>,
{
    loop {
        let began = ended.elapsed();
        let told = asked().await;
        if refused(&told) {
            return ended.elapsed();
        }
        if told.status == 503 && began < CLIENT {
            continue;
        }
        assert_eq!(told.status, 200, "{}", told.body);
        assert!(began <= LAG, "accepted {began:?} after the end");
    }
}

/// Makes and ends connections, and prints how long the refusals took; gives the tokens.
async fn measured(house: &House, nodes: &[&SecondNode<'_>], what: &str) -> Vec<(String, String)> {
    let app = house.app("Meridian");
    let (mut lags, mut ended) = (Lags::default(), Vec::new());
    for round in 0..ROUNDS {
        let companies = [house.company("Brackwater"), house.company("Amalgamated")];
        let whose = (app, companies[round % 2]);
        ended.push(lag(house, nodes, whose, &mut lags).await);
    }
    let (introspection, api) = (p99(&mut lags.introspection), p99(&mut lags.api));
    println!("revocation lag, {what}: p99 introspection {introspection:?}, API {api:?}");
    ended
}

/// Refreshes and calls at a node without a pause; how often both went well.
async fn load(
    node: &SecondNode<'_>,
    app: &AppFacts,
    refresh_token: &str,
    stop: &AtomicBool,
) -> usize {
    let mut laps = 0;
    while !stop.load(Ordering::SeqCst) {
        let answer = refreshed(node, app, refresh_token).await;
        if answer.status != 200 {
            assert_eq!(answer.status, 503, "{}", answer.body);
            continue;
        }
        let called = called(node, &answer.text("access_token")).await;
        laps += usize::from(called.status == 200);
    }
    laps
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs PostgreSQL"]
async fn s20_what_is_disconnected_is_refused_by_three_nodes_within_a_second_under_load() {
    let house = House::start().await;
    let proxy = house.proxy().await;
    let (second, third) = (house.second_node().await, house.second_node().await);
    let cut_off = house.node_behind(&proxy).await;
    let busy = house.app("Harbor");
    let (refresh_token, _) = connected(&house, busy, house.company("Amalgamated")).await;
    let stop = AtomicBool::new(false);

    let story = async {
        let all = [&second, &third, &cut_off];
        measured(&house, &all, "three nodes").await;
        proxy.turn(Network::Silent);
        let ended = measured(&house, &[&second, &third], "one of three cut off").await;
        // What ended while it was cut off, it does not open either.
        let (refresh_token, access_token) = ended.last().unwrap();
        let app = house.app("Meridian");
        let answers = tokio::join!(
            refreshed(&cut_off, app, refresh_token),
            introspected(&cut_off, app, access_token),
            called(&cut_off, access_token)
        );
        for answer in [answers.0, answers.1, answers.2] {
            assert_eq!(answer.status, 503, "{}", answer.body);
        }
        stop.store(true, Ordering::SeqCst);
    };
    let (laps, others, _, ()) = tokio::join!(
        load(&second, busy, &refresh_token, &stop),
        load(&third, busy, &refresh_token, &stop),
        load(&cut_off, busy, &refresh_token, &stop),
        story
    );
    println!("refreshes and calls that went on meanwhile: {laps} and {others}");
    assert!(laps > ROUNDS && others > ROUNDS);
}
