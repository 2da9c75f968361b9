use std::path::PathBuf;

use clap::Args;
use hosting::Finding;

use crate::{Failure, findings};

/// The configuration that `config check` and `doctor` look at.
#[derive(Args)]
pub struct Examined {
    /// The configuration that the platform, or the partner, is served with
    #[arg(long, value_name = "FILE")]
    pub config: PathBuf,
    /// It is a partner's, not a platform's
    #[arg(long)]
    pub partner: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Examined {
    /// Prints what was found; an error when something does not work.
    pub fn print(&self, found: &[Finding]) -> Result<(), Failure> {
        findings::print(found, self.json)
    }

    /// All that is to be said where the configuration is one of the other kind.
    pub fn mistaken(&self) -> Option<Finding> {
        let (other, what, is_other) = match self.partner {
            true => {
                let is_other = node::examine(&self.config).0.is_some();
                ("a platform's", "leave --partner out", is_other)
            }
            false => {
                let is_other = partner_node::examine(&self.config).0.is_some();
                ("a partner's", "add --partner", is_other)
            }
        };
        is_other.then(|| {
            let says = format!("{} is {other} configuration", self.config.display());
            Finding::failure("configuration", says, what)
        })
    }
}
