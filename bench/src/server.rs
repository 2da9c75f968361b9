//! The platform under measurement: a folder with its configuration, and the process that serves it.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use ambient::{Clock, Entropy};
use db::Db;
use hosting::KeySecret;
use node::Config;
use store::App;
use tempfile::TempDir;
use tokio::net::TcpStream;

use crate::{Failure, procstat};

/// The landing zone, as requests name it.
pub const HOST: &str = "glz.bench.example";

pub struct Platform {
    dir: TempDir,
    port: u16,
    health_port: u16,
}

/// A process that serves. Dropped, it is ended.
pub struct Server {
    process: Child,
    pub port: u16,
    pub health_port: u16,
}

impl Platform {
    pub fn prepare() -> Result<Platform, Failure> {
        let dir = tempfile::tempdir()?;
        let (port, health_port) = (free_port()?, free_port()?);
        let folder = dir.path().display();
        std::fs::write(dir.path().join("platform.key"), "5a".repeat(32))?;
        // Limits are off: what is measured is the work.
        let configuration = format!(
            r#"
database = "sqlite:{folder}/platform.sqlite"
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
        std::fs::write(dir.path().join("quickconnect.toml"), configuration)?;
        Ok(Platform {
            dir,
            port,
            health_port,
        })
    }

    fn configuration(&self) -> PathBuf {
        self.dir.path().join("quickconnect.toml")
    }

    /// The platform from within, to fill its database.
    pub async fn open(&self) -> Result<App, Failure> {
        let config = Config::read(&self.configuration())?;
        let secret = KeySecret::read(config.key_secret_file()?)?;
        let db = Db::open(&config.database()?)?;
        let (clock, entropy) = (Clock::System, Entropy::System);
        Ok(App::open(db, secret.bytes(), clock, entropy, config.settings()?).await?)
    }

    /// Starts the process and waits until it answers.
    pub async fn serve(&self, program: &Path) -> Result<Server, Failure> {
        let mut command = Command::new(program);
        command
            .args(["serve", "--config"])
            .arg(self.configuration());
        let log = std::fs::File::create(self.dir.path().join("log"))?;
        let process = command
            .stdin(Stdio::null())
            .stderr(log)
            .stdout(Stdio::null());
        let mut server = Server {
            process: process.spawn()?,
            port: self.port,
            health_port: self.health_port,
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
        let log = std::fs::read_to_string(self.dir.path().join("log"))?;
        Err(format!("the platform did not start:\n{log}").into())
    }
}

impl Server {
    pub fn cpu_micros(&self) -> u64 {
        procstat::cpu_micros(self.process.id())
    }

    pub fn peak_memory(&self) -> u64 {
        procstat::peak_memory(self.process.id())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A port that nobody listens on now.
fn free_port() -> Result<u16, Failure> {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0))?;
    Ok(listener.local_addr()?.port())
}
