//! A backup, made while the platform is served, and put back.

use std::path::Path;
use std::process::Output;
use std::time::Duration;

use db::{Db, Migration, SqliteFile, values};
use serde_json::Value;

use crate::deployment::{Deployment, Served};

/// What a partner's program knows.
struct Partner {
    client_id: String,
    client_secret: String,
    http: reqwest::Client,
    port: u16,
}

#[track_caller]
fn json(output: Output) -> Value {
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    serde_json::from_slice(&output.stdout).unwrap()
}

#[track_caller]
fn refusal(output: Output) -> String {
    assert!(!output.status.success() && output.stdout.is_empty());
    String::from_utf8(output.stderr).unwrap()
}

fn text<'a>(value: &'a Value, field: &str) -> &'a str {
    value[field].as_str().unwrap_or_else(|| panic!("{value}"))
}

impl Partner {
    /// Registers the app, and connects a company to it; gives the refresh token.
    async fn connect(deployment: &Deployment) -> (Partner, String) {
        let company = json(deployment.run(&[
            "company",
            "create",
            "--name",
            "Acme",
            "--data-center",
            "us2",
            "--internet-domain",
            "acme.example",
            "--json",
        ]));
        let company = text(&company, "id").to_owned();
        json(deployment.run(&[
            "user",
            "create",
            "--company",
            &company,
            "--login",
            "ada@acme.example",
            "--given-name",
            "Ada",
            "--family-name",
            "Holm",
            "--web-services-admin",
            "--json",
        ]));
        let app = json(deployment.run(&[
            "app",
            "create",
            "--name",
            "Ledger",
            "--grant",
            "password",
            "--grant",
            "refresh_token",
            "--scope",
            "openid company.read",
            "--connect-uri",
            "https://ledger.example/connect",
            "--json",
        ]));
        let partner = Partner {
            client_id: text(&app, "client_id").to_owned(),
            client_secret: text(&app, "client_secret").to_owned(),
            http: reqwest::Client::builder().no_proxy().build().unwrap(),
            port: deployment.port,
        };
        let app = partner.client_id.clone();
        let token = json(deployment.run(&["request-token", "--company", &company, "--app", &app]));
        let form = [
            ("grant_type", "password"),
            ("credtype", "authtoken"),
            ("username", text(&token, "id")),
            ("password", text(&token, "requestToken")),
        ];
        let answer = partner.post("token", &form).await;
        let refresh_token = text(&answer, "refresh_token").to_owned();
        partner.prove(&answer).await;
        (partner, refresh_token)
    }

    async fn post(&self, endpoint: &str, form: &[(&str, &str)]) -> Value {
        let url = format!("http://127.0.0.1:{}/oauth2/v0/{endpoint}", self.port);
        let credentials = [
            ("client_id", self.client_id.as_str()),
            ("client_secret", self.client_secret.as_str()),
        ];
        let request = self.http.post(url).header("host", "us2.api.example");
        let answer = request.form(&[&credentials, form].concat()).send().await;
        answer.unwrap().json().await.unwrap()
    }

    async fn refresh(&self, token: &str) -> Value {
        let form = [("grant_type", "refresh_token"), ("refresh_token", token)];
        self.post("token", &form).await
    }

    async fn prove(&self, answer: &Value) {
        let access_token = text(answer, "access_token");
        let seen = self.post("introspect", &[("token", access_token)]).await;
        assert_eq!(seen["active"], true);
    }
}

async fn stop(mut served: Served) {
    served.terminate();
    for _ in 0..400 {
        if served.process.try_wait().unwrap().is_some() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("it does not stop");
}

async fn write(path: &Path, sql: &str) {
    let db = Db::open_sqlite(path).unwrap();
    let mut tx = db.write().await.unwrap();
    tx.batch(sql).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn s41_s59_a_platform_goes_on_from_its_backup() {
    let deployment = Deployment::on_a_file();
    let served = deployment.serve().await;
    let (partner, old) = Partner::connect(&deployment).await;
    let database = deployment.path("platform.sqlite");
    // Old enough to be replaced at the next use.
    let age = "UPDATE refresh_tokens SET issued_at = issued_at - 691200000000";
    write(&database, age).await;

    let backup = deployment.path("backup").display().to_string();
    let made = deployment.run(&["backup", &backup]);
    assert!(made.status.success());
    let again = refusal(deployment.run(&["backup", &backup]));
    assert!(again.contains("not written over"), "{again}");
    let content = std::fs::read(&backup).unwrap();

    // The partner gets a newer token, and uses it: the older one is dead.
    let answer = partner.refresh(&old).await;
    let new = text(&answer, "refresh_token").to_owned();
    assert_ne!(old, new);
    partner.prove(&answer).await;

    let served_yet = refusal(deployment.run(&["restore", &backup]));
    assert!(served_yet.contains("stop every node"), "{served_yet}");
    assert_eq!(text(&partner.refresh(&new).await, "refresh_token"), new);
    stop(served).await;
    let restored = json(deployment.run(&["restore", &backup, "--json"]));
    let mut fields: Vec<_> = restored.as_object().unwrap().keys().collect();
    fields.sort_unstable();
    assert_eq!(fields, ["kept", "known_until", "restored_at"]);
    assert_eq!(std::fs::read(&backup).unwrap(), content);
    let kept = Db::open_sqlite(text(&restored, "kept").as_ref()).unwrap();
    let mut tx = kept.read().await.unwrap();
    let sql = "SELECT COUNT(*) AS n FROM refresh_tokens";
    let row = tx.query_opt(sql, &[]).await.unwrap().unwrap();
    assert_eq!(row.get::<i64>("n").unwrap(), 2, "the replaced one is whole");

    let _served = deployment.serve().await;
    let answer = partner.refresh(&new).await;
    assert_eq!(text(&answer, "refresh_token"), new);
    partner.prove(&answer).await;
    assert_eq!(partner.refresh(&old).await["code"], 108);
    assert_eq!(text(&partner.refresh(&new).await, "refresh_token"), new);
    let verified = json(deployment.run(&["audit", "verify", "--json"]));
    assert_eq!(verified["problems"], serde_json::json!([]));
}

#[tokio::test]
async fn s41_what_cannot_be_put_back_is_refused_and_nothing_changes() {
    let deployment = Deployment::on_a_file();
    deployment.migrate();
    let database = deployment.path("platform.sqlite");
    write(&database, "CREATE TABLE of_today (n BIGINT)").await;
    let at = |name: &str| deployment.path(name).display().to_string();
    let refused = |name: &str, words: &str| {
        let said = refusal(deployment.run(&["restore", &at(name)]));
        assert!(said.contains(words), "{said}");
        let status = json(deployment.run(&["migrate", "status", "--json"]));
        assert_eq!(status["pending"], serde_json::json!([]), "{name}");
        assert!(!deployment.path("platform.sqlite.restoring").exists());
    };
    refused("nothing", "nothing");
    std::fs::write(at("text"), "no database at all").unwrap();
    refused("text", "text");
    let partners = Db::open_sqlite(at("partner").as_ref()).unwrap();
    partners.migrate(vault::MIGRATIONS).await.unwrap();
    refused("partner", "no backup of a platform");

    let later = Migration {
        name: "9999_later",
        sql: "CREATE TABLE later (n BIGINT)",
    };
    let all = store::MIGRATIONS.iter().chain([&later]);
    let newer = all.map(|migration| Migration { ..*migration });
    let db = Db::open_sqlite(at("newer").as_ref()).unwrap();
    db.migrate(&newer.collect::<Vec<_>>()).await.unwrap();
    drop(db);
    refused("newer", "newer release");

    // Of a deployment with another secret.
    let stranger = Deployment::on_a_file();
    std::fs::write(stranger.path("platform.key"), "b7".repeat(32)).unwrap();
    stranger.migrate();
    assert!(stranger.run(&["app", "list"]).status.success());
    let copy = deployment.path("strangers");
    SqliteFile::at(&stranger.path("platform.sqlite"))
        .copy_to(&copy)
        .unwrap();
    refused("strangers", "another key-encryption secret");
    write(&database, "DROP TABLE of_today").await;
}

#[tokio::test]
async fn s40_a_backup_of_the_release_before_is_brought_up() {
    let deployment = Deployment::on_a_file();
    let backup = deployment.path("backup");
    let (_, before) = store::MIGRATIONS.split_last().unwrap();
    let db = Db::open_sqlite(&backup).unwrap();
    db.migrate(before).await.unwrap();
    drop(db);
    // There is nothing that would be replaced.
    let restored = json(deployment.run(&["restore", &backup.display().to_string(), "--json"]));
    assert_eq!(restored["kept"], Value::Null);
    let status = json(deployment.run(&["migrate", "status", "--json"]));
    assert_eq!(status["pending"], serde_json::json!([]));
    let db = Db::open_sqlite(&backup).unwrap();
    assert_eq!(
        db.standing(store::MIGRATIONS).await.unwrap().pending.len(),
        1
    );
}

#[tokio::test]
async fn s41_a_restore_by_other_means_is_put_on_record() {
    let deployment = Deployment::new().await;
    deployment.migrate();
    let instant = "2026-11-20T02:00:00Z";
    let marked = json(deployment.run(&["restore", "--mark", "--backup-at", instant, "--json"]));
    assert_eq!(marked["known_until"], "2026-11-20T02:00:00.000Z");
    assert_eq!(marked["kept"], Value::Null);
    let db = match &deployment.database {
        Some(database) => database.open(),
        None => Db::open_sqlite(&deployment.path("platform.sqlite")).unwrap(),
    };
    let mut tx = db.read().await.unwrap();
    let sql = "SELECT content FROM audit_events WHERE action = $1";
    let rows = tx.query(sql, &values!["database_restored"]).await.unwrap();
    assert_eq!(rows.len(), 1);
    let wrong = refusal(deployment.run(&["restore", "--mark", "--backup-at", "yesterday"]));
    assert!(wrong.contains("yesterday"), "{wrong}");
    let both = refusal(deployment.run(&["restore", "--mark", "somewhere"]));
    assert!(both.contains("--mark"), "{both}");
}

#[tokio::test]
async fn postgresql_is_backed_up_by_its_own_programs() {
    let address = "postgres://db.example/quickconnect".to_owned();
    let deployment = Deployment::on(address);
    let backup = refusal(deployment.run(&["backup", "somewhere"]));
    assert!(backup.contains("pg_basebackup"), "{backup}");
    let restore = refusal(deployment.run(&["restore", "somewhere"]));
    assert!(restore.contains("restore --mark"), "{restore}");
}
