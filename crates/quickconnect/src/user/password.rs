use clap::Args;
use protocol::UserId;
use secrecy::ExposeSecret;
use store::operator_changes;

use super::create::made_password;
use super::{OfCompany, find};
use crate::Failure;
use crate::opened::{self, operator};

/// Give a person a new password, print it, and end the person's sign-ins
///
/// The password is shown only here.
#[derive(Args)]
pub struct Arguments {
    #[command(flatten)]
    of: OfCompany,
    /// The user's id
    user: UserId,
}

pub async fn run(arguments: Arguments) -> Result<(), Failure> {
    let app = opened::platform(&arguments.of.common.deployment).await?;
    let password = made_password(&app.entropy);
    let hash = web::password::hash(password.clone(), app.entropy.bytes()).await;
    let company = arguments.of.company;
    let mut tx = app.db.write().await?;
    let user = find(&mut tx, company, arguments.user).await?;
    operator_changes::set_password(&app, &mut tx, (&user, &hash), operator(&app)).await?;
    tx.commit().await?;
    if arguments.of.common.json {
        let made = serde_json::json!({
            "id": user.id, "login": user.login, "password": password.expose_secret(),
        });
        println!("{made}");
    } else {
        println!("{:<10}{}", "Login", user.login);
        println!("{:<10}{}", "Password", password.expose_secret());
        println!("\nThe password is shown only here.");
    }
    Ok(())
}
