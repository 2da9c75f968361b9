use db::Tx;
use protocol::jose::SigningAlgorithm;
use protocol::{AppId, CompanyId, PrincipalType, UserId};
use serde::Serialize;
use store::{CustomerApp, RegisteredApp, SecretRecord, customer_apps, redirect_uris};
use uuid::Uuid;

/// An app, as every one of these commands shows it.
#[derive(Serialize)]
pub struct ShownApp {
    pub client_id: AppId,
    pub name: String,
    pub enabled: bool,
    pub grants: Vec<String>,
    pub scopes: Vec<String>,
    pub redirect_uris: Vec<String>,
    pub connect_uri: Option<String>,
    /// A company's id, or `*`.
    pub allowed_principal: String,
    pub principal_type: PrincipalType,
    pub algorithm: SigningAlgorithm,
    pub require_pkce: bool,
    /// Of an app that a customer registered for itself.
    pub customer_app: Option<ShownCustomerApp>,
}

/// What a customer's administrators say of their own app.
#[derive(Serialize)]
pub struct ShownCustomerApp {
    pub company: CompanyId,
    pub description: String,
    pub stage: &'static str,
    pub application_type: &'static str,
    pub created_at: String,
    pub created_by: UserId,
    pub modified_at: String,
}

/// A client secret without its value.
#[derive(Serialize)]
pub struct ShownSecret {
    pub id: Uuid,
    pub status: &'static str,
    pub created_at: String,
    pub updated_at: String,
}

impl ShownApp {
    /// What is shown of an app, read from its tables.
    pub async fn load(tx: &mut Tx, app: RegisteredApp) -> Result<ShownApp, db::Error> {
        let uris = redirect_uris::all(tx, app.client_id).await?;
        let own = customer_apps::of_app(tx, app.client_id).await?;
        Ok(ShownApp {
            client_id: app.client_id,
            name: app.name,
            enabled: app.enabled,
            grants: app.grants.to_vec(),
            scopes: app.scopes.to_vec(),
            redirect_uris: uris,
            connect_uri: Some(app.connect_uri).filter(|uri| !uri.is_empty()),
            allowed_principal: app
                .allowed_principal
                .map_or_else(|| "*".to_owned(), |company| company.to_string()),
            principal_type: app.principal_type,
            algorithm: app.algorithm,
            require_pkce: app.require_pkce,
            customer_app: own.map(ShownCustomerApp::from),
        })
    }

    /// For people: one setting a line.
    pub fn print(&self) {
        let line = |name: &str, value: &str| println!("{name:<18}{value}");
        line("Client id", &self.client_id.to_string());
        line("Name", &self.name);
        line("Enabled", if self.enabled { "yes" } else { "no" });
        line("Grants", &self.grants.join(" "));
        line("Scopes", &self.scopes.join(" "));
        for uri in &self.redirect_uris {
            line("Redirect URI", uri);
        }
        line("Connect URI", self.connect_uri.as_deref().unwrap_or("none"));
        line("Allowed principal", &self.allowed_principal);
        line("Connects", self.principal_type.as_str());
        line("Algorithm", self.algorithm.as_str());
        let pkce = if self.require_pkce {
            "required"
        } else {
            "accepted"
        };
        line("PKCE", pkce);
        if let Some(own) = &self.customer_app {
            line("Registered by", &own.company.to_string());
            line("Description", &own.description);
            line("Stage", own.stage);
            line("Type", own.application_type);
        }
    }
}

impl From<CustomerApp> for ShownCustomerApp {
    fn from(own: CustomerApp) -> ShownCustomerApp {
        ShownCustomerApp {
            company: own.company,
            description: own.description,
            stage: own.stage.as_str(),
            application_type: own.application_type.as_str(),
            created_at: own.created_at.to_rfc3339(),
            created_by: own.created_by,
            modified_at: own.modified_at.to_rfc3339(),
        }
    }
}

impl From<SecretRecord> for ShownSecret {
    fn from(secret: SecretRecord) -> ShownSecret {
        ShownSecret {
            id: secret.id,
            status: if secret.active { "Active" } else { "Inactive" },
            created_at: secret.created_at.to_rfc3339(),
            updated_at: secret.updated_at.to_rfc3339(),
        }
    }
}
