//! S16: a crash at any instruction between reading a request and answering it strands nobody.
//!
//! A run is a connection's life up to a crash at one failpoint, and what its partner does then. It
//! is determined by its seed.

mod partner;

use std::collections::BTreeSet;

use ambient::Failpoint;
use partner::Partner;
use protocol::CompanyId;
use protocol::jose::SigningAlgorithm;

use crate::books::{self, Client};
use crate::node::Node;
use crate::seeds::{Random, only_seed};

const RUNS: u64 = 1_000;
/// So many nodes at a time, each on files of its own.
const NODES: u64 = 2;

/// What a partner does, or what befalls it.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Act {
    Connect,
    ExchangeAgain,
    Use,
    Introspect,
    Keep,
    KeepAfterDays,
    Rotate,
    RotateAskedAgain,
    Replay,
    Revoke,
}

const ACTS: [Act; 10] = [
    Act::Connect,
    Act::ExchangeAgain,
    Act::Use,
    Act::Introspect,
    Act::Keep,
    Act::KeepAfterDays,
    Act::Rotate,
    Act::RotateAskedAgain,
    Act::Replay,
    Act::Revoke,
];

/// The failpoints of the platform.
fn points() -> Vec<Failpoint> {
    let of_the_platform = |point: &&Failpoint| {
        let (area, _) = point.as_str().split_once('.').expect("area.place");
        [
            "commit", "token", "exchange", "refresh", "receipt", "revoke",
        ]
        .contains(&area)
    };
    Failpoint::ALL
        .iter()
        .filter(of_the_platform)
        .copied()
        .collect()
}

/// What gets a node to a failpoint, again and again.
fn way_to(point: Failpoint) -> &'static [Act] {
    let name = point.as_str();
    match name.split_once('.').expect("area.place") {
        ("exchange", _) => &[Act::Connect],
        ("receipt", _) => &[Act::RotateAskedAgain, Act::Use],
        ("revoke", _) => &[Act::Revoke],
        ("refresh", "proven") => &[Act::Connect, Act::Keep],
        ("refresh", "extended") => &[Act::KeepAfterDays],
        ("refresh", "retry_counted") => &[Act::RotateAskedAgain],
        ("refresh", "replay_revoked") => &[Act::Replay],
        _ => &[Act::Rotate],
    }
}

async fn act(partner: &mut Partner<'_>, act: Act) {
    if !partner.is_connected() {
        partner.connect().await;
    }
    match act {
        Act::Connect => partner.connect().await,
        Act::ExchangeAgain => partner.exchange_again().await,
        Act::Use => partner.use_it().await,
        Act::Introspect => partner.introspect().await,
        Act::Keep => partner.keep().await,
        Act::KeepAfterDays => partner.keep_after_days().await,
        Act::Rotate => partner.rotate(0).await,
        Act::RotateAskedAgain => partner.rotate(2).await,
        Act::Replay => partner.replay().await,
        Act::Revoke => partner.revoke().await,
    }
}

/// Where a run crashes: every place in turn, at its first, second and third hit.
fn place(seed: u64) -> (Failpoint, u64) {
    let points = points();
    let count = points.len() as u64;
    let point = points[usize::try_from(seed % count).unwrap()];
    (point, 1 + seed / count % 3)
}

/// One run. Whether the node crashed where it should.
async fn run(seed: u64, node: &mut Node, client: &Client, company: CompanyId) -> Option<Failpoint> {
    let (point, hit) = place(seed);
    let random = Random::seeded(seed);
    let restarts = node.restarts;
    node.arm(point, hit, seed);
    let mut partner = Partner::new(node, client, company);
    let begins_elsewhere = random.below(2) == 0;
    if begins_elsewhere {
        let first = ACTS[random.below(ACTS.len())];
        act(&mut partner, first).await;
    }
    for step in way_to(point).iter().cycle().take(8) {
        if partner.node.restarts > restarts {
            break;
        }
        act(&mut partner, *step).await;
    }
    // What a partner does next, after the crash: anything.
    let next = ACTS[random.below(ACTS.len())];
    act(&mut partner, next).await;
    partner.node.disarm();
    partner.is_not_stranded().await;
    (node.restarts > restarts).then_some(point)
}

/// The seeds that one node goes through.
async fn campaign(seeds: Vec<u64>) -> Vec<(u64, Option<Failpoint>)> {
    let mut node = Node::with_failpoints();
    let (client, companies) =
        books::prepare(&node.deployment, SigningAlgorithm::Es256, seeds.len()).await;
    let mut outcome = Vec::new();
    for (seed, company) in seeds.into_iter().zip(&companies) {
        let (point, hit) = place(seed);
        println!("seed {seed}: {} hit {hit}", point.as_str());
        outcome.push((seed, run(seed, &mut node, &client, *company).await));
    }
    outcome
}

#[tokio::test(flavor = "multi_thread")]
async fn s16_a_crash_at_any_place_strands_nobody() {
    let seeds: Vec<u64> = only_seed().map_or((0..RUNS).collect(), |seed| vec![seed]);
    let share = |node: u64| {
        seeds
            .iter()
            .copied()
            .filter(move |seed| seed % NODES == node)
    };
    let campaigns = (0..NODES).map(|node| campaign(share(node).collect()));
    let all = tokio::task::JoinSet::from_iter(campaigns).join_all().await;
    let all: Vec<_> = all.into_iter().flatten().collect();
    let missed: Vec<u64> = all
        .iter()
        .filter_map(|(seed, crashed)| crashed.is_none().then_some(*seed))
        .collect();
    assert!(missed.is_empty(), "no crash in these runs: {missed:?}");
    if only_seed().is_none() {
        let name = |point: &Failpoint| point.as_str();
        let crashed: BTreeSet<_> = all
            .iter()
            .filter_map(|(_, at)| at.as_ref())
            .map(name)
            .collect();
        let expected: BTreeSet<_> = points().iter().map(name).collect();
        assert_eq!(crashed, expected, "every place has crashed");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn s15_refreshes_at_once_at_two_nodes_yield_one_successor() {
    let mut first = Node::with_failpoints();
    let second = first.beside();
    let (client, companies) = books::prepare(&first.deployment, SigningAlgorithm::Es256, 1).await;
    let mut partner = Partner::new(&mut first, &client, companies[0]);
    for callers in [2, 16, 64] {
        partner.refresh_at_once(&second, callers).await;
    }
    partner.is_not_stranded().await;
}
