//! The audit log: what is in it, and that nobody can change it unnoticed.

use db::values;
use store::audit::{self, Problem, Verified};
use store::audit_events;
use testkit::House;

/// A house in which one company has connected, reconnected and disconnected.
async fn lived_in() -> House {
    let house = House::start().await;
    let (company, app) = (house.company("Brackwater"), house.app("Meridian"));
    for _ in 0..2 {
        let connect = house.request_token(company, app).await;
        let answer = house.exchange(app, &connect).await;
        let token = answer.text("access_token");
        assert_eq!(house.get("us2", "/profile/v1/me", &token).await.status, 200);
    }
    let principal = protocol::Principal::Company(company.id);
    assert!(house.disconnect(principal, app).await);
    // Nothing is left that the platform would do by itself.
    let now = house.now();
    let keys = store::key_rotation::rotate_if_due(&house.platform, now).await;
    keys.unwrap();
    while audit::seal(&house.platform, house.now()).await.unwrap() != Some(0) {}
    house
}

async fn verified(house: &House) -> Verified {
    audit::verify(&house.platform).await.unwrap()
}

async fn tamper(house: &House, sql: &str) {
    let mut tx = house.write().await;
    assert_eq!(tx.execute(sql, &values![]).await.unwrap(), 1, "{sql}");
    tx.commit().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn s36_what_happened_to_a_connection_is_in_the_log_with_who_and_for_whom() {
    let house = lived_in().await;
    let (company, app) = (house.company("Brackwater"), house.app("Meridian"));
    let mut lines = Vec::new();
    audit::export(&house.platform, |line| lines.push(line.to_owned()))
        .await
        .unwrap();
    let events: Vec<audit::Event> = lines
        .iter()
        .map(|line| {
            let line: serde_json::Value = serde_json::from_str(line).unwrap();
            serde_json::from_str(line["event"].as_str().unwrap()).unwrap()
        })
        .collect();
    let of_company = events
        .iter()
        .filter(|event| event.company == Some(company.id));
    let connection: Vec<_> = of_company
        .filter(|event| event.app == Some(app.client_id))
        .collect();
    let actions: Vec<_> = connection
        .iter()
        .map(|event| event.action.as_str())
        .collect();
    for action in ["connected", "reconnected", "disconnected"] {
        assert!(actions.contains(&action), "{action} is not in {actions:?}");
    }
    for event in connection {
        assert!(!event.correlation_id.is_empty(), "{event:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn s36_whatever_is_changed_in_the_log_shows() {
    let house = lived_in().await;
    let untouched = verified(&house).await;
    assert_eq!(untouched.problems, []);
    assert!(untouched.chained >= 3 && untouched.not_chained == 0);

    let text = "UPDATE audit_events SET content = REPLACE(content, 'reconnected', 'connected')
                WHERE action = 'reconnected'";
    tamper(&house, text).await;
    let found = verified(&house).await.problems;
    assert!(
        found
            .iter()
            .any(|problem| matches!(problem, Problem::Changed(_))),
        "{found:?}"
    );
    assert!(
        found
            .iter()
            .any(|problem| matches!(problem, Problem::Columns(_))),
        "{found:?}"
    );

    let house = lived_in().await;
    tamper(
        &house,
        "UPDATE audit_events SET company_id = 'another' WHERE position = 1",
    )
    .await;
    assert_eq!(verified(&house).await.problems, [Problem::Columns(1)]);

    let house = lived_in().await;
    tamper(&house, "DELETE FROM audit_events WHERE position = 1").await;
    let found = verified(&house).await.problems;
    assert_eq!(found[0], Problem::Gap(2));

    let house = lived_in().await;
    let last = verified(&house).await.chained;
    let end = format!("DELETE FROM audit_events WHERE position = {last}");
    tamper(&house, &end).await;
    let found = verified(&house).await.problems;
    assert_eq!(found, [Problem::Head(last - 1)], "a log that was cut short");
    // The record of the end cannot be written without the key.
    let forged = format!(
        "UPDATE audit_head SET position = {0}, chain =
           (SELECT chain FROM audit_events WHERE position = {0})",
        last - 1
    );
    tamper(&house, &forged).await;
    assert_eq!(verified(&house).await.problems, [Problem::Head(last - 1)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn s38_a_change_that_is_not_committed_leaves_no_event() {
    let house = House::start().await;
    let (company, app) = (house.company("Brackwater"), house.app("Meridian"));
    let connect = house.request_token(company, app).await;
    let before = house.now();
    let held = house.hold_database().await;
    let answer = house.exchange(app, &connect).await;
    assert_eq!(answer.status, 503, "{}", answer.body);
    drop(held);
    let mut tx = house.platform.db.read().await.unwrap();
    let told = audit_events::since(&mut tx, before).await.unwrap();
    assert!(
        told.iter().all(|event| event.action != "connected"),
        "{told:?}"
    );
    drop(tx);
    assert_eq!(house.exchange(app, &connect).await.status, 200);
    let mut tx = house.platform.db.read().await.unwrap();
    let told = audit_events::since(&mut tx, before).await.unwrap();
    let connected = told.iter().filter(|event| event.action == "connected");
    assert_eq!(connected.count(), 1);
}
