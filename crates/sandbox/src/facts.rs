use protocol::{AppId, CompanyId, Origin, UserId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// `demo.json`: what a program needs to know of a demo. Its passwords and secrets open nothing but
/// this demo.
#[derive(Clone, Serialize, Deserialize)]
pub struct Facts {
    pub app_center: Origin,
    /// Base URIs by name: `glz`, `us2`, `eu2`.
    pub data_centers: BTreeMap<String, Origin>,
    pub partner: Origin,
    /// Where people read its mails. Not in the file: programs read the folder.
    #[serde(skip)]
    pub outbox: Option<Origin>,
    pub companies: Vec<CompanyFacts>,
    pub apps: Vec<AppFacts>,
    pub verification_codes: Vec<CodeFacts>,
}

#[derive(Clone, Serialize, Deserialize)]
pub struct CompanyFacts {
    pub id: CompanyId,
    pub name: String,
    pub edition: String,
    pub data_center: String,
    pub users: Vec<UserFacts>,
}

#[derive(Clone, Serialize, Deserialize)]
pub struct UserFacts {
    pub id: UserId,
    pub login: String,
    pub password: String,
    pub name: String,
    /// `WebServicesAdmin` may connect for the whole company.
    pub permissions: Vec<String>,
}

#[derive(Clone, Serialize, Deserialize)]
pub struct AppFacts {
    pub client_id: AppId,
    pub client_secret: String,
    pub name: String,
    /// `enterprise` or `user`.
    pub listing_type: String,
    /// `verification`, `sign_in_or_up`, or nothing where nobody answers.
    pub call_to_action: Option<String>,
    pub connect_uri: String,
    /// Address of its listing page.
    pub listing: String,
    pub scopes: Vec<String>,
    /// Where authorization codes may be sent.
    #[serde(default)]
    pub redirect_uris: Vec<String>,
}

#[derive(Clone, Serialize, Deserialize)]
pub struct CodeFacts {
    pub client_id: AppId,
    pub code: String,
}

impl Facts {
    /// The secret that an app was given when the demo began.
    pub fn client_secret(&self, app: AppId) -> Option<&str> {
        let facts = self.apps.iter().find(|facts| facts.client_id == app)?;
        Some(&facts.client_secret)
    }
}
