use std::path::Path;
use std::time::Duration;

use ambient::{Clock, Entropy};
use landing_page::Partner;
use protocol::RequestTokenAnswer;
use sandbox::{AppFacts, CompanyFacts, Demo, DemoOptions, Facts, Ports, UserFacts};
use store::{App, apps, companies, minting};
use tempfile::TempDir;
use test_database::TestDatabase;
use tokio::task::JoinHandle;

/// The demo, served on ports of its own, with a clock that tests turn.
pub struct House {
    pub facts: Facts,
    /// The platform from within: for what no customer or partner could do.
    pub platform: App,
    /// The partner from within.
    pub partner: Partner,
    pub(crate) http: reqwest::Client,
    clock: Clock,
    dir: TempDir,
    pub(crate) platform_database: TestDatabase,
    pub(crate) partner_database: TestDatabase,
    server: JoinHandle<()>,
}

impl House {
    pub async fn start() -> House {
        House::start_with(|_| {}).await
    }

    /// Started as its operator wants it.
    pub async fn start_with(adjust: fn(&mut store::Settings)) -> House {
        House::start_adjusted(adjust, |_| {}).await
    }

    /// Started as its partner wants it.
    pub async fn start_with_partner(adjust: fn(&mut landing_page::Config)) -> House {
        House::start_adjusted(|_| {}, adjust).await
    }

    async fn start_adjusted(
        adjust: fn(&mut store::Settings),
        adjust_partner: fn(&mut landing_page::Config),
    ) -> House {
        let dir = tempfile::tempdir().expect("a temporary folder can be made");
        let platform_database = TestDatabase::migrated(store::MIGRATIONS).await;
        let partner_database = TestDatabase::migrated(vault::MIGRATIONS).await;
        for (name, database) in [
            ("platform.address", &platform_database),
            ("partner.address", &partner_database),
        ] {
            std::fs::write(dir.path().join(name), database.address()).expect("writable");
        }
        let clock = Clock::starting_at(Clock::System.now());
        let demo = Demo::start(DemoOptions {
            data_dir: dir.path().to_owned(),
            ports: Ports::Any,
            reset: false,
            platform_name: "Quick Connect".to_owned(),
            adjust,
            adjust_partner,
            clock: clock.clone(),
            entropy: Entropy::System,
        });
        let demo = demo.await.expect("the demo starts");
        let (facts, platform) = (demo.facts.clone(), demo.platform.clone());
        let partner = demo.partner.clone();
        let server = tokio::spawn(async {
            demo.serve(std::future::pending())
                .await
                .expect("the demo serves")
        });
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .timeout(Duration::from_secs(20))
            .build()
            .expect("a plain client can be made");
        House {
            facts,
            platform,
            partner,
            http,
            clock,
            dir,
            platform_database,
            partner_database,
            server,
        }
    }

    /// Where the demo keeps its files.
    pub fn data_dir(&self) -> &Path {
        self.dir.path()
    }

    /// Lets time pass, for the platform and the partner alike.
    pub fn advance(&self, by: Duration) {
        assert!(self.clock.advance(by), "a test's clock can be turned");
    }

    pub(crate) fn clock(&self) -> Clock {
        self.clock.clone()
    }

    pub fn now(&self) -> protocol::Timestamp {
        self.clock.now()
    }

    /// The company whose name begins so.
    pub fn company(&self, name: &str) -> &CompanyFacts {
        let mut all = self.facts.companies.iter();
        all.find(|company| company.name.starts_with(name))
            .expect("the demo has that company")
    }

    /// The app whose name begins so.
    pub fn app(&self, name: &str) -> &AppFacts {
        let mut all = self.facts.apps.iter();
        all.find(|app| app.name.starts_with(name))
            .expect("the demo has that app")
    }

    pub fn admin<'a>(&self, company: &'a CompanyFacts) -> &'a UserFacts {
        let mut all = company.users.iter();
        all.find(|user| !user.permissions.is_empty())
            .expect("every company has an administrator")
    }

    /// Somebody without the permission.
    pub fn employee<'a>(&self, company: &'a CompanyFacts) -> &'a UserFacts {
        let mut all = company.users.iter();
        all.find(|user| user.permissions.is_empty())
            .expect("every company has employees")
    }

    /// Origin of a data centre.
    pub fn center(&self, name: &str) -> &str {
        self.facts.data_centers[name].as_str()
    }

    /// A fresh request token, as a click on Connect would have made it.
    pub async fn request_token(
        &self,
        company: &CompanyFacts,
        app: &AppFacts,
    ) -> RequestTokenAnswer {
        let mut tx = self
            .platform
            .db
            .write()
            .await
            .expect("the database is there");
        let client = apps::find(&mut tx, app.client_id)
            .await
            .expect("readable")
            .expect("registered");
        let found = companies::find(&mut tx, company.id)
            .await
            .expect("readable");
        let company_id = found.expect("seeded").id;
        let user = self.admin(company).id;
        let principal = match client.principal_type {
            protocol::PrincipalType::User => protocol::Principal::User(company_id, user),
            _ => protocol::Principal::Company(company_id),
        };
        let mint = minting::Mint {
            principal,
            client: &client,
            user,
            attempt: None,
        };
        let token = minting::request_token(&self.platform, &mut tx, mint, self.now()).await;
        let token = token.expect("minted");
        tx.commit().await.expect("committed");
        RequestTokenAnswer {
            id: principal.id(),
            request_token: token.expose().to_owned(),
            user_id: user,
        }
    }
}

impl Drop for House {
    fn drop(&mut self) {
        self.server.abort();
    }
}
