use ambient::Entropy;
use clap::{Args, Subcommand};
use landing_page::{NewStaff, seed_staff};
use secrecy::ExposeSecret;
use serde_json::json;

use super::Common;
use crate::Failure;
use crate::user::made_password;

/// People who sign in to the console
#[derive(Args)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Create(Create),
    /// Print everybody, by address
    List(Common),
    /// Give a person a new password, print it, and end the person's sign-ins
    Password(Named),
    /// Let a person in no longer, and end the person's sign-ins
    Remove(Named),
}

/// Let a person in, and print the password made for the first sign-in
///
/// The password is shown only here.
#[derive(Args)]
struct Create {
    #[command(flatten)]
    named: Named,
    /// The person's name
    #[arg(long)]
    name: String,
}

#[derive(Args)]
struct Named {
    #[command(flatten)]
    common: Common,
    /// The mail address that the person signs in with
    email: String,
}

pub async fn run(arguments: Arguments) -> Result<(), Failure> {
    match arguments.command {
        Command::Create(arguments) => create(arguments).await,
        Command::List(arguments) => list(arguments).await,
        Command::Password(arguments) => password(arguments).await,
        Command::Remove(arguments) => remove(arguments).await,
    }
}

async fn create(arguments: Create) -> Result<(), Failure> {
    let node = arguments.named.common.partner.open().await?;
    let email = &arguments.named.email;
    if !mail::is_address(email) {
        return Err(format!("{email} is not a mail address").into());
    }
    if node.vault.staff_by_email(email).await?.is_some() {
        return Err(format!("{email} signs in already; staff password makes a new one").into());
    }
    give_password(&node.vault, &arguments.named, arguments.name).await
}

async fn password(arguments: Named) -> Result<(), Failure> {
    let node = arguments.common.partner.open().await?;
    let staff = node.vault.staff_by_email(&arguments.email).await?;
    let staff = staff.ok_or_else(|| format!("nobody signs in as {}", arguments.email))?;
    give_password(&node.vault, &arguments, staff.name).await
}

async fn give_password(vault: &vault::Vault, named: &Named, name: String) -> Result<(), Failure> {
    let entropy = Entropy::System;
    let password = made_password(&entropy);
    let staff = NewStaff {
        email: named.email.clone(),
        name,
        password: password.clone(),
    };
    seed_staff(vault, &entropy, staff).await?;
    vault.sign_out_staff(&named.email).await?;
    let (email, password) = (named.email.trim().to_lowercase(), password.expose_secret());
    if named.common.json {
        println!("{}", json!({ "email": email, "password": password }));
    } else {
        println!("{:<10}{email}", "Email");
        println!("{:<10}{password}", "Password");
        println!("\nThe password is shown only here.");
    }
    Ok(())
}

async fn list(arguments: Common) -> Result<(), Failure> {
    let node = arguments.partner.open().await?;
    let staff = node.vault.staff().await?;
    if arguments.json {
        let shown = |person: &vault::Staff| json!({ "email": person.email, "name": person.name });
        println!(
            "{}",
            serde_json::to_string(&staff.iter().map(shown).collect::<Vec<_>>())?
        );
        return Ok(());
    }
    for person in staff {
        println!("{}  {}", person.email, person.name);
    }
    Ok(())
}

async fn remove(arguments: Named) -> Result<(), Failure> {
    let node = arguments.common.partner.open().await?;
    if !node.vault.remove_staff(&arguments.email).await? {
        return Err(format!("nobody signs in as {}", arguments.email).into());
    }
    if arguments.common.json {
        println!("{}", json!({ "email": arguments.email, "removed": true }));
    } else {
        println!("{} signs in no longer", arguments.email);
    }
    Ok(())
}
