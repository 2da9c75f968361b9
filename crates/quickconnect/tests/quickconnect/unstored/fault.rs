//! What keeps a database from storing anything.

use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UnixStream};

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Fault {
    /// No file of the process can grow, its log included.
    DiskFull,
    /// The connection to the server ends before a COMMIT arrives there.
    CutBeforeCommit,
    /// It ends after the server has committed, before its answer arrives.
    CutAfterCommit,
}

impl Fault {
    /// Whether what was to be stored is stored all the same.
    pub fn stores(self) -> bool {
        self == Fault::CutAfterCommit
    }
}

/// Limits the sizes of a process's files, or lifts that.
pub fn fill_disk(process: u32, full: bool) {
    let limit = if full { "0" } else { "unlimited" };
    let done = Command::new("prlimit")
        .arg(format!("--pid={process}"))
        .arg(format!("--fsize={limit}:unlimited"))
        .status();
    assert!(done.unwrap().success());
}

/// Stands between a node and its PostgreSQL server.
pub struct Proxy {
    port: u16,
    cut: Arc<AtomicU8>,
}

const BEFORE: u8 = 1;
const AFTER: u8 = 2;

impl Proxy {
    /// `address` names the server by the folder of its socket: `postgres://user@/name?host=FOLDER`.
    pub async fn before(address: &str) -> Proxy {
        let (_, folder) = address.split_once("host=").expect("a folder of a socket");
        let socket = format!("{}/.s.PGSQL.5432", folder.trim_end_matches('/'));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let cut = Arc::new(AtomicU8::new(0));
        let order = cut.clone();
        tokio::spawn(async move {
            loop {
                let (client, _) = listener.accept().await.unwrap();
                let server = UnixStream::connect(&socket).await.unwrap();
                tokio::spawn(pass(client, server, order.clone()));
            }
        });
        Proxy { port, cut }
    }

    /// The address that leads through here.
    pub fn address(&self, address: &str) -> String {
        let (server, _) = address.split_once('?').unwrap();
        let (user, name) = server.rsplit_once("@/").unwrap();
        format!("{user}@127.0.0.1:{}/{name}", self.port)
    }

    pub fn order(&self, fault: Option<Fault>) {
        let order = match fault {
            Some(Fault::CutBeforeCommit) => BEFORE,
            Some(Fault::CutAfterCommit) => AFTER,
            _ => 0,
        };
        self.cut.store(order, Ordering::SeqCst);
    }
}

async fn pass<S>(mut client: TcpStream, mut server: S, order: Arc<AtomicU8>)
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let (mut asked, mut answered) = (vec![0; 65_536], vec![0; 65_536]);
    let mut cuts_answer = false;
    loop {
        tokio::select! {
            read = client.read(&mut asked) => {
                let Ok(length @ 1..) = read else { return };
                let commits = asked[..length].windows(7).any(|part| part == b"COMMIT\0");
                match order.load(Ordering::SeqCst) {
                    BEFORE if commits => return,
                    AFTER if commits => cuts_answer = true,
                    _ => {}
                }
                if server.write_all(&asked[..length]).await.is_err() {
                    return;
                }
            }
            read = server.read(&mut answered) => {
                let Ok(length @ 1..) = read else { return };
                if cuts_answer || client.write_all(&answered[..length]).await.is_err() {
                    return;
                }
            }
        }
    }
}
