//! The generator: connections that stay open, one request under way on each.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use http::{Method, Request, header};
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::task::LocalSet;

use crate::scenario::{Scenario, To};
use crate::server::{HOST, Server};
use crate::{Failure, procstat};

pub struct Load<'a> {
    /// Connections, with one request under way on each.
    pub clients: usize,
    pub lasts: Duration,
    /// Clients are spread over them.
    pub servers: &'a [Server],
}

/// What one kind of request took in one round.
#[derive(Default)]
pub struct Sample {
    pub answered: u64,
    /// Answers that were not 200, and the first of them.
    pub refused: u64,
    pub first_refusal: Option<String>,
    pub wall: Duration,
    /// CPU time of all servers, in microseconds.
    pub server_cpu: u64,
    /// Cores that were busy with neither the servers nor this program.
    pub other_cores: f64,
    /// In microseconds, sorted.
    pub latencies: Vec<u32>,
}

impl Load<'_> {
    /// Sends until the time is over or there is nothing left to send.
    pub async fn run(&self, scenario: &mut Scenario) -> Result<Sample, Failure> {
        let (to, name) = (scenario.to, scenario.name.clone());
        let scenario = Rc::new(RefCell::new(scenario));
        let sample = Rc::new(RefCell::new(Sample::default()));
        let mine = || procstat::cpu_micros(std::process::id());
        let before = (self.cpu_micros(), mine(), procstat::machine_busy_micros());
        let began = Instant::now();
        let until = began + self.lasts;
        let clients = self.servers.iter().cycle().take(self.clients);
        let clients = clients.map(|server| self.client((server, to), until, &scenario, &sample));
        let local = LocalSet::new();
        let outcomes = local.run_until(join_all(clients)).await;
        for outcome in outcomes {
            outcome.map_err(|error| format!("{name}: {error}"))?;
        }
        let mut sample = Rc::into_inner(sample)
            .expect("all clients have ended")
            .into_inner();
        sample.wall = began.elapsed();
        sample.server_cpu = self.cpu_micros() - before.0;
        let ours = sample.server_cpu + mine() - before.1;
        let others = (procstat::machine_busy_micros() - before.2).saturating_sub(ours);
        sample.other_cores = others as f64 / sample.wall.as_micros() as f64;
        sample.latencies.sort_unstable();
        Ok(sample)
    }

    fn cpu_micros(&self) -> u64 {
        self.servers.iter().map(Server::cpu_micros).sum()
    }

    async fn client(
        &self,
        (server, to): (&Server, To),
        until: Instant,
        scenario: &Rc<RefCell<&mut Scenario>>,
        sample: &Rc<RefCell<Sample>>,
    ) -> Result<(), Failure> {
        let mut connection = connect(server, to).await?;
        while Instant::now() < until {
            let Some(body) = scenario.borrow_mut().next_body() else {
                break;
            };
            let request = request(to, body)?;
            let began = Instant::now();
            connection.ready().await?;
            let answer = connection.send_request(request).await?;
            let status = answer.status();
            let body = answer.into_body().collect().await?.to_bytes();
            let took = u32::try_from(began.elapsed().as_micros()).unwrap_or(u32::MAX);
            let mut sample = sample.borrow_mut();
            if status.is_success() {
                sample.answered += 1;
                sample.latencies.push(took);
            } else {
                sample.refused += 1;
                let text = || format!("{status} {}", String::from_utf8_lossy(&body));
                sample.first_refusal.get_or_insert_with(text);
            }
        }
        Ok(())
    }
}

async fn connect(server: &Server, to: To) -> Result<SendRequest<Full<Bytes>>, Failure> {
    let port = match to {
        To::Health(_) => server.health_port,
        To::Get(_) | To::Post(_) => server.port,
    };
    let stream = TcpStream::connect(("127.0.0.1", port)).await?;
    stream.set_nodelay(true)?;
    let (sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    tokio::task::spawn_local(async move {
        let _ = connection.await;
    });
    Ok(sender)
}

pub fn request(to: To, body: String) -> Result<Request<Full<Bytes>>, http::Error> {
    let (method, path) = match to {
        To::Health(path) | To::Get(path) => (Method::GET, path),
        To::Post(path) => (Method::POST, path),
    };
    Request::builder()
        .method(method)
        .uri(path)
        .header(header::HOST, HOST)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Full::new(Bytes::from(body)))
}
