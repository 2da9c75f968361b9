//! How a refresh changes with the number of connections and of nodes: a platform of each size, all of
//! them served at once and asked in turn, so that whatever else the machine does falls on all sizes
//! alike.

use std::time::{Duration, Instant};

use protocol::jose::SigningAlgorithm;

use crate::load::Load;
use crate::report::{self, Measured};
use crate::scenario::Scenario;
use crate::seeds::{Seeds, Sizes};
use crate::server::{Platform, Server};
use crate::{Arguments, Failure};

/// The cheapest signature but one: what the database takes shows.
const ALGORITHM: SigningAlgorithm = SigningAlgorithm::Es256;

struct Size {
    connections: usize,
    /// Of the database, when it was filled.
    bytes: u64,
    scenario: Scenario,
    /// For each number of nodes.
    measured: Vec<(usize, Measured)>,
    servers: Vec<Server>,
    // Keeps the files until everything is done.
    platform: Platform,
}

pub async fn run(arguments: &Arguments, sizes: &[usize]) -> Result<(), Failure> {
    let mut all = Vec::new();
    for connections in sizes {
        all.push(Size::filled(arguments, *connections).await?);
    }
    for round in 0..=arguments.rounds {
        for size in &mut all {
            size.ask(arguments, round == 0).await?;
        }
        eprintln!("round {round} of {} done", arguments.rounds);
    }
    println!(
        "{}, {} clients, refresh with {ALGORITHM}, {} rounds of {} s; medians\n",
        all[0].platform.engine(),
        arguments.clients,
        arguments.rounds,
        arguments.seconds
    );
    let mut rows = Vec::new();
    for (at, nodes) in arguments.nodes.iter().enumerate() {
        rows.extend(all.iter().map(|size| report::OfSize {
            nodes: *nodes,
            connections: size.connections,
            bytes: size.bytes,
            memory: size.servers.iter().map(Server::peak_memory).max(),
            measured: &size.measured[at].1,
        }));
    }
    report::print_sizes(&rows);
    Ok(())
}

impl Size {
    async fn filled(arguments: &Arguments, connections: usize) -> Result<Size, Failure> {
        eprintln!("filling a database: {connections} connections");
        let begun = Instant::now();
        let platform = Platform::prepare().await?;
        let sizes = Sizes {
            connections,
            aged: 0,
            clicked: 0,
        };
        let seeds = Seeds::fill(&platform, ALGORITHM, sizes).await?;
        platform.settle().await;
        eprintln!("that took {} s", begun.elapsed().as_secs());
        let [scenario, ..] = Scenario::of(ALGORITHM, seeds);
        let most = arguments.nodes.iter().copied().max().unwrap_or(1);
        let measured = arguments.nodes.iter();
        let measured = measured.map(|nodes| (*nodes, Measured::new(&scenario)));
        Ok(Size {
            connections,
            bytes: platform.bytes().await?,
            measured: measured.collect(),
            scenario,
            servers: platform.serve(&arguments.program, most).await?,
            platform,
        })
    }

    async fn ask(&mut self, arguments: &Arguments, warm_up: bool) -> Result<(), Failure> {
        // Long enough to have seen most of what is asked for.
        let seconds = if warm_up { 3.0 } else { arguments.seconds };
        for (nodes, measured) in &mut self.measured {
            let load = Load {
                clients: arguments.clients,
                lasts: Duration::from_secs_f64(seconds),
                servers: &self.servers[..*nodes],
            };
            let sample = load.run(&mut self.scenario).await?;
            if !warm_up {
                measured.add(sample);
            }
        }
        Ok(())
    }
}
