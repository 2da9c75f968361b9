//! What was measured, as a table.

use protocol::jose::SigningAlgorithm;

use crate::Arguments;
use crate::load::Sample;
use crate::scenario::Scenario;

/// One kind of request over all rounds.
pub struct Measured {
    name: String,
    algorithm: Option<SigningAlgorithm>,
    signatures: u32,
    is_reference: bool,
    samples: Vec<Sample>,
}

/// What a table's row says: medians of the rounds.
struct Row {
    per_second: f64,
    p50_ms: f64,
    p99_ms: f64,
    cpu_micros: f64,
    other_cores: f64,
    answered: u64,
}

impl Measured {
    pub fn new(scenario: &Scenario) -> Measured {
        Measured {
            name: scenario.name.clone(),
            algorithm: scenario.algorithm,
            signatures: scenario.signatures,
            is_reference: scenario.is_reference(),
            samples: Vec::new(),
        }
    }

    pub fn add(&mut self, sample: Sample) {
        self.samples.push(sample);
    }

    fn row(&self) -> Option<Row> {
        let used: Vec<&Sample> = self.samples.iter().filter(|one| one.answered > 0).collect();
        let of = |value: fn(&Sample) -> f64| median(used.iter().map(|one| value(one)).collect());
        Some(Row {
            per_second: of(|one| one.answered as f64 / one.wall.as_secs_f64())?,
            p50_ms: of(|one| quantile(&one.latencies, 0.5))?,
            p99_ms: of(|one| quantile(&one.latencies, 0.99))?,
            cpu_micros: of(|one| one.server_cpu as f64 / (one.answered + one.refused) as f64)?,
            other_cores: of(|one| one.other_cores)?,
            answered: used.iter().map(|one| one.answered).sum(),
        })
    }

    fn refusals(&self) -> Option<(u64, &str)> {
        let refused = self.samples.iter().map(|one| one.refused).sum();
        let first = self
            .samples
            .iter()
            .find_map(|one| one.first_refusal.as_deref());
        first.map(|first| (refused, first))
    }
}

pub fn print(
    arguments: &Arguments,
    measured: &[Measured],
    signatures: &[(SigningAlgorithm, f64)],
    peak_memory: u64,
) {
    println!(
        "{} connections an app, {} clients, {} rounds of {} s; medians of the rounds\n",
        arguments.connections, arguments.clients, arguments.rounds, arguments.seconds
    );
    println!("| Request | requests/s | p50 ms | p99 ms | server CPU µs | × its floor | answered |");
    println!("|---|---:|---:|---:|---:|---:|---:|");
    let hello = measured.iter().find(|one| one.is_reference);
    let hello = hello.and_then(Measured::row).map(|row| row.cpu_micros);
    let mut noise: f64 = 0.0;
    for one in measured {
        let Some(row) = one.row() else {
            println!("| {} | none was answered | | | | | 0 |", one.name);
            continue;
        };
        noise = noise.max(row.other_cores);
        let signature = signatures
            .iter()
            .find(|(algorithm, _)| Some(*algorithm) == one.algorithm)
            .map_or(0.0, |(_, micros)| *micros);
        let floor = hello.map(|hello| hello + f64::from(one.signatures) * signature);
        let times = floor.map_or_else(String::new, |floor| {
            format!("{:.2}", row.cpu_micros / floor)
        });
        println!(
            "| {} | {:.0} | {:.2} | {:.2} | {:.0} | {times} | {} |",
            one.name, row.per_second, row.p50_ms, row.p99_ms, row.cpu_micros, row.answered
        );
    }
    println!("\nThe floor of a request is a hello world of the same server and its signatures:");
    for (algorithm, micros) in signatures {
        println!("  a signature by {algorithm} takes {micros:.0} µs");
    }
    println!("Most memory of the server: {} MB.", peak_memory / 1_000_000);
    println!("Other programs kept at most {noise:.2} cores busy (median of a kind of request).");
    for one in measured {
        if let Some((refused, first)) = one.refusals() {
            println!("{refused} refused at {}, the first: {first}", one.name);
        }
    }
}

/// A platform of one size on some nodes, and what it took to ask it.
pub struct OfSize<'a> {
    pub nodes: usize,
    pub connections: usize,
    pub bytes: u64,
    /// The most that a node has held.
    pub memory: Option<u64>,
    pub measured: &'a Measured,
}

/// Each line is compared with the first one of the same number of nodes.
pub fn print_sizes(sizes: &[OfSize<'_>]) {
    println!(
        "| Nodes | Connections | requests/s | p50 ms | p99 ms | CPU µs of the nodes | p50 × the first | \
         database MB | a node's memory MB |"
    );
    println!("|---:|---:|---:|---:|---:|---:|---:|---:|---:|");
    let mut noise: f64 = 0.0;
    for size in sizes {
        let mut alike = sizes.iter().filter(|other| other.nodes == size.nodes);
        let first = alike.next().and_then(|first| first.measured.row());
        let begins = format!("| {} | {} |", size.nodes, size.connections);
        let (Some(row), Some(first)) = (size.measured.row(), first) else {
            println!("{begins} none was answered | | | | | | |");
            continue;
        };
        noise = noise.max(row.other_cores);
        println!(
            "{begins} {:.0} | {:.2} | {:.2} | {:.0} | {:.2} | {} | {} |",
            row.per_second,
            row.p50_ms,
            row.p99_ms,
            row.cpu_micros,
            row.p50_ms / first.p50_ms,
            size.bytes / 1_000_000,
            size.memory.unwrap_or_default() / 1_000_000
        );
        if let Some((refused, reason)) = size.measured.refusals() {
            println!("{refused} refused, the first: {reason}");
        }
    }
    if let (Some(small), Some(large)) = (sizes.first(), sizes.last())
        && large.connections > small.connections
    {
        let more = large.bytes.saturating_sub(small.bytes) as f64;
        let each = more / (large.connections - small.connections) as f64;
        println!("\nA connection, with its company and refresh token, takes {each:.0} bytes.");
    }
    println!(
        "Programs other than the nodes and the generator (on PostgreSQL its server is one) kept at \
         most {noise:.2} cores busy (median of a line)."
    );
}

pub fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let middle = values.len().checked_sub(1)? / 2;
    values.get(middle).copied()
}

/// Of sorted microseconds, in milliseconds.
pub fn quantile(sorted: &[u32], share: f64) -> f64 {
    let last = sorted.len().saturating_sub(1);
    let at = (last as f64 * share).round() as usize;
    sorted
        .get(at)
        .map_or(0.0, |micros| f64::from(*micros) / 1000.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medians_and_quantiles() {
        assert_eq!(median(vec![3.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(vec![]), None);
        let sorted: Vec<u32> = (1..=100).map(|n| n * 1000).collect();
        assert_eq!(quantile(&sorted, 0.5), 51.0);
        assert_eq!(quantile(&sorted, 0.99), 99.0);
        assert_eq!(quantile(&[], 0.5), 0.0);
    }
}
