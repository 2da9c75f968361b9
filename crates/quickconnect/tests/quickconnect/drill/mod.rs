//! The drill: fifty thousand exchanges and refreshes by clients that retry as documented, while
//! nodes and the database are killed and answers are lost.
//!
//! What is drawn at random is drawn from the seed that the output names. Which request meets which
//! blow is a matter of time as well: a seed repeats the kind of a run, not its every step.

mod blows;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use protocol::jose::SigningAlgorithm;
use test_cluster::Cluster;

use crate::balancer::{Balancer, Losses};
use crate::books;
use crate::customer::{Customer, Wire, work};
use crate::node::Node;
use crate::seeds::{Random, any_seed};
use blows::{Blow, House};

/// Exchanges and refreshes that were answered.
const CALLS: u64 = 50_000;
/// So many customers at a time do something.
const WORKERS: usize = 32;
/// Companies by how their app's tokens are signed.
const COMPANIES: [(SigningAlgorithm, usize); 2] = [
    (SigningAlgorithm::Es256, 288),
    (SigningAlgorithm::Rs256, 32),
];
/// So often each company is connected at most.
const CLICKS: usize = 8;
/// Of a thousand answers so many are lost after the commit.
const LOST_PER_MILLE: usize = 20;
const KILLS: usize = 60;
/// So often all refresh tokens come to be due.
const AGINGS: usize = 60;

/// Runs the drill on so many nodes over one database.
async fn drill(name: &str, nodes: usize, cluster: Option<Cluster>, blows: &[(Blow, usize)]) {
    let seed = any_seed();
    println!("{name}: QUICKCONNECT_SEED={seed}");
    let first = match &cluster {
        Some(cluster) => Node::start_on(cluster.address()),
        None => Node::start_on_a_file(),
    };
    let customers = Customer::prepare(&first.deployment, &COMPANIES, CLICKS, seed + 2).await;
    let mut all = vec![first];
    for _ in 1..nodes {
        all.push(all[0].beside());
    }
    let ports: Vec<u16> = all.iter().map(|node| node.deployment.port).collect();
    let losses = Losses {
        random: Random::seeded(seed),
        per_mille: LOST_PER_MILLE,
    };
    let balancer = Balancer::start(&ports, losses).await;
    balancer.sees_ready(nodes).await;
    let wire = Arc::new(Wire::to(balancer.address));
    let mut house = House {
        nodes: all,
        cluster,
        random: Random::seeded(seed + 1),
    };

    let begun = Instant::now();
    let enough = {
        let wire = wire.clone();
        move || wire.tally.answered.load(Ordering::Relaxed) >= CALLS
    };
    let work = tokio::spawn(work(customers, WORKERS, wire.clone(), enough));
    let progress = || {
        (
            work.is_finished(),
            wire.tally.answered.load(Ordering::Relaxed),
        )
    };
    house.suffer(blows, CALLS, progress).await;
    let mut customers = work.await.unwrap();
    let took = begun.elapsed();

    house.is_well(&balancer).await;
    let books = books::open(&house.nodes[0].deployment);
    for customer in &mut customers {
        customer.is_well(&wire).await;
        customer.agrees_with(&books).await;
    }
    let count = |of: &AtomicU64| of.load(Ordering::Relaxed);
    let tally = &wire.tally;
    println!(
        "{name}: {} calls in {:.1} s ({:.0} a second), {} rotations, {} reconnects; {} answers \
         lost, sent again {} times without an answer and {} times after 503; nodes started again \
         {} times; all in {:.1} s",
        count(&tally.answered),
        took.as_secs_f64(),
        CALLS as f64 / took.as_secs_f64(),
        count(&tally.rotations),
        count(&tally.reconnects),
        balancer.lost(),
        count(&tally.unanswered),
        count(&tally.unavailable),
        house.nodes.iter().map(|node| node.restarts).sum::<u64>(),
        begun.elapsed().as_secs_f64(),
    );
    assert!(count(&tally.rotations) > CALLS / 10, "tokens are replaced");
    assert!(count(&tally.reconnects) > CALLS / 100, "some connect again");
    assert!(balancer.lost() > CALLS / 100, "answers are lost");
}

mod on_sqlite {
    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn s16_fifty_thousand_calls_to_a_node_that_is_killed_strand_nobody() {
        let blows = [(Blow::KillNode, KILLS), (Blow::DaysPass, AGINGS)];
        drill("one node on SQLite", 1, None, &blows).await;
    }
}

mod on_postgres {
    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    #[ignore = "needs PostgreSQL's programs"]
    async fn s16_fifty_thousand_calls_to_three_nodes_that_are_killed_strand_nobody() {
        let cluster = Cluster::start(&[]).unwrap();
        let blows = [
            (Blow::KillNode, KILLS),
            (Blow::DaysPass, AGINGS),
            (Blow::RestartDatabase, 3),
            (Blow::KillDatabase, 2),
        ];
        drill("three nodes on PostgreSQL", 3, Some(cluster), &blows).await;
    }
}
