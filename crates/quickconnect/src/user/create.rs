use ambient::Entropy;
use clap::Args;
use secrecy::{ExposeSecret, SecretString};
use store::{User, companies, operator_changes, users};

use super::OfCompany;
use crate::Failure;
use crate::opened::{self, operator};

/// Add a person to a company, and print the password made for the first sign-in
///
/// The password is shown only here.
#[derive(Args)]
pub struct Arguments {
    #[command(flatten)]
    of: OfCompany,
    /// What the person signs in with, mostly an e-mail address
    #[arg(long)]
    login: String,
    #[arg(long)]
    given_name: String,
    #[arg(long)]
    family_name: String,
    #[arg(long, default_value = "")]
    title: String,
    /// Two letters, as US
    #[arg(long, default_value = "US")]
    country: String,
    /// As en-us
    #[arg(long, default_value = "en-us")]
    language: String,
    /// May connect and disconnect for the whole company
    #[arg(long)]
    web_services_admin: bool,
}

pub async fn run(arguments: Arguments) -> Result<(), Failure> {
    let app = opened::platform(&arguments.of.common.deployment).await?;
    let password = made_password(&app.entropy);
    let hash = web::password::hash(password.clone(), app.entropy.bytes()).await;
    let company = arguments.of.company;
    let mut tx = app.db.write().await?;
    if companies::find(&mut tx, company).await?.is_none() {
        return Err(format!("no company has the id {company}").into());
    }
    if users::find_by_login(&mut tx, &arguments.login)
        .await?
        .is_some()
    {
        return Err(format!("somebody signs in as {} already", arguments.login).into());
    }
    let user = User {
        company,
        id: protocol::UserId::from_uuid(app.entropy.uuid()),
        login: arguments.login.trim().to_lowercase(),
        password_hash: hash,
        given_name: arguments.given_name,
        family_name: arguments.family_name,
        title: arguments.title,
        language: arguments.language,
        country: arguments.country.to_uppercase(),
        web_services_admin: arguments.web_services_admin,
        enabled: true,
    };
    operator_changes::create_user(&app, &mut tx, &user, operator(&app)).await?;
    tx.commit().await?;
    if arguments.of.common.json {
        let made = serde_json::json!({
            "id": user.id, "login": user.login, "password": password.expose_secret(),
        });
        println!("{made}");
    } else {
        println!("{:<10}{}", "User", user.id);
        println!("{:<10}{}", "Login", user.login);
        println!("{:<10}{}", "Password", password.expose_secret());
        println!("\nThe password is shown only here.");
    }
    Ok(())
}

/// 20 letters and digits that cannot be mistaken for one another: about 99 bits.
pub fn made_password(entropy: &Entropy) -> SecretString {
    const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
    let drawn: [u8; 20] = entropy.bytes();
    let letter = |byte: &u8| char::from(LETTERS[usize::from(*byte % 32)]);
    drawn.iter().map(letter).collect::<String>().into()
}
