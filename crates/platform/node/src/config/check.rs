//! Everything that is wrong with a configuration, and what should be thought over: for `serve`
//! before it starts, for `config check` and for `doctor`.

use std::path::Path;

use hosting::listeners::overlapping;
use hosting::{ConfigError, Finding, KeySecret, can_be_read, exposed, mail_findings};

use super::{Config, MAKE};

/// Reads a configuration as `serve` does, and says all that can be said of it before anything is
/// opened. `None` with a failure: it cannot be read at all.
pub fn examine(path: &Path) -> (Option<Config>, Vec<Finding>) {
    let config = match hosting::parse::<Config>(path) {
        Ok(config) => config,
        Err(error) => return (None, vec![error.into()]),
    };
    let mut findings = vec![can_be_read(path)];
    let mistakes = config.mistakes().into_iter();
    findings.extend(mistakes.map(|mistake| mistake.in_file(path).into()));
    findings.extend(config.origins());
    findings.extend(
        config
            .trusted_proxies
            .finding(config.app_center.0.is_https()),
    );
    findings.extend(config.key_secret());
    findings.extend(config.named_database().findings(MAKE));
    findings.extend(config.mail_way());
    findings.extend(config.lifetimes());
    (Some(config), findings)
}

impl Config {
    /// What cannot work, whatever the files hold that it names.
    pub(super) fn mistakes(&self) -> Vec<ConfigError> {
        let centers = "data centers";
        let mut mistakes = Vec::new();
        if !self.data_centers.contains_key(&self.landing_zone) {
            mistakes.push(ConfigError::about(
                centers,
                format!(
                    "landing_zone is {:?}, which data_centers does not list",
                    self.landing_zone
                ),
                "name one of them",
            ));
        }
        let mut origins = vec![&self.app_center.0];
        for (name, center) in &self.data_centers {
            if origins.contains(&&center.0) {
                mistakes.push(ConfigError::about(
                    centers,
                    format!("{} is given twice, the second time to {name}", center.0),
                    "give each an origin of its own",
                ));
            }
            origins.push(&center.0);
        }
        mistakes.extend(overlapping(&self.listeners()));
        mistakes.extend(self.named_database().check().err());
        mistakes.extend(self.telemetry.check().err());
        mistakes
    }

    fn origins(&self) -> Option<Finding> {
        let centers = self.data_centers.iter();
        let all = centers.map(|(name, center)| (name.as_str(), &center.0));
        let plain: Vec<&str> = all
            .chain([("app_center", &self.app_center.0)])
            .filter(|(_, origin)| !origin.is_https())
            .map(|(name, _)| name)
            .collect();
        let number = self.data_centers.len();
        Some(if plain.is_empty() {
            let says = format!("{number} with origins of their own, each with https://");
            Finding::ok("data centers", says)
        } else {
            Finding::warning(
                "data centers",
                format!("only this machine reaches {}", plain.join(", ")),
                "give them https:// origins before others use them; the origins are also the \
                 issuers of tokens",
            )
        })
    }

    fn key_secret(&self) -> Vec<Finding> {
        let about = "key secret";
        let path = match self.key_secret_file() {
            Ok(path) => path,
            Err(error) => return vec![error.into()],
        };
        match KeySecret::read(path) {
            Err(error) => vec![Finding::failure(about, error.says(), error.what_to_do())],
            Ok(_) => vec![
                exposed(about, path)
                    .unwrap_or_else(|| Finding::ok(about, format!("{} holds one", path.display()))),
            ],
        }
    }

    fn mail_way(&self) -> Vec<Finding> {
        match hosting::mailer(&self.mail) {
            Ok(mailer) => mail_findings(&self.mail, &mailer, "there are no one-time passwords"),
            Err(error) => vec![error.into()],
        }
    }

    fn lifetimes(&self) -> Option<Finding> {
        let minutes = self.tokens.access_token_minutes?.get();
        (minutes > 60).then(|| {
            Finding::warning(
                "tokens",
                format!("access tokens live for {minutes} minutes"),
                "leave it at an hour at most: programs that check them offline believe them for \
                 so long",
            )
        })
    }
}
