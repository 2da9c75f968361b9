use clap::Args;
use protocol::UserId;
use store::users;

use super::{Common, find};
use crate::{Failure, opened};

#[derive(Args)]
pub struct Arguments {
    #[command(flatten)]
    common: Common,
    /// The user's id
    user: UserId,
}

pub async fn run(arguments: Arguments, enabled: bool) -> Result<(), Failure> {
    let app = opened::platform(&arguments.common.deployment).await?;
    let company = arguments.common.company;
    let mut tx = app.db.write().await?;
    let user = find(&mut tx, company, arguments.user).await?;
    users::set_enabled(&mut tx, company, user.id, enabled).await?;
    tx.commit().await?;
    let state = if enabled { "enabled" } else { "disabled" };
    if arguments.common.json {
        println!(
            "{}",
            serde_json::json!({ "id": user.id, "enabled": enabled })
        );
    } else {
        println!("{} is {state}", user.login);
    }
    Ok(())
}
