//! What befalls a deployment while it works.

use std::time::Duration;

use protocol::DAY;
use test_cluster::{Cluster, End};

use crate::balancer::Balancer;
use crate::books;
use crate::node::Node;
use crate::seeds::Random;

#[derive(Clone, Copy, Debug)]
pub enum Blow {
    /// One of the nodes is killed, wherever it is.
    KillNode,
    RestartDatabase,
    KillDatabase,
    /// So long goes by that every refresh token that arrived is due.
    DaysPass,
}

/// A deployment, and whoever looks after its processes.
pub struct House {
    pub nodes: Vec<Node>,
    pub cluster: Option<Cluster>,
    pub random: Random,
}

impl House {
    /// Deals each blow so many times, in random order and after random numbers of calls.
    /// `progress` says whether the work has ended, and how many calls were answered.
    pub async fn suffer(
        &mut self,
        blows: &[(Blow, usize)],
        calls: u64,
        progress: impl Fn() -> (bool, u64),
    ) {
        let calls = usize::try_from(calls).expect("a count");
        let all = blows.iter().flat_map(|(blow, times)| vec![*blow; *times]);
        let mut schedule: Vec<_> = all.map(|blow| (self.random.below(calls), blow)).collect();
        schedule.sort_by_key(|(at, _)| *at);
        for (at, blow) in schedule {
            loop {
                self.look_after();
                let (ended, answered) = progress();
                if ended {
                    return;
                }
                if usize::try_from(answered).expect("a count") >= at {
                    break;
                }
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
            self.deal(blow).await;
        }
        while !progress().0 {
            self.look_after();
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    async fn deal(&mut self, blow: Blow) {
        match (blow, &mut self.cluster) {
            (Blow::KillNode, _) => {
                let number = self.random.below(self.nodes.len());
                self.nodes[number].kill();
            }
            (Blow::DaysPass, _) => books::age_all(&self.nodes[0].deployment, 8 * DAY).await,
            (Blow::RestartDatabase, Some(cluster)) => cluster.restart(End::Fast).unwrap(),
            (Blow::KillDatabase, Some(cluster)) => cluster.restart(End::Kill).unwrap(),
            (_, None) => panic!("{blow:?} needs a cluster"),
        }
    }

    /// A node that does not find its database when it starts ends, and is started again. Nothing else
    /// ends a node.
    fn look_after(&mut self) {
        for node in &mut self.nodes {
            if let Some(log) = node.look_after() {
                let may = self.cluster.is_some() && log.contains("the database is not available");
                assert!(may, "a node ended: {log}");
            }
        }
    }

    /// Waits until all nodes are ready.
    pub async fn is_well(&mut self, balancer: &Balancer) {
        tokio::select! {
            () = balancer.sees_ready(self.nodes.len()) => {}
            () = async {
                loop {
                    self.look_after();
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
            } => {}
        }
    }
}
