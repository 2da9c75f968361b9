use db::Tx;
use http::StatusCode;
use protocol::{CompanyId, Origin, PrincipalType};
use store::{Listing, RegisteredApp, apps, listings};
use web::PageError;

/// A listing together with the app that it offers.
pub struct Listed {
    pub listing: Listing,
    pub app: RegisteredApp,
}

impl Listed {
    /// Loads a listing that a company may see: an app that belongs to one company is shown to no
    /// other (S35).
    pub async fn find(tx: &mut Tx, company: CompanyId, id: &str) -> Result<Listed, PageError> {
        let Some(listing) = listings::find(tx, id).await? else {
            return Err(no_such_app());
        };
        let app = apps::find(tx, listing.client_id).await?;
        app.filter(|app| app.may_connect_to(company))
            .map(|app| Listed { listing, app })
            .ok_or_else(no_such_app)
    }

    pub fn is_enterprise(&self) -> bool {
        self.app.principal_type != PrincipalType::User
    }

    /// The address of the listing page.
    pub fn href(&self) -> String {
        format!("/app-center/listings/{}", self.listing.id)
    }

    /// Where the form behind Connect leads in the end: browsers apply a page's policy for forms to
    /// the redirect as well.
    pub fn connect_origin(&self) -> Option<Origin> {
        self.app.connect_uri.parse().ok()
    }
}

fn no_such_app() -> PageError {
    PageError::new(
        StatusCode::NOT_FOUND,
        "There is no such app for your company",
        "The address may be mistyped, the app may have left the App Center, or it was made for another company.",
    )
    .with_action("Show all apps", "/app-center")
}
