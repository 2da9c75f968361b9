use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use url::Url;
use utoipa::ToSchema;

/// Scheme, host and port, without a path: `https://us2.api.example`. A base URI of reference §4.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String)]
pub struct Origin(String);

/// The text is not the address of a web server.
#[derive(Debug, PartialEq, Eq)]
pub struct OriginError(String);

impl Origin {
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Appends an absolute path: `origin.join("/oauth2/v0/token")`.
    pub fn join(&self, path: &str) -> String {
        format!("{}{path}", self.0)
    }

    /// Host and port as a `Host` header carries them: no port where it is the scheme's own.
    pub fn authority(&self) -> &str {
        self.0
            .split_once("://")
            .map_or("", |(_, authority)| authority)
    }

    pub fn is_https(&self) -> bool {
        self.0.starts_with("https://")
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Origin {
    type Err = OriginError;

    /// Cuts a path, query or trailing slash off, because some answers carry one (reference §2.2
    /// step 6); refuses anything that is not plain http or https, and user information.
    fn from_str(text: &str) -> Result<Origin, OriginError> {
        let refuse = || OriginError(text.to_owned());
        let url = Url::parse(text.trim()).map_err(|_| refuse())?;
        let plain = matches!(url.scheme(), "http" | "https")
            && url.username().is_empty()
            && url.password().is_none()
            && url.has_host();
        plain
            .then(|| Origin(url.origin().ascii_serialization()))
            .ok_or_else(refuse)
    }
}

impl TryFrom<String> for Origin {
    type Error = OriginError;
    fn try_from(text: String) -> Result<Origin, OriginError> {
        text.parse()
    }
}

impl From<Origin> for String {
    fn from(origin: Origin) -> String {
        origin.0
    }
}

impl fmt::Display for OriginError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} is not the address of a web server", self.0)
    }
}

impl std::error::Error for OriginError {}

/// One data centre of a deployment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DataCenter {
    /// Short name, as `us2`; the global landing zone is `glz`.
    pub name: String,
    pub base_uri: Origin,
}

/// The data centres a deployment serves, and its global landing zone.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DataCenters {
    pub landing_zone: DataCenter,
    pub regions: Vec<DataCenter>,
}

impl DataCenters {
    pub fn all(&self) -> impl Iterator<Item = &DataCenter> {
        std::iter::once(&self.landing_zone).chain(&self.regions)
    }

    pub fn by_name(&self, name: &str) -> Option<&DataCenter> {
        self.all().find(|center| center.name == name)
    }

    /// The data centre that a request's authority names; `None` is answered with 421.
    ///
    /// `localhost` counts as `127.0.0.1`, which only a deployment on the loopback address has.
    pub fn by_authority(&self, authority: &str) -> Option<&DataCenter> {
        let wanted = canonical_authority(authority);
        self.all()
            .find(|center| center.base_uri.authority() == wanted)
    }

    pub fn is_landing_zone(&self, center: &DataCenter) -> bool {
        center.name == self.landing_zone.name
    }

    /// Whether `origin` is one of this deployment's (the allow-list of GE-08).
    pub fn contains(&self, origin: &Origin) -> bool {
        self.all().any(|center| center.base_uri == *origin)
    }
}

/// Lower case, and `localhost` as the address it stands for.
pub(crate) fn canonical_authority(authority: &str) -> String {
    let lower = authority.to_ascii_lowercase();
    match lower.strip_prefix("localhost") {
        Some(rest) if rest.is_empty() || rest.starts_with(':') => format!("127.0.0.1{rest}"),
        _ => lower,
    }
}

impl Origin {
    /// Whether a request that carries this `Host` was meant for this origin.
    pub fn is_named_by(&self, authority: &str) -> bool {
        canonical_authority(authority) == self.authority()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_loses_path_and_slash() {
        for text in [
            "https://emea.api.example/",
            "https://emea.api.example/oauth2/v0/token",
            " https://EMEA.api.example:443/x?y#z ",
        ] {
            assert_eq!(
                text.parse::<Origin>().unwrap().as_str(),
                "https://emea.api.example"
            );
        }
    }

    #[test]
    fn what_is_no_web_server_is_refused() {
        for text in [
            "",
            "us2",
            "ftp://x.example",
            "javascript:alert(1)",
            "https://u:p@x.example",
        ] {
            assert!(text.parse::<Origin>().is_err(), "{text}");
        }
    }

    #[test]
    fn localhost_names_the_loopback_address() {
        let origin: Origin = "http://127.0.0.1:8081".parse().unwrap();
        assert!(origin.is_named_by("localhost:8081"));
        assert!(!origin.is_named_by("localhost.evil.example:8081"));
        assert!(!origin.is_named_by("127.0.0.1"));
    }
}
