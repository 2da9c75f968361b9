//! A deployment as its operator starts it: a configuration, a process, signals.

use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;

const PROGRAM: &str = env!("CARGO_BIN_EXE_quickconnect");

/// A folder with a configuration and a key-encryption secret.
struct Deployment {
    dir: TempDir,
    port: u16,
}

impl Deployment {
    /// Serves on `port`, and its health on the one above.
    fn new(port: u16) -> Deployment {
        let dir = tempfile::tempdir().unwrap();
        let deployment = Deployment { dir, port };
        std::fs::write(deployment.path("platform.key"), "5a".repeat(32)).unwrap();
        deployment.configure(|text| text);
        deployment
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.dir.path().join(name)
    }

    fn configure(&self, change: impl FnOnce(String) -> String) {
        let folder = self.dir.path().display();
        let (port, health) = (self.port, self.port + 1);
        let text = format!(
            r#"
database = "sqlite:{folder}/platform.sqlite"
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

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(PROGRAM);
        command
            .args(arguments)
            .arg("--config")
            .arg(self.path("quickconnect.toml"))
            .stdin(Stdio::null());
        command
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().expect("it runs")
    }

    /// What `serve` says when it does not start.
    #[track_caller]
    fn refusal(&self) -> String {
        let output = self.run(&["serve"]);
        assert!(!output.status.success());
        String::from_utf8(output.stderr).unwrap()
    }

    async fn serve(&self) -> Served {
        let log = std::fs::File::create(self.path("log")).unwrap();
        let process = self.command(&["serve"]).stderr(log).spawn().unwrap();
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

    fn log(&self) -> String {
        std::fs::read_to_string(self.path("log")).unwrap()
    }
}

/// A node that runs; killed when the test ends.
struct Served {
    process: Child,
    http: reqwest::Client,
    port: u16,
}

impl Served {
    async fn health(&self, path: &str) -> Option<(u16, String)> {
        let url = format!("http://127.0.0.1:{}{path}", self.port + 1);
        let answer = self.http.get(url).send().await.ok()?;
        Some((answer.status().as_u16(), answer.text().await.ok()?))
    }

    async fn get(&self, host: &str, path: &str) -> Option<(u16, String)> {
        let url = format!("http://127.0.0.1:{}{path}", self.port);
        let request = self.http.get(url).header("host", host);
        let answer = request.send().await.ok()?;
        Some((answer.status().as_u16(), answer.text().await.ok()?))
    }

    fn terminate(&self) {
        let id = self.process.id().to_string();
        let sent = Command::new("kill").args(["-TERM", &id]).status().unwrap();
        assert!(sent.success());
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn no_database(folder: &Path) -> bool {
    !folder.join("platform.sqlite").exists()
}

#[test]
fn without_a_key_encryption_secret_nothing_starts() {
    let deployment = Deployment::new(21_700);
    deployment.configure(|text| text.replace("key_secret_file", "# key_secret_file"));
    assert!(deployment.refusal().contains("key_secret_file is not set"));

    deployment.configure(|text| text.replace("platform.key", "nothing.key"));
    assert!(deployment.refusal().contains("nothing.key"));

    deployment.configure(|text| text);
    std::fs::write(deployment.path("platform.key"), "too short").unwrap();
    assert!(deployment.refusal().contains("openssl rand -hex 32"));
    assert!(no_database(deployment.dir.path()), "nothing was begun");
}

#[test]
fn what_is_wrong_with_a_configuration_is_said_by_name() {
    let deployment = Deployment::new(21_710);
    deployment.configure(|text| text.replace("listen =", "lisen ="));
    let said = deployment.refusal();
    assert!(
        said.contains("lisen") && said.contains("quickconnect.toml"),
        "{said}"
    );

    deployment.configure(|text| text.replace("sqlite:", "mysql:"));
    assert!(deployment.refusal().contains("sqlite:"));
}

#[tokio::test]
async fn one_listener_serves_the_app_center_and_every_data_center() {
    let deployment = Deployment::new(21_720);
    let served = deployment.serve().await;
    let (status, page) = served.get("apps.example", "/sign-in").await.unwrap();
    assert_eq!(status, 200);
    assert!(page.contains("<form"));
    for host in ["glz.api.example", "us2.api.example"] {
        let path = "/.well-known/openid-configuration";
        let (status, body) = served.get(host, path).await.unwrap();
        let answer: Value = serde_json::from_str(&body).unwrap();
        assert_eq!(
            (status, &answer["issuer"]),
            (200, &format!("https://{host}").into())
        );
    }
    let (status, _) = served.get("elsewhere.example", "/sign-in").await.unwrap();
    assert_eq!(status, 421);

    let (_, version) = served.health("/version").await.unwrap();
    assert!(version.contains(env!("CARGO_PKG_VERSION")), "{version}");
    let (_, metrics) = served.health("/metrics").await.unwrap();
    let counted =
        r#"http_requests_total{status="200",site="app_center",method="GET",route="/sign-in"} 1"#;
    assert!(metrics.contains(counted), "{metrics}");
}

#[tokio::test]
async fn told_to_stop_it_says_so_first_and_then_ends() {
    let deployment = Deployment::new(21_730);
    let mut served = deployment.serve().await;
    served.terminate();
    let mut said = String::new();
    for _ in 0..20 {
        let (status, body) = served
            .health("/readyz")
            .await
            .expect("health answers to the end");
        if status == 503 {
            said = body;
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(said.contains("stopping"), "{said}");
    let (status, _) = served.get("apps.example", "/sign-in").await.unwrap();
    assert_eq!(status, 200, "whoever still comes is served");
    let ended = tokio::task::spawn_blocking(move || served.process.wait());
    let status = tokio::time::timeout(Duration::from_secs(20), ended).await;
    assert!(
        status.unwrap().unwrap().unwrap().success(),
        "{}",
        deployment.log()
    );
}

#[tokio::test]
async fn commands_take_the_same_configuration() {
    let deployment = Deployment::new(21_740);
    let _served = deployment.serve().await;
    let made = deployment.run(&[
        "app",
        "create",
        "--name",
        "Ledger",
        "--grant",
        "client_credentials",
        "--scope",
        "openid",
        "--json",
    ]);
    assert!(
        made.status.success(),
        "{}",
        String::from_utf8_lossy(&made.stderr)
    );
    let listed = deployment.run(&["app", "list", "--json"]);
    let apps: Value = serde_json::from_slice(&listed.stdout).unwrap();
    assert_eq!(apps[0]["name"], "Ledger");
}

/// A folder with a listing's file and its picture.
fn write_listing(deployment: &Deployment, client_id: &str, headline: &str) -> std::path::PathBuf {
    let text = format!(
        r#"
client_id = "{client_id}"
name = "Ledger Sync"
partner_name = "Example Books"
headline = "{headline}"
short_description = "Posts approved reports."
long_description = "Markdown."
prefers_request_information = false
endorsed = false
popular = true
categories = ["Accounting"]
offerings = ["Expense"]
countries = ["US"]
keywords = []
icon = "icon.svg"
screenshots = []

[links]
website = "https://books.example"
support = "https://books.example/support"
terms = "https://books.example/terms"
privacy = "https://books.example/privacy"
lead_email = "sales@books.example"
"#
    );
    let icon = "<svg xmlns=\"http://www.w3.org/2000/svg\"/>";
    std::fs::write(deployment.path("icon.svg"), icon).unwrap();
    let file = deployment.path("listing.toml");
    std::fs::write(&file, text).unwrap();
    file
}

#[tokio::test]
async fn an_operator_puts_a_listing_into_the_catalog_and_replaces_it() {
    let deployment = Deployment::new(21_750);
    let _served = deployment.serve().await;
    let made = deployment.run(&[
        "app", "create", "--name", "Ledger", "--grant", "password", "--scope", "openid", "--json",
    ]);
    let app: Value = serde_json::from_slice(&made.stdout).unwrap();
    let client_id = app["client_id"].as_str().unwrap();
    let publish = |headline: &str| {
        let file = write_listing(&deployment, client_id, headline);
        deployment.run(&["listing", "publish", file.to_str().unwrap(), "--json"])
    };
    let first: Value = serde_json::from_slice(&publish("Before").stdout).unwrap();
    let again: Value = serde_json::from_slice(&publish("After").stdout).unwrap();
    assert_eq!(first, again, "the listing keeps its address");
    let listed = deployment.run(&["listing", "list", "--json"]);
    let all: Value = serde_json::from_slice(&listed.stdout).unwrap();
    assert_eq!(all.as_array().unwrap().len(), 1);

    let refused = publish(&"too long ".repeat(20));
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(said.contains("headline has 180 characters"), "{said}");
}
