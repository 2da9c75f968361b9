use clap::Args;

use crate::examined::Examined;
use crate::{Failure, telemetry};

/// Look at a whole platform: configuration, database, tables, keys, clocks, disk, mail, jobs, audit
/// log, and whether a node answers; or at a whole partner, its platforms among it
///
/// Changes nothing, and may be run beside nodes that serve. Ends with 1 when something does not work.
#[derive(Args)]
pub struct Arguments {
    #[command(flatten)]
    examined: Examined,
}

pub async fn run(Arguments { examined }: Arguments) -> Result<(), Failure> {
    telemetry::start(false);
    if let Some(mistaken) = examined.mistaken() {
        return examined.print(&[mistaken]);
    }
    let found = match examined.partner {
        true => partner_node::doctor::findings(&examined.config).await,
        false => node::doctor::findings(&examined.config).await,
    };
    examined.print(&found)
}
