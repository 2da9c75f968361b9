//! A partner in a folder of its own, and a process of it that runs.

use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use sandbox::{AppFacts, CompanyFacts};
use serde_json::Value;
use tempfile::TempDir;
use test_database::TestDatabase;
use testkit::{Answer, House, Visitor, hidden};

const PROGRAM: &str = env!("CARGO_BIN_EXE_quickconnect");

/// A folder with a configuration of two apps: `ledger`, where people sign up, and `cards`, for tests,
/// where they enter a code.
pub struct Partner {
    pub dir: TempDir,
    port: u16,
    http: reqwest::Client,
    database: TestDatabase,
}

impl Partner {
    /// Serves on a port of its own, its health on the one above and its broker on the next.
    pub async fn new(house: &House) -> Partner {
        let partner = Partner {
            dir: tempfile::tempdir().unwrap(),
            port: crate::ports::claim(),
            http: reqwest::Client::builder().no_proxy().build().unwrap(),
            database: TestDatabase::empty().await,
        };
        let svg = "<svg xmlns=\"http://www.w3.org/2000/svg\"/>";
        for (name, content) in [
            ("vault.key", "5a".repeat(32).as_str()),
            ("logo.svg", svg),
            ("terms.md", "# Terms of the ledger\n\nText."),
            ("database.address", &partner.database.address()),
            ("ledger.secret", &app(house, "Meridian").client_secret),
            ("cards.secret", &app(house, "Harbor").client_secret),
            ("partner.toml", &partner.configuration(house)),
        ] {
            std::fs::write(partner.path(name), content).unwrap();
        }
        partner
    }

    fn configuration(&self, house: &House) -> String {
        let folder = self.dir.path().display();
        let (port, health, broker) = (self.port, self.port + 1, self.port + 2);
        let page = |name: &str, action: &str, test: bool| {
            format!(
                r#"
name = "App {name}"
company = "Meridian Systems"
test = {test}
call_to_action = "{action}"
scopes = ["openid", "company.read"]
shared = ["Expense reports, to read"]
logo = "logo.svg"
next_steps = ["Open the {name}."]
[apps.{name}.page.links]
terms = "terms.md"
privacy = "https://meridian.example/privacy"
support = "https://meridian.example/support"
help = "https://meridian.example/help"
"#
            )
        };
        format!(
            r#"
database_file = "{folder}/database.address"
vault_key_file = "{folder}/vault.key"
marker_file = "{folder}/vault.marker"
listen = "127.0.0.1:{port}"
health_listen = "127.0.0.1:{health}"
public_origin = "http://127.0.0.1:{port}"

[platform]
name = "Example Travel"
landing_zone = "{glz}"
[platform.data_centers]
us2 = "{us2}"
eu2 = "{eu2}"

[broker]
listen = "127.0.0.1:{broker}"

[inquiries]
mails = ["sales@meridian.example"]
after_hours = 0

[mail]
outbox = "{folder}/outbox"

[stopping]
announce_seconds = 1

[apps.ledger]
client_id = "{ledger}"
client_secret_file = "{folder}/ledger.secret"
[apps.ledger.page]
{ledger_page}
[apps.cards]
client_id = "{cards}"
client_secret_file = "{folder}/cards.secret"
[apps.cards.page]
{cards_page}
"#,
            glz = house.center("glz"),
            us2 = house.center("us2"),
            eu2 = house.center("eu2"),
            ledger = app(house, "Meridian").client_id,
            cards = app(house, "Harbor").client_id,
            ledger_page = page("ledger", "sign_in_or_up", false),
            cards_page = page("cards", "verification", true),
        )
    }

    /// Its database, from outside.
    pub fn database(&self) -> db::Db {
        self.database.open()
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Changes the configuration.
    pub fn configure(&self, from: &str, to: &str) {
        let text = std::fs::read_to_string(self.path("partner.toml")).unwrap();
        assert!(text.contains(from), "{from} is not in {text}");
        std::fs::write(self.path("partner.toml"), text.replace(from, to)).unwrap();
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(PROGRAM);
        command
            .args(arguments)
            .arg("--config")
            .arg(self.path("partner.toml"))
            .stdin(Stdio::null());
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().expect("it runs")
    }

    /// What a command says that is refused.
    #[track_caller]
    pub fn refusal(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(!output.status.success());
        String::from_utf8(output.stderr).unwrap()
    }

    /// What a command prints as JSON.
    #[track_caller]
    pub fn json(&self, arguments: &[&str]) -> Value {
        let output = self.run(&[arguments, &["--json"]].concat());
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments:?}: {said}");
        serde_json::from_slice(&output.stdout).unwrap()
    }

    pub fn migrate(&self) {
        let output = self.run(&["migrate", "up", "--partner"]);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{said}");
    }

    pub async fn serve(&self) -> Served {
        let log = std::fs::File::options();
        let log = log.clone().create(true).append(true).open(self.path("log"));
        let process = self.command(&["partner"]).stderr(log.unwrap()).spawn();
        let served = Served {
            process: process.unwrap(),
        };
        for _ in 0..400 {
            if self
                .health("/readyz")
                .await
                .is_some_and(|(status, _)| status == 200)
            {
                return served;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("not ready: {}", self.log());
    }

    pub fn log(&self) -> String {
        std::fs::read_to_string(self.path("log")).unwrap()
    }

    pub async fn health(&self, path: &str) -> Option<(u16, String)> {
        let url = format!("http://127.0.0.1:{}{path}", self.port + 1);
        let answer = self.http.get(url).send().await.ok()?;
        Some((answer.status().as_u16(), answer.text().await.ok()?))
    }

    /// Asks the broker as a program of the partner.
    pub async fn broker(&self, key: &str, path: &str) -> (u16, Value) {
        let url = format!("http://127.0.0.1:{}{path}", self.port + 2);
        let answer = self.http.get(url).bearer_auth(key).send().await.unwrap();
        let status = answer.status().as_u16();
        (status, answer.json().await.unwrap_or_default())
    }

    /// Asks the broker until it has heard what another process, a command, has ended.
    pub async fn broker_refuses(&self, key: &str, path: &str, with: u16) {
        let begun = std::time::Instant::now();
        loop {
            let (status, answer) = self.broker(key, path).await;
            if status == with {
                return;
            }
            assert!(
                begun.elapsed() < Duration::from_secs(60),
                "{status}: {answer}"
            );
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    /// A click on Connect: the address of the window that opens.
    pub async fn link(
        &self,
        house: &House,
        app: (&AppFacts, &str),
        company: &CompanyFacts,
    ) -> String {
        let (facts, slug) = app;
        let minted = house.request_token(company, facts).await;
        self.url(&format!(
            "/connect/{slug}?id={}&requestToken={}&userId={}",
            minted.id, minted.request_token, minted.user_id
        ))
    }

    /// Opens an address of the partner and follows redirects to the end.
    pub async fn open(&self, visitor: &Visitor<'_>, url: &str) -> Answer {
        let mut page = visitor.get(url).await;
        while page.status == 303 {
            let location = self.url(page.header("location"));
            page = visitor.get(&location).await;
        }
        page
    }

    /// Fills in the form of a page and sends it. The address that it leads to.
    pub async fn submit(
        &self,
        visitor: &Visitor<'_>,
        (page, action): (&str, &str),
        fields: &[(&str, &str)],
    ) -> String {
        let page = visitor.get(&self.url(page)).await;
        let csrf = hidden(&page, "csrf");
        let fields = [&[("csrf", csrf.as_str())], fields].concat();
        let answer = visitor.post(&self.url(action), &fields).await;
        assert_eq!(answer.status, 303, "{}", answer.body);
        answer.header("location").to_owned()
    }
}

pub fn app<'a>(house: &'a House, name: &str) -> &'a AppFacts {
    house.app(name)
}

/// A process that runs; killed when it is dropped.
pub struct Served {
    pub process: Child,
}

impl Served {
    pub fn terminate(&self) {
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
