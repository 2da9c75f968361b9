//! The generator: requests at a constant rate, whatever the answers take.
//!
//! Each client has its place in the order and a connection of its own, and sends when the clock says
//! so. An answer that comes late holds up what this client was to send next, and that counts: a
//! latency runs from when a request was to be sent, not from when it was.

use std::num::NonZeroU64;
use std::thread;
use std::time::{Duration, Instant};

use super::http::Connection;
use crate::server::Server;
use crate::{Failure, procstat};

pub struct Offered {
    /// Where the broker listens.
    pub broker: u16,
    /// Requests a second, of all clients.
    pub rate: u32,
    pub clients: usize,
    pub lasts: Duration,
}

/// What the requests took.
#[derive(Default)]
pub struct Taken {
    /// From when each request was to be sent to when its answer was there, in microseconds, sorted.
    pub latencies: Vec<u32>,
    /// How late a client woke that had nothing to wait for but the clock, in microseconds, sorted:
    /// the generator's own part in the latencies.
    pub woken_late: Vec<u32>,
    /// Answers that were not 200, and the first of them.
    pub refused: u64,
    pub first_refusal: Option<String>,
    pub wall: Duration,
    /// In microseconds.
    pub server_cpu: u64,
    /// Cores that were busy with neither the server nor this program.
    pub other_cores: f64,
}

impl Offered {
    /// Sends `requests`, one after the other and again from the beginning, until the time is over.
    pub fn run(&self, requests: &[Vec<u8>], server: &Server) -> Result<Taken, Failure> {
        let mine = || procstat::cpu_micros(std::process::id());
        let before = (server.cpu_micros(), mine(), procstat::machine_busy_micros());
        let begins = Instant::now();
        let outcomes: Vec<Result<Taken, Failure>> = thread::scope(|scope| {
            let clients = (0..self.clients)
                .map(|client| scope.spawn(move || self.client(client, begins, requests)));
            let clients: Vec<_> = clients.collect();
            let joined = clients.into_iter().map(|client| client.join());
            joined
                .map(|outcome| outcome.unwrap_or_else(|_| Err("a client panicked".into())))
                .collect()
        });
        let mut all = Taken::default();
        for outcome in outcomes {
            all.add(outcome?);
        }
        all.wall = begins.elapsed();
        all.server_cpu = server.cpu_micros() - before.0;
        let ours = all.server_cpu + mine() - before.1;
        let others = (procstat::machine_busy_micros() - before.2).saturating_sub(ours);
        all.other_cores = others as f64 / all.wall.as_micros() as f64;
        all.latencies.sort_unstable();
        all.woken_late.sort_unstable();
        Ok(all)
    }

    /// Sends every request whose number in the order is this client's.
    fn client(
        &self,
        client: usize,
        begins: Instant,
        requests: &[Vec<u8>],
    ) -> Result<Taken, Failure> {
        // Asked to sleep for a while, Linux takes 50 µs more to save wake-ups, unless told not to.
        rustix::thread::set_current_timer_slack(NonZeroU64::new(1))?;
        let mut connection = Connection::to(self.broker)?;
        let mut taken = Taken::default();
        let all = (self.lasts.as_secs_f64() * f64::from(self.rate)) as usize;
        for number in (client..all).step_by(self.clients) {
            let due = begins + Duration::from_secs_f64(number as f64 / f64::from(self.rate));
            let early = due.saturating_duration_since(Instant::now());
            if !early.is_zero() {
                thread::sleep(early);
                taken.woken_late.push(micros(due.elapsed()));
            }
            let request = &requests[number % requests.len()];
            let answer = connection.ask(request)?;
            if answer.status == 200 {
                taken.latencies.push(micros(due.elapsed()));
            } else {
                taken.refused += 1;
                let text = || format!("{} {}", answer.status, lossy(answer.body));
                taken.first_refusal.get_or_insert_with(text);
            }
        }
        Ok(taken)
    }
}

impl Taken {
    fn add(&mut self, other: Taken) {
        self.latencies.extend(other.latencies);
        self.woken_late.extend(other.woken_late);
        self.refused += other.refused;
        self.first_refusal = self.first_refusal.take().or(other.first_refusal);
    }
}

/// Sends each request once, each client its share as fast as it is answered. Gives what the answers
/// took, in microseconds, sorted; all of them must be 200.
pub fn ask_each(broker: u16, requests: &[Vec<u8>], clients: usize) -> Result<Vec<u32>, Failure> {
    let share = |client: usize| -> Result<Vec<u32>, Failure> {
        let mut connection = Connection::to(broker)?;
        let mut latencies = Vec::new();
        for request in requests.iter().skip(client).step_by(clients) {
            let sent = Instant::now();
            let answer = connection.ask(request)?;
            if answer.status != 200 {
                return Err(format!("{} {}", answer.status, lossy(answer.body)).into());
            }
            latencies.push(micros(sent.elapsed()));
        }
        Ok(latencies)
    };
    let mut all = thread::scope(|scope| {
        let running: Vec<_> = (0..clients)
            .map(|client| scope.spawn(move || share(client)))
            .collect();
        let mut all = Vec::new();
        for client in running {
            all.extend(client.join().map_err(|_| "a client panicked")??);
        }
        Ok::<_, Failure>(all)
    })?;
    all.sort_unstable();
    Ok(all)
}

fn micros(duration: Duration) -> u32 {
    u32::try_from(duration.as_micros()).unwrap_or(u32::MAX)
}

fn lossy(body: &[u8]) -> std::borrow::Cow<'_, str> {
    String::from_utf8_lossy(body)
}
