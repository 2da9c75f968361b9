//! How it starts, or why it does not, and how it ends.

use std::time::Duration;

use testkit::House;

use super::Partner;
use crate::deployment::unready;

#[tokio::test]
async fn s45_without_the_vaults_own_key_nothing_starts() {
    let house = House::start().await;
    let partner = Partner::new(&house).await;
    partner.configure("vault_key_file", "# vault_key_file");
    assert!(
        partner
            .refusal(&["partner"])
            .contains("vault_key_file is not set")
    );
    partner.configure("# vault_key_file", "vault_key_file");

    std::fs::rename(partner.path("vault.key"), partner.path("away.key")).unwrap();
    assert!(partner.refusal(&["partner"]).contains("vault.key"));
    std::fs::write(partner.path("vault.key"), "5a".repeat(31)).unwrap();
    assert!(
        partner
            .refusal(&["partner"])
            .contains("openssl rand -hex 32")
    );
    let standing = partner.json(&["migrate", "status", "--partner"]);
    assert_eq!(
        standing["applied"],
        serde_json::json!([]),
        "nothing was begun"
    );

    std::fs::rename(partner.path("away.key"), partner.path("vault.key")).unwrap();
    partner.migrate();
    drop(partner.serve().await);
    std::fs::write(partner.path("vault.key"), "a5".repeat(32)).unwrap();
    assert!(
        partner
            .refusal(&["partner"])
            .contains("sealed under another key")
    );

    // The new key beside the old one: everything comes under it, and the old one may go.
    std::fs::write(partner.path("old.key"), "5a".repeat(32)).unwrap();
    let older = format!("older_vault_key_files = [{:?}]\n", partner.path("old.key"));
    partner.configure("vault_key_file", &format!("{older}vault_key_file"));
    partner.json(&["partner", "rewrap"]);
    partner.configure(&older, "");
    drop(partner.serve().await);
}

#[tokio::test]
async fn s39_tables_that_are_behind_or_ahead_are_refused() {
    let house = House::start().await;
    let partner = Partner::new(&house).await;
    let said = partner.refusal(&["partner"]);
    assert!(
        said.contains("run quickconnect migrate up --partner"),
        "{said}"
    );
    partner.migrate();
    let db = partner.database();
    let mut tx = db.write().await.unwrap();
    tx.execute(
        "INSERT INTO schema_migrations (name, position) VALUES ('9999_tomorrow', 9999)",
        &[],
    )
    .await
    .unwrap();
    tx.commit().await.unwrap();
    let said = partner.refusal(&["partner"]);
    assert!(said.contains("start a newer release"), "{said}");
}

#[tokio::test]
async fn what_is_wrong_with_a_configuration_is_said_in_a_sentence() {
    let house = House::start().await;
    let partner = Partner::new(&house).await;
    partner.migrate();
    let whole = std::fs::read_to_string(partner.path("partner.toml")).unwrap();
    let eu2 = format!("eu2 = {:?}", house.center("eu2"));
    for (from, to, said) in [
        ("listen =", "lisen =", "lisen"),
        ("scopes =", "scope =", "scope"),
        ("[apps.cards]", "[apps.Cards]\n[apps.cards]", "client_id"),
        (
            "client_secret_file",
            "# client_secret_file",
            "QUICKCONNECT__APPS__CARDS__CLIENT_SECRET",
        ),
        ("ledger.secret", "nothing.secret", "nothing.secret"),
        ("logo.svg", "nothing.svg", "app \"cards\": "),
        ("terms.md", "nothing.md", "nothing.md"),
        ("help =", "# help =", "links.help is missing"),
        ("[mail]\noutbox", "[mail]\n# outbox", "no way to send mail"),
        ("sales@meridian.example", "sales", "is not a mail address"),
        (
            "[broker]\nlisten",
            "[broker]\norigin = 'http://broker.example'\nlisten",
            "https://",
        ),
        (
            "public_origin = \"http:",
            "public_origin = \"ftp:",
            "public_origin",
        ),
        (eu2.as_str(), "eu2 = \"http://eu2.api.example\"", "https://"),
    ] {
        let changed = whole.replace(from, to);
        assert_ne!(changed, whole, "{from}");
        std::fs::write(partner.path("partner.toml"), changed).unwrap();
        let told = partner.refusal(&["partner"]);
        assert!(told.contains(said), "{from} -> {to}: {told}");
        // Both apps name the same files.
        let lines: Vec<&str> = told.trim().lines().collect();
        assert!(lines.len() <= 2, "{told}");
        assert!(lines.iter().all(|line| line.contains(": ")), "{told}");
    }
}

#[tokio::test]
async fn told_to_stop_it_says_so_first_and_then_ends() {
    let house = House::start().await;
    let partner = Partner::new(&house).await;
    partner.migrate();
    let mut served = partner.serve().await;
    let (_, version) = partner.health("/version").await.unwrap();
    let newest = vault::MIGRATIONS.last().unwrap().name;
    assert!(version.contains(newest), "{version}");
    let (status, _) = partner.health("/livez").await.unwrap();
    assert_eq!(status, 200);
    served.terminate();
    let said = unready(async || partner.health("/readyz").await).await;
    assert!(said.contains("stopping"), "{said}");
    let page = house
        .request("GET", &partner.url("/"))
        .send()
        .await
        .unwrap();
    assert_eq!(page.status(), 200, "whoever still comes is served");
    let ended = tokio::task::spawn_blocking(move || served.process.wait());
    let ended = tokio::time::timeout(Duration::from_secs(20), ended).await;
    assert!(
        ended.unwrap().unwrap().unwrap().success(),
        "{}",
        partner.log()
    );
}
