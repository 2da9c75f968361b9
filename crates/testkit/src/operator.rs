//! What only an operator or an administrator does: switching things off, and breaking the disk.

use db::{Db, Tx};
use protocol::{Principal, Timestamp};
use sandbox::{AppFacts, CompanyFacts, UserFacts};
use store::access::{self, DisconnectedBy};
use store::audit::{Actor, By};
use store::{
    AppSecret, NotBefore, app_secrets, apps, companies, company_changes, not_before, users,
};
use uuid::Uuid;

use crate::House;

impl House {
    pub async fn write(&self) -> Tx {
        let tx = self.platform.db.write().await;
        tx.expect("the database is there")
    }

    pub async fn switch_app(&self, app: &AppFacts, enabled: bool) {
        let mut tx = self.write().await;
        let done = apps::set_enabled(&mut tx, app.client_id, enabled).await;
        done.expect("written");
        tx.commit().await.expect("committed");
    }

    pub async fn switch_company(&self, company: &CompanyFacts, enabled: bool) {
        let mut tx = self.write().await;
        let done = companies::set_enabled(&mut tx, company.id, enabled).await;
        done.expect("written");
        tx.commit().await.expect("committed");
    }

    /// Moves a company to another data centre, as `quickconnect company move` does.
    pub async fn move_company(&self, company: &CompanyFacts, center: &str) {
        let mut tx = self.write().await;
        let found = companies::find(&mut tx, company.id).await;
        let found = found.expect("readable").expect("it is there");
        let by = self.operator();
        let place = (&found, center);
        let done = company_changes::move_to(&self.platform, &mut tx, place, by).await;
        assert!(done.expect("written"), "it lives there already");
        tx.commit().await.expect("committed");
    }

    pub async fn switch_user(&self, company: &CompanyFacts, user: &UserFacts, enabled: bool) {
        let mut tx = self.write().await;
        let done = users::set_enabled(&mut tx, company.id, user.id, enabled).await;
        done.expect("written");
        tx.commit().await.expect("committed");
    }

    /// Refuses tokens from before an instant, in one data center or everywhere. Access tokens alone,
    /// or refresh tokens, too.
    pub async fn refuse_old(&self, center: Option<&str>, before: Timestamp, refresh_tokens: bool) {
        let new = NotBefore {
            data_center: center.map(str::to_owned),
            issued_before: before,
            refresh_tokens,
        };
        let mut tx = self.write().await;
        let done = not_before::set(&self.platform, &mut tx, &new, self.operator()).await;
        done.expect("written");
        tx.commit().await.expect("committed");
    }

    /// Takes back what [`House::refuse_old`] has set.
    pub async fn accept_old(&self, center: Option<&str>) {
        let mut tx = self.write().await;
        let done = not_before::lift(&self.platform, &mut tx, center, self.operator()).await;
        assert!(done.expect("written"), "nothing was set");
        tx.commit().await.expect("committed");
    }

    fn operator(&self) -> By<'static> {
        By {
            actor: Actor::Operator,
            correlation_id: "",
            now: self.now(),
        }
    }

    /// Disconnects, as a click in the App Center does.
    pub async fn disconnect(&self, principal: Principal, app: &AppFacts) -> bool {
        let mut tx = self.write().await;
        let by = DisconnectedBy {
            actor: "somebody",
            correlation_id: "a click",
            now: self.now(),
        };
        let ended = access::disconnect(&self.platform, &mut tx, principal, app.client_id, by).await;
        tx.commit().await.expect("committed");
        ended.expect("written")
    }

    /// Gives an app one more secret.
    pub async fn add_secret(&self, app: &AppFacts, secret: &str, active: bool) {
        let secret = AppSecret {
            client_id: app.client_id,
            id: Uuid::from_bytes(self.platform.entropy.bytes()),
            hash: self.platform.client_secret_hash(secret),
            active,
            created_at: self.now(),
        };
        let mut tx = self.write().await;
        let done = app_secrets::insert(&mut tx, &secret).await;
        done.expect("written");
        tx.commit().await.expect("committed");
    }

    /// Whether these bytes stand in the platform's database or the partner's as they are.
    pub async fn database_holds(&self, text: &str) -> bool {
        self.platform_database.holds(text).await || self.partner_database.holds(text).await
    }

    /// The platform's database and the partner's, as another process opens them.
    pub fn databases(&self) -> [Db; 2] {
        [self.platform_database.open(), self.partner_database.open()]
    }

    /// Until it is dropped, nothing can be written: another process holds the platform's database.
    pub async fn hold_database(&self) -> Tx {
        self.platform_database.hold().await
    }
}
