//! What refusals do to a connection, and what they do not.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use ambient::Clock;
use client::StandIn;
use proptest::prelude::*;
use protocol::{DAY, HOUR};
use secrecy::ExposeSecret;
use uuid::Uuid;
use vault::{ConnectionState, Happening};

use crate::house::{Opening, START, connect, folder};
use crate::platform::{Mode, Platform};
use crate::stage::{APP, Answer, COMPANY, Stage};

/// What may come instead of tokens without saying anything about the connection.
#[derive(Clone, Copy, Debug)]
enum Passing {
    Silence,
    Status(u16),
    Code(u16),
    Page(u16),
}

fn passing() -> impl Strategy<Value = Passing> {
    prop_oneof![
        Just(Passing::Silence),
        prop_oneof![Just(429_u16), 500..=599_u16].prop_map(Passing::Status),
        // Every number but the one that says that the refresh token is dead.
        (0..200_u16)
            .prop_filter("108 is no passing fault", |code| *code != 108)
            .prop_map(Passing::Code),
        (200..=599_u16).prop_map(Passing::Page),
    ]
}

fn answers(script: Vec<Passing>, then: Arc<StandIn>) -> Arc<StandIn> {
    let script = Mutex::new(VecDeque::from(script));
    Arc::new(move |request| {
        let answer = |status: u16, body: String| {
            let answer = http::Response::builder().status(status);
            Some(answer.body(body.into_bytes()).unwrap())
        };
        let next = script.lock().unwrap().pop_front();
        match next {
            None => then(request),
            Some(Passing::Silence) => None,
            Some(Passing::Status(status)) => answer(status, String::new()),
            Some(Passing::Page(status)) => answer(status, "<html>maintenance</html>".into()),
            Some(Passing::Code(code)) => answer(
                400,
                serde_json::json!({ "code": code, "error": "x", "error_description": "x" })
                    .to_string(),
            ),
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn s49_no_sequence_of_passing_faults_ends_in_needs_reconnect(script in prop::collection::vec(passing(), 0..30)) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .start_paused(true)
            .build()
            .unwrap();
        runtime.block_on(async {
            let folder = folder();
            let clock = Clock::starting_at(START);
            let platform = Platform::new(Mode::Strict, clock.clone());
            let attempts = script.len();
            let mut opening = Opening::within(&platform, folder.path(), clock.clone());
            opening.stand_in = Some(answers(script, platform.stand_in()));
            let broker = opening.open().await;
            let token = platform.begin(1);
            let id = connect(broker.vault(), platform.origin(), START, 1, &token).await;
            let company = Uuid::from_u128(1);
            for _ in 0..=attempts {
                let _ = broker.access_token(APP, company).await;
                let connection = broker.vault().connection(id).await.unwrap().unwrap();
                assert_eq!(connection.state, ConnectionState::Connected);
                clock.advance(HOUR);
            }
            assert!(broker.access_token(APP, company).await.is_ok());
        });
    }
}

#[tokio::test]
async fn s49_a_refusal_of_the_app_is_one_alarm_and_no_disconnection() {
    let stage = Stage::set().await;
    let others: Vec<Uuid> = (1..=5).map(Uuid::from_u128).collect();
    for company in &others {
        stage.connect(*company, "r").await;
    }
    for code in [59, 61, 64, 105] {
        for company in &others {
            stage.then(Answer::Refuse(code));
            assert!(stage.broker.access_token(APP, *company).await.is_err());
        }
    }
    let counts = stage.vault.count_connections().await.unwrap();
    assert_eq!((counts.connected, counts.needs_reconnect), (5, 0));
    let mut told: Vec<_> = stage.vault.events(APP, 100).await.unwrap();
    told.sort_by_key(|event| event.happening.kind());
    let numbers: Vec<i64> = told
        .iter()
        .filter_map(|event| match event.happening {
            Happening::AppRefused { number } => Some(number),
            _ => None,
        })
        .collect();
    assert_eq!(
        (told.len(), numbers.len()),
        (4, 4),
        "once per number and day"
    );
    stage.clock.advance(DAY);
    stage.then(Answer::Refuse(64));
    assert!(stage.broker.access_token(APP, others[0]).await.is_err());
    assert_eq!(stage.vault.events(APP, 100).await.unwrap().len(), 5);
}

#[tokio::test]
async fn s49_a_failure_is_shown_until_a_refresh_succeeds() {
    let stage = Stage::set().await;
    let id = stage.connect(COMPANY, "r1").await;
    stage.then(Answer::Refuse(53));
    assert!(stage.broker.access_token(APP, COMPANY).await.is_err());
    let failing = stage.vault.connection(id).await.unwrap().unwrap();
    assert_eq!(failing.failure.as_deref(), Some("not_enabled 53"));
    assert_eq!(failing.failing_since, Some(stage.clock.now()));
    let token = stage.broker.access_token(APP, COMPANY).await.ok().unwrap();
    assert_eq!(token.value.expose_secret(), "access by r1");
    let well = stage.vault.connection(id).await.unwrap().unwrap();
    assert!(well.failure.is_none() && well.failing_since.is_none());
}
