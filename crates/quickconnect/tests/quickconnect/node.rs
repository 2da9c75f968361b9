//! A node that is killed, at the place that it is told or at any, and started again.

use std::net::{Ipv4Addr, TcpStream};
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, ExitStatus};
use std::time::{Duration, Instant};

use ambient::Failpoint;
use serde_json::Value;

use crate::deployment::{Deployment, Release, terminate};

/// Longer than a busy machine takes to stop a node.
pub const PATIENCE: Duration = Duration::from_secs(120);

pub struct Node {
    pub deployment: Deployment,
    process: Child,
    /// So often it was killed at a failpoint and started again.
    pub restarts: u64,
    http: reqwest::Client,
}

/// What a client gets for a request: an answer, or none, and then it knows nothing.
pub type Answer = Option<(u16, Value)>;

impl Node {
    pub fn start_on_a_file() -> Node {
        Node::start_of(Deployment::on_a_file())
    }

    /// On a file, and it can be armed.
    pub fn with_failpoints() -> Node {
        let deployment = Deployment::on_a_file();
        std::fs::write(deployment.path("failpoint"), "").unwrap();
        Node::start_of(deployment)
    }

    /// A second process on the database of this one.
    pub fn beside(&self) -> Node {
        Node::start_on(self.deployment.address.clone())
    }

    /// A process on the database at `address`.
    pub fn start_on(address: String) -> Node {
        Node::start_of(Deployment::on(address))
    }

    pub fn start_of(deployment: Deployment) -> Node {
        deployment.configure(|text| {
            let unlimited = "per_client = 0\nper_company = 0\nper_address = 0";
            // Longer than a balancer takes to notice on a busy machine.
            let text = text.replace("announce_seconds = 1", "announce_seconds = 4");
            format!("{text}\n[limits]\n{unlimited}\nfailures_per_address = 0\n")
        });
        let http = reqwest::Client::builder()
            .no_proxy()
            .pool_max_idle_per_host(0)
            .timeout(Duration::from_secs(60))
            .build()
            .unwrap();
        deployment.migrate();
        Node {
            process: spawn(&deployment),
            deployment,
            restarts: 0,
            http,
        }
    }

    /// From now on it dies when it gets to `point` for the `hit`-th time.
    pub fn arm(&self, point: Failpoint, hit: u64, seed: u64) {
        self.order(&format!("{}:{hit} of run {seed}", point.as_str()));
    }

    /// It does not die any longer.
    pub fn disarm(&self) {
        self.order("");
    }

    fn order(&self, text: &str) {
        let (next, file) = (
            self.deployment.path("failpoint.next"),
            self.deployment.path("failpoint"),
        );
        std::fs::write(&next, text).unwrap();
        std::fs::rename(next, file).unwrap();
    }

    /// A request to the token endpoint's data centre.
    pub async fn post(&self, path: &str, form: &[(&str, &str)]) -> Answer {
        read(self.request(path, form)).await
    }

    pub fn request(&self, path: &str, form: &[(&str, &str)]) -> reqwest::RequestBuilder {
        self.http.post(self.url(path)).form(form)
    }

    pub async fn get(&self, path: &str, access_token: &str) -> Answer {
        let request = self.http.get(self.url(path)).bearer_auth(access_token);
        read(request).await
    }

    fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.deployment.port)
    }

    /// After a request without an answer: waits for the process to end, sees that it was a kill, and
    /// starts it again.
    pub fn revive(&mut self) {
        let ended: ExitStatus = self.process.wait().unwrap();
        let log = self.deployment.log();
        assert_eq!(ended.signal(), Some(9), "it ended by itself: {log}");
        self.disarm();
        self.process = spawn(&self.deployment);
        self.restarts += 1;
    }

    /// Kills it wherever it is, and starts it again without waiting for what becomes of it.
    pub fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
        self.process = launch(&self.deployment);
        self.restarts += 1;
    }

    /// Stops it in order and starts another release in its place.
    pub async fn replace_by(&mut self, release: &Release) {
        terminate(&self.process);
        let begun = Instant::now();
        let ended = loop {
            if let Some(ended) = self.process.try_wait().unwrap() {
                break ended;
            }
            assert!(begun.elapsed() < PATIENCE, "it does not stop");
            tokio::time::sleep(Duration::from_millis(20)).await;
        };
        assert!(ended.success(), "{ended}: {}", self.deployment.log());
        self.deployment.release = release.clone();
        self.process = launch(&self.deployment);
    }

    /// Whether it has ended by itself; then it is started again, as whoever looks after processes
    /// does.
    pub fn look_after(&mut self) -> Option<String> {
        self.process.try_wait().unwrap()?;
        let log = self.deployment.log();
        self.process = launch(&self.deployment);
        Some(log)
    }
}

pub async fn read(request: reqwest::RequestBuilder) -> Answer {
    let request = request.header("host", "us2.api.example");
    let answer = request.send().await.ok()?;
    let status = answer.status().as_u16();
    // Half an answer is none.
    let body = answer.text().await.ok()?;
    Some((status, serde_json::from_str(&body).unwrap_or_default()))
}

fn launch(deployment: &Deployment) -> Child {
    let log = std::fs::File::create(deployment.path("log")).unwrap();
    let file = deployment.path("failpoint");
    let mut command = deployment.command(&["serve"]);
    // Whoever reads an order at every failpoint is slow.
    if file.exists() {
        command.env("QUICKCONNECT_FAILPOINT", format!("@{}", file.display()));
    }
    command.stderr(log).spawn().unwrap()
}

fn spawn(deployment: &Deployment) -> Child {
    let mut process = launch(deployment);
    for _ in 0..20_000 {
        if TcpStream::connect((Ipv4Addr::LOCALHOST, deployment.port)).is_ok() {
            return process;
        }
        if let Some(status) = process.try_wait().unwrap() {
            panic!("it does not start: {status}: {}", deployment.log());
        }
        std::thread::sleep(Duration::from_millis(3));
    }
    panic!("it does not listen: {}", deployment.log());
}

impl Drop for Node {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
