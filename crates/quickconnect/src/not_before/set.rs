use clap::Args;
use protocol::Timestamp;
use store::{NotBefore, not_before};

use super::{Common, known_center, shown};
use crate::{Failure, opened};

/// Set the instant, in the place of one that was set before, and print all
///
/// Access tokens from before it open nothing. Clients refresh, and go on; with --refresh-tokens they
/// cannot, and their customers have to connect again.
#[derive(Args)]
pub struct Arguments {
    #[command(flatten)]
    common: Common,
    /// As 2026-11-23T20:15:00Z, or now
    #[arg(value_name = "INSTANT")]
    issued_before: String,
    /// Only tokens of companies that live in this data center; left out, all tokens
    #[arg(long, value_name = "NAME")]
    data_center: Option<String>,
    /// Refuse refresh tokens from before it, too
    #[arg(long)]
    refresh_tokens: bool,
}

pub async fn run(arguments: Arguments) -> Result<(), Failure> {
    let app = opened::platform(&arguments.common.deployment).await?;
    let now = app.clock.now();
    let new = NotBefore {
        issued_before: instant(&arguments.issued_before, now)?,
        data_center: arguments.data_center,
        refresh_tokens: arguments.refresh_tokens,
    };
    known_center(&app, new.data_center.as_deref())?;
    let mut tx = app.db.write().await?;
    not_before::set(&app, &mut tx, &new, opened::operator(&app)).await?;
    tx.commit().await?;
    shown::print(&app, arguments.common.json).await
}

fn instant(text: &str, now: Timestamp) -> Result<Timestamp, Failure> {
    if text == "now" {
        return Ok(now);
    }
    let instant = Timestamp::parse_rfc3339(text)
        .ok_or_else(|| format!("{text} is no instant, as 2026-11-23T20:15:00Z is one"))?;
    if instant > now {
        return Err(format!("{text} lies ahead: new tokens would be refused, too").into());
    }
    Ok(instant)
}
