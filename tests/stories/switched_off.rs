//! S22: what is switched off gets nothing, whichever way it comes, and at once.

use std::time::Duration;

use db::Tx;
use protocol::{AppId, CompanyId, Principal, UserId};
use sandbox::{AppFacts, CompanyFacts, UserFacts};
use testkit::{Answer, House, Visitor, parameter};

use crate::one_time_passwords::{mailed, redeem};
use crate::rows::{set_app, switch_secret};

/// What an operator, or the app's own administrator, switches off.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Off {
    Company,
    Person,
    App,
    Secret,
    /// The operator gives the app to another company alone.
    AppForThisCompany,
    /// The app may use no grant any longer.
    Grants,
}

use Off::*;

const ALL: [Off; 6] = [Company, Person, App, Secret, AppForThisCompany, Grants];

/// How an app gets tokens, or uses those that it has.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Way {
    Exchange,
    Refresh,
    AppItself,
    Code,
    Otp,
    Data,
    UserInfo,
    /// Whether the refresh token and the access token are active.
    Introspection,
}

use Way::*;

const WAYS: [Way; 8] = [
    Exchange,
    Refresh,
    AppItself,
    Code,
    Otp,
    Data,
    UserInfo,
    Introspection,
];

/// What is answered: status and code. `(200, 0)` is no refusal.
fn expected(off: Off, way: Way) -> (u16, u64) {
    match (off, way) {
        // An app that speaks for itself rests on no company and no person.
        (Company | Person | AppForThisCompany, AppItself) => (200, 0),
        // Tokens that are out are good for their hour whatever becomes of the app's secret, which is
        // rotated, or of the ways in which it gets others.
        (Secret | Grants, Data | UserInfo) => (200, 0),
        (_, Data | UserInfo) => (401, 401),
        (App, _) => (403, 59),
        (Secret, _) => (401, 64),
        // Told, and told that they are not active.
        (_, Introspection) => (200, 0),
        (Grants, Refresh) => (400, 107),
        (Grants, _) => (400, 60),
        (AppForThisCompany, _) => (403, 53),
        (Company | Person, _) => (403, 123),
    }
}

/// Everything that a person and an app that connects to people hold of each other.
struct Held<'a> {
    house: &'a House,
    app: &'a AppFacts,
    company: &'a CompanyFacts,
    user: &'a UserFacts,
    connect: protocol::RequestTokenAnswer,
    refresh: String,
    access: String,
    code: String,
    otp: String,
}

impl<'a> Held<'a> {
    async fn get(house: &'a House, name: &str) -> Held<'a> {
        let (company, app) = (house.company("Brackwater"), house.app(name));
        let user = house.admin(company);
        let connect = house.request_token(company, app).await;
        let granted = house.exchange(app, &connect).await;
        let visitor = Visitor::new(house);
        let page = visitor
            .authorize(&house.authorize_url("us2", app, &[]))
            .await;
        let answer = visitor.sign_in(&page, user).await;
        let answer = match answer.status {
            200 => visitor.answer(&answer, "allow").await,
            _ => answer,
        };
        Held {
            house,
            app,
            company,
            user,
            connect: house.request_token(company, app).await,
            refresh: granted.text("refresh_token"),
            access: granted.text("access_token"),
            code: parameter(answer.header("location"), "code"),
            otp: mailed(house, &user.login, &[]).await,
        }
    }

    async fn go(&self, way: Way) -> Answer {
        let (house, app) = (self.house, self.app);
        match way {
            Exchange => house.exchange_at("us2", app, &self.connect).await,
            Refresh => house.refresh("us2", app, &self.refresh).await,
            AppItself => house.app_token("us2", app).await,
            Code => house.exchange_code("us2", app, &self.code, &[]).await,
            Otp => redeem(house, (&self.user.login, &self.otp), &[]).await,
            Data => house.get("us2", "/profile/v1/me", &self.access).await,
            UserInfo => house.get("us2", "/oauth2/v0/userinfo", &self.access).await,
            Introspection => house.introspect("us2", app, &self.refresh).await,
        }
    }

    async fn switch(&self, off: Off, on: bool) {
        let (house, app) = (self.house, self.app);
        match off {
            Company => house.switch_company(self.company, on).await,
            Person => house.switch_user(self.company, self.user, on).await,
            App => house.switch_app(app, on).await,
            Secret => switch_secret(house, app, on).await,
            AppForThisCompany => {
                let other = house.company("Vireo").id.to_string();
                let only = Some(other).filter(|_| !on);
                set_app(house, app, "allowed_principal", only).await;
            }
            Grants => {
                let all = "password refresh_token client_credentials otp authorization_code";
                let left = if on { all } else { "" };
                set_app(house, app, "grants", Some(left.to_owned())).await;
            }
        }
    }

    /// Goes a way that must end as it says, and uses nothing up when that is a refusal.
    async fn ends(&self, way: Way, (status, code): (u16, u64), what: &str) {
        let answer = self.go(way).await;
        let said = if answer.body.is_empty() {
            0
        } else {
            answer.code()
        };
        assert_eq!(answer.status, status, "{what}: {}", answer.body);
        // The data API has no numbers of its own.
        if status == 200 || !matches!(way, Data | UserInfo) {
            assert_eq!(said, code, "{what}: {}", answer.body);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn s22_whatever_is_switched_off_is_refused_on_every_way_and_uses_nothing_up() {
    let house = House::start().await;
    let held = Held::get(&house, "Pedalpath").await;
    for off in ALL {
        held.switch(off, false).await;
        for way in WAYS {
            let what = format!("{off:?}, {way:?}");
            held.ends(way, expected(off, way), &what).await;
            if way == Introspection && expected(off, way).0 == 200 {
                let told = held.go(way).await;
                assert_eq!(told.body, r#"{"active":false}"#, "{what}");
            }
        }
        held.switch(off, true).await;
    }
    // Switched on again, each goes as far as ever; the exchanges last, because they replace what was
    // there before.
    for way in [
        Data,
        UserInfo,
        Introspection,
        AppItself,
        Refresh,
        Exchange,
        Code,
        Otp,
    ] {
        held.ends(way, (200, 0), &format!("{way:?}")).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn s22_an_administrator_who_leaves_stops_no_way_of_a_companys_connection() {
    let house = House::start().await;
    let (company, app) = (house.company("Brackwater"), house.app("Meridian"));
    let connect = house.request_token(company, app).await;
    let granted = house.exchange(app, &connect).await;
    // Everybody leaves, whoever clicked included.
    for user in &company.users {
        house.switch_user(company, user, false).await;
    }
    let (refresh, access) = (granted.text("refresh_token"), granted.text("access_token"));
    assert_eq!(house.refresh("us2", app, &refresh).await.status, 200);
    assert_eq!(
        house.get("us2", "/profile/v1/me", &access).await.status,
        200
    );
    assert_eq!(
        house
            .get("us2", "/oauth2/v0/userinfo", &access)
            .await
            .status,
        200
    );
    for token in [&refresh, &access] {
        let told = house.introspect("us2", app, token).await;
        assert_eq!(told.json()["active"], true);
    }
    house.advance(8 * protocol::DAY);
    let rotated = house.refresh("us2", app, &refresh).await;
    assert_ne!(rotated.text("refresh_token"), refresh);
    let mut tx = house.platform.db.read().await.unwrap();
    let principal = Principal::Company(company.id);
    let found = store::connections::find(&mut tx, principal, app.client_id).await;
    assert!(found.unwrap().unwrap().is_live(house.now()));
}

/// Whom and what is switched off in a transaction that others wait for.
#[derive(Clone, Copy)]
struct Ids {
    app: AppId,
    company: CompanyId,
    user: UserId,
    other: CompanyId,
}

async fn switch_off(off: Off, mut tx: Tx, ids: Ids) {
    let (app, other) = (ids.app.to_string(), ids.other.to_string());
    let (sql, values) = match off {
        Company => {
            let done = store::companies::set_enabled(&mut tx, ids.company, false).await;
            done.unwrap();
            return tx.commit().await.unwrap();
        }
        Person => {
            let done = store::users::set_enabled(&mut tx, ids.company, ids.user, false).await;
            done.unwrap();
            return tx.commit().await.unwrap();
        }
        App => (
            "UPDATE apps SET enabled = FALSE WHERE client_id = $1",
            vec![app.into()],
        ),
        Secret => (
            "UPDATE app_secrets SET active = FALSE WHERE client_id = $1",
            vec![app.into()],
        ),
        Grants => (
            "UPDATE apps SET grants = '' WHERE client_id = $1",
            vec![app.into()],
        ),
        AppForThisCompany => (
            "UPDATE apps SET allowed_principal = $2 WHERE client_id = $1",
            vec![app.into(), other.into()],
        ),
    };
    tx.execute(sql, &values).await.unwrap();
    tx.commit().await.unwrap();
}

/// What happens while a request waits for the database counts for it: it is decided in the
/// transaction that writes.
#[tokio::test(flavor = "multi_thread")]
async fn s22_what_is_switched_off_while_a_request_waits_refuses_it() {
    let house = House::start().await;
    let old = Held::get(&house, "Pedalpath").await;
    // Old enough for its refresh to write.
    house.advance(8 * protocol::DAY);
    let held = Held {
        refresh: old.refresh,
        ..Held::get(&house, "Pedalpath").await
    };
    let ids = Ids {
        app: held.app.client_id,
        company: held.company.id,
        user: held.user.id,
        other: house.company("Vireo").id,
    };
    for off in ALL {
        for way in [Refresh, Exchange, Code, Otp] {
            let lock = house.hold_database().await;
            // On SQLite a request that waits for another process holds its thread, and the timers may
            // be behind it: this thread needs neither.
            let runtime = tokio::runtime::Handle::current();
            let meanwhile = tokio::task::spawn_blocking(move || {
                // Time to get as far as the lock; who is slower is refused in any case.
                std::thread::sleep(Duration::from_millis(150));
                runtime.block_on(switch_off(off, lock, ids));
            });
            let answer = held.go(way).await;
            meanwhile.await.unwrap();
            let what = format!("{off:?}, {way:?}: {}", answer.body);
            let refusal = (answer.status, answer.code());
            assert_eq!(refusal, expected(off, way), "{what}");
            held.switch(off, true).await;
        }
    }
    for way in [Refresh, Exchange, Code, Otp] {
        held.ends(way, (200, 0), &format!("{way:?}")).await;
    }
}
