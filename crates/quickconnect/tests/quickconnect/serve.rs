//! A deployment as its operator starts it: a configuration, a process, signals.

use std::time::Duration;

use serde_json::Value;

use crate::deployment::{Deployment, unready};

#[tokio::test]
async fn without_a_key_encryption_secret_nothing_starts() {
    let deployment = Deployment::new().await;
    deployment.configure(|text| text.replace("key_secret_file", "# key_secret_file"));
    assert!(deployment.refusal().contains("key_secret_file is not set"));

    deployment.configure(|text| text.replace("platform.key", "nothing.key"));
    assert!(deployment.refusal().contains("nothing.key"));

    deployment.configure(|text| text);
    std::fs::write(deployment.path("platform.key"), "too short").unwrap();
    assert!(deployment.refusal().contains("openssl rand -hex 32"));
    deployment.configure(|text| text);
    let status = deployment.run(&["migrate", "status", "--json"]);
    let standing: Value = serde_json::from_slice(&status.stdout).unwrap();
    assert_eq!(
        standing["applied"],
        serde_json::json!([]),
        "nothing was begun"
    );
}

#[tokio::test]
async fn what_is_wrong_with_a_configuration_is_said_by_name() {
    let deployment = Deployment::new().await;
    deployment.configure(|text| text.replace("listen =", "lisen ="));
    let said = deployment.refusal();
    assert!(
        said.contains("lisen") && said.contains("quickconnect.toml"),
        "{said}"
    );

    deployment.configure(|text| text.replace("database_file =", "database = 'mysql:x' #"));
    assert!(deployment.refusal().contains("sqlite:"));

    let telemetry = "[telemetry]\ntraces_endpoint = \"localhost:4318\"";
    deployment.configure(|text| format!("{text}\n{telemetry}\n"));
    let said = deployment.refusal();
    let (without, with) = ("--features otel", "http://127.0.0.1:4318/v1/traces");
    let words = if cfg!(feature = "otel") {
        with
    } else {
        without
    };
    assert!(said.contains(words), "{said}");
}

#[tokio::test]
async fn one_listener_serves_the_app_center_and_every_data_center() {
    let deployment = Deployment::new().await;
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
    let deployment = Deployment::new().await;
    let mut served = deployment.serve().await;
    served.terminate();
    let said = unready(async || served.health("/readyz").await).await;
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
    let deployment = Deployment::new().await;
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
pub fn write_listing(
    deployment: &Deployment,
    client_id: &str,
    headline: &str,
) -> std::path::PathBuf {
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
    let deployment = Deployment::new().await;
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

#[tokio::test]
async fn s39_tables_that_are_behind_or_ahead_are_refused_with_what_to_do() {
    let deployment = Deployment::new().await;
    let said = deployment.refusal();
    assert!(
        said.contains("behind this program: run quickconnect migrate up"),
        "{said}"
    );

    deployment.migrate();
    let database = deployment.database.as_ref().unwrap();
    let mut tx = database.open().write().await.unwrap();
    tx.execute(
        "INSERT INTO schema_migrations (name, position) VALUES ('9999_tomorrow', 9999)",
        &[],
    )
    .await
    .unwrap();
    tx.commit().await.unwrap();
    let said = deployment.refusal();
    assert!(
        said.contains("ahead of this program: start a newer release"),
        "{said}"
    );
}
