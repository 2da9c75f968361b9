//! Access tokens and the refresh tokens behind them, against a platform that answers by a script.

use crate::stage::{APP, Answer, COMPANY, KEY, Stage};
use protocol::{DAY, HOUR, MINUTE};
use secrecy::ExposeSecret;
use uuid::Uuid;
use vault::{ConnectionState, NoToken, OpenError, Parting, Vault};

async fn token(stage: &Stage) -> Result<String, NoToken> {
    let token = stage.broker.access_token(APP, COMPANY).await?;
    Ok(token.value.expose_secret().to_owned())
}

#[tokio::test]
async fn s47_a_rotated_refresh_token_is_used_the_next_time() {
    let stage = Stage::set().await;
    stage.connect(COMPANY, "r1").await;
    stage.then(Answer::Tokens("r2"));
    assert_eq!(token(&stage).await.unwrap(), "access by r1");
    assert_eq!(token(&stage).await.unwrap(), "access by r1");
    assert_eq!(stage.presented(), ["r1"]);
    stage.clock.advance(59 * MINUTE + MINUTE / 2);
    assert_eq!(token(&stage).await.unwrap(), "access by r2");
    assert_eq!(stage.presented(), ["r2"]);
}

#[tokio::test]
async fn s47_what_was_rotated_survives_a_restart() {
    let stage = Stage::set().await;
    stage.connect(COMPANY, "r1").await;
    stage.then(Answer::Tokens("r2"));
    token(&stage).await.unwrap();
    let entropy = ambient::Entropy::seeded(4);
    let vault = Vault::open(stage.db.clone(), &KEY, stage.clock.clone(), entropy).await;
    assert!(vault.is_ok());
    stage.broker.forget(APP, COMPANY).await;
    assert_eq!(token(&stage).await.unwrap(), "access by r2");
}

#[tokio::test]
async fn an_unchanged_refresh_token_is_kept() {
    let stage = Stage::set().await;
    let id = stage.connect(COMPANY, "r1").await;
    for _ in 0..3 {
        token(&stage).await.unwrap();
        stage.clock.advance(HOUR);
    }
    assert_eq!(stage.presented(), ["r1", "r1", "r1"]);
    let connection = stage.vault.connection(id).await.unwrap().unwrap();
    assert!(connection.refresh_expires_at.unwrap() > stage.clock.now() + 179 * DAY);
}

#[tokio::test]
async fn s49_lost_answers_are_asked_for_again_and_change_nothing() {
    let stage = Stage::set().await;
    let id = stage.connect(COMPANY, "r1").await;
    stage
        .then(Answer::HangUp)
        .then(Answer::Status(503))
        .then(Answer::Tokens("r2"));
    assert_eq!(token(&stage).await.unwrap(), "access by r1");
    stage.broker.forget(APP, COMPANY).await;
    stage.presented();
    for _ in 0..4 {
        stage.then(Answer::HangUp);
    }
    let refusal = token(&stage).await;
    assert!(matches!(refusal, Err(NoToken::Refused(why)) if why.is_transient()));
    assert_eq!(stage.presented(), ["r2"; 4]);
    assert_eq!(stage.state(id).await, ConnectionState::Connected);
    assert_eq!(token(&stage).await.unwrap(), "access by r2");
}

#[tokio::test]
async fn s49_108_tries_the_token_before_and_then_asks_the_customer() {
    let stage = Stage::set().await;
    let id = stage.connect(COMPANY, "r1").await;
    stage.then(Answer::Tokens("r2"));
    token(&stage).await.unwrap();
    stage.broker.forget(APP, COMPANY).await;
    // The platform was restored from a backup, say: it knows r1 only.
    stage.then(Answer::Refuse(108)).then(Answer::Tokens("r3"));
    assert_eq!(token(&stage).await.unwrap(), "access by r1");
    assert_eq!(stage.presented(), ["r1", "r2", "r1"]);

    stage.broker.forget(APP, COMPANY).await;
    stage.then(Answer::Refuse(108)).then(Answer::Refuse(108));
    assert!(matches!(token(&stage).await, Err(NoToken::NeedsReconnect)));
    assert_eq!(stage.presented(), ["r3", "r1"]);
    assert_eq!(stage.state(id).await, ConnectionState::NeedsReconnect);
    // S50: from now on the platform is left in peace.
    assert!(matches!(token(&stage).await, Err(NoToken::NeedsReconnect)));
    assert!(stage.presented().is_empty());
}

#[tokio::test]
async fn s24_connecting_again_keeps_the_row_and_its_history() {
    let stage = Stage::set().await;
    let id = stage.connect(COMPANY, "r1").await;
    stage.then(Answer::Refuse(108));
    assert!(token(&stage).await.is_err());
    stage.clock.advance(HOUR);
    assert_eq!(stage.connect(COMPANY, "n1").await, id);
    assert_eq!(stage.state(id).await, ConnectionState::Connected);
    assert_eq!(token(&stage).await.unwrap(), "access by n1");
    assert_eq!(stage.vault.latest_calls(id, 10).await.unwrap().len(), 2);
}

#[tokio::test]
async fn s49_no_other_refusal_changes_the_state() {
    let stage = Stage::set().await;
    let id = stage.connect(COMPANY, "r1").await;
    for code in [5, 10, 53, 54, 59, 60, 61, 64, 105, 107, 123, 136, 999] {
        stage.then(Answer::Refuse(code));
        let refusal = token(&stage).await;
        assert!(matches!(refusal, Err(NoToken::Refused(_))), "code {code}");
        assert_eq!(
            stage.state(id).await,
            ConnectionState::Connected,
            "code {code}"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s46_many_callers_share_one_refresh() {
    let stage = Stage::set().await;
    stage.connect(COMPANY, "r1").await;
    stage.then(Answer::Tokens("r2"));
    let callers: Vec<_> = (0..32)
        .map(|_| {
            let broker = stage.broker.clone();
            tokio::spawn(async move { broker.access_token(APP, COMPANY).await.is_ok() })
        })
        .collect();
    for caller in callers {
        assert!(caller.await.unwrap());
    }
    assert_eq!(stage.presented(), ["r1"]);
}

#[tokio::test]
async fn s45_sealed_tokens_cannot_be_moved_to_another_row() {
    let stage = Stage::set().await;
    let other = Uuid::from_u128(0xd0);
    stage.connect(COMPANY, "r1").await;
    stage.connect(other, "o1").await;
    stage
        .sql(&format!(
            "UPDATE connections SET refresh_token =
               (SELECT refresh_token FROM connections WHERE principal = '{other}')
             WHERE principal = '{COMPANY}' RETURNING id"
        ))
        .await;
    assert!(matches!(token(&stage).await, Err(NoToken::Storage(_))));
    assert!(stage.presented().is_empty());
}

#[tokio::test]
async fn s45_another_key_does_not_open_the_vault() {
    let stage = Stage::set().await;
    let entropy = ambient::Entropy::seeded(4);
    let refused = Vault::open(stage.db.clone(), &[8; 32], stage.clock.clone(), entropy).await;
    assert!(matches!(refused, Err(OpenError::WrongKey)));
}

#[tokio::test]
async fn s51_the_keeper_refreshes_once_a_day() {
    let stage = Stage::set().await;
    let id = stage.connect(COMPANY, "r1").await;
    assert_eq!(stage.broker.keep_once().await.unwrap(), 0);
    stage.clock.advance(24 * HOUR);
    assert_eq!(stage.broker.keep_once().await.unwrap(), 1);
    assert_eq!(stage.broker.keep_once().await.unwrap(), 0);
    stage.clock.advance(24 * HOUR);
    for _ in 0..4 {
        stage.then(Answer::Status(500));
    }
    assert_eq!(stage.broker.keep_once().await.unwrap(), 0);
    assert_eq!(stage.state(id).await, ConnectionState::Connected);
    stage.clock.advance(11 * MINUTE);
    assert_eq!(stage.broker.keep_once().await.unwrap(), 1);
}

#[tokio::test]
async fn s54_disconnecting_is_tried_until_the_platform_confirms() {
    let stage = Stage::set().await;
    let id = stage.connect(COMPANY, "r1").await;
    for _ in 0..4 {
        stage.then(Answer::Status(503));
    }
    let parting = stage.broker.disconnect(id).await.unwrap();
    assert!(matches!(parting, Parting::Later(_)));
    assert_eq!(stage.state(id).await, ConnectionState::Disconnecting);
    assert!(matches!(token(&stage).await, Err(NoToken::NotConnected)));
    stage.presented();
    stage.clock.advance(11 * MINUTE);
    stage.broker.keep_once().await.unwrap();
    assert_eq!(stage.presented(), ["r1", "DELETE"]);
    assert_eq!(stage.state(id).await, ConnectionState::Disconnected);
    let rows = stage
        .sql("SELECT refresh_token, previous_refresh_token FROM connections")
        .await;
    assert_eq!(
        rows[0].get::<Option<Vec<u8>>>("refresh_token").unwrap(),
        None
    );
    assert_eq!(stage.broker.disconnect(id).await.unwrap(), Parting::Done);
}

#[tokio::test]
async fn s54_what_the_platform_has_ended_is_ended_here_at_once() {
    let stage = Stage::set().await;
    let id = stage.connect(COMPANY, "r1").await;
    stage.then(Answer::Refuse(108));
    assert_eq!(stage.broker.disconnect(id).await.unwrap(), Parting::Done);
    assert_eq!(stage.state(id).await, ConnectionState::Disconnected);
}

#[tokio::test]
async fn no_token_stands_in_the_database_in_clear() {
    let stage = Stage::set().await;
    stage.connect(COMPANY, "canary-refresh-1").await;
    stage.then(Answer::Tokens("canary-refresh-2"));
    token(&stage).await.unwrap();
    assert!(stage.database.holds(&COMPANY.to_string()).await);
    for canary in ["canary-refresh", "at-token", "access by"] {
        assert!(!stage.database.holds(canary).await, "{canary}");
    }
}
