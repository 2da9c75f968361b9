//! Visits to a landing page, and the codes and accounts they end in.

use crate::stage::{APP, COMPANY, Stage};
use protocol::{AppId, DAY, HOUR, TokenHash};
use secrecy::ExposeSecret;
use uuid::Uuid;
use vault::{Entrant, LinkedTo, NewCode, NewFlow, RefusedFlow, Step, Turn};

async fn code(stage: &Stage) -> String {
    let new = NewCode {
        app: APP,
        label: "Brackwater".into(),
        issued_by: "test".into(),
        lifetime: None,
    };
    let issued = stage.vault.issue_code(new).await.unwrap();
    issued.code.expose_secret().to_owned()
}

fn refused() -> RefusedFlow {
    RefusedFlow {
        reason: "link_expired".into(),
        text: "x (code 5)".into(),
        correlation_id: None,
    }
}

#[tokio::test]
async fn a_code_looks_like_the_reference_says() {
    let stage = Stage::set().await;
    let code = code(&stage).await;
    assert_eq!(code.len(), 19);
    assert!(vault::normalize_code(&code.to_lowercase()).is_some());
}

#[tokio::test]
async fn a_code_is_kept_for_the_flow_that_entered_it_and_used_once() {
    let stage = Stage::set().await;
    let code = code(&stage).await;
    let reserve = async |entrant: Entrant| stage.vault.reserve_code(&code, entrant).await.unwrap();
    let flow = stage.flow(COMPANY).await;
    let stranger = stage.flow(Uuid::from_u128(0xd0)).await;
    let id = reserve(flow.entrant()).await.unwrap();
    assert!(reserve(stranger.entrant()).await.is_none());
    let other_app = Entrant {
        app: AppId::from_uuid(Uuid::from_u128(0xb)),
        ..flow.entrant()
    };
    assert!(reserve(other_app).await.is_none());

    // A definite refusal frees it.
    assert!(stage.vault.flow_holds_code(flow.id, id).await.unwrap());
    assert!(matches!(
        stage.vault.begin_exchange(flow.id).await.unwrap(),
        Turn::Ours(_)
    ));
    stage.vault.flow_refused(flow.id, &refused()).await.unwrap();
    assert!(reserve(stranger.entrant()).await.is_some());
}

#[tokio::test]
async fn a_used_code_reconnects_its_own_company_only() {
    let stage = Stage::set().await;
    let code = code(&stage).await;
    let flow = stage.flow(COMPANY).await;
    let id = stage
        .vault
        .reserve_code(&code, flow.entrant())
        .await
        .unwrap()
        .unwrap();
    let exchanged = stage.exchanged("r1");
    let new = vault::Established {
        kind: protocol::PrincipalType::Company,
        exchanged: &exchanged,
        name: None,
        linked_to: LinkedTo::Code(id),
        language: None,
        correlation_id: None,
    };
    stage.vault.connect(&flow, new).await.unwrap();
    assert_eq!(
        stage.vault.codes((0, 100)).await.unwrap().0[0].used_by,
        Some(COMPANY)
    );
    stage.clock.advance(40 * DAY);
    let same = stage.flow(COMPANY).await;
    let other = stage.flow(Uuid::from_u128(0xd0)).await;
    assert!(
        stage
            .vault
            .reserve_code(&code, other.entrant())
            .await
            .unwrap()
            .is_none()
    );
    assert!(
        stage
            .vault
            .reserve_code(&code, same.entrant())
            .await
            .unwrap()
            .is_some()
    );
}

#[tokio::test]
async fn expired_and_revoked_codes_are_unknown() {
    let stage = Stage::set().await;
    let (old, revoked) = (code(&stage).await, code(&stage).await);
    let revoked_id = {
        let flow = stage.flow(COMPANY).await;
        stage
            .vault
            .reserve_code(&revoked, flow.entrant())
            .await
            .unwrap()
            .unwrap()
    };
    assert!(stage.vault.revoke_code(revoked_id).await.unwrap());
    stage.clock.advance(HOUR);
    let flow = stage.flow(COMPANY).await;
    assert!(
        stage
            .vault
            .reserve_code(&revoked, flow.entrant())
            .await
            .unwrap()
            .is_none()
    );
    stage.clock.advance(30 * DAY);
    let flow = stage.flow(COMPANY).await;
    assert!(
        stage
            .vault
            .reserve_code(&old, flow.entrant())
            .await
            .unwrap()
            .is_none()
    );
}

#[tokio::test]
async fn a_revoked_code_stops_the_exchange() {
    let stage = Stage::set().await;
    let code = code(&stage).await;
    let flow = stage.flow(COMPANY).await;
    let id = stage
        .vault
        .reserve_code(&code, flow.entrant())
        .await
        .unwrap()
        .unwrap();
    stage.vault.flow_holds_code(flow.id, id).await.unwrap();
    stage.vault.revoke_code(id).await.unwrap();
    assert!(matches!(
        stage.vault.begin_exchange(flow.id).await.unwrap(),
        Turn::CodeLost
    ));
}

#[tokio::test]
async fn s44_one_of_two_confirmations_exchanges() {
    let stage = Stage::set().await;
    let flow = stage.flow(COMPANY).await;
    assert!(matches!(
        stage.vault.begin_exchange(flow.id).await.unwrap(),
        Turn::Another
    ));
    stage
        .vault
        .flow_signs_up(flow.id, ("Maren", "m@example.com"), "hash")
        .await
        .unwrap();
    stage
        .vault
        .flow_names_company(flow.id, "Brackwater", true)
        .await
        .unwrap();
    let Turn::Ours(request_token) = stage.vault.begin_exchange(flow.id).await.unwrap() else {
        panic!("the first one exchanges");
    };
    assert_eq!(request_token.expose_secret(), "at-token");
    assert!(matches!(
        stage.vault.begin_exchange(flow.id).await.unwrap(),
        Turn::Another
    ));
    // The process died: after a while the same token may be exchanged again, and the page says so.
    let step = async || {
        stage.broker.keep_once().await.unwrap();
        let rows = stage.sql("SELECT step FROM flows").await;
        rows[0].get::<String>("step").unwrap()
    };
    assert_eq!(step().await, "exchanging");
    stage.clock.advance(2 * protocol::MINUTE);
    assert_eq!(step().await, "confirm");
    assert!(matches!(
        stage.vault.begin_exchange(flow.id).await.unwrap(),
        Turn::Ours(_)
    ));
}

#[tokio::test]
async fn a_made_up_link_leaves_nothing_behind() {
    let stage = Stage::set().await;
    let flow = stage.flow(COMPANY).await;
    stage
        .vault
        .flow_signs_up(flow.id, ("Maren", "m@example.com"), "hash")
        .await
        .unwrap();
    stage
        .vault
        .flow_names_company(flow.id, "Brackwater", true)
        .await
        .unwrap();
    stage.vault.begin_exchange(flow.id).await.unwrap();
    stage.vault.flow_refused(flow.id, &refused()).await.unwrap();
    let rows = stage
        .sql(
            "SELECT id FROM accounts UNION SELECT id FROM connections UNION
              SELECT id FROM flows WHERE email IS NOT NULL OR request_token IS NOT NULL",
        )
        .await;
    assert!(rows.is_empty());
}

#[tokio::test]
async fn a_second_link_replaces_the_first_and_keeps_what_was_typed_for_the_same_company() {
    let stage = Stage::set().await;
    let first = TokenHash::of("first");
    let begin = async |principal, cookie, replaces| {
        let new = NewFlow {
            app: APP,
            principal,
            request_token: "at-token".into(),
            clicked_by: None,
            cookie,
            replaces,
        };
        stage.vault.begin_flow(new).await.unwrap();
        stage.vault.flow(cookie, APP).await.unwrap().unwrap()
    };
    let flow = begin(COMPANY, first, None).await;
    stage
        .vault
        .flow_signs_up(flow.id, ("Maren", "m@example.com"), "hash")
        .await
        .unwrap();
    let second = begin(COMPANY, TokenHash::of("second"), Some(first)).await;
    assert!(stage.vault.flow(first, APP).await.unwrap().is_none());
    assert_eq!(second.email.as_deref(), Some("m@example.com"));
    assert_eq!(second.step, Step::Start);
    let stranger = Uuid::from_u128(0xd0);
    let third = begin(
        stranger,
        TokenHash::of("third"),
        Some(TokenHash::of("second")),
    )
    .await;
    assert_eq!(third.email, None);
}

#[tokio::test]
async fn a_flow_ends_after_24_hours() {
    let stage = Stage::set().await;
    let flow = stage.flow(COMPANY).await;
    stage
        .vault
        .flow_signs_in(flow.id, Uuid::from_u128(1), "en")
        .await
        .unwrap();
    stage.clock.advance(DAY);
    assert!(matches!(
        stage.vault.begin_exchange(flow.id).await.unwrap(),
        Turn::Another
    ));
    stage.broker.keep_once().await.unwrap();
    assert!(stage.sql("SELECT id FROM flows").await.is_empty());
}

#[tokio::test]
async fn a_demo_may_be_seeded_twice() {
    let stage = Stage::set().await;
    for _ in 0..2 {
        let new = NewCode {
            app: APP,
            label: "Demo".into(),
            issued_by: "demo".into(),
            lifetime: None,
        };
        assert!(
            stage
                .vault
                .seed_code("ACDE-3467-9FGH-JKMN", new)
                .await
                .unwrap()
        );
        stage
            .vault
            .add_staff("Ruth@Example.com", "Ruth", "hash")
            .await
            .unwrap();
    }
    assert_eq!(stage.vault.codes((0, 100)).await.unwrap().0.len(), 1);
    assert!(
        stage
            .vault
            .staff_by_email("ruth@example.com")
            .await
            .unwrap()
            .is_some()
    );
}
