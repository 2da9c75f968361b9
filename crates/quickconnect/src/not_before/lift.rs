use clap::Args;
use store::not_before;

use super::{Common, known_center, shown};
use crate::{Failure, opened};

/// Take an instant back, and print those that are left
#[derive(Args)]
pub struct Arguments {
    #[command(flatten)]
    common: Common,
    /// The one that was set for this data center; left out, the one for all tokens
    #[arg(long, value_name = "NAME")]
    data_center: Option<String>,
}

pub async fn run(arguments: Arguments) -> Result<(), Failure> {
    let app = opened::platform(&arguments.common.deployment).await?;
    let center = arguments.data_center.as_deref();
    known_center(&app, center)?;
    let mut tx = app.db.write().await?;
    if !not_before::lift(&app, &mut tx, center, opened::operator(&app)).await? {
        let place = center.unwrap_or("all tokens");
        return Err(format!("no instant is set for {place}").into());
    }
    tx.commit().await?;
    shown::print(&app, arguments.common.json).await
}
