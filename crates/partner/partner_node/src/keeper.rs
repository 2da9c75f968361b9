use serde::Deserialize;
use vault::KeeperConfig;

/// How connections are kept alive.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Keeper {
    /// Refreshes that begin per second, over all apps.
    refreshes_per_second: u32,
    /// Refreshes that are under way at once.
    at_once: usize,
    /// Webhooks may also go to private networks, not only to public addresses.
    webhooks_into_private_networks: bool,
}

impl Default for Keeper {
    fn default() -> Keeper {
        let usual = KeeperConfig::default();
        Keeper {
            refreshes_per_second: usual.per_second,
            at_once: usual.at_once,
            webhooks_into_private_networks: false,
        }
    }
}

impl Keeper {
    pub(crate) fn config(&self) -> KeeperConfig {
        KeeperConfig {
            per_second: self.refreshes_per_second,
            at_once: self.at_once,
        }
    }

    /// `on_own_machine`: the platform is on this machine, to try things out.
    pub(crate) fn addresses(&self, on_own_machine: bool) -> client::Addresses {
        match (on_own_machine, self.webhooks_into_private_networks) {
            (true, _) => client::Addresses::Any,
            (false, true) => client::Addresses::Private,
            (false, false) => client::Addresses::Public,
        }
    }
}
