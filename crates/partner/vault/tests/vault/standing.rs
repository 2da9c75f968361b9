//! What a vault that nobody has opened says of itself.

use protocol::{DAY, HOUR};
use vault::standing;

use crate::stage::{APP, Answer, COMPANY, Stage};

#[tokio::test]
async fn connections_that_nobody_looks_after_show() {
    let stage = Stage::set().await;
    stage.connect(COMPANY, "r1").await;
    let overdue = async || {
        let then = stage.clock.now() - HOUR;
        standing::overdue(&stage.db, then).await.unwrap()
    };
    assert_eq!(overdue().await, 0);
    stage.clock.advance(30 * DAY);
    assert_eq!(overdue().await, 1);
    stage.then(Answer::Tokens("r2"));
    stage.broker.keep_once().await.unwrap();
    assert_eq!(overdue().await, 0);
}

#[tokio::test]
async fn an_app_that_the_platform_refuses_shows_for_a_day() {
    let stage = Stage::set().await;
    stage.connect(COMPANY, "r1").await;
    stage.clock.advance(HOUR);
    stage.then(Answer::Refuse(61));
    assert!(stage.broker.access_token(APP, COMPANY).await.is_err());
    let alarms = async || {
        let then = stage.clock.now() - DAY;
        standing::alarms(&stage.db, then).await.unwrap()
    };
    let [alarm] = alarms().await[..] else {
        panic!("one alarm")
    };
    assert_eq!((alarm.app, alarm.number), (APP, 61));
    stage.clock.advance(2 * DAY);
    assert!(alarms().await.is_empty());
}
