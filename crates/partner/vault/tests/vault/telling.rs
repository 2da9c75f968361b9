//! Events, and how people and programs are told of them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use axum::extract::State as Context;
use axum::routing::post;
use base64::Engine;
use client::{Addresses, WebhookSender};
use http::{HeaderMap, StatusCode};
use mail::Mailer;
use protocol::{DAY, HOUR, hmac_sha256};
use serde_json::Value;
use uuid::Uuid;
use vault::{Broker, Contacts, Event, Happening, LinkedTo, Notifier, Webhook};

use crate::stage::{APP, Answer, COMPANY, Stage};

const LISTING: &str = "https://platform.example/app-center/listings/4f0b";

#[derive(Clone, Default)]
struct Receiver {
    got: Arc<Mutex<Vec<(HeaderMap, String)>>>,
    refusals: Arc<Mutex<Vec<u16>>>,
}

async fn receive(
    Context(receiver): Context<Receiver>,
    headers: HeaderMap,
    body: String,
) -> StatusCode {
    receiver.got.lock().unwrap().push((headers, body));
    let refusal = receiver.refusals.lock().unwrap().pop();
    StatusCode::from_u16(refusal.unwrap_or(204)).unwrap()
}

impl Receiver {
    async fn served(&self) -> String {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let router = axum::Router::new()
            .route("/hook", post(receive))
            .with_state(self.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        url
    }

    fn take(&self) -> Vec<(HeaderMap, String)> {
        std::mem::take(&mut self.got.lock().unwrap())
    }
}

fn to_customer(event: &Event, listing: &str) -> Option<(String, String)> {
    let language = event.account_language.as_deref().unwrap_or("unknown");
    matches!(
        event.happening,
        Happening::NeedsReconnect | Happening::Recovered
    )
    .then(|| (language.to_owned(), format!("for the customer: {listing}")))
}

fn told_broker(stage: &Stage, url: &str) -> Broker {
    let contacts = Contacts {
        app_name: "Meridian Ledger".into(),
        listing: LISTING.into(),
        webhooks: vec![Webhook {
            url: url.to_owned(),
            secret: "whsec".into(),
        }],
        mails: vec!["operations@partner.example".into()],
        to_customer: Some(Arc::new(to_customer)),
    };
    let sender = WebhookSender::new(Addresses::Any).unwrap();
    let mailer = Mailer::into_outbox(&stage.dir.path().join("outbox"));
    let notifier = Notifier::new(HashMap::from([(APP, contacts)]), sender, mailer);
    stage.broker_of(stage.vault.clone()).notifying(notifier)
}

fn mails(stage: &Stage) -> Vec<String> {
    let folder = stage.dir.path().join("outbox");
    let Ok(files) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    files
        .map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap())
        .collect()
}

#[tokio::test]
async fn s50_needs_reconnect_and_recovered_are_told_once_each_with_the_way_back() {
    let stage = Stage::set().await;
    let receiver = Receiver::default();
    let broker = told_broker(&stage, &receiver.served().await);
    let id = stage.connect(COMPANY, "r1").await;
    stage.then(Answer::Refuse(108));
    assert!(broker.access_token(APP, COMPANY).await.is_err());
    // A storm of callers changes nothing, and asks the platform nothing.
    stage.presented();
    for _ in 0..20 {
        assert!(broker.access_token(APP, COMPANY).await.is_err());
        broker.keep_once().await.unwrap();
    }
    assert!(stage.presented().is_empty());
    let posts = receiver.take();
    assert_eq!(posts.len(), 1);
    let (headers, body) = &posts[0];
    let event: Value = serde_json::from_str(body).unwrap();
    assert_eq!(event["type"], "connection.needs_reconnect");
    assert_eq!(event["data"]["listing"], LISTING);
    assert_eq!(event["data"]["company"], COMPANY.to_string());
    let header = |name: &str| headers[name].to_str().unwrap();
    assert_eq!(event["id"], header("webhook-id"));
    let signed = format!(
        "{}.{}.{body}",
        header("webhook-id"),
        header("webhook-timestamp")
    );
    let tag = hmac_sha256(b"whsec", signed.as_bytes());
    let expected = base64::engine::general_purpose::STANDARD.encode(tag);
    assert_eq!(header("webhook-signature"), format!("v1,{expected}"));
    let letters = mails(&stage);
    assert_eq!(letters.len(), 2, "the partner's people, and the customer");
    assert!(
        letters
            .iter()
            .all(|letter| letter.contains("listings/4f0b"))
    );
    for letter in &letters {
        let is_customers = letter.contains(&format!("To: {COMPANY}@example.com"));
        let own_words = letter.contains("Subject: unknown") && letter.contains("for the customer");
        assert_eq!(own_words, is_customers, "{letter}");
    }

    stage.clock.advance(HOUR);
    let email = format!("{COMPANY}@example.com");
    let account = stage.vault.account_by_email(APP, &email).await.unwrap();
    let again = LinkedTo::Account(account.unwrap().id);
    assert_eq!(stage.connect_as(COMPANY, "n1", again).await, id);
    let account = stage.vault.account_by_email(APP, &email).await.unwrap();
    let reads = stage.vault.account_reads(account.unwrap().id, "de");
    reads.await.unwrap();
    for _ in 0..3 {
        broker.keep_once().await.unwrap();
    }
    let posts = receiver.take();
    assert_eq!(posts.len(), 1);
    assert!(posts[0].1.contains("connection.recovered"));
    let letters = mails(&stage);
    assert_eq!(letters.len(), 4);
    let german = letters
        .iter()
        .filter(|letter| letter.contains("Subject: de"));
    assert_eq!(german.count(), 1);
}

#[tokio::test]
async fn s50_a_receiver_that_fails_is_told_again_under_the_same_id() {
    let stage = Stage::set().await;
    let receiver = Receiver::default();
    receiver.refusals.lock().unwrap().extend([302, 500]);
    let broker = told_broker(&stage, &receiver.served().await);
    stage.connect(COMPANY, "r1").await;
    stage.then(Answer::Refuse(108));
    assert!(broker.access_token(APP, COMPANY).await.is_err());
    for _ in 0..12 {
        broker.keep_once().await.unwrap();
        stage.clock.advance(HOUR);
    }
    let posts = receiver.take();
    assert_eq!(posts.len(), 3);
    let ids: Vec<_> = posts
        .iter()
        .map(|(headers, _)| &headers["webhook-id"])
        .collect();
    assert!(ids.iter().all(|id| *id == ids[0]));
    assert_eq!(mails(&stage).len(), 2, "mails are not repeated for it");
}

#[tokio::test]
async fn s51_expiry_is_told_of_at_60_30_14_7_and_1_days() {
    let stage = Stage::set().await;
    let id = stage.connect(COMPANY, "r1").await;
    assert!(stage.broker.access_token(APP, COMPANY).await.is_ok());
    let connection = stage.vault.connection(id).await.unwrap().unwrap();
    let expires_at = connection.refresh_expires_at.unwrap();
    let broker = stage.broker_of(stage.vault.clone());
    let mut told = Vec::new();
    for _ in 0..180 * 2 {
        stage.clock.advance(DAY / 2);
        // Nobody answers any more.
        stage.then(Answer::Status(503));
        broker.keep_once().await.unwrap();
        let events = stage.vault.events(APP, 10).await.unwrap();
        if events.len() > told.len() {
            let left = expires_at.since(stage.clock.now());
            told.push((events[0].happening, left.as_secs() / 86_400));
        }
        let [(1, day), .., (60, two_months)] = stage.vault.count_expiring().await.unwrap() else {
            panic!("counted by days");
        };
        assert!(day <= two_months);
    }
    let days: Vec<_> = told
        .iter()
        .map(|(happening, left)| match happening {
            Happening::Expiring { days } => (*days, i64::try_from(*left).unwrap()),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(
        days.iter().map(|(days, _)| *days).collect::<Vec<_>>(),
        [60, 30, 14, 7, 1]
    );
    assert!(
        days.iter()
            .all(|(days, left)| (days - 1..=*days).contains(left)),
        "{days:?}"
    );
}

#[tokio::test]
async fn s54_a_deleted_customer_leaves_nothing_once_the_platform_has_confirmed() {
    let stage = Stage::set().await;
    stage.connect(COMPANY, "r1").await;
    let other = Uuid::from_u128(0xd0);
    stage.connect(other, "o1").await;
    for company in [COMPANY, other] {
        assert!(stage.broker.access_token(APP, company).await.is_ok());
    }
    let kept = stage.vault.export(APP, COMPANY).await.unwrap().unwrap();
    let text = kept.to_string();
    assert_eq!(kept["account"]["email"], format!("{COMPANY}@example.com"));
    assert_eq!(kept["calls"].as_array().unwrap().len(), 1);
    assert_eq!(kept["usage"][0]["kind"], "refresh");
    assert!(
        !text.contains("r1") && !text.contains("access by"),
        "{text}"
    );

    for _ in 0..4 {
        stage.then(Answer::HangUp);
    }
    let parting = stage.broker.erase(APP, COMPANY).await.unwrap();
    assert!(matches!(parting, vault::Parting::Later(_)));
    assert!(stage.broker.access_token(APP, COMPANY).await.is_err());
    assert!(stage.vault.export(APP, COMPANY).await.unwrap().is_some());
    stage.presented();
    stage.clock.advance(HOUR / 2);
    stage.broker.keep_once().await.unwrap();
    assert_eq!(stage.presented().last().map(String::as_str), Some("DELETE"));
    assert!(stage.vault.export(APP, COMPANY).await.unwrap().is_none());
    for table in ["connections", "accounts", "calls", "flows", "usage"] {
        let column = if table == "accounts" {
            "email"
        } else {
            "principal"
        };
        if table == "calls" {
            continue;
        }
        let rows = stage
            .sql(&format!("SELECT {column} AS whose FROM {table}"))
            .await;
        for row in rows {
            let whose: String = row.get("whose").unwrap();
            assert!(!whose.starts_with(&COMPANY.to_string()), "{table}");
        }
    }
    assert!(stage.vault.export(APP, other).await.unwrap().is_some());
}
