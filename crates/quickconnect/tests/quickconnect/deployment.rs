//! A deployment in a folder of its own, and a node of it that runs.

use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;
use test_database::TestDatabase;

use crate::node::PATIENCE;
use crate::ports;

/// A release of the program.
#[derive(Clone, Debug)]
pub struct Release {
    pub program: PathBuf,
    /// A folder with migrations that no release has yet.
    pub tomorrow: Option<PathBuf>,
}

impl Release {
    pub fn today() -> Release {
        Release {
            program: env!("CARGO_BIN_EXE_quickconnect").into(),
            tomorrow: None,
        }
    }
}

/// A folder with a configuration and a key-encryption secret.
pub struct Deployment {
    pub dir: TempDir,
    /// Where it serves; its health is on the one above.
    pub port: u16,
    pub release: Release,
    /// As a configuration names the database.
    pub address: String,
    /// The test's own, dropped with it.
    pub database: Option<TestDatabase>,
}

impl Deployment {
    pub async fn new() -> Deployment {
        let database = TestDatabase::empty().await;
        let address = database.address();
        Deployment {
            database: Some(database),
            ..Deployment::on(address)
        }
    }

    /// Whatever the engine of the tests, with a SQLite file in its folder.
    pub fn on_a_file() -> Deployment {
        let dir = tempfile::tempdir().unwrap();
        let address = format!("sqlite:{}", dir.path().join("platform.sqlite").display());
        Deployment::in_folder(dir, address)
    }

    /// Another process of whatever serves the database at `address`.
    pub fn on(address: String) -> Deployment {
        Deployment::in_folder(tempfile::tempdir().unwrap(), address)
    }

    fn in_folder(dir: TempDir, address: String) -> Deployment {
        let deployment = Deployment {
            dir,
            port: ports::claim(),
            release: Release::today(),
            address,
            database: None,
        };
        std::fs::write(deployment.path("platform.key"), "5a".repeat(32)).unwrap();
        deployment.configure(|text| text);
        deployment
    }

    pub fn path(&self, name: &str) -> std::path::PathBuf {
        self.dir.path().join(name)
    }

    pub fn configure(&self, change: impl FnOnce(String) -> String) {
        let folder = self.dir.path().display();
        let (port, health) = (self.port, self.port + 1);
        std::fs::write(self.path("database.address"), &self.address).unwrap();
        let text = format!(
            r#"
database_file = "{folder}/database.address"
key_secret_file = "{folder}/platform.key"
listen = "127.0.0.1:{port}"
health_listen = "127.0.0.1:{health}"
app_center = "https://apps.example"
landing_zone = "glz"
trusted_proxies = ["127.0.0.0/8"]

[data_centers]
glz = "https://glz.api.example"
us2 = "https://us2.api.example"

[stopping]
announce_seconds = 1
"#
        );
        std::fs::write(self.path("quickconnect.toml"), change(text)).unwrap();
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.release.program);
        if let Some(folder) = &self.release.tomorrow {
            command.env("QUICKCONNECT_TOMORROW", folder);
        }
        command
            .args(arguments)
            .arg("--config")
            .arg(self.path("quickconnect.toml"))
            .current_dir(self.dir.path())
            .stdin(Stdio::null());
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().expect("it runs")
    }

    /// What `serve` says when it does not start.
    #[track_caller]
    pub fn refusal(&self) -> String {
        let output = self.run(&["serve"]);
        assert!(!output.status.success());
        String::from_utf8(output.stderr).unwrap()
    }

    /// Makes the tables, without which nothing is served.
    pub fn migrate(&self) {
        let migrated = self.run(&["migrate", "up"]);
        let said = String::from_utf8_lossy(&migrated.stderr);
        assert!(migrated.status.success(), "{said}");
    }

    pub async fn serve(&self) -> Served {
        self.migrate();
        self.started().await
    }

    /// Serves on tables that are there.
    pub async fn started(&self) -> Served {
        self.serve_by(self.command(&["serve"])).await
    }

    /// Serves with a write beyond a limit of file sizes being an error, and not the process's end.
    pub async fn serve_on_a_limited_disk(&self) -> Served {
        self.migrate();
        let serve = self.command(&["serve"]);
        let mut shell = Command::new("sh");
        shell
            .args(["-c", r#"trap "" XFSZ; exec "$0" "$@""#])
            .arg(serve.get_program())
            .args(serve.get_args());
        self.serve_by(shell).await
    }

    async fn serve_by(&self, mut command: Command) -> Served {
        let log = std::fs::File::create(self.path("log")).unwrap();
        let process = command.stderr(log).spawn().unwrap();
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let served = Served {
            process,
            http,
            port: self.port,
        };
        for _ in 0..200 {
            if served
                .health("/readyz")
                .await
                .is_some_and(|(status, _)| status == 200)
            {
                return served;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("not ready: {}", self.log());
    }

    pub fn log(&self) -> String {
        std::fs::read_to_string(self.path("log")).unwrap()
    }
}

/// What `/readyz` says once the process takes nothing on any longer.
pub async fn unready(readyz: impl AsyncFn() -> Option<(u16, String)>) -> String {
    let begun = Instant::now();
    while begun.elapsed() < PATIENCE {
        let (status, body) = readyz().await.expect("health answers to the end");
        if status == 503 {
            return body;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("it stays ready");
}

/// Tells a process to stop, as whoever looks after processes does.
pub fn terminate(process: &Child) {
    let id = process.id().to_string();
    let sent = Command::new("kill").args(["-TERM", &id]).status().unwrap();
    assert!(sent.success());
}

/// A node that runs; killed when the test ends.
pub struct Served {
    pub process: Child,
    http: reqwest::Client,
    /// Where it serves; its health is on the one above.
    pub port: u16,
}

impl Served {
    pub async fn health(&self, path: &str) -> Option<(u16, String)> {
        let url = format!("http://127.0.0.1:{}{path}", self.port + 1);
        let answer = self.http.get(url).send().await.ok()?;
        Some((answer.status().as_u16(), answer.text().await.ok()?))
    }

    pub async fn get(&self, host: &str, path: &str) -> Option<(u16, String)> {
        let url = format!("http://127.0.0.1:{}{path}", self.port);
        let request = self.http.get(url).header("host", host);
        let answer = request.send().await.ok()?;
        Some((answer.status().as_u16(), answer.text().await.ok()?))
    }

    /// What an access token opens, at a host and path.
    pub async fn get_as(&self, (host, path): (&str, &str), token: &str) -> Option<(u16, String)> {
        let url = format!("http://127.0.0.1:{}{path}", self.port);
        let request = self.http.get(url).header("host", host).bearer_auth(token);
        let answer = request.send().await.ok()?;
        Some((answer.status().as_u16(), answer.text().await.ok()?))
    }

    pub async fn post(
        &self,
        (host, path): (&str, &str),
        form: &[(&str, &str)],
    ) -> Option<(u16, String)> {
        let url = format!("http://127.0.0.1:{}{path}", self.port);
        let request = self.http.post(url).header("host", host).form(form);
        let answer = request.send().await.ok()?;
        Some((answer.status().as_u16(), answer.text().await.ok()?))
    }

    pub fn terminate(&self) {
        terminate(&self.process);
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
