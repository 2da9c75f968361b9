//! What stands before several nodes: a load balancer on the loopback address. It follows `/readyz`,
//! goes on to another node where one cannot be connected to, and never sends a request twice. It can
//! lose answers: then the node has done its work, and the client hears nothing, or half of it.

mod message;

use std::io::ErrorKind;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::{AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use crate::seeds::Random;
pub use message::Message;

/// How often a node is asked whether it is ready.
const CHECKS: Duration = Duration::from_millis(200);

type Stream = BufReader<TcpStream>;

/// Listens until it is dropped.
pub struct Balancer {
    pub address: SocketAddr,
    inner: Arc<Inner>,
    _tasks: JoinSet<()>,
}

struct Inner {
    nodes: Vec<Behind>,
    turn: AtomicUsize,
    loses: Losses,
    lost: AtomicU64,
}

/// A node behind it.
struct Behind {
    address: SocketAddr,
    health: SocketAddr,
    ready: AtomicBool,
}

/// Which answers are lost.
pub struct Losses {
    pub random: Random,
    /// So many of a thousand.
    pub per_mille: usize,
}

impl Losses {
    pub fn none() -> Losses {
        Losses {
            random: Random::seeded(0),
            per_mille: 0,
        }
    }
}

impl Balancer {
    /// Before nodes that listen on these ports, and say on the ones above how they are.
    pub async fn start(ports: &[u16], loses: Losses) -> Balancer {
        let local = |port: u16| SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let behind = |port: &u16| Behind {
            address: local(*port),
            health: local(port + 1),
            ready: AtomicBool::new(false),
        };
        let inner = Arc::new(Inner {
            nodes: ports.iter().map(behind).collect(),
            turn: AtomicUsize::new(0),
            loses,
            lost: AtomicU64::new(0),
        });
        let listener = TcpListener::bind(local(0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let mut tasks = JoinSet::new();
        for number in 0..inner.nodes.len() {
            tasks.spawn(inner.clone().follow(number));
        }
        tasks.spawn(inner.clone().accept(listener));
        Balancer {
            address,
            inner,
            _tasks: tasks,
        }
    }

    /// How many answers were lost on purpose.
    pub fn lost(&self) -> u64 {
        self.inner.lost.load(Ordering::Relaxed)
    }

    /// Until it sends requests to so many nodes, because they are ready.
    pub async fn sees_ready(&self, count: usize) {
        for _ in 0..1_200 {
            let ready = |node: &&Behind| node.ready.load(Ordering::Relaxed);
            if self.inner.nodes.iter().filter(ready).count() == count {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("never {count} nodes were ready at once");
    }
}

impl Inner {
    async fn accept(self: Arc<Inner>, listener: TcpListener) {
        let mut clients = JoinSet::new();
        loop {
            while clients.try_join_next().is_some() {}
            let (client, _) = listener.accept().await.unwrap();
            clients.spawn(self.clone().serve(BufReader::new(client)));
        }
    }

    /// One client's requests, one after the other, until something ends.
    async fn serve(self: Arc<Inner>, mut client: Stream) {
        let _ = client.get_ref().set_nodelay(true);
        // Connections to nodes, kept from one request to the next.
        let mut kept: Vec<Option<Stream>> = self.nodes.iter().map(|_| None).collect();
        while let Ok(Some(request)) = Message::read(&mut client).await {
            let Some((number, node)) = self.connect(&mut kept).await else {
                return;
            };
            let Some(answer) = pass_on(node, &request).await else {
                return;
            };
            if answer.is_last {
                kept[number] = None;
            }
            let length = self.arriving(answer.bytes.len());
            if client.write_all(&answer.bytes[..length]).await.is_err()
                || length < answer.bytes.len()
            {
                return;
            }
        }
    }

    /// The next node that is ready; when none is, the next that can be connected to.
    async fn connect<'a>(&self, kept: &'a mut [Option<Stream>]) -> Option<(usize, &'a mut Stream)> {
        let turn = self.turn.fetch_add(1, Ordering::Relaxed);
        let count = self.nodes.len();
        let (ready, others): (Vec<usize>, Vec<usize>) = (0..count)
            .map(|next| (turn + next) % count)
            .partition(|number| self.nodes[*number].ready.load(Ordering::Relaxed));
        for number in ready.into_iter().chain(others) {
            if !kept[number].as_ref().is_some_and(is_open) {
                let connected = TcpStream::connect(self.nodes[number].address).await;
                kept[number] = connected.ok().map(BufReader::new);
            }
            if kept[number].is_some() {
                return kept[number].as_mut().map(|node| (number, node));
            }
        }
        None
    }

    /// How many bytes of an answer of this length arrive: all, or any number of them.
    fn arriving(&self, length: usize) -> usize {
        if !self.loses.random.per_mille(self.loses.per_mille) {
            return length;
        }
        self.lost.fetch_add(1, Ordering::Relaxed);
        self.loses.random.below(length)
    }

    async fn follow(self: Arc<Inner>, number: usize) {
        let node = &self.nodes[number];
        loop {
            let ready = is_ready(node.health);
            let ready = tokio::time::timeout(Duration::from_secs(3), ready).await;
            let ready = ready.unwrap_or(None).unwrap_or(false);
            node.ready.store(ready, Ordering::Relaxed);
            tokio::time::sleep(CHECKS).await;
        }
    }
}

/// Whether a node has left a connection that nothing is under way on as it was.
fn is_open(node: &Stream) -> bool {
    let nothing_yet = node.get_ref().try_read(&mut [0]);
    nothing_yet.is_err_and(|error| error.kind() == ErrorKind::WouldBlock)
}

async fn pass_on(node: &mut Stream, request: &Message) -> Option<Message> {
    node.get_mut().write_all(&request.bytes).await.ok()?;
    Message::read(node).await.ok()?
}

async fn is_ready(health: SocketAddr) -> Option<bool> {
    let mut node = BufReader::new(TcpStream::connect(health).await.ok()?);
    let question = b"GET /readyz HTTP/1.1\r\nhost: health\r\nconnection: close\r\n\r\n";
    node.get_mut().write_all(question).await.ok()?;
    let answer = Message::read(&mut node).await.ok()??;
    Some(answer.bytes.starts_with(b"HTTP/1.1 200"))
}
