//! Keys of the vault and of connections, and what is sealed under them.

use ambient::Entropy;
use db::values;
use protocol::MINUTE;
use secrecy::ExposeSecret;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use uuid::Uuid;
use vault::{NewCode, OpenError, Vault, VaultKeys};

use crate::stage::{APP, Answer, COMPANY, KEY, Stage};

const NEXT: [u8; 32] = [9; 32];

async fn open(stage: &Stage, keys: VaultKeys) -> Result<Vault, OpenError> {
    Vault::open(stage.db.clone(), keys, stage.clock.clone(), Entropy::System).await
}

#[tokio::test]
async fn s45_after_a_rewrap_the_older_key_may_go() {
    let stage = Stage::set().await;
    stage.connect(COMPANY, "r1").await;
    let new = NewCode {
        app: APP,
        label: "Brackwater".into(),
        issued_by: "test".into(),
        lifetime: None,
    };
    let code = stage.vault.issue_code(new).await.unwrap();
    let both = || VaultKeys::new(&NEXT).and_older(&KEY);
    let refused = open(&stage, VaultKeys::new(&NEXT)).await;
    assert!(matches!(refused, Err(OpenError::WrongKey)));

    let turned = open(&stage, both()).await.ok().unwrap();
    assert_eq!(turned.rewrap().await.unwrap(), 1);
    assert_eq!(turned.rewrap().await.unwrap(), 0, "once is enough");
    let alone = open(&stage, VaultKeys::new(&NEXT)).await.ok().unwrap();
    let refused = open(&stage, VaultKeys::new(&KEY)).await;
    assert!(matches!(refused, Err(OpenError::WrongKey)));

    let broker = stage.broker_of(alone.clone());
    let token = broker.access_token(APP, COMPANY).await.ok().unwrap();
    assert_eq!(token.value.expose_secret(), "access by r1");
    let flow = stage.flow(Uuid::from_u128(0xe0)).await;
    let entrant = vault::Entrant {
        flow: flow.id,
        principal: flow.principal,
        app: APP,
        until: stage.clock.now() + MINUTE,
    };
    let entered = alone.reserve_code(code.code.expose_secret(), entrant).await;
    assert!(
        entered.unwrap().is_some(),
        "codes are hashed under a key that stays"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s45_keys_turn_while_tokens_are_refreshed() {
    let stage = Stage::set().await;
    let companies: Vec<Uuid> = (1..=40).map(Uuid::from_u128).collect();
    for company in &companies {
        stage.connect(*company, "r1").await;
    }
    let both = VaultKeys::new(&NEXT).and_older(&KEY);
    let turned = open(&stage, both).await.ok().unwrap();
    let done = Arc::new(AtomicBool::new(false));
    let (broker, until) = (stage.broker_of(turned.clone()), done.clone());
    let asked = companies.clone();
    let load = tokio::spawn(async move {
        let mut answered = 0;
        for company in asked.iter().cycle() {
            broker.forget(APP, *company).await;
            assert!(broker.access_token(APP, *company).await.is_ok());
            answered += 1;
            if until.load(Ordering::SeqCst) {
                return answered;
            }
        }
        answered
    });
    assert_eq!(turned.rewrap().await.unwrap(), companies.len());
    done.store(true, Ordering::SeqCst);
    assert!(load.await.unwrap() > 0);
    let alone = open(&stage, VaultKeys::new(&NEXT)).await.ok().unwrap();
    let broker = stage.broker_of(alone);
    for company in &companies {
        broker.forget(APP, *company).await;
        assert!(broker.access_token(APP, *company).await.is_ok());
    }
}

#[tokio::test]
async fn s45_what_was_sealed_before_connections_had_keys_is_enveloped() {
    let stage = Stage::set().await;
    stage.connect(COMPANY, "r1").await;
    // As the first version wrote it.
    let key = protocol::SealingKey::derive(&KEY, "partner vault");
    let place = format!("connection {APP} {COMPANY} 1 current");
    let sealed = key.seal([3; 12], &place, b"old-r1");
    stage
        .sql_with(
            "UPDATE connections SET data_key = NULL, data_key_under = NULL, access_token = NULL,
               refresh_token = $1 RETURNING id",
            &values![sealed],
        )
        .await;
    assert_eq!(stage.vault.rewrap().await.unwrap(), 1);
    let token = stage.broker.access_token(APP, COMPANY).await.ok().unwrap();
    assert_eq!(token.value.expose_secret(), "access by old-r1");
}

#[tokio::test]
async fn s54_what_is_shredded_opens_never_again() {
    let stage = Stage::set().await;
    let id = stage.connect(COMPANY, "r1").await;
    let before = stage
        .sql("SELECT refresh_token AS token FROM connections")
        .await;
    let token: Vec<u8> = before[0].get("token").unwrap();
    stage.broker.disconnect(id).await.unwrap();
    let after = stage
        .sql("SELECT data_key, refresh_token, access_token FROM connections")
        .await;
    for column in ["data_key", "refresh_token", "access_token"] {
        let left: Option<Vec<u8>> = after[0].get(column).unwrap();
        assert!(left.is_none(), "{column}");
    }
    // Its bytes from a backup, put back without their key, open nothing.
    stage
        .sql_with(
            "UPDATE connections SET state = 'connected', generation = 1,
               refresh_token = $1 RETURNING id",
            &values![token],
        )
        .await;
    stage.then(Answer::Tokens("never"));
    stage.presented();
    assert!(stage.broker.access_token(APP, COMPANY).await.is_err());
    assert!(stage.presented().is_empty());
}
