use clap::Args;
use hosting::listeners;

use crate::examined::Examined;
use crate::{Failure, telemetry};

/// Read a configuration as `serve` or `partner` does, and print what is wrong with it or with the
/// files and addresses that it names. Changes nothing, opens no database; ends with 1 when it cannot
/// be served
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
    let path = &examined.config;
    let (to_listen, mut found) = if examined.partner {
        let (config, found) = partner_node::examine(path);
        (config.map(|config| config.listeners().all()), found)
    } else {
        let (config, found) = node::examine(path);
        (config.map(|config| config.listeners().to_vec()), found)
    };
    found.extend(listeners::free(&to_listen.unwrap_or_default()).await);
    examined.print(&found)
}
