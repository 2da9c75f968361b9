use db::Tx;
use protocol::{AppId, CompanyId};
use store::{CustomerApp, customer_apps};
use web::PageError;

use super::APPS;

/// One of the company's own apps, by the id in an address. A partner's, another company's and one
/// that does not exist are all the same: not there (S35).
pub async fn find(tx: &mut Tx, company: CompanyId, id: &str) -> Result<CustomerApp, PageError> {
    let known = match id.parse::<AppId>() {
        Ok(id) => customer_apps::find(tx, company, id).await?,
        Err(_) => None,
    };
    known.ok_or_else(|| PageError::not_found().with_action("Show your company's apps", APPS))
}

/// The address of an app's page.
pub fn href(own: &CustomerApp) -> String {
    format!("{APPS}/{}", own.app.client_id)
}
