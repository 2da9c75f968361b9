//! Everything that a token rests on counts, each by itself.

use std::time::Duration;

use protocol::Principal;
use protocol::jose::{self, AccessClaims};
use sandbox::{AppFacts, CompanyFacts, UserFacts};
use testkit::House;

use crate::rows::{set_app, switch_secret};

/// What takes a connection's tokens away, or some of them.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Source {
    AppOff,
    /// The app's secret is no longer active.
    SecretOff,
    /// The app may not refresh any longer.
    GrantTaken,
    CompanyOff,
    PersonOff,
    /// The operator gives the app to another company alone.
    AppOfAnother,
    Disconnected,
    LineageRevoked,
    AccessTokenRevoked,
    /// Access and refresh tokens from before now, in the data center of the company.
    OldInDataCenter,
    /// Access tokens from before now, everywhere.
    OldEverywhere,
}

use Source::*;

const ALL: [Source; 11] = [
    AppOff,
    SecretOff,
    GrantTaken,
    CompanyOff,
    PersonOff,
    AppOfAnother,
    Disconnected,
    LineageRevoked,
    AccessTokenRevoked,
    OldInDataCenter,
    OldEverywhere,
];

impl Source {
    fn takes_refresh_token(self) -> bool {
        !matches!(self, AccessTokenRevoked | OldEverywhere)
    }

    fn takes_access_token(self) -> bool {
        !matches!(self, SecretOff | GrantTaken)
    }

    fn can_be_undone(self) -> bool {
        !matches!(self, Disconnected | LineageRevoked | AccessTokenRevoked)
    }
}

/// A user's connection: it rests on everything that there is.
struct Rest<'a> {
    house: &'a House,
    company: &'a CompanyFacts,
    user: &'a UserFacts,
    app: &'a AppFacts,
    /// The app with another secret, which stays active: for questions.
    asker: &'a AppFacts,
    refresh: String,
    access: String,
}

impl Rest<'_> {
    async fn connect(&mut self) {
        let connect = self.house.request_token(self.company, self.app).await;
        let granted = self.house.exchange(self.app, &connect).await;
        self.refresh = granted.text("refresh_token");
        self.access = granted.text("access_token");
    }

    async fn apply(&self, source: Source) {
        let house = self.house;
        match source {
            Disconnected => {
                let principal = Principal::User(self.company.id, self.user.id);
                house.disconnect(principal, self.app).await;
            }
            LineageRevoked => {
                // As the replay of a token does it, whatever else stands.
                let mut tx = house.write().await;
                let value = protocol::RefreshTokenValue::parse(&self.refresh).unwrap();
                let token = store::refresh_tokens::find(&mut tx, value.row())
                    .await
                    .unwrap();
                let done = store::refresh_tokens::revoke_lineage(&mut tx, &token.unwrap()).await;
                done.unwrap();
                tx.commit().await.unwrap();
            }
            AccessTokenRevoked => {
                let jti = self.jti();
                let mut tx = house.write().await;
                let expiry = house.now() + protocol::HOUR;
                let done = store::revoked_access_tokens::insert(&mut tx, &jti, expiry).await;
                done.unwrap();
                tx.commit().await.unwrap();
            }
            other => self.switch(other, false).await,
        }
    }

    fn jti(&self) -> String {
        let claims = jose::verify(&self.access, self.house.platform.keys().unwrap().public());
        let claims: AccessClaims = claims.unwrap();
        claims.jti
    }

    async fn undo(&self, source: Source) {
        self.switch(source, true).await;
    }

    /// What can be switched off and on again.
    async fn switch(&self, source: Source, on: bool) {
        let (house, app) = (self.house, self.app);
        let other = house.company("Vireo").id.to_string();
        let grants = "password client_credentials otp authorization_code";
        match source {
            AppOff => house.switch_app(app, on).await,
            CompanyOff => house.switch_company(self.company, on).await,
            PersonOff => house.switch_user(self.company, self.user, on).await,
            SecretOff => switch_secret(house, app, on).await,
            AppOfAnother => {
                let only = Some(other).filter(|_| !on);
                set_app(house, app, "allowed_principal", only).await;
            }
            GrantTaken => {
                let all = format!("{grants} refresh_token");
                let left = if on { all } else { grants.to_owned() };
                set_app(house, app, "grants", Some(left)).await;
            }
            OldInDataCenter if on => house.accept_old(Some("us2")).await,
            OldInDataCenter => house.refuse_old(Some("us2"), house.now(), true).await,
            OldEverywhere if on => house.accept_old(None).await,
            OldEverywhere => house.refuse_old(None, house.now(), false).await,
            Disconnected | LineageRevoked | AccessTokenRevoked => panic!("{source:?}"),
        }
    }

    /// Whether the tokens are accepted while these sources have taken them away: by the token
    /// endpoint and the APIs, and introspection says the same.
    async fn agrees(&self, applied: &[Source]) {
        let house = self.house;
        let refreshed = house.refresh("us2", self.app, &self.refresh).await.status == 200;
        let opened = house
            .get("us2", "/profile/v1/me", &self.access)
            .await
            .status
            == 200;
        let expected = |takes: fn(Source) -> bool| !applied.iter().any(|source| takes(*source));
        let refresh = expected(Source::takes_refresh_token);
        let access = expected(Source::takes_access_token);
        assert_eq!((refreshed, opened), (refresh, access), "{applied:?}");
        // Asked with a secret that is active.
        let others = |source: Source| source != SecretOff && source.takes_refresh_token();
        for (token, stands) in [(&self.refresh, expected(others)), (&self.access, access)] {
            let told = house.introspect("us2", self.asker, token).await.json();
            // An app that is switched off is told nothing at all.
            assert_eq!(told["active"] == true, stands, "{applied:?}: {told}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn s23_no_source_of_revocation_hides_another() {
    let house = House::start().await;
    let (company, app) = (house.company("Brackwater"), house.app("Pedalpath"));
    house.add_secret(app, "for questions", true).await;
    let asker = AppFacts {
        client_secret: "for questions".to_owned(),
        ..app.clone()
    };
    let mut rest = Rest {
        house: &house,
        company,
        user: house.admin(company),
        app,
        asker: &asker,
        refresh: String::new(),
        access: String::new(),
    };
    for (at, one) in ALL.into_iter().enumerate() {
        for other in ALL.into_iter().skip(at + 1) {
            rest.connect().await;
            // What says "before now" means what was issued in an earlier second.
            house.advance(Duration::from_secs(1));
            rest.agrees(&[]).await;
            rest.apply(one).await;
            rest.agrees(&[one]).await;
            rest.apply(other).await;
            rest.agrees(&[one, other]).await;
            let mut applied = vec![one, other];
            for lifted in [one, other] {
                if lifted.can_be_undone() {
                    rest.undo(lifted).await;
                    applied.retain(|source| *source != lifted);
                    rest.agrees(&applied).await;
                    rest.apply(lifted).await;
                    applied.push(lifted);
                }
            }
            for lifted in [one, other].into_iter().filter(|one| one.can_be_undone()) {
                rest.undo(lifted).await;
                applied.retain(|source| *source != lifted);
            }
            rest.agrees(&applied).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn s23_old_tokens_of_a_data_center_are_refused_and_those_of_others_are_not() {
    let house = House::start().await;
    let app = house.app("Meridian");
    let mut granted = Vec::new();
    for (name, center) in [("Brackwater", "us2"), ("Feldmann", "eu2")] {
        let connect = house.request_token(house.company(name), app).await;
        let tokens = house.exchange(app, &connect).await;
        granted.push((
            center,
            tokens.text("access_token"),
            tokens.text("refresh_token"),
        ));
    }
    let own = |center| house.app_token(center, app);
    let (own_us2, own_glz) = (own("us2").await, own("glz").await);
    let (own_us2, own_glz) = (own_us2.text("access_token"), own_glz.text("access_token"));
    let opens = async |center: &str, token: &str| {
        let answer = house.get(center, "/profile/v1/me", token).await;
        assert!(matches!(answer.status, 200 | 401), "{}", answer.body);
        answer.status == 200
    };
    let active =
        async |token: &str| house.introspect("us2", app, token).await.json()["active"] == true;
    let [(_, us2, us2_refresh), (_, eu2, eu2_refresh)] = &granted[..] else {
        panic!("two companies");
    };
    house.advance(Duration::from_secs(2));
    house.refuse_old(Some("us2"), house.now(), false).await;
    assert!(!opens("us2", us2).await && opens("eu2", eu2).await);
    assert!(!active(&own_us2).await && active(&own_glz).await);
    // In the next second a refresh brings one that is good: this instant is about access tokens.
    house.advance(Duration::from_secs(1));
    let renewed = house.refresh("us2", app, us2_refresh).await;
    assert!(opens("us2", &renewed.text("access_token")).await);

    house.advance(Duration::from_secs(2));
    house.refuse_old(Some("us2"), house.now(), true).await;
    let refused = house.refresh("us2", app, us2_refresh).await;
    assert_eq!(
        (refused.status, refused.code()),
        (403, 108),
        "{}",
        refused.body
    );
    assert!(!active(us2_refresh).await && active(eu2_refresh).await);
    assert_eq!(house.refresh("eu2", app, eu2_refresh).await.status, 200);
    // Connecting again yields tokens that are good.
    house.advance(Duration::from_secs(1));
    let connect = house.request_token(house.company("Brackwater"), app).await;
    let anew = house.exchange(app, &connect).await;
    assert!(opens("us2", &anew.text("access_token")).await);
    let refresh = anew.text("refresh_token");
    assert_eq!(house.refresh("us2", app, &refresh).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn s23_an_exchange_repeated_yields_no_refresh_token_that_is_refused() {
    let house = House::start().await;
    let (company, app) = (house.company("Brackwater"), house.app("Meridian"));
    let connect = house.request_token(company, app).await;
    let first = house.exchange(app, &connect).await;
    house.advance(Duration::from_secs(2));
    let instant = house.now();
    house.refuse_old(None, instant, true).await;
    let again = house.exchange(app, &connect).await;
    assert_eq!((again.status, again.code()), (400, 5), "{}", again.body);
    // Nor does an access token that is younger than the instant open anything, when it was issued
    // with a refresh token that is older.
    house.accept_old(None).await;
    house.advance(Duration::from_secs(2));
    let late = house.exchange(app, &connect).await;
    assert_eq!(late.text("refresh_token"), first.text("refresh_token"));
    house.refuse_old(None, instant, false).await;
    let access = late.text("access_token");
    assert_eq!(
        house.get("us2", "/profile/v1/me", &access).await.status,
        200
    );
    house.refuse_old(None, instant, true).await;
    assert_eq!(
        house.get("us2", "/profile/v1/me", &access).await.status,
        401
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn s22_a_suspended_company_gets_123_and_everything_back_afterwards() {
    let house = House::start().await;
    let (company, app) = (house.company("Brackwater"), house.app("Meridian"));
    let spare = house.request_token(company, app).await;
    let connect = house.request_token(company, app).await;
    let granted = house.exchange(app, &connect).await;
    let refresh_token = granted.text("refresh_token");
    house.switch_company(company, false).await;
    for answer in [
        house.exchange(app, &spare).await,
        house.refresh("us2", app, &refresh_token).await,
    ] {
        assert_eq!(
            (answer.status, answer.code()),
            (403, 123),
            "{}",
            answer.body
        );
        assert_eq!(answer.text("error"), "invalid_request");
    }
    let token = granted.text("access_token");
    assert_eq!(house.get("us2", "/profile/v1/me", &token).await.status, 401);
    let foreign = house.company("Feldmann");
    let foreign = house.request_token(foreign, app).await;
    assert_eq!(house.exchange(app, &foreign).await.status, 200);
    house.switch_company(company, true).await;
    let again = house.refresh("us2", app, &refresh_token).await;
    assert_eq!(again.status, 200, "{}", again.body);
    assert_eq!(house.exchange(app, &spare).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn s22_an_administrator_who_leaves_takes_no_company_connection_along() {
    let house = House::start().await;
    let company = house.company("Brackwater");
    let admin = house.admin(company);
    let mut kept = Vec::new();
    for name in ["Meridian", "Pedalpath"] {
        let app = house.app(name);
        let connect = house.request_token(company, app).await;
        let token = house.exchange(app, &connect).await.text("refresh_token");
        kept.push((app, token));
    }
    house.switch_user(company, admin, false).await;
    let (of_company, of_person) = (&kept[0], &kept[1]);
    let answer = house.refresh("us2", of_company.0, &of_company.1).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let answer = house.refresh("us2", of_person.0, &of_person.1).await;
    assert_eq!((answer.status, answer.code()), (403, 123));
}
