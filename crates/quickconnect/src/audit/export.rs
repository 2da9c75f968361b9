use std::io::{self, BufWriter, Write};

use clap::Args;
use store::audit;

use crate::Failure;
use crate::opened::{self, Deployment};

/// Print every chained event, a line of JSON each, oldest first
#[derive(Args)]
pub struct Arguments {
    #[command(flatten)]
    deployment: Deployment,
}

pub async fn run(arguments: Arguments) -> Result<(), Failure> {
    let app = opened::platform(&arguments.deployment).await?;
    let mut lines = BufWriter::new(io::stdout().lock());
    let mut written = Ok(());
    audit::export(&app, |line| {
        if written.is_ok() {
            written = writeln!(lines, "{line}");
        }
    })
    .await?;
    Ok(written.and_then(|()| lines.flush())?)
}
