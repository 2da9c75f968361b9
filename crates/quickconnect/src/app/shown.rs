use protocol::jose::SigningAlgorithm;
use protocol::{AppId, PrincipalType};
use serde::Serialize;
use store::{RegisteredApp, SecretRecord};
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
    pub fn new(app: RegisteredApp, redirect_uris: Vec<String>) -> ShownApp {
        ShownApp {
            client_id: app.client_id,
            name: app.name,
            enabled: app.enabled,
            grants: app.grants.to_vec(),
            scopes: app.scopes.to_vec(),
            redirect_uris,
            connect_uri: Some(app.connect_uri).filter(|uri| !uri.is_empty()),
            allowed_principal: app
                .allowed_principal
                .map_or_else(|| "*".to_owned(), |company| company.to_string()),
            principal_type: app.principal_type,
            algorithm: app.algorithm,
            require_pkce: app.require_pkce,
        }
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
