use clap::Args;
use serde_json::json;

use super::Common;
use crate::Failure;

/// Say that the database was restored from a backup
///
/// Every connection is doubted: before its token is presented, the platform is asked how it stands.
/// With a marker_file this is noticed without being said.
#[derive(Args)]
pub struct Arguments {
    #[command(flatten)]
    common: Common,
}

pub async fn run(arguments: Arguments) -> Result<(), Failure> {
    let node = arguments.common.partner.open().await?;
    let connections = node.vault.restored().await?;
    if arguments.common.json {
        println!("{}", json!({ "connections": connections }));
    } else {
        println!("Connections whose standing is asked for first: {connections}");
    }
    Ok(())
}
