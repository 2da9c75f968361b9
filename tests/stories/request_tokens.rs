//! What a request token is bound to, and what its refusal gives away.

use std::sync::{Arc, Mutex};

use protocol::{DAY, RequestTokenAnswer, RequestTokenValue};
use testkit::House;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

/// Writes down every statement that the database is given.
#[derive(Clone, Default)]
struct Statements(Arc<Mutex<Vec<String>>>);

impl Statements {
    fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

impl Visit for &Statements {
    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "sql" {
            self.0.lock().unwrap().push(value.to_owned());
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn std::fmt::Debug) {}
}

impl Subscriber for Statements {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "db"
    }
    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }
    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn event(&self, event: &Event<'_>) {
        event.record(&mut &*self);
    }
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

/// One thread: what the subscriber sees is this test's alone.
#[tokio::test]
async fn s10_whatever_is_wrong_with_a_request_token_costs_the_same_work() {
    let house = House::start().await;
    let (company, app) = (house.company("Brackwater"), house.app("Meridian"));
    let expired = house.request_token(company, app).await;
    house.advance(DAY);
    let used_up = house.request_token(company, app).await;
    for _ in 0..5 {
        assert_eq!(house.exchange(app, &used_up).await.status, 200);
    }
    let arrived = house.request_token(company, app).await;
    let token = house.exchange(app, &arrived).await.text("refresh_token");
    assert_eq!(house.refresh("us2", app, &token).await.status, 200);
    let mut of_another = house.request_token(house.company("Feldmann"), app).await;
    of_another.id = company.id.as_uuid();
    let unknown = RequestTokenAnswer {
        id: company.id.as_uuid(),
        request_token: RequestTokenValue::mint([7; 32]).expose().to_owned(),
        user_id: expired.user_id,
    };
    let foreign = house.request_token(company, house.app("Harbor")).await;

    let statements = Statements::default();
    let _seen = tracing::subscriber::set_default(statements.clone());
    let mut work = Vec::new();
    for (connect, code) in [
        (&unknown, 5),
        (&expired, 5),
        (&used_up, 5),
        (&arrived, 5),
        (&of_another, 5),
        (&foreign, 136),
    ] {
        // A job of the platform, on the same thread, may come in between and adds to what is seen.
        let mut seen = Vec::new();
        for _ in 0..3 {
            statements.take();
            assert_eq!(house.exchange(app, connect).await.code(), code);
            seen.push(statements.take());
        }
        seen.sort_by_key(Vec::len);
        work.push(seen.swap_remove(0));
    }
    let looked_up = |table: &str| work[0].iter().filter(|sql| sql.contains(table)).count();
    // Once to see whose it is, and again behind that company's lock.
    assert_eq!(looked_up("FROM request_tokens"), 2, "{:#?}", work[0]);
    assert!(work.iter().all(|one| *one == work[0]), "{work:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn s09_each_thing_that_a_request_token_is_bound_to_is_refused_by_its_code() {
    let house = House::start().await;
    let (company, app) = (house.company("Brackwater"), house.app("Meridian"));
    let connect = house.request_token(company, app).await;

    let another_app = house.exchange(house.app("Harbor"), &connect).await;
    assert_eq!((another_app.status, another_app.code()), (400, 136));

    let mut for_another = house.request_token(company, app).await;
    for_another.id = house.company("Feldmann").id.as_uuid();
    let another_company = house.exchange(app, &for_another).await;
    assert_eq!((another_company.status, another_company.code()), (400, 5));

    let mut for_a_person = house.request_token(company, app).await;
    for_a_person.id = for_a_person.user_id.as_uuid();
    assert_eq!(house.exchange(app, &for_a_person).await.code(), 5);

    let elsewhere = house.exchange_at("eu2", app, &connect).await;
    assert_eq!((elsewhere.status, elsewhere.code()), (400, 16));
    assert_eq!(elsewhere.text("geolocation"), house.center("us2"));

    // The operator gives the app to another company alone.
    let keep_for = async |principal: Option<String>| {
        let mut tx = house.write().await;
        let sql = "UPDATE apps SET allowed_principal = $2 WHERE client_id = $1";
        let parameters = db::values![app.client_id.to_string(), principal];
        tx.execute(sql, &parameters).await.unwrap();
        tx.commit().await.unwrap();
    };
    keep_for(Some(house.company("Feldmann").id.to_string())).await;
    assert_eq!(house.exchange(app, &connect).await.code(), 53);
    keep_for(None).await;

    // None of all this has consumed it.
    assert_eq!(house.exchange(app, &connect).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn s18_a_token_two_generations_old_is_a_replay_that_the_history_tells_of() {
    let house = House::start().await;
    let (company, app) = (house.company("Brackwater"), house.app("Meridian"));
    let connect = house.request_token(company, app).await;
    let mut generations = vec![house.exchange(app, &connect).await.text("refresh_token")];
    for _ in 0..2 {
        let newest = generations.last().unwrap().clone();
        assert_eq!(house.refresh("us2", app, &newest).await.status, 200);
        house.advance(8 * DAY);
        let next = house.refresh("us2", app, &newest).await;
        generations.push(next.text("refresh_token"));
    }
    // The newest was never seen; presenting its grandparent is a replay all the same.
    let replay = house.refresh("us2", app, &generations[0]).await;
    assert_eq!((replay.status, replay.code()), (403, 108));
    for token in &generations {
        assert_eq!(house.refresh("us2", app, token).await.code(), 108);
    }
    // It is written with the refusal, so that there is nothing to wait for.
    let principal = protocol::Principal::Company(company.id);
    let mut tx = house.platform.db.read().await.unwrap();
    let history = store::connection_events::history(&mut tx, principal, app.client_id).await;
    let kinds: Vec<_> = history.unwrap().iter().map(|event| event.kind).collect();
    let told = |kind| kinds.iter().filter(|one| **one == kind).count();
    assert_eq!(told(store::EventKind::ReplayDetected), 1, "{kinds:?}");
    let log = "SELECT id FROM audit_events WHERE action = 'replay_detected'";
    assert_eq!(tx.query(log, &[]).await.unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn s28_narrowing_an_app_is_immediate_and_widening_it_waits_for_an_administrator() {
    let house = House::start().await;
    let (company, app) = (house.company("Brackwater"), house.app("Meridian"));
    let connect = house.request_token(company, app).await;
    let granted = house.exchange(app, &connect).await;
    let (token, before) = (granted.text("refresh_token"), granted.text("scope"));
    let set = async |scopes: &str| {
        let mut tx = house.write().await;
        let sql = "UPDATE apps SET scopes = $2 WHERE client_id = $1";
        let parameters = db::values![app.client_id.to_string(), scopes];
        tx.execute(sql, &parameters).await.unwrap();
        tx.commit().await.unwrap();
    };
    set("openid company.read").await;
    let narrowed = house.refresh("us2", app, &token).await.text("scope");
    assert_eq!(narrowed, "openid company.read");

    set(&format!("{before} company.write")).await;
    assert_eq!(
        house.refresh("us2", app, &token).await.text("scope"),
        before
    );
    let asked = [
        ("grant_type", "refresh_token"),
        ("refresh_token", token.as_str()),
        ("scope", "company.write"),
    ];
    let refused = house.as_client("us2", "token", app, &asked).await;
    assert_eq!(refused.code(), 54);
    // Connecting again, an administrator has seen the wider list.
    let again = house.request_token(company, app).await;
    let scope = house.exchange(app, &again).await.text("scope");
    assert!(scope.contains("company.write"), "{scope}");
}
