//! What customers are used for, counted in memory and written by and by.

use uuid::Uuid;
use vault::Usage;

use crate::stage::{APP, Stage};

/// Several transactions, the last of them not full.
const CUSTOMERS: u128 = 1_203;

fn count_each(stage: &Stage, what: Usage) {
    for number in 0..CUSTOMERS {
        stage.vault.count_usage(APP, Uuid::from_u128(number), what);
    }
}

async fn written(stage: &Stage) -> Vec<(String, i64)> {
    let used = stage.vault.usage_since(Some(APP), 0).await.unwrap();
    used.into_iter()
        .map(|used| (used.kind, used.number))
        .collect()
}

#[tokio::test]
async fn more_customers_than_one_transaction_takes_are_counted_once_each() {
    let stage = Stage::set().await;
    count_each(&stage, Usage::Token);
    count_each(&stage, Usage::Token);
    count_each(&stage, Usage::Call);
    stage.vault.flush_usage().await.unwrap();
    let customers = i64::try_from(CUSTOMERS).unwrap();
    let both = |calls, tokens| vec![("call".to_owned(), calls), ("token".to_owned(), tokens)];
    assert_eq!(written(&stage).await, both(customers, 2 * customers));
    count_each(&stage, Usage::Token);
    assert_eq!(written(&stage).await, both(customers, 3 * customers));
    let last = stage.vault.usage_of(APP, Uuid::from_u128(CUSTOMERS - 1));
    let last = last.await.unwrap();
    let numbers = last.iter().map(|used| used.number).collect::<Vec<_>>();
    assert_eq!(numbers, [1, 3]);
}

#[tokio::test]
async fn counts_that_could_not_be_written_are_written_later() {
    let stage = Stage::set().await;
    count_each(&stage, Usage::Token);
    stage.sql("ALTER TABLE usage RENAME TO elsewhere").await;
    assert!(stage.vault.flush_usage().await.is_err());
    count_each(&stage, Usage::Token);
    stage.sql("ALTER TABLE elsewhere RENAME TO usage").await;
    let customers = i64::try_from(CUSTOMERS).unwrap();
    assert_eq!(written(&stage).await, [("token".to_owned(), 2 * customers)]);
}
