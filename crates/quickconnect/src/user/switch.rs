use clap::Args;
use protocol::UserId;
use store::operator_changes;

use super::{OfCompany, find};
use crate::Failure;
use crate::opened::{self, operator};

#[derive(Args)]
pub struct Arguments {
    #[command(flatten)]
    of: OfCompany,
    /// The user's id
    user: UserId,
}

pub async fn run(arguments: Arguments, enabled: bool) -> Result<(), Failure> {
    let app = opened::platform(&arguments.of.common.deployment).await?;
    let company = arguments.of.company;
    let mut tx = app.db.write().await?;
    let user = find(&mut tx, company, arguments.user).await?;
    operator_changes::enable_user(&app, &mut tx, (&user, enabled), operator(&app)).await?;
    tx.commit().await?;
    let state = if enabled { "enabled" } else { "disabled" };
    if arguments.of.common.json {
        println!(
            "{}",
            serde_json::json!({ "id": user.id, "enabled": enabled })
        );
    } else {
        println!("{} is {state}", user.login);
    }
    Ok(())
}
