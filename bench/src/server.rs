//! The platform under measurement: a folder with its configuration, and the processes that serve it.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use ambient::{Clock, Entropy};
use db::Db;
use hosting::KeySecret;
use node::Config;
use store::App;
use tempfile::TempDir;
use test_database::TestDatabase;
use tokio::net::TcpStream;

use crate::{Failure, procstat};

/// The landing zone, as requests name it.
pub const HOST: &str = "glz.bench.example";

pub struct Platform {
    dir: TempDir,
    database: TestDatabase,
}

/// A process that serves. Dropped, it is ended.
pub struct Server {
    process: Child,
    pub port: u16,
    pub health_port: u16,
}

impl Platform {
    /// On SQLite, or on the PostgreSQL server that the environment names.
    pub async fn prepare() -> Result<Platform, Failure> {
        let platform = Platform {
            dir: tempfile::tempdir()?,
            database: TestDatabase::migrated(store::MIGRATIONS).await,
        };
        let folder = platform.dir.path();
        std::fs::write(folder.join("platform.key"), "5a".repeat(32))?;
        std::fs::write(folder.join("database"), platform.database.address())?;
        Ok(platform)
    }

    pub fn engine(&self) -> &'static str {
        match self.database.open() {
            Db::Sqlite(_) => "SQLite",
            Db::Postgres(_) => "PostgreSQL",
        }
    }

    /// How large the database is.
    pub async fn bytes(&self) -> Result<u64, Failure> {
        Ok(self.database.open().facts().await?.size)
    }

    /// Writes the configuration of one node. Limits are off: what is measured is the work.
    fn configure(&self, port: u16, health_port: u16) -> Result<PathBuf, Failure> {
        let folder = self.dir.path().display();
        let configuration = format!(
            r#"
database_file = "{folder}/database"
key_secret_file = "{folder}/platform.key"
listen = "127.0.0.1:{port}"
health_listen = "127.0.0.1:{health_port}"
app_center = "https://apps.bench.example"
landing_zone = "glz"

[data_centers]
glz = "https://{HOST}"
us2 = "https://us2.bench.example"

[limits]
per_client = 0
per_company = 0
per_address = 0
failures_per_address = 0
"#
        );
        let file = self.dir.path().join(format!("{port}.toml"));
        std::fs::write(&file, configuration)?;
        Ok(file)
    }

    /// It has been filled: what is left to do for that is done now, and not while it is asked.
    pub async fn settle(&self) {
        self.database.settle().await;
    }

    /// The platform from within, to fill its database.
    pub async fn open(&self) -> Result<App, Failure> {
        let config = Config::read(&self.configure(1, 2)?)?;
        let secret = KeySecret::read(config.key_secret_file()?)?;
        let db = Db::open(&config.database()?)?;
        let (clock, entropy) = (Clock::System, Entropy::System);
        Ok(App::open(db, secret.bytes(), clock, entropy, config.settings()?).await?)
    }

    /// Starts so many processes, one after the other, and waits until they answer.
    pub async fn serve(&self, program: &Path, nodes: usize) -> Result<Vec<Server>, Failure> {
        if nodes > 1 && matches!(self.database.open(), Db::Sqlite(_)) {
            return Err("a SQLite file is measured with one node".into());
        }
        let mut servers = Vec::new();
        for _ in 0..nodes {
            servers.push(self.start(program).await?);
        }
        Ok(servers)
    }

    async fn start(&self, program: &Path) -> Result<Server, Failure> {
        let (port, health_port) = (free_port()?, free_port()?);
        let mut command = Command::new(program);
        command
            .args(["serve", "--config"])
            .arg(self.configure(port, health_port)?);
        let log = self.dir.path().join(format!("{port}.log"));
        Server::start(command, (port, health_port), &log).await
    }
}

impl Server {
    /// Starts a process and waits until it answers on both ports.
    pub async fn start(
        mut command: Command,
        (port, health_port): (u16, u16),
        log_file: &Path,
    ) -> Result<Server, Failure> {
        let process = command
            .stdin(Stdio::null())
            .stderr(std::fs::File::create(log_file)?)
            .stdout(Stdio::null());
        let mut server = Server {
            process: process.spawn()?,
            port,
            health_port,
        };
        for _ in 0..600 {
            let both = [server.port, server.health_port];
            let [first, second] = both.map(|port| TcpStream::connect(("127.0.0.1", port)));
            if first.await.is_ok() && second.await.is_ok() {
                return Ok(server);
            }
            if server.process.try_wait()?.is_some() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        let log = std::fs::read_to_string(log_file)?;
        Err(format!("the program did not start:\n{log}").into())
    }

    pub fn cpu_micros(&self) -> u64 {
        procstat::cpu_micros(self.process.id())
    }

    pub fn peak_memory(&self) -> u64 {
        procstat::peak_memory(self.process.id())
    }

    pub fn memory(&self) -> u64 {
        procstat::memory(self.process.id())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A port that nobody listens on now.
pub fn free_port() -> Result<u16, Failure> {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0))?;
    Ok(listener.local_addr()?.port())
}
