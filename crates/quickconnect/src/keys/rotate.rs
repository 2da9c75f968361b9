use clap::Args;
use protocol::jose::SigningAlgorithm;
use store::key_rotation;

use super::{Common, shown};
use crate::{Failure, opened};

/// Let the next key sign now, before its time, and print all keys
///
/// Nothing fails: the next key has been published for long enough, or the command says when it will
/// have been. Tokens of the former key stay good until they expire.
#[derive(Args)]
pub struct Arguments {
    #[command(flatten)]
    common: Common,
    /// Only the key of this algorithm: RS256, ES256 or EdDSA; left out, all three
    #[arg(long)]
    algorithm: Option<SigningAlgorithm>,
}

pub async fn run(arguments: Arguments) -> Result<(), Failure> {
    let app = opened::platform(&arguments.common.deployment).await?;
    let now = app.clock.now();
    // What is due anyhow comes first: a database that was never served has no next keys yet.
    key_rotation::rotate_if_due(&app, now).await?;
    for algorithm in SigningAlgorithm::ALL {
        if arguments.algorithm.is_none_or(|only| only == algorithm) {
            key_rotation::rotate(&app, algorithm, now).await?;
        }
    }
    shown::print(&app, arguments.common.json).await
}
