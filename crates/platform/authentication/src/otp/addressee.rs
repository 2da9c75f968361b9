use db::Tx;
use protocol::{CompanyId, DataCenter};
use store::{App, RegisteredApp, User, companies, users};

use super::Channel;

/// What there is to know about an address.
pub struct Addressee {
    /// Its person's company, or the one to which its domain belongs.
    pub company: Option<CompanyId>,
    /// Where one-time passwords for it are asked for. An address that nobody has lives somewhere
    /// too: with its domain's company, or where a keyed hash of the domain puts it, always at the
    /// same place. So code 16 does not tell which addresses there are.
    pub home: DataCenter,
    /// Who is mailed: not a person who is disabled, of a suspended company, or of one that the app
    /// may not have.
    pub user: Option<User>,
}

impl Addressee {
    pub async fn find(
        app: &App,
        tx: &mut Tx,
        client: &RegisteredApp,
        address: &str,
    ) -> Result<Addressee, db::Error> {
        let domain = Channel::domain(address);
        let user = users::find_by_login(tx, address).await?;
        let company = match &user {
            Some(user) => companies::find(tx, user.company).await?,
            None => companies::find_by_domain(tx, domain).await?,
        };
        let centers = &app.settings.data_centers;
        let home = match &company {
            Some(company) => centers.by_name(&company.data_center).ok_or_else(|| {
                db::Error::Program(format!("no data centre is called {}", company.data_center))
            })?,
            None => made_up_home(app, domain),
        };
        let open = company
            .as_ref()
            .is_some_and(|company| company.enabled && client.may_connect_to(company.id));
        Ok(Addressee {
            home: home.clone(),
            company: company.map(|company| company.id),
            user: user.filter(|user| open && user.enabled),
        })
    }
}

fn made_up_home<'a>(app: &'a App, domain: &str) -> &'a DataCenter {
    let centers = &app.settings.data_centers;
    let hash = app.one_time_password_hash("home", domain);
    let number = usize::from(hash.as_bytes()[0]);
    let regions = &centers.regions;
    let region = regions.get(number % regions.len().max(1));
    region.unwrap_or(&centers.landing_zone)
}
