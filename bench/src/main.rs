//! `cargo xtask bench`: what the endpoints of a served platform cost, all in one run.
//!
//! The program fills a database, starts `quickconnect serve` on it, and sends one kind of request
//! after the other over connections that stay open, each answered before the next is sent. All
//! kinds take turns, round after round, so that whatever else the machine does falls on all of them;
//! what is printed are medians of the rounds, and ratios within the run. Loopback addresses only.
//! Other modes measure other things: see [`Arguments`].

mod alike;
mod broker;
mod copies;
mod kolmogorov;
mod load;
mod procstat;
mod report;
mod scale;
mod scenario;
mod seeds;
mod server;
mod signatures;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use protocol::jose::SigningAlgorithm;

use report::Measured;
use scenario::Scenario;
use seeds::Seeds;
use server::{Platform, Server};

/// Measure the endpoints of a served platform on this machine
#[derive(Parser)]
#[command(name = "cargo xtask bench")]
struct Arguments {
    /// The program that is measured, from a release build
    #[arg(long, value_name = "FILE")]
    program: PathBuf,
    /// Connections between apps and companies in the database
    #[arg(long, default_value_t = 10_000)]
    connections: usize,
    /// Requests under way at a time
    #[arg(long, default_value_t = 8)]
    clients: usize,
    /// How long each kind of request is sent, in each round
    #[arg(long, default_value_t = 3.0)]
    seconds: f64,
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// Only kinds of request whose name contains this; several times for more
    #[arg(long)]
    only: Vec<String>,
    /// Processes that serve one PostgreSQL database; clients are spread over them. With --scale
    /// several numbers, as 1,2,3
    #[arg(long, default_value = "1", value_delimiter = ',')]
    nodes: Vec<usize>,
    /// Instead: how a refresh changes with the number of connections, as 1000,10000,100000
    #[arg(long, value_name = "CONNECTIONS", value_delimiter = ',')]
    scale: Vec<usize>,
    /// Instead: ask a partner's broker for tokens that it holds in memory, so many a second, as
    /// 1000,5000. The connections are those of one app
    #[arg(long, value_name = "RATES", value_delimiter = ',')]
    broker: Vec<u32>,
    /// Instead: ask for tokens so many times with each kind of request token that cannot be
    /// exchanged, and compare how long the answers take
    #[arg(long, value_name = "REQUESTS")]
    alike: Option<usize>,
}

type Failure = Box<dyn std::error::Error + Send + Sync>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run(Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("bench: {failure}");
            ExitCode::FAILURE
        }
    }
}

const ALGORITHMS: [SigningAlgorithm; 2] = [SigningAlgorithm::Rs256, SigningAlgorithm::Es256];

async fn run(arguments: Arguments) -> Result<(), Failure> {
    if let Some(requests) = arguments.alike {
        return alike::run(&arguments, requests).await;
    }
    if !arguments.broker.is_empty() {
        return broker::run(&arguments, &arguments.broker).await;
    }
    if !arguments.scale.is_empty() {
        return scale::run(&arguments, &arguments.scale).await;
    }
    let [nodes] = arguments.nodes[..] else {
        return Err("several numbers of nodes are compared by --scale alone".into());
    };
    let platform = Platform::prepare().await?;
    let mut scenarios = vec![Scenario::hello(), Scenario::jwks()];
    for algorithm in ALGORITHMS {
        let sizes = seeds::Sizes::of(&arguments);
        eprintln!(
            "filling the database: {} connections, {algorithm}",
            sizes.connections
        );
        let seeds = Seeds::fill(&platform, algorithm, sizes).await?;
        scenarios.extend(Scenario::of(algorithm, seeds));
    }
    scenarios.retain(|scenario| {
        let name = scenario.name.as_str();
        scenario.is_reference()
            || arguments.only.is_empty()
            || arguments.only.iter().any(|part| name.contains(part))
    });

    let servers = platform.serve(&arguments.program, nodes).await?;
    let signatures = ALGORITHMS.map(|algorithm| (algorithm, signatures::micros_each(algorithm)));
    let mut measured: Vec<Measured> = Vec::new();
    for round in 0..=arguments.rounds {
        for (number, scenario) in scenarios.iter_mut().enumerate() {
            let warm_up = round == 0;
            let seconds = if warm_up { 0.5 } else { arguments.seconds };
            let load = load::Load {
                clients: arguments.clients,
                lasts: Duration::from_secs_f64(seconds),
                servers: &servers,
            };
            let sample = load.run(scenario).await?;
            if warm_up {
                measured.push(Measured::new(scenario));
            } else {
                measured[number].add(sample);
            }
        }
        eprintln!("round {round} of {} done", arguments.rounds);
    }
    println!("{}, {} node(s)", platform.engine(), servers.len());
    let peak = servers.iter().map(Server::peak_memory).max();
    report::print(&arguments, &measured, &signatures, peak.unwrap_or_default());
    Ok(())
}
