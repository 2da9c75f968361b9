//! What an operator is told by `config check --partner` and `doctor --partner`.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

use db::values;
use testkit::House;

use super::{Partner, app};
use crate::deployment::Deployment;
use crate::found::Found;

const SECRETS: [&str; 4] = [
    "vault.key",
    "database.address",
    "ledger.secret",
    "cards.secret",
];

impl Partner {
    #[track_caller]
    fn checked(&self) -> Found {
        Found::read(&self.run(&["config", "check", "--partner", "--json"]))
    }

    #[track_caller]
    fn examined(&self) -> Found {
        Found::read(&self.run(&["doctor", "--partner", "--json"]))
    }

    /// Secrets as an operator keeps them.
    fn close_files(&self) {
        for name in SECRETS {
            let private = std::fs::Permissions::from_mode(0o600);
            std::fs::set_permissions(self.path(name), private).unwrap();
        }
    }

    fn is_on_a_file(&self) -> bool {
        let address = std::fs::read_to_string(self.path("database.address")).unwrap();
        address.starts_with("sqlite:")
    }

    async fn execute(&self, sql: &str, parameters: &[db::Value]) {
        let db = self.database();
        let mut tx = db.write().await.unwrap();
        tx.execute(sql, parameters).await.unwrap();
        tx.commit().await.unwrap();
    }
}

#[tokio::test]
async fn a_check_reads_what_a_partner_reads_and_asks_nobody() {
    let house = House::start().await;
    let partner = Partner::new(&house).await;
    let platform = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    platform.set_nonblocking(true).unwrap();
    let at = format!("http://{}", platform.local_addr().unwrap());
    partner.configure(house.center("glz"), &at);
    partner.close_files();

    let found = partner.checked();
    assert!(found.succeeded, "{:#?}", found.lines);
    for words in [
        "configuration: ",
        "apps: cards: its secret, texts and pictures can be used",
        "apps: ledger: ",
        "vault key: ",
        "marker: ",
        "database: ",
        "listeners: listen: ",
        "listeners: health_listen: ",
        "listeners: broker.listen: ",
    ] {
        found.has("ok", words);
    }
    if partner.is_on_a_file() {
        found.has("ok", "quickconnect migrate up --partner makes it");
    }
    found.has("warning origins", "public_origin, platform");
    found.has("warning mail", "mails become files");
    assert!(platform.accept().is_err(), "the platform was asked nothing");
    assert!(!partner.path("vault.marker").exists());
    let standing = partner.json(&["migrate", "status", "--partner"]);
    assert_eq!(standing["applied"], serde_json::json!([]));
}

#[tokio::test]
async fn all_that_is_wrong_is_told_at_once_and_a_start_says_the_same() {
    let house = House::start().await;
    let partner = Partner::new(&house).await;
    let pages = partner.url("").replace("http://", "");
    std::fs::create_dir(partner.path("frame")).unwrap();
    std::fs::write(
        partner.path("frame/frame.html"),
        "<p>Ours</p>\n<script>alert(1)</script>\n{{ content }}",
    )
    .unwrap();
    std::fs::write(partner.path("vault.marker"), "nonsense").unwrap();
    partner.configure("vault.key", "nothing.key");
    partner.configure(
        "scopes = [\"openid\", \"company.read\"]\nshared = [\"Expense reports, to read\"]\nlogo = \
         \"logo.svg\"\nnext_steps = [\"Open the ledger.\"]",
        "scopes = [\"openid\"]\nlogo = \"logo.svg\"\nframe = \"frame\"",
    );
    partner.configure("cards.secret", "nothing.secret");
    partner.configure("sales@meridian.example", "sales");
    let described = "[platforms.real]\nname = \" \"\nlanding_zone = \"https://glz.example\"\n\
                     [platforms.real.data_centers]\nus2 = \"https://us2.example\"\n\n[broker]";
    partner.configure("[broker]", described);
    let broker_at = partner.url("").replace("http://127.0.0.1:", "");
    let broker_port = broker_at.parse::<u16>().unwrap() + 2;
    partner.configure(
        &format!("listen = \"127.0.0.1:{broker_port}\""),
        &format!("listen = \"{pages}\""),
    );
    let found = partner.checked();
    assert!(!found.succeeded);
    for words in [
        "platforms: ",
        "platforms.real.name is empty",
        "are one address",
        "nothing.key",
        "frame.html:2: ",
        "nothing.secret",
        "\"sales\" is not a mail address",
        "marker: ",
    ] {
        found.has("failure", words);
    }
    let mut told = found.of("failure");
    let number = told.len();
    told.sort_unstable();
    told.dedup();
    assert_eq!(told.len(), number, "each is told once: {told:#?}");
    let said = partner.refusal(&["partner"]);
    for line in told {
        let (_, sentence) = line.split_once(": ").unwrap();
        assert!(said.contains(sentence), "{sentence} in {said}");
    }
    let standing = partner.database().standing(vault::MIGRATIONS).await;
    assert!(standing.unwrap().applied.is_empty(), "nothing was begun");
}

#[tokio::test]
async fn secrets_that_others_may_read_are_a_warning() {
    let house = House::start().await;
    let partner = Partner::new(&house).await;
    partner.close_files();
    let shown = |found: &Found| -> Vec<String> {
        let warnings = found.of("warning").into_iter();
        warnings
            .filter(|line| line.contains("chmod 600"))
            .cloned()
            .collect()
    };
    assert_eq!(shown(&partner.checked()), Vec::<String>::new());
    for name in SECRETS {
        let open = std::fs::Permissions::from_mode(0o644);
        std::fs::set_permissions(partner.path(name), open).unwrap();
    }
    let found = partner.checked();
    assert!(found.succeeded, "it can be served all the same");
    let shown = shown(&found);
    for name in SECRETS {
        assert!(shown.iter().any(|line| line.contains(name)), "{shown:#?}");
    }
    // One that stands in the configuration itself.
    partner.configure("client_secret_file = ", "client_secret = ");
    let found = partner.checked();
    found.has(
        "warning secrets",
        "app \"ledger\": its client secret stands",
    );
}

#[tokio::test]
async fn a_configuration_of_the_other_kind_is_called_so() {
    let house = House::start().await;
    let partner = Partner::new(&house).await;
    for command in [
        ["doctor", "--json"].as_slice(),
        &["config", "check", "--json"],
    ] {
        let found = Found::read(&partner.run(command));
        found.has(
            "failure configuration",
            "a partner's configuration: add --partner",
        );
        assert_eq!(found.lines.len(), 1);
    }
    let platform = Deployment::on_a_file();
    let found = Found::read(&platform.run(&["doctor", "--partner", "--json"]));
    found.has("failure configuration", "leave --partner out");
}

// The platform answers while commands run.
#[tokio::test(flavor = "multi_thread")]
async fn a_doctor_tells_what_is_missing_and_then_that_all_is_well() {
    let house = House::start().await;
    let partner = Partner::new(&house).await;
    partner.close_files();
    let found = partner.examined();
    assert!(!found.succeeded);
    let words = match partner.is_on_a_file() {
        true => "make it with: quickconnect migrate up --partner",
        false => "run quickconnect migrate up --partner",
    };
    found.has("failure", words);

    partner.migrate();
    let found = partner.examined();
    found.has("ok vault key", "nothing is sealed yet");
    found.has(
        "warning listeners",
        "start a node with: quickconnect partner",
    );
    let standing = "SELECT id FROM sealing_proof";
    let mut tx = partner.database().read().await.unwrap();
    assert!(tx.query(standing, &[]).await.unwrap().is_empty());
    drop(tx);

    let served = partner.serve().await;
    let found = partner.examined();
    assert!(found.succeeded, "{:#?}", found.lines);
    for words in [
        "database: it answers and can be written".to_owned(),
        "sorted by bytes".to_owned(),
        "tables: those of this program".to_owned(),
        "vault key: it opens the vault".to_owned(),
        "keeper: no connection waits".to_owned(),
        format!("platforms: platform: {} answers", house.center("glz")),
        format!("platforms: platform: {} answers", house.center("us2")),
        format!("platforms: platform: {} answers", house.center("eu2")),
        "clock: this machine's agrees with platform's".to_owned(),
        "listeners: listen: a node answers".to_owned(),
        "listeners: health_listen: a node answers".to_owned(),
        "listeners: broker.listen: a node answers".to_owned(),
    ] {
        found.has("ok", &words);
    }
    drop(served);
    partner
        .examined()
        .has("warning listeners", "nobody answers");
}

#[tokio::test(flavor = "multi_thread")]
async fn s45_a_doctor_tells_which_key_opens_the_vault() {
    let house = House::start().await;
    let partner = Partner::new(&house).await;
    partner.migrate();
    drop(partner.serve().await);
    std::fs::rename(partner.path("vault.key"), partner.path("old.key")).unwrap();
    std::fs::write(partner.path("vault.key"), "a5".repeat(32)).unwrap();
    let found = partner.examined();
    found.has("failure vault key", "sealed under another key");
    assert!(!found.lines.iter().any(|line| line.contains("a5a5a5")));

    let older = format!("older_vault_key_files = [{:?}]\n", partner.path("old.key"));
    partner.configure("vault_key_file", &format!("{older}vault_key_file"));
    partner
        .examined()
        .has("warning vault key", "quickconnect partner rewrap");
    partner.json(&["partner", "rewrap"]);
    partner.configure(&older, "");
    partner.examined().has("ok vault key", "it opens the vault");
}

#[tokio::test(flavor = "multi_thread")]
async fn s59_a_doctor_sees_that_the_database_was_restored_and_leaves_it_so() {
    let house = House::start().await;
    let partner = Partner::new(&house).await;
    partner.migrate();
    drop(partner.serve().await);
    let whole = std::fs::read_to_string(partner.path("vault.marker")).unwrap();
    let (vault, _) = whole.trim().split_once(' ').unwrap();
    let later = format!("{vault} 77\n");
    std::fs::write(partner.path("vault.marker"), &later).unwrap();
    for _ in 0..2 {
        partner
            .examined()
            .has("warning marker", "restored from a backup");
    }
    let after = std::fs::read_to_string(partner.path("vault.marker")).unwrap();
    assert_eq!(after, later);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_doctor_finds_who_does_not_answer_or_refuses() {
    let house = House::start().await;
    let partner = Partner::new(&house).await;
    partner.migrate();
    // One data center is away (nobody listens there), and at another one stands something else.
    let away = "http://127.0.0.1:2";
    let other = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let stranger = format!("http://{}", other.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in other.incoming() {
            answer_as_a_stranger(&mut stream.unwrap());
        }
    });
    partner.configure(house.center("us2"), away);
    partner.configure(house.center("eu2"), &stranger);
    partner.configure(
        "[mail]\noutbox",
        "[mail]\nfrom = \"a@meridian.example\"\n[mail.smtp]\nhost = \"127.0.0.1\"\ntls = \
         \"none\"\nport = 1\n[keeper]\n# outbox",
    );
    let refused = app(&house, "Harbor").client_id.to_string();
    let now = ambient::Clock::System.now().as_micros();
    partner
        .execute(
            "INSERT INTO alarms (app, number, raised_at) VALUES ($1, 61, $2)",
            &values![refused, now],
        )
        .await;
    let found = partner.examined();
    assert!(!found.succeeded);
    found.has("ok platforms", &format!("{} answers", house.center("glz")));
    found.has("failure platforms", &format!("{away}: it gives no answer"));
    found.has(
        "failure platforms",
        &format!("{stranger}: the issuer there is https://elsewhere.example"),
    );
    found.has("failure clock", "ahead of platform's");
    found.has("failure mail", "127.0.0.1");
    found.has("warning apps", "cards: the platform refused the app itself");
    found.has("warning apps", "with number 61");
}

/// Says that it is somebody else, on a day long ago.
fn answer_as_a_stranger(stream: &mut std::net::TcpStream) {
    stream
        .set_read_timeout(Some(Duration::from_secs(60)))
        .unwrap();
    let mut asked = Vec::new();
    let mut part = [0; 1024];
    while !asked.ends_with(b"\r\n\r\n") {
        match stream.read(&mut part) {
            Ok(0) | Err(_) => return,
            Ok(number) => asked.extend_from_slice(&part[..number]),
        }
    }
    let body = r#"{"issuer":"https://elsewhere.example"}"#;
    let answer = format!(
        "HTTP/1.1 200 OK\r\nDate: Thu, 01 Jan 2026 00:00:00 GMT\r\nContent-Type: \
         application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
    let _ = stream.write_all(answer.as_bytes());
}
