use http::Uri;
use serde::Deserialize;

use crate::ConfigError;

const ABOUT: &str = "traces";

/// Where the spans of requests are exported to: OTLP over HTTP.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Telemetry {
    /// The whole address, `http://127.0.0.1:4318/v1/traces`. Left out, none are made.
    pub traces_endpoint: Option<String>,
    /// What the spans are said to come from: `service.name`.
    pub service_name: String,
    /// The part of all requests that is exported, 0 to 1.
    pub sample_ratio: f64,
}

impl Default for Telemetry {
    fn default() -> Telemetry {
        Telemetry {
            traces_endpoint: None,
            service_name: "quickconnect".to_owned(),
            sample_ratio: 1.0,
        }
    }
}

impl Telemetry {
    /// What cannot work; in a build without the feature `otel`, that traces are wanted at all.
    pub fn check(&self) -> Result<(), ConfigError> {
        let Some(endpoint) = &self.traces_endpoint else {
            return Ok(());
        };
        if cfg!(not(feature = "otel")) {
            return Err(ConfigError::about(
                ABOUT,
                "telemetry.traces_endpoint is set, and this build exports no traces",
                "take it out, or use a build that does: cargo build --release --features otel",
            ));
        }
        if !is_address(endpoint) {
            return Err(ConfigError::about(
                ABOUT,
                "telemetry.traces_endpoint is no address of a collector",
                "write it whole, with neither a user nor a query: http://127.0.0.1:4318/v1/traces",
            ));
        }
        if !(0.0..=1.0).contains(&self.sample_ratio) {
            return Err(ConfigError::about(
                ABOUT,
                format!("telemetry.sample_ratio is {}", self.sample_ratio),
                "give a number from 0 to 1",
            ));
        }
        Ok(())
    }
}

/// Whether it can be told in a log, too: it holds no password.
fn is_address(endpoint: &str) -> bool {
    endpoint.parse::<Uri>().is_ok_and(|uri| {
        matches!(uri.scheme_str(), Some("http" | "https"))
            && uri.query().is_none()
            && uri.authority().is_some_and(|it| !it.as_str().contains('@'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(endpoint: &str, sample_ratio: f64) -> Result<(), String> {
        let telemetry = Telemetry {
            traces_endpoint: Some(endpoint.to_owned()),
            sample_ratio,
            ..Telemetry::default()
        };
        telemetry.check().map_err(|error| error.to_string())
    }

    #[cfg(not(feature = "otel"))]
    #[test]
    fn a_build_without_traces_says_which_build_has_them() {
        assert!(Telemetry::default().check().is_ok());
        let said = check("http://127.0.0.1:4318/v1/traces", 1.0).unwrap_err();
        assert!(said.contains("--features otel"), "{said}");
    }

    #[cfg(feature = "otel")]
    #[test]
    fn an_endpoint_is_a_whole_address_without_secrets() {
        assert_eq!(check("http://127.0.0.1:4318/v1/traces", 0.5), Ok(()));
        for wrong in [
            "127.0.0.1:4318",
            "/v1/traces",
            "https://me:secret@traces.example/v1/traces",
            "https://traces.example/v1/traces?key=secret",
        ] {
            let said = check(wrong, 1.0).unwrap_err();
            assert!(said.contains("traces_endpoint"), "{said}");
            assert!(!said.contains("secret"), "{said}");
        }
        for wrong in [-0.1, 1.1, f64::NAN] {
            let said = check("http://127.0.0.1:4318/v1/traces", wrong).unwrap_err();
            assert!(said.contains("from 0 to 1"), "{said}");
        }
    }
}
