//! What leads to a test's database, and can be cut and mended.

use std::path::{Path, PathBuf};

use tempfile::TempDir;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpStream, UnixListener, UnixStream};
use tokio::task::{JoinHandle, JoinSet};
use tokio_postgres::Config;
use tokio_postgres::config::Host;

/// A line to a database. Cut, nothing comes through, and what was under way is lost.
pub enum Line {
    /// The file is moved away, and back.
    File { address: String, path: PathBuf },
    /// A socket of its own, before the server's.
    Socket {
        folder: TempDir,
        server: Box<Config>,
        passing: Option<JoinHandle<()>>,
    },
}

const SOCKET: &str = ".s.PGSQL.5432";

impl Line {
    pub(crate) fn to(address: &str) -> Line {
        match address.strip_prefix("sqlite:") {
            Some(path) => Line::File {
                address: address.to_owned(),
                path: path.into(),
            },
            None => {
                let mut line = Line::Socket {
                    folder: tempfile::tempdir().expect("a temporary folder can be made"),
                    server: Box::new(address.parse().expect("an address")),
                    passing: None,
                };
                line.mend();
                line
            }
        }
    }

    /// As a configuration names it.
    pub fn address(&self) -> String {
        match self {
            Line::File { address, .. } => address.clone(),
            Line::Socket { folder, server, .. } => {
                let user = server.get_user().unwrap_or("postgres");
                let password = server.get_password().map(String::from_utf8_lossy);
                let password = password.map(|text| format!(":{text}")).unwrap_or_default();
                let name = server.get_dbname().expect("a database is named");
                let folder = folder.path().display();
                format!("postgres://{user}{password}@/{name}?host={folder}")
            }
        }
    }

    pub async fn cut(&mut self) {
        match self {
            Line::File { path, .. } => std::fs::rename(&*path, away(path)).expect("it is there"),
            Line::Socket {
                folder, passing, ..
            } => {
                if let Some(task) = passing.take() {
                    task.abort();
                    let _ = task.await;
                }
                std::fs::remove_file(folder.path().join(SOCKET)).expect("it is there");
            }
        }
    }

    pub fn mend(&mut self) {
        match self {
            Line::File { path, .. } => std::fs::rename(away(path), &*path).expect("it is away"),
            Line::Socket {
                folder,
                server,
                passing,
            } => {
                let listener = UnixListener::bind(folder.path().join(SOCKET)).expect("bound");
                *passing = Some(tokio::spawn(pass(listener, server.clone())));
            }
        }
    }
}

fn away(path: &Path) -> PathBuf {
    path.with_extension("away")
}

/// Until it is dropped, and all that goes through it with it.
async fn pass(listener: UnixListener, server: Box<Config>) {
    let mut connections = JoinSet::new();
    while let Ok((mut here, _)) = listener.accept().await {
        let server = server.clone();
        connections.spawn(async move {
            let port = server.get_ports().first().copied().unwrap_or(5432);
            match server.get_hosts().first() {
                Some(Host::Unix(folder)) => {
                    let path = folder.join(format!(".s.PGSQL.{port}"));
                    let mut there = UnixStream::connect(path).await?;
                    copy_bidirectional(&mut here, &mut there).await
                }
                Some(Host::Tcp(name)) => {
                    let mut there = TcpStream::connect((name.as_str(), port)).await?;
                    copy_bidirectional(&mut here, &mut there).await
                }
                None => Ok((0, 0)),
            }
        });
    }
}
