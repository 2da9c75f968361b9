//! What a partner's broker takes to hand out access tokens that it holds in memory, when they are
//! asked for at a constant rate whatever the answers take.

mod http;
mod offered;
mod partner;

use std::time::{Duration, Instant};

use crate::report::quantile;
use crate::{Arguments, Failure};
use offered::{Offered, Taken};
use partner::Partner;

/// Sent before anything counts, to each rate.
const WARM_UP: Duration = Duration::from_secs(2);

pub async fn run(arguments: &Arguments, rates: &[u32]) -> Result<(), Failure> {
    if rates.contains(&0) || arguments.clients == 0 {
        return Err("a rate and a number of clients are at least 1".into());
    }
    let partner = Partner::prepare().await?;
    let begun = Instant::now();
    eprintln!("filling the vault: {} connections", arguments.connections);
    let asked = partner.fill(arguments.connections).await?;
    eprintln!("that took {} s", begun.elapsed().as_secs());
    let server = partner.serve(&arguments.program).await?;
    let empty = server.memory();
    let broker = partner.broker_port();
    let held = offered::ask_each(broker, &asked, arguments.clients)?;
    let full = server.memory();
    let mut rows: Vec<(u32, Taken)> = Vec::new();
    for round in 0..arguments.rounds {
        for rate in rates {
            let offer = |lasts| Offered {
                broker,
                rate: *rate,
                clients: arguments.clients,
                lasts,
            };
            offer(WARM_UP).run(&asked, &server)?;
            let lasts = Duration::from_secs_f64(arguments.seconds);
            rows.push((*rate, offer(lasts).run(&asked, &server)?));
        }
        eprintln!("round {} of {} done", round + 1, arguments.rounds);
    }
    println!(
        "{}, a broker that holds the access tokens of {} connections, asked for each in turn in a \
         drawn order; {} clients, each line {} s; latencies from when a request was to be sent\n",
        partner.engine(),
        arguments.connections,
        arguments.clients,
        arguments.seconds
    );
    print(&rows);
    println!(
        "\nThe first answers, from the vault: p50 {:.2} ms, p99 {:.2} ms, {} clients.",
        quantile(&held, 0.5),
        quantile(&held, 0.99),
        arguments.clients
    );
    let megabytes = |bytes: u64| bytes / 1_000_000;
    println!(
        "Memory of the process: {} MB when it began to serve, {} MB when it held all tokens, {} MB \
         at the end, {} MB at most.",
        megabytes(empty),
        megabytes(full),
        megabytes(server.memory()),
        megabytes(server.peak_memory())
    );
    Ok(())
}

fn print(rows: &[(u32, Taken)]) {
    println!(
        "| offered/s | answered/s | p50 ms | p90 ms | p99 ms | p99.9 ms | max ms | server CPU µs | \
         sent late, p99 ms | others' cores |"
    );
    println!("|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|");
    for (rate, taken) in rows {
        let of = |share| quantile(&taken.latencies, share);
        println!(
            "| {rate} | {:.0} | {:.2} | {:.2} | {:.2} | {:.2} | {:.1} | {:.0} | {:.2} | {:.2} |",
            taken.latencies.len() as f64 / taken.wall.as_secs_f64(),
            of(0.5),
            of(0.9),
            of(0.99),
            of(0.999),
            of(1.0),
            taken.server_cpu as f64 / taken.latencies.len().max(1) as f64,
            quantile(&taken.woken_late, 0.99),
            taken.other_cores,
        );
        if let Some(first) = &taken.first_refusal {
            println!("{} refused, the first: {first}", taken.refused);
        }
    }
}
