//! What an operator is told by `config check` and `doctor`, and by a `serve` that does not start.

use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

use crate::deployment::Deployment;
use crate::found::Found;

impl Deployment {
    #[track_caller]
    fn checked(&self) -> Found {
        Found::read(&self.run(&["config", "check", "--json"]))
    }

    #[track_caller]
    fn examined(&self) -> Found {
        Found::read(&self.run(&["doctor", "--json"]))
    }

    /// Secrets as an operator keeps them.
    fn close_files(&self) {
        for name in ["platform.key", "database.address"] {
            let private = std::fs::Permissions::from_mode(0o600);
            if self.path(name).exists() {
                std::fs::set_permissions(self.path(name), private).unwrap();
            }
        }
    }

    async fn examined_until(&self, done: impl Fn(&Found) -> bool) -> Found {
        for _ in 0..300 {
            let found = self.examined();
            if done(&found) {
                return found;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("{:#?}", self.examined().lines);
    }
}

#[tokio::test]
async fn a_check_reads_what_serve_reads_and_changes_nothing() {
    let deployment = Deployment::on_a_file();
    deployment.close_files();
    let found = deployment.checked();
    assert!(found.succeeded, "{:#?}", found.lines);
    assert_eq!(found.of("failure"), Vec::<&String>::new());
    assert_eq!(found.of("warning"), Vec::<&String>::new());
    found.has("ok", "quickconnect migrate up makes it");
    assert!(!deployment.path("platform.sqlite").exists());

    let output = deployment
        .command(&["config", "check", "--json"])
        .env(
            "QUICKCONNECT__HEALTH_LISTEN",
            format!("127.0.0.1:{}", deployment.port),
        )
        .output()
        .unwrap();
    let found = Found::read(&output);
    found.has(
        "ok configuration",
        "overruled by QUICKCONNECT__HEALTH_LISTEN",
    );
    found.has("failure listeners", "are one address");
}

#[tokio::test]
async fn all_that_is_wrong_is_told_at_once_and_serve_says_the_same() {
    let deployment = Deployment::new().await;
    deployment.configure(|text| {
        text.replace("platform.key", "nothing.key")
            .replace("landing_zone = \"glz\"", "landing_zone = \"us1\"")
            .replace("https://us2.api.example", "https://apps.example")
            .replace(
                &format!(":{}", deployment.port + 1),
                &format!(":{}", deployment.port),
            )
            + "\n[mail.smtp]\nhost = \"mail.example\"\n"
    });
    let found = deployment.checked();
    assert!(!found.succeeded);
    for words in [
        "landing_zone is \"us1\"",
        "https://apps.example is given twice",
        "are one address",
        "nothing.key",
        "say whom mails come from",
    ] {
        found.has("failure", words);
    }
    let said = deployment.refusal();
    for line in found.of("failure") {
        let (_, sentence) = line.split_once(": ").unwrap();
        assert!(said.contains(sentence), "{sentence} in {said}");
    }
}

#[tokio::test]
async fn secrets_that_others_may_read_are_a_warning() {
    let deployment = Deployment::new().await;
    deployment.close_files();
    let open = std::fs::Permissions::from_mode(0o644);
    std::fs::set_permissions(deployment.path("platform.key"), open).unwrap();
    let found = deployment.checked();
    assert!(found.succeeded, "it can be served all the same");
    found.has("warning key secret", "chmod 600");
    deployment.close_files();
    assert_eq!(deployment.checked().of("warning"), Vec::<&String>::new());
}

#[tokio::test]
async fn an_address_that_another_program_has_is_a_failure() {
    let deployment = Deployment::new().await;
    deployment.migrate();
    let other = std::net::TcpListener::bind(("127.0.0.1", deployment.port)).unwrap();
    let answering = std::thread::spawn(move || other.accept().map(drop));
    let found = deployment.checked();
    assert!(!found.succeeded);
    found.has(
        "failure listeners",
        &format!(
            "listen: 127.0.0.1:{} cannot be listened on",
            deployment.port
        ),
    );
    answering.join().unwrap().unwrap();

    let _other = std::net::TcpListener::bind(("127.0.0.1", deployment.port)).unwrap();
    let said = deployment.refusal();
    assert!(said.contains("choose another port"), "{said}");
}

#[tokio::test]
async fn a_doctor_tells_what_is_missing_and_then_that_all_is_well() {
    let deployment = Deployment::new().await;
    deployment.close_files();
    let found = deployment.examined();
    assert!(!found.succeeded);
    let words = match deployment
        .database
        .as_ref()
        .unwrap()
        .address()
        .starts_with("sqlite:")
    {
        true => "make it with: quickconnect migrate up",
        false => "run quickconnect migrate up",
    };
    found.has("failure", words);

    deployment.migrate();
    deployment
        .examined()
        .has("warning signing keys", "start a node");
    let served = deployment.serve().await;
    deployment.close_files();
    let is_settled = |found: &Found| {
        let has = |words: &str| found.lines.iter().any(|line| line.contains(words));
        has("housekeeping: node") && !has("no next key")
    };
    let found = deployment.examined_until(is_settled).await;
    assert_eq!(found.of("warning"), Vec::<&String>::new());
    assert!(found.succeeded, "{:#?}", found.lines);
    for words in [
        "configuration: ",
        "key secret: it opens the signing keys",
        "database: it answers and can be written",
        "sorted by bytes",
        "tables: those of this program",
        "signing keys: RS256: ",
        "signing keys: EdDSA: ",
        "jobs: housekeeping: node",
        "audit log: ",
        "listeners: listen: a node answers",
        "listeners: health_listen: a node answers",
    ] {
        found.has("ok", words);
    }
    drop(served);
    deployment
        .examined()
        .has("warning listeners", "nobody answers");
}

#[tokio::test]
async fn a_doctor_finds_a_wrong_secret_and_a_mail_server_that_is_away() {
    let deployment = Deployment::new().await;
    drop(deployment.serve().await);
    deployment.configure(|text| {
        let port = deployment.port + 2;
        format!(
            "{text}
[mail]
from = \"a@books.example\"
[mail.smtp]
host = \"127.0.0.1\"
\
            tls = \"none\"
port = {port}
"
        )
    });
    std::fs::write(deployment.path("platform.key"), "a5".repeat(32)).unwrap();
    let found = deployment.examined();
    assert!(!found.succeeded);
    found.has(
        "failure key secret",
        "sealed under another key-encryption secret",
    );
    found.has("failure mail", "127.0.0.1");
    let text = String::from_utf8(deployment.run(&["doctor"]).stdout).unwrap();
    assert!(text.contains("FAILURE  key secret"), "{text}");
    assert!(!text.contains("a5a5a5"), "{text}");
}

#[tokio::test]
async fn s36_a_doctor_sees_that_the_end_of_the_audit_log_is_gone() {
    let deployment = Deployment::new().await;
    let served = deployment.serve().await;
    let company = "company create --name Acme --data-center us2 --internet-domain acme.example";
    let made = deployment.run(&company.split(' ').collect::<Vec<_>>());
    assert!(
        made.status.success(),
        "{}",
        String::from_utf8_lossy(&made.stderr)
    );
    let is_chained = |found: &Found| {
        let words = "event(s) chained, 0 not yet";
        found.lines.iter().any(|line| line.contains(words))
    };
    deployment.examined_until(is_chained).await;
    drop(served);
    let mut tx = deployment
        .database
        .as_ref()
        .unwrap()
        .open()
        .write()
        .await
        .unwrap();
    tx.execute(
        "DELETE FROM audit_events WHERE position = (SELECT MAX(position) FROM audit_events)",
        &[],
    )
    .await
    .unwrap();
    tx.commit().await.unwrap();
    deployment
        .examined()
        .has("failure audit log", "quickconnect audit verify");
}
