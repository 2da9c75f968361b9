use clap::Args;

use super::{Common, shown};
use crate::{Failure, opened};

/// Print all signing keys, oldest first, with what comes next for each
#[derive(Args)]
pub struct Arguments {
    #[command(flatten)]
    common: Common,
}

pub async fn run(arguments: Arguments) -> Result<(), Failure> {
    let app = opened::platform(&arguments.common.deployment).await?;
    shown::print(&app, arguments.common.json).await
}
