use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::time::Duration;

use hosting::{ConfigError, ExactOrigin};
use protocol::{DataCenter, Origin};
use serde::Deserialize;

use crate::wrong;

pub(crate) const ABOUT: &str = "platforms";

/// A platform that apps are registered with.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Platform {
    /// As people know it, for the pages' words.
    name: String,
    /// Who is asked when nobody knows better: request tokens are exchanged there.
    landing_zone: ExactOrigin,
    /// The allow-list: base URIs by the names that people know. Nothing of its apps is ever sent
    /// elsewhere.
    data_centers: BTreeMap<String, ExactOrigin>,
    /// How long one request may take.
    #[serde(default = "default_timeout")]
    timeout_seconds: NonZeroU32,
}

fn default_timeout() -> NonZeroU32 {
    const { NonZeroU32::new(10).expect("it is not zero") }
}

impl Platform {
    /// `key`: what the configuration calls it.
    fn check(&self, key: &str) -> Result<(), ConfigError> {
        if self.name.trim().is_empty() {
            return Err(wrong(ABOUT, format!("{key}.name is empty")));
        }
        if self.data_centers.is_empty() {
            let says = format!(
                "{key}.data_centers lists none: it must name every base URI that tokens may be \
                 sent to"
            );
            return Err(wrong(ABOUT, says));
        }
        self.client()
            .check()
            .map_err(|error| wrong(ABOUT, format!("{key}: {error}")))
    }

    pub(crate) fn client(&self) -> client::Config {
        client::Config {
            landing_zone: self.landing_zone.0.clone(),
            data_centers: self.data_centers.values().map(|o| o.0.clone()).collect(),
            timeout: Duration::from_secs(u64::from(self.timeout_seconds.get())),
        }
    }

    /// Whether it is on this machine, to try things out.
    pub(crate) fn is_on_own_machine(&self) -> bool {
        !self.landing_zone.0.is_https()
    }

    /// Every base URI that something is sent to, each once, the landing zone first.
    pub(crate) fn origins(&self) -> Vec<&Origin> {
        let mut origins = vec![&self.landing_zone.0];
        for ExactOrigin(center) in self.data_centers.values() {
            if !origins.contains(&center) {
                origins.push(center);
            }
        }
        origins
    }

    /// As people know it.
    pub(crate) fn as_known(&self) -> landing_page::Platform {
        let center = |(name, base_uri): (&String, &ExactOrigin)| DataCenter {
            name: name.clone(),
            base_uri: base_uri.0.clone(),
        };
        landing_page::Platform {
            name: self.name.clone(),
            data_centers: self.data_centers.iter().map(center).collect(),
        }
    }
}

/// The platforms of a configuration: the one of every app that names none, and others by name.
#[derive(Clone, Copy)]
pub(crate) struct Platforms<'a> {
    pub common: Option<&'a Platform>,
    pub named: &'a BTreeMap<String, Platform>,
}

impl<'a> Platforms<'a> {
    /// The first thing of each that cannot work.
    pub fn mistakes(self) -> impl Iterator<Item = ConfigError> {
        self.by_key()
            .filter_map(|(key, platform)| platform.check(&key).err())
    }

    /// Each, by what the configuration calls it.
    pub fn by_key(self) -> impl Iterator<Item = (String, &'a Platform)> {
        let common = self.common.map(|common| ("platform".to_owned(), common));
        let named = self.named.iter();
        let named = named.map(|(name, platform)| (format!("platforms.{name}"), platform));
        common.into_iter().chain(named)
    }

    pub fn all(self) -> impl Iterator<Item = &'a Platform> {
        self.common.into_iter().chain(self.named.values())
    }

    /// The one that an app names, or the common one. An error is a sentence without the app's name.
    pub fn of(self, name: Option<&str>) -> Result<&'a Platform, String> {
        let Some(name) = name else {
            return self.common.ok_or_else(|| {
                "it names no platform, and there is no [platform] for those that name none"
                    .to_owned()
            });
        };
        self.named.get(name).ok_or_else(|| {
            let known: Vec<&str> = self.named.keys().map(String::as_str).collect();
            match known[..] {
                [] => format!("platform {name:?} is not described: begin with [platforms.{name}]"),
                _ => format!(
                    "platform {name:?} is not described: there are {}",
                    known.join(", ")
                ),
            }
        })
    }
}
