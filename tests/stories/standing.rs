//! Everything that a token rests on counts, each by itself.

use db::values;
use protocol::{CompanyId, Principal};
use sandbox::{AppFacts, CompanyFacts, UserFacts};
use testkit::House;

/// What takes a connection's tokens away.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Source {
    AppOff,
    CompanyOff,
    PersonOff,
    /// The operator gives the app to another company alone.
    AppOfAnother,
    Disconnected,
    LineageRevoked,
}

use Source::*;

const ALL: [Source; 6] = [
    AppOff,
    CompanyOff,
    PersonOff,
    AppOfAnother,
    Disconnected,
    LineageRevoked,
];

/// A user's connection: it rests on everything that there is.
struct Rest<'a> {
    house: &'a House,
    company: &'a CompanyFacts,
    user: &'a UserFacts,
    app: &'a AppFacts,
}

impl Rest<'_> {
    async fn connected(&self) -> (String, String) {
        let connect = self.house.request_token(self.company, self.app).await;
        let granted = self.house.exchange(self.app, &connect).await;
        (granted.text("refresh_token"), granted.text("access_token"))
    }

    async fn apply(&self, source: Source, refresh_token: &str) {
        match source {
            AppOff => self.house.switch_app(self.app, false).await,
            CompanyOff => self.house.switch_company(self.company, false).await,
            PersonOff => {
                let house = self.house;
                house.switch_user(self.company, self.user, false).await;
            }
            AppOfAnother => self.keep_for(Some(self.house.company("Vireo").id)).await,
            Disconnected => {
                let principal = Principal::User(self.company.id, self.user.id);
                self.house.disconnect(principal, self.app).await;
            }
            LineageRevoked => {
                // As the replay of a token does it, whatever else stands.
                let mut tx = self.house.write().await;
                let row = protocol::RefreshTokenValue::parse(refresh_token)
                    .unwrap()
                    .row();
                let token = store::refresh_tokens::find(&mut tx, row).await.unwrap();
                let done = store::refresh_tokens::revoke_lineage(&mut tx, &token.unwrap()).await;
                done.unwrap();
                tx.commit().await.unwrap();
            }
        }
    }

    /// `false` when it cannot be undone.
    async fn undo(&self, source: Source) -> bool {
        match source {
            AppOff => self.house.switch_app(self.app, true).await,
            CompanyOff => self.house.switch_company(self.company, true).await,
            PersonOff => {
                let house = self.house;
                house.switch_user(self.company, self.user, true).await;
            }
            AppOfAnother => self.keep_for(None).await,
            Disconnected | LineageRevoked => return false,
        }
        true
    }

    async fn keep_for(&self, company: Option<CompanyId>) {
        let mut tx = self.house.write().await;
        tx.execute(
            "UPDATE apps SET allowed_principal = $2 WHERE client_id = $1",
            &values![
                self.app.client_id.to_string(),
                company.map(|company| company.to_string())
            ],
        )
        .await
        .unwrap();
        tx.commit().await.unwrap();
    }

    /// Whether the tokens are accepted: by the token endpoint, by introspection and by the APIs,
    /// which must agree.
    async fn stands(&self, (refresh, access): &(String, String)) -> bool {
        let house = self.house;
        let refreshed = house.refresh("us2", self.app, refresh).await.status == 200;
        let opened = house.get("us2", "/profile/v1/me", access).await.status == 200;
        assert_eq!(refreshed, opened);
        for token in [refresh, access] {
            let told = house.introspect("us2", self.app, token).await.json();
            // An app that is switched off is told nothing at all.
            assert_eq!(told["active"] == true, refreshed, "{told}");
        }
        refreshed
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn s23_no_source_of_revocation_hides_another() {
    let house = House::start().await;
    let company = house.company("Brackwater");
    let rest = Rest {
        house: &house,
        company,
        user: house.admin(company),
        app: house.app("Pedalpath"),
    };
    for first in ALL {
        for second in ALL {
            if first == second {
                continue;
            }
            let tokens = rest.connected().await;
            assert!(rest.stands(&tokens).await);
            rest.apply(first, &tokens.0).await;
            assert!(!rest.stands(&tokens).await, "{first:?}");
            rest.apply(second, &tokens.0).await;
            assert!(!rest.stands(&tokens).await, "{first:?}, {second:?}");
            let first_undone = rest.undo(first).await;
            assert!(!rest.stands(&tokens).await, "{second:?} alone");
            let second_undone = rest.undo(second).await;
            let good_again = rest.stands(&tokens).await;
            assert_eq!(
                good_again,
                first_undone && second_undone,
                "{first:?}, {second:?}"
            );
        }
    }
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
