use clap::Args;

use super::{Common, shown};
use crate::{Failure, opened};

/// Print all instants that are set
#[derive(Args)]
pub struct Arguments {
    #[command(flatten)]
    common: Common,
}

pub async fn run(arguments: Arguments) -> Result<(), Failure> {
    let app = opened::platform(&arguments.common.deployment).await?;
    shown::print(&app, arguments.common.json).await
}
