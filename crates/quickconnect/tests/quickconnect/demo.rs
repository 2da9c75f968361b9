//! The program as people start it: a process, its output, its files.

use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use serde_json::Value;

use crate::ports;

const PROGRAM: &str = env!("CARGO_BIN_EXE_quickconnect");

/// A running demo. Killed when the test ends, as a loss of power would.
struct Running {
    process: Child,
    facts: Value,
    http: reqwest::Client,
}

impl Running {
    /// Starts the demo on `port_base` and waits until it answers.
    async fn start(dir: &Path, port_base: u16, more: &[&str]) -> Running {
        let log = std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(dir.join("../log"));
        let log = log.expect("a log can be written");
        let process = Command::new(PROGRAM)
            .args([
                "demo",
                "--verbose",
                "--port-base",
                &port_base.to_string(),
                "--data-dir",
            ])
            .arg(dir)
            .args(more)
            .stdout(log.try_clone().expect("duplicated"))
            .stderr(log)
            .spawn()
            .expect("the program starts");
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()
            .expect("a plain client");
        let mut running = Running {
            process,
            facts: Value::Null,
            http,
        };
        for _ in 0..200 {
            let page = format!("http://127.0.0.1:{port_base}/sign-in");
            if running.http.get(page).send().await.is_ok() {
                let text = std::fs::read_to_string(dir.join("demo.json")).expect("demo.json");
                running.facts = serde_json::from_str(&text).expect("JSON");
                return running;
            }
            if let Ok(Some(status)) = running.process.try_wait() {
                panic!("the demo ended with {status}");
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("the demo did not answer");
    }

    fn app(&self) -> &Value {
        let apps = self.facts["apps"].as_array().expect("apps");
        apps.iter()
            .find(|app| app["name"] == "Meridian Ledger")
            .expect("the demo has it")
    }

    async fn token(&self, form: &[(&str, &str)]) -> Value {
        let url = format!(
            "{}/oauth2/v0/token",
            self.facts["data_centers"]["glz"].as_str().unwrap()
        );
        let credentials = [
            ("client_id", self.app()["client_id"].as_str().unwrap()),
            (
                "client_secret",
                self.app()["client_secret"].as_str().unwrap(),
            ),
        ];
        let form: Vec<_> = credentials.iter().chain(form).collect();
        let answer = self
            .http
            .post(url)
            .form(&form)
            .send()
            .await
            .expect("answered");
        serde_json::from_str(&answer.text().await.expect("read")).expect("JSON")
    }

    async fn exchange(&self, connect: &Value) -> Value {
        self.token(&[
            ("grant_type", "password"),
            ("credtype", "authtoken"),
            ("username", connect["id"].as_str().unwrap()),
            ("password", connect["requestToken"].as_str().unwrap()),
        ])
        .await
    }

    async fn refresh(&self, refresh_token: &str) -> Value {
        self.token(&[
            ("grant_type", "refresh_token"),
            ("refresh_token", refresh_token),
        ])
        .await
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn quickconnect(arguments: &[&str]) -> Output {
    Command::new(PROGRAM)
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .expect("it runs")
}

fn request_token(dir: &Path, facts: &Value, app: &Value) -> Value {
    let output = quickconnect(&[
        "request-token",
        "--data-dir",
        dir.to_str().unwrap(),
        "--company",
        facts["companies"][0]["id"].as_str().unwrap(),
        "--app",
        app["client_id"].as_str().unwrap(),
    ]);
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    serde_json::from_slice(&output.stdout).expect("JSON on standard output, and nothing else")
}

#[tokio::test(flavor = "multi_thread")]
async fn s16_a_demo_that_is_killed_goes_on_with_what_it_had() {
    let home = tempfile::tempdir().unwrap();
    let dir = home.path().join("data");
    std::fs::create_dir(&dir).unwrap();
    let ports = ports::claim();
    let demo = Running::start(&dir, ports, &[]).await;
    let connect = request_token(&dir, &demo.facts, demo.app());
    let answer = demo.exchange(&connect).await;
    let refresh_token = answer["refresh_token"]
        .as_str()
        .expect("a token")
        .to_owned();
    // The answer is lost, the process is killed, and both are tried again.
    drop(demo);
    let demo = Running::start(&dir, ports, &[]).await;
    let again = demo.exchange(&connect).await;
    assert_eq!(again["refresh_token"], refresh_token.as_str());
    assert_eq!(
        demo.refresh(&refresh_token).await["refresh_token"],
        refresh_token.as_str()
    );
    drop(demo);

    // Begun anew, nothing of it is left.
    let demo = Running::start(&dir, ports, &["--reset"]).await;
    assert_eq!(demo.refresh(&refresh_token).await["code"], 108);
    let connect = request_token(&dir, &demo.facts, demo.app());
    assert!(demo.exchange(&connect).await["access_token"].is_string());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_demo_moves_to_other_ports_with_what_it_had() {
    let home = tempfile::tempdir().unwrap();
    let dir = home.path().join("data");
    std::fs::create_dir(&dir).unwrap();
    let demo = Running::start(&dir, ports::claim(), &[]).await;
    let connect = request_token(&dir, &demo.facts, demo.app());
    let refresh_token = demo.exchange(&connect).await["refresh_token"].clone();
    let secret = demo.app()["client_secret"].clone();
    drop(demo);
    let ports = ports::claim();
    let demo = Running::start(&dir, ports, &[]).await;
    assert_eq!(demo.app()["client_secret"], secret);
    assert_eq!(
        demo.app()["connect_uri"],
        format!("http://127.0.0.1:{}/connect/meridian-ledger", ports + 10)
    );
    let answer = demo.refresh(refresh_token.as_str().unwrap()).await;
    assert_eq!(
        answer["geolocation"],
        format!("http://127.0.0.1:{}", ports + 2)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_start_that_is_killed_goes_on_at_the_second() {
    let home = tempfile::tempdir().unwrap();
    let dir = home.path().join("data");
    let ports = ports::claim();
    for patience in [20, 60, 120, 200] {
        let mut begun = Command::new(PROGRAM)
            .args(["demo", "--port-base", &ports.to_string(), "--data-dir"])
            .arg(&dir)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program starts");
        tokio::time::sleep(Duration::from_millis(patience)).await;
        begun.kill().expect("it is ours");
        begun.wait().expect("it ends");
    }
    let demo = Running::start(&dir, ports, &[]).await;
    let connect = request_token(&dir, &demo.facts, demo.app());
    assert!(demo.exchange(&connect).await["access_token"].is_string());
}

#[tokio::test(flavor = "multi_thread")]
async fn demo_json_keeps_to_its_shape() {
    let home = tempfile::tempdir().unwrap();
    let dir = home.path().join("data");
    std::fs::create_dir(&dir).unwrap();
    let ports = ports::claim();
    let at = |offset: u16| format!("http://127.0.0.1:{}", ports + offset);
    let demo = Running::start(&dir, ports, &[]).await;
    let facts = &demo.facts;
    assert_eq!(facts["app_center"], at(0));
    assert_eq!(facts["data_centers"]["glz"], at(1));
    assert_eq!(facts["data_centers"]["us2"], at(2));
    assert_eq!(facts["data_centers"]["eu2"], at(3));
    assert_eq!(facts["partner"], at(10));
    let keys = |value: &Value| {
        let mut keys: Vec<String> = value.as_object().unwrap().keys().cloned().collect();
        keys.sort();
        keys
    };
    assert_eq!(
        keys(facts),
        [
            "app_center",
            "apps",
            "companies",
            "data_centers",
            "partner",
            "verification_codes"
        ]
    );
    for company in facts["companies"].as_array().unwrap() {
        assert_eq!(
            keys(company),
            ["data_center", "edition", "id", "name", "users"]
        );
        for user in company["users"].as_array().unwrap() {
            assert_eq!(
                keys(user),
                ["id", "login", "name", "password", "permissions"]
            );
        }
        let admins = company["users"].as_array().unwrap().iter();
        assert!(
            admins
                .clone()
                .any(|user| user["permissions"][0] == "WebServicesAdmin")
        );
        assert!(
            admins
                .clone()
                .any(|user| user["permissions"] == serde_json::json!([]))
        );
    }
    for app in facts["apps"].as_array().unwrap() {
        assert_eq!(
            keys(app),
            [
                "call_to_action",
                "client_id",
                "client_secret",
                "connect_uri",
                "listing",
                "listing_type",
                "name",
                "redirect_uris",
                "scopes"
            ]
        );
    }
    assert_eq!(keys(&facts["verification_codes"][0]), ["client_id", "code"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn s07_no_token_and_no_secret_reaches_the_log() {
    let home = tempfile::tempdir().unwrap();
    let dir = home.path().join("data");
    std::fs::create_dir(&dir).unwrap();
    let demo = Running::start(&dir, ports::claim(), &[]).await;
    let connect = request_token(&dir, &demo.facts, demo.app());
    let answer = demo.exchange(&connect).await;
    let arrival = format!(
        "{}?id={}&requestToken={}&userId={}",
        demo.app()["connect_uri"].as_str().unwrap(),
        connect["id"].as_str().unwrap(),
        connect["requestToken"].as_str().unwrap(),
        connect["userId"].as_str().unwrap(),
    );
    let landed = demo.http.get(&arrival).send().await.unwrap();
    assert_eq!(landed.status(), 303);
    let clean = landed.headers()["location"].to_str().unwrap();
    assert!(
        !clean.contains('?'),
        "the request token is taken out of the address: {clean}"
    );
    let geolocation = answer["geolocation"].as_str().unwrap();
    let access_token = answer["access_token"].as_str().unwrap();
    let profile = demo
        .http
        .get(format!("{geolocation}/profile/v1/me"))
        .bearer_auth(access_token);
    assert_eq!(profile.send().await.unwrap().status(), 200);
    // Refusals are logged with a reason, which must not repeat what was sent either.
    demo.refresh("canary-refresh-token").await;
    let secrets = [
        connect["requestToken"].as_str().unwrap(),
        access_token,
        answer["refresh_token"].as_str().unwrap(),
        answer["id_token"].as_str().unwrap(),
        demo.app()["client_secret"].as_str().unwrap(),
        "canary-refresh-token",
        "requestToken",
    ];
    let log = std::fs::read_to_string(home.path().join("log")).unwrap();
    assert!(
        log.contains("/oauth2/v0/token") && log.contains("/connect/meridian-ledger"),
        "{log}"
    );
    for secret in secrets {
        assert!(!log.contains(secret), "the log holds {secret}");
    }
}

#[test]
fn what_cannot_be_done_is_said_in_a_sentence() {
    let home = tempfile::tempdir().unwrap();
    let dir = home.path().join("data");
    let missing = quickconnect(&[
        "request-token",
        "--data-dir",
        dir.to_str().unwrap(),
        "--company",
        "d5ffead2-0555-4abc-b5f0-734ccd124d13",
        "--app",
        "f6c70655-012e-4e3f-a801-987e1900011f",
    ]);
    assert_eq!(missing.status.code(), Some(1));
    let said = String::from_utf8_lossy(&missing.stderr);
    assert!(said.contains("there is no demo in"), "{said}");
    let nonsense = quickconnect(&[
        "request-token",
        "--data-dir",
        ".",
        "--company",
        "x",
        "--app",
        "y",
    ]);
    assert_eq!(nonsense.status.code(), Some(2));
    std::fs::create_dir(&dir).unwrap();
    std::fs::write(dir.join("accounts.xlsx"), "precious").unwrap();
    let reset = quickconnect(&[
        "demo",
        "--reset",
        "--port-base",
        &ports::claim().to_string(),
        "--data-dir",
        dir.to_str().unwrap(),
    ]);
    assert_eq!(reset.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&reset.stderr).contains("not a demo's file"));
    assert!(dir.join("accounts.xlsx").exists());
}
