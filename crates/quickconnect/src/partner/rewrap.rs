use clap::Args;
use serde_json::json;

use super::Common;
use crate::Failure;

/// Bring everything under the vault's current key, while the partner is served
///
/// Before it, every process must have been started with the new key as `vault_key_file` and the old
/// one in `older_vault_key_files`; after it, the old one may go.
#[derive(Args)]
pub struct Arguments {
    #[command(flatten)]
    common: Common,
}

pub async fn run(arguments: Arguments) -> Result<(), Failure> {
    let node = arguments.common.partner.open().await?;
    let connections = node.vault.rewrap().await?;
    if arguments.common.json {
        println!("{}", json!({ "connections": connections }));
    } else {
        println!("Everything is under the current key; connections brought: {connections}");
    }
    Ok(())
}
