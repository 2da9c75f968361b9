use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::time::Duration;

use hosting::{ConfigError, ExactOrigin};
use protocol::DataCenter;
use serde::Deserialize;

/// The platform that the apps are registered with.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Platform {
    /// As people know it, for the pages' words.
    pub name: String,
    /// Who is asked when nobody knows better: request tokens are exchanged there.
    landing_zone: ExactOrigin,
    /// The allow-list: base URIs by the names that people know. Nothing is ever sent elsewhere.
    data_centers: BTreeMap<String, ExactOrigin>,
    /// How long one request may take.
    #[serde(default = "default_timeout")]
    timeout_seconds: NonZeroU32,
}

fn default_timeout() -> NonZeroU32 {
    const { NonZeroU32::new(10).expect("it is not zero") }
}

impl Platform {
    pub(crate) fn check(&self) -> Result<(), ConfigError> {
        if self.name.trim().is_empty() {
            return Err(ConfigError::new("platform.name is empty"));
        }
        if self.data_centers.is_empty() {
            return Err(ConfigError::new(
                "platform.data_centers lists none: it must name every base URI that tokens may be \
                 sent to",
            ));
        }
        Ok(())
    }

    pub(crate) fn client(&self) -> client::Config {
        client::Config {
            landing_zone: self.landing_zone.0.clone(),
            data_centers: self.data_centers.values().map(|o| o.0.clone()).collect(),
            timeout: Duration::from_secs(u64::from(self.timeout_seconds.get())),
        }
    }

    pub(crate) fn landing_zone(&self) -> &protocol::Origin {
        &self.landing_zone.0
    }

    pub(crate) fn data_centers(&self) -> Vec<DataCenter> {
        let center = |(name, base_uri): (&String, &ExactOrigin)| DataCenter {
            name: name.clone(),
            base_uri: base_uri.0.clone(),
        };
        self.data_centers.iter().map(center).collect()
    }
}
