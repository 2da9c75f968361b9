//! An operator at the command line, while the platform is served by another process.

use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use ambient::{Clock, Entropy};
use sandbox::{Demo, DemoError, DemoOptions, Facts, Ports};
use serde_json::{Value, json};
use tempfile::TempDir;
use test_database::TestDatabase;

/// A platform that is served, on files that the commands open as well.
struct Platform {
    dir: TempDir,
    database: TestDatabase,
    facts: Facts,
    http: reqwest::Client,
}

async fn open(dir: &Path) -> Result<Demo, DemoError> {
    Demo::start(DemoOptions {
        data_dir: dir.to_owned(),
        ports: Ports::Any,
        reset: false,
        platform_name: "Quick Connect".to_owned(),
        clock: Clock::System,
        entropy: Entropy::System,
        adjust: |_| {},
        adjust_partner: |_| {},
    })
    .await
}

fn quickconnect(dir: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_quickconnect"))
        .args(arguments)
        .arg("--data-dir")
        .arg(dir)
        .stdin(Stdio::null())
        .output()
        .expect("it runs")
}

impl Platform {
    async fn serve() -> Platform {
        let dir = tempfile::tempdir().unwrap();
        let database = TestDatabase::migrated(store::MIGRATIONS).await;
        std::fs::write(dir.path().join("platform.address"), database.address()).unwrap();
        let demo = open(dir.path()).await.expect("it starts");
        let facts = demo.facts.clone();
        tokio::spawn(demo.serve(std::future::pending()));
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        Platform {
            dir,
            database,
            facts,
            http,
        }
    }

    /// What a command prints with `--json`.
    #[track_caller]
    fn json(&self, arguments: &[&str]) -> Value {
        let output = quickconnect(self.dir.path(), &[arguments, &["--json"]].concat());
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments:?}: {said}");
        serde_json::from_slice(&output.stdout).expect("JSON on standard output, and nothing else")
    }

    /// What a command that fails says.
    #[track_caller]
    fn refusal(&self, arguments: &[&str]) -> String {
        let output = quickconnect(self.dir.path(), arguments);
        assert!(!output.status.success(), "{arguments:?}");
        assert!(output.stdout.is_empty(), "{arguments:?}");
        String::from_utf8_lossy(&output.stderr).into_owned()
    }

    async fn token(&self, form: &[(&str, &str)]) -> Value {
        let url = self.facts.data_centers["glz"].join("/oauth2/v0/token");
        let answer = self.http.post(url).form(form).send().await.unwrap();
        serde_json::from_str(&answer.text().await.unwrap()).unwrap()
    }

    async fn kids(&self) -> Vec<String> {
        let url = self.facts.data_centers["us2"].join("/oauth2/v0/jwks");
        let answer = self
            .http
            .get(url)
            .send()
            .await
            .unwrap()
            .text()
            .await
            .unwrap();
        let keys: Value = serde_json::from_str(&answer).unwrap();
        let keys = keys["keys"].as_array().unwrap().iter();
        keys.map(|key| key["kid"].as_str().unwrap().to_owned())
            .collect()
    }
}

fn names(value: &Value) -> Vec<&str> {
    let mut names: Vec<_> = value
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    names.sort_unstable();
    names
}

const APP: [&str; 12] = [
    "algorithm",
    "allowed_principal",
    "client_id",
    "connect_uri",
    "customer_app",
    "enabled",
    "grants",
    "name",
    "principal_type",
    "redirect_uris",
    "require_pkce",
    "scopes",
];

#[tokio::test(flavor = "multi_thread")]
async fn an_app_that_an_operator_registers_gets_tokens_at_once() {
    let platform = Platform::serve().await;
    let company = platform.facts.companies[0].id.to_string();
    let created = platform.json(&[
        "app",
        "create",
        "--name",
        "Fjord Books",
        "--grant",
        "password",
        "--grant",
        "refresh_token",
        "--scope",
        "openid",
        "--scope",
        "company.read EXPRPT",
        "--redirect-uri",
        "https://fjord.example/callback?x=1",
        "--redirect-uri",
        "http://127.0.0.1:9/cb",
        "--connect-uri",
        "https://fjord.example/connect",
        "--allowed-principal",
        &company,
        "--algorithm",
        "ES256",
        "--require-pkce",
    ]);
    let more = ["client_secret", "secret_id"];
    let mut expected = [&APP[..], &more].concat();
    expected.sort_unstable();
    assert_eq!(names(&created), expected);
    let id = created["client_id"].as_str().unwrap();
    let secret = created["client_secret"].as_str().unwrap();
    assert_eq!(
        created["scopes"],
        json!(["openid", "company.read", "EXPRPT"])
    );
    assert_eq!(created["grants"], json!(["password", "refresh_token"]));
    let uris = [
        "https://fjord.example/callback?x=1",
        "http://127.0.0.1:9/cb",
    ];
    assert_eq!(created["redirect_uris"], json!(uris));
    assert_eq!(created["algorithm"], "ES256");
    assert_eq!(created["principal_type"], "company");
    assert_eq!(created["allowed_principal"], company.as_str());
    assert_eq!(created["require_pkce"], true);

    // The server that runs knows it: a wrong request token is 5, which only good clients are told.
    let exchange = |secret: String| {
        let (platform, id, company) = (&platform, id.to_owned(), company.clone());
        async move {
            let form = [
                ("client_id", id.as_str()),
                ("client_secret", secret.as_str()),
                ("grant_type", "password"),
                ("credtype", "authtoken"),
                ("username", company.as_str()),
                ("password", "at-0000000000000000000000000000zz"),
            ];
            platform.token(&form).await["code"].as_u64().unwrap()
        }
    };
    assert_eq!(exchange(secret.to_owned()).await, 5);

    // A further secret is good beside the first, and no command shows either again.
    let further = platform.json(&["app", "secret", id]);
    assert_eq!(names(&further), ["client_id", "client_secret", "secret_id"]);
    let further = further["client_secret"].as_str().unwrap().to_owned();
    assert_eq!(exchange(further.clone()).await, 5);
    assert_eq!(exchange(secret.to_owned()).await, 5);
    let shown = platform.json(&["app", "show", id]);
    assert_eq!(shown["secrets"].as_array().unwrap().len(), 2);
    let fields = ["created_at", "id", "status", "updated_at"];
    assert_eq!(names(&shown["secrets"][0]), fields);
    assert_eq!(shown["redirect_uris"], json!(uris));
    for secret in [secret, &further] {
        assert!(!shown.to_string().contains(secret));
        assert!(!platform.database.holds(secret).await);
    }

    let listed = platform.json(&["app", "list"]);
    let listed = listed.as_array().unwrap();
    assert_eq!(listed.len(), platform.facts.apps.len() + 1);
    assert!(listed.iter().all(|app| names(app) == APP));

    let disabled = platform.json(&["app", "disable", id]);
    assert_eq!(disabled["enabled"], false);
    assert_eq!(exchange(further.clone()).await, 59);
    assert_eq!(platform.json(&["app", "enable", id])["enabled"], true);
    assert_eq!(exchange(further).await, 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn s03_what_cannot_be_registered_is_refused_in_a_sentence() {
    let platform = Platform::serve().await;
    let create = |more: &[&str]| {
        let base = [
            "app",
            "create",
            "--name",
            "Fjord Books",
            "--grant",
            "authorization_code",
        ];
        platform.refusal(&[&base[..], more].concat())
    };
    assert!(create(&[]).contains("needs a redirect URI"));
    let http = create(&["--redirect-uri", "http://fjord.example/cb"]);
    assert!(http.contains("does not begin with https://"), "{http}");
    let fragment = create(&["--redirect-uri", "https://fjord.example/cb#x"]);
    assert!(fragment.contains("fragment"), "{fragment}");
    let good = ["--redirect-uri", "https://fjord.example/cb"];
    let stranger = [
        "--allowed-principal",
        "00000000-0000-4000-8000-000000000000",
    ];
    let stranger = create(&[&good[..], &stranger].concat());
    assert!(stranger.contains("no company has the id"), "{stranger}");
    for wrong in [
        ["--algorithm", "HS256"],
        ["--grant", "implicit"],
        ["--principal-type", "app"],
        ["--allowed-principal", "Brackwater"],
    ] {
        let refusal = create(&[&good[..], &wrong].concat());
        assert!(refusal.contains(wrong[1]), "{refusal}");
    }
    let unknown = platform.refusal(&["app", "show", "00000000-0000-4000-8000-000000000000"]);
    assert!(unknown.contains("no app has the client id"), "{unknown}");
}

#[tokio::test(flavor = "multi_thread")]
async fn s25_an_operator_sees_the_keys_and_takes_one_away() {
    let platform = Platform::serve().await;
    // The next keys are published as soon as the platform is served.
    for _ in 0..100 {
        if platform.kids().await.len() == 6 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let keys = platform.json(&["keys", "list"]);
    let keys = keys.as_array().unwrap();
    assert_eq!(keys.len(), 6);
    for key in keys {
        let expected = [
            "algorithm",
            "changes_at",
            "created_at",
            "kid",
            "since",
            "state",
        ];
        assert_eq!(names(key), expected);
    }
    // They have only just been published: nobody would notice a rotation in time.
    let early = platform.refusal(&["keys", "rotate"]);
    assert!(early.contains("it can sign from 20"), "{early}");
    // A key that leaked goes all the same, and the server that runs follows.
    let rsa = keys
        .iter()
        .find(|key| key["algorithm"] == "RS256" && key["state"] == "signing");
    let kid = rsa.unwrap()["kid"].as_str().unwrap().to_owned();
    let after = platform.json(&["keys", "retire", &kid, "--now"]);
    let state = |kid: &str| {
        let mut keys = after.as_array().unwrap().iter();
        keys.find(|key| key["kid"] == kid).unwrap()["state"].clone()
    };
    assert_eq!(state(&kid), "removed");
    for _ in 0..200 {
        if !platform.kids().await.contains(&kid) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let kids = platform.kids().await;
    assert!(!kids.contains(&kid) && kids.len() == 6, "{kids:?}");
    let unknown = platform.refusal(&["keys", "retire", "nonsense"]);
    assert!(unknown.contains("no signing key"), "{unknown}");
}

#[tokio::test(flavor = "multi_thread")]
async fn s23_an_operator_refuses_what_is_old_and_takes_that_back() {
    let platform = Platform::serve().await;
    let app = platform
        .facts
        .apps
        .iter()
        .find(|app| app.name == "Meridian Ledger");
    let app = app.unwrap();
    let (id, secret) = (app.client_id.to_string(), app.client_secret.clone());
    let own = [("client_id", id.as_str()), ("client_secret", &secret)];
    let granted = [&own[..], &[("grant_type", "client_credentials")]].concat();
    let token = platform.token(&granted).await;
    let token = token["access_token"].as_str().unwrap().to_owned();
    let active = async || {
        let url = platform.facts.data_centers["glz"].join("/oauth2/v0/introspect");
        let asked = [&own[..], &[("token", token.as_str())]].concat();
        let answer = platform.http.post(url).form(&asked).send().await.unwrap();
        let told: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
        told["active"] == true
    };
    assert!(active().await);
    // Issued in an earlier second than the instant.
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    let set = platform.json(&["not-before", "set", "now", "--data-center", "glz"]);
    let one = &set[0];
    assert_eq!(
        names(one),
        ["data_center", "issued_before", "refresh_tokens"]
    );
    assert_eq!(
        (&one["data_center"], &one["refresh_tokens"]),
        (&json!("glz"), &json!(false))
    );
    assert!(!active().await, "the server that runs follows at once");
    let instant = "2026-01-02T03:04:05+01:00";
    let both = platform.json(&["not-before", "set", instant, "--refresh-tokens"]);
    let expected = json!({
        "data_center": null, "issued_before": "2026-01-02T02:04:05.000Z", "refresh_tokens": true,
    });
    assert_eq!(both[0], expected, "the whole platform comes first");
    assert_eq!(platform.json(&["not-before", "list"]), both);
    let left = platform.json(&["not-before", "lift", "--data-center", "glz"]);
    assert_eq!(left.as_array().unwrap().len(), 1);
    assert!(active().await);

    for (arguments, said) in [
        (&["set", "2999-01-01T00:00:00Z"][..], "lies ahead"),
        (&["set", "yesterday"][..], "is no instant"),
        (&["set", "now", "--data-center", "x"][..], "there are glz"),
        (
            &["lift", "--data-center", "us2"][..],
            "no instant is set for us2",
        ),
    ] {
        let refusal = platform.refusal(&[&["not-before"][..], arguments].concat());
        assert!(refusal.contains(said), "{refusal}");
    }
    // The server chains its events every few seconds.
    let mut events = String::new();
    for _ in 0..100 {
        let exported = quickconnect(platform.dir.path(), &["audit", "export"]);
        let lines = String::from_utf8_lossy(&exported.stdout).into_owned();
        events = lines.replace('\\', "");
        if events.contains("not_before_lifted") {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let told = |text: &str| assert!(events.contains(text), "{text}: {events}");
    told(
        r#""action":"not_before_set","company":null,"app":null,"subject":"glz: access tokens before 20"#,
    );
    told(r#""subject":"everywhere: access and refresh tokens before 2026-01-02T02:04:05.000Z""#);
    told(r#""action":"not_before_lifted","company":null,"app":null,"subject":"glz""#);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_platform_is_not_opened_without_its_key_encryption_secret_or_with_another() {
    let platform = Platform::serve().await;
    let secret = platform.dir.path().join("platform.key");
    let kept = std::fs::read(&secret).unwrap();
    std::fs::write(&secret, [7; 32]).unwrap();
    let other = platform.refusal(&["keys", "list"]);
    let expected = "the keys in this database were sealed under another key-encryption secret";
    assert!(other.contains(expected), "{other}");

    std::fs::remove_file(&secret).unwrap();
    let missing = platform.refusal(&["keys", "list"]);
    assert!(missing.contains("platform.key is missing"), "{missing}");
    assert!(!secret.exists(), "none is made in its place");

    std::fs::write(&secret, kept).unwrap();
    assert!(platform.json(&["keys", "list"]).as_array().unwrap().len() >= 3);
}
