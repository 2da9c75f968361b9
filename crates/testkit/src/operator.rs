//! What only an operator or an administrator does: switching things off, and breaking the disk.

use db::Tx;
use protocol::Principal;
use sandbox::{AppFacts, CompanyFacts, UserFacts};
use store::access::{self, DisconnectedBy};
use store::{AppSecret, app_secrets, apps, companies, company_changes, users};
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
        let by = store::audit::By {
            actor: store::audit::Actor::Operator,
            correlation_id: "",
            now: self.now(),
        };
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

    /// Whether these bytes stand in the platform's database as they are.
    pub async fn database_holds(&self, text: &str) -> bool {
        self.platform_database.holds(text).await
    }

    /// Until it is dropped, nothing can be written: another process holds the platform's database.
    pub async fn hold_database(&self) -> Tx {
        self.platform_database.hold().await
    }
}
