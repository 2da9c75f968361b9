use clap::Args;
use serde_json::json;
use store::{User, users};

use super::OfCompany;
use crate::{Failure, opened};

/// Print everybody at a company, by family name
#[derive(Args)]
pub struct Arguments {
    #[command(flatten)]
    of: OfCompany,
}

pub async fn run(arguments: Arguments) -> Result<(), Failure> {
    let app = opened::platform(&arguments.of.common.deployment).await?;
    let mut tx = app.db.read().await?;
    let people = users::all(&mut tx, arguments.of.company).await?;
    if arguments.of.common.json {
        let shown = |user: &User| {
            json!({
                "id": user.id, "login": user.login, "name": user.full_name(),
                "web_services_admin": user.web_services_admin, "enabled": user.enabled,
            })
        };
        let all: Vec<_> = people.iter().map(shown).collect();
        println!("{}", serde_json::to_string(&all)?);
        return Ok(());
    }
    for user in people {
        let may = if user.web_services_admin {
            "  may connect"
        } else {
            ""
        };
        let state = if user.enabled { "" } else { "  disabled" };
        println!(
            "{}  {}  {}{may}{state}",
            user.id,
            user.login,
            user.full_name()
        );
    }
    Ok(())
}
