//! Who changed what stands in the log, with the change and in its transaction.

use protocol::MINUTE;
use vault::{Action, Actor, AuditEntry, AuditFilter, By, ConnectionFilter, Health};

use crate::stage::{APP, Answer, COMPANY, Stage};

async fn log(stage: &Stage) -> Vec<AuditEntry> {
    let filter = AuditFilter {
        limit: 100,
        ..AuditFilter::default()
    };
    let (mut entries, total) = stage.vault.audit_log(&filter).await.unwrap();
    assert_eq!(total, i64::try_from(entries.len()).unwrap());
    entries.reverse();
    entries
}

async fn actions(stage: &Stage) -> Vec<(Action, Actor)> {
    let entries = log(stage).await.into_iter();
    entries.map(|entry| (entry.action, entry.actor)).collect()
}

fn ruth() -> By {
    By::new(Actor::Staff("ruth@partner.example".into()), "request-1")
}

#[tokio::test]
async fn s36_what_the_platform_does_is_told_apart_from_what_staff_do() {
    let stage = Stage::set().await;
    let id = stage.connect(COMPANY, "r1").await;
    stage.then(Answer::Refuse(108));
    assert!(stage.broker.access_token(APP, COMPANY).await.is_err());
    stage.clock.advance(MINUTE);
    stage.connect(COMPANY, "r2").await;
    stage.clock.advance(MINUTE);
    for _ in 0..4 {
        stage.then(Answer::Status(503));
    }
    stage.broker.by(ruth()).disconnect(id).await.unwrap();
    stage.clock.advance(11 * MINUTE);
    stage.broker.keep_once().await.unwrap();
    let staff = Actor::Staff("ruth@partner.example".into());
    let told = actions(&stage).await;
    let kinds: Vec<_> = told
        .iter()
        .map(|(action, by)| (*action, by.kind()))
        .collect();
    assert_eq!(
        kinds,
        [
            (Action::Connected, "customer"),
            (Action::NeedsReconnect, "system"),
            (Action::Reconnected, "customer"),
            (Action::DisconnectAsked, "staff"),
            (Action::Disconnected, "system"),
        ]
    );
    assert_eq!(told[3].1, staff);
    let entries = log(&stage).await;
    assert!(entries.iter().all(|entry| entry.app == Some(APP)));
    assert!(entries.iter().all(|entry| entry.principal == Some(COMPANY)));
    assert_eq!(entries[3].correlation_id, "request-1");
    let refused = stage.vault.latest_calls(id, 100).await.unwrap();
    let refused = refused.iter().find(|call| call.code == Some(108)).unwrap();
    assert_eq!(entries[1].correlation_id, refused.correlation_id);
}

#[tokio::test]
async fn s36_of_a_deleted_customer_the_log_alone_remains_and_holds_no_name() {
    let stage = Stage::set().await;
    stage.connect(COMPANY, "r1").await;
    let vault = stage.vault.by(ruth());
    assert!(vault.export(APP, COMPANY).await.unwrap().is_some());
    stage.clock.advance(MINUTE);
    stage.broker.by(ruth()).erase(APP, COMPANY).await.unwrap();
    assert!(stage.vault.export(APP, COMPANY).await.unwrap().is_none());
    let mut told: Vec<_> = actions(&stage).await.into_iter().map(|of| of.0).collect();
    // What happens at one instant stands in no order.
    told.sort_by_key(|action| action.as_str());
    assert_eq!(
        told,
        [
            Action::Connected,
            Action::Deleted,
            Action::DeletionAsked,
            Action::DisconnectAsked,
            Action::Disconnected,
            Action::Exported,
        ]
    );
    let history = stage.vault.history(APP, COMPANY, 2).await.unwrap();
    assert_eq!(history.len(), 2);
}

#[tokio::test]
async fn s36_keys_turned_and_backups_restored_are_in_the_log() {
    let stage = Stage::set().await;
    stage.vault.restored().await.unwrap();
    stage.clock.advance(MINUTE);
    stage.vault.rewrap().await.unwrap();
    let told: Vec<_> = actions(&stage).await.into_iter().map(|of| of.0).collect();
    assert_eq!(told, [Action::Restored, Action::Rewrapped]);
}

#[tokio::test]
async fn the_log_is_searched_by_who_what_and_whom() {
    let stage = Stage::set().await;
    stage.connect(COMPANY, "r1").await;
    let key = stage.vault.by(ruth());
    let key = key.issue_api_key(APP, "erp", "ruth").await.unwrap();
    let find = async |filter: AuditFilter| {
        let filter = AuditFilter {
            limit: 10,
            ..filter
        };
        let (entries, total) = stage.vault.audit_log(&filter).await.unwrap();
        assert_eq!(total, i64::try_from(entries.len()).unwrap());
        entries
            .into_iter()
            .map(|entry| entry.action)
            .collect::<Vec<_>>()
    };
    let by_staff = AuditFilter {
        actor: "staff".into(),
        ..AuditFilter::default()
    };
    assert_eq!(find(by_staff).await, [Action::ApiKeyIssued]);
    let connected = AuditFilter {
        action: Some(Action::Connected),
        ..AuditFilter::default()
    };
    assert_eq!(find(connected).await, [Action::Connected]);
    for text in ["RUTH@", "request-1", &key.id.to_string()] {
        let about = AuditFilter {
            text: text.into(),
            ..AuditFilter::default()
        };
        assert_eq!(find(about).await, [Action::ApiKeyIssued], "{text}");
    }
    let other = AuditFilter {
        app: Some(protocol::AppId::from_uuid(uuid::Uuid::from_u128(0xb))),
        ..AuditFilter::default()
    };
    assert!(find(other).await.is_empty());
}

#[tokio::test]
async fn a_list_by_health_holds_what_each_connection_says_of_itself() {
    let stage = Stage::set().await;
    let now = stage.clock.now().as_micros();
    let changes = [
        ("", Health::Connected),
        ("failing_since = 1", Health::Failing),
        ("refresh_expires_at = 1", Health::Expired),
        ("refresh_expires_at = 1, failing_since = 1", Health::Expired),
        (
            "state = 'needs_reconnect', refresh_expires_at = 1",
            Health::NeedsReconnect,
        ),
        ("state = 'disconnecting'", Health::Disconnecting),
        (
            "state = 'disconnected', refresh_expires_at = NULL",
            Health::Disconnected,
        ),
    ];
    for (company, (change, _)) in (1..).zip(changes) {
        let id = stage.connect(uuid::Uuid::from_u128(company), "r").await;
        let later = format!("refresh_expires_at = {}", now + 1);
        let change = if change.contains("expires") || change.contains("disconnected") {
            change.to_owned()
        } else {
            [change, &later]
                .into_iter()
                .filter(|part| !part.is_empty())
                .collect::<Vec<_>>()
                .join(", ")
        };
        let sql = format!("UPDATE connections SET {change} WHERE id = $1 RETURNING id");
        stage.sql_with(&sql, &db::values![id.to_string()]).await;
    }
    let counts = stage.vault.count_health(Some(APP)).await.unwrap();
    for health in Health::ALL {
        let filter = ConnectionFilter {
            health: Some(health),
            limit: 100,
            ..ConnectionFilter::default()
        };
        let (listed, total) = stage.vault.connections(&filter).await.unwrap();
        let expected = changes.iter().filter(|(_, of)| *of == health).count();
        assert_eq!(
            (listed.len(), total),
            (expected, i64::try_from(expected).unwrap())
        );
        assert!(counts.contains(&(health, total)), "{health:?}");
        let now = stage.clock.now();
        assert!(
            listed
                .iter()
                .all(|one| one.connection.health(now) == health)
        );
    }
}
