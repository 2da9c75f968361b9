use clap::Args;
use store::key_rotation;

use super::{Common, shown};
use crate::{Failure, opened};

/// Stop signing with a key and let the next one sign, and print all keys
///
/// A signing key is retired: its tokens stay good until they expire. A published or retired key is
/// removed at once.
#[derive(Args)]
pub struct Arguments {
    #[command(flatten)]
    common: Common,
    /// The key's kid
    kid: String,
    /// Remove it at once, also while it signs: every token that it signed is refused from now on.
    /// For a key that somebody else may have seen
    #[arg(long)]
    now: bool,
}

pub async fn run(arguments: Arguments) -> Result<(), Failure> {
    let app = opened::platform(&arguments.common.deployment).await?;
    let now = app.clock.now();
    key_rotation::rotate_if_due(&app, now).await?;
    key_rotation::retire(&app, &arguments.kid, arguments.now, now).await?;
    shown::print(&app, arguments.common.json).await
}
