use clap::Args;
use protocol::jose::SigningAlgorithm;
use protocol::{CompanyId, PrincipalType};
use secrecy::ExposeSecret;
use serde::Serialize;
use store::operator_changes;
use store::registration::{GRANTS, NewApp};
use uuid::Uuid;

use super::Common;
use super::shown::ShownApp;
use crate::Failure;
use crate::opened::{self, operator};

/// Register an app, and print its client id and secret
///
/// The secret is shown only here.
#[derive(Args)]
pub struct Arguments {
    #[command(flatten)]
    common: Common,
    /// Its name, as customers see it
    #[arg(long)]
    name: String,
    /// A grant it may use; repeat it for more
    #[arg(long = "grant", value_name = "GRANT", required = true, value_parser = GRANTS)]
    grants: Vec<String>,
    /// A scope it may ask for, or several with spaces between them; may be repeated
    #[arg(long = "scope", value_name = "SCOPE")]
    scopes: Vec<String>,
    /// Where authorization codes may be sent, to the byte; may be repeated
    #[arg(long = "redirect-uri", value_name = "URI")]
    redirect_uris: Vec<String>,
    /// Where Connect leads
    #[arg(long, value_name = "URI")]
    connect_uri: Option<String>,
    /// The one company that may use it, or * for any
    #[arg(long, value_name = "COMPANY_ID", default_value = "*", value_parser = allowed_principal)]
    allowed_principal: AllowedPrincipal,
    /// Signs its tokens: RS256, ES256 or EdDSA
    #[arg(long, default_value = "RS256")]
    algorithm: SigningAlgorithm,
    /// Whom its connections stand for: company or user
    #[arg(long, value_name = "TYPE", default_value = "company", value_parser = principal_type)]
    principal_type: PrincipalType,
    /// Refuse authorization codes without a proof key
    #[arg(long)]
    require_pkce: bool,
}

#[derive(Clone)]
struct AllowedPrincipal(Option<CompanyId>);

fn allowed_principal(text: &str) -> Result<AllowedPrincipal, String> {
    match text {
        "*" => Ok(AllowedPrincipal(None)),
        id => id
            .parse()
            .map(|company| AllowedPrincipal(Some(company)))
            .map_err(|_| "neither a company's id nor *".to_owned()),
    }
}

fn principal_type(text: &str) -> Result<PrincipalType, String> {
    match text {
        "company" => Ok(PrincipalType::Company),
        "user" => Ok(PrincipalType::User),
        _ => Err("neither company nor user".to_owned()),
    }
}

#[derive(Serialize)]
struct Created {
    #[serde(flatten)]
    app: ShownApp,
    client_secret: String,
    secret_id: Uuid,
}

pub async fn run(arguments: Arguments) -> Result<(), Failure> {
    let app = opened::platform(&arguments.common.deployment).await?;
    let scopes = arguments.scopes.iter();
    let new = NewApp {
        name: arguments.name,
        grants: arguments.grants,
        scopes: scopes
            .flat_map(|scopes| scopes.split_ascii_whitespace())
            .map(str::to_owned)
            .collect(),
        redirect_uris: arguments.redirect_uris,
        connect_uri: arguments.connect_uri,
        allowed_principal: arguments.allowed_principal.0,
        algorithm: arguments.algorithm,
        principal_type: arguments.principal_type,
        require_pkce: arguments.require_pkce,
    };
    let mut tx = app.db.write().await?;
    let by = operator(&app);
    let registered = operator_changes::register_app(&app, &mut tx, new, by).await?;
    let shown = ShownApp::load(&mut tx, registered.app).await?;
    tx.commit().await?;
    let created = Created {
        app: shown,
        client_secret: registered.secret.expose_secret().to_owned(),
        secret_id: registered.secret_record.id,
    };
    if arguments.common.json {
        println!("{}", serde_json::to_string(&created)?);
    } else {
        created.app.print();
        println!("{:<18}{}", "Client secret", created.client_secret);
        println!("\nThe client secret is shown only here.");
    }
    Ok(())
}
