//! Everything that is wrong with a configuration, and what should be thought over: for `serve`
//! before it starts, for `config check` and for `doctor`.

use std::net::SocketAddr;
use std::path::Path;

use db::Place;
use hosting::{ConfigError, Finding, KeySecret, exposed, overruling};
use mail::Mailer;
use rustix::fs::{Access, access};

use super::{Config, mail_mistake};

/// Reads a configuration as `serve` does, and says all that can be said of it before anything is
/// opened. `None` with a failure: it cannot be read at all.
pub fn examine(path: &Path) -> (Option<Config>, Vec<Finding>) {
    let config = match hosting::parse::<Config>(path) {
        Ok(config) => config,
        Err(error) => return (None, vec![error.into()]),
    };
    let mut findings = vec![Finding::ok(
        "configuration",
        match overruling() {
            variables if variables.is_empty() => format!("{} can be read", path.display()),
            variables => {
                let names = variables.join(", ");
                format!("{} can be read; overruled by {names}", path.display())
            }
        },
    )];
    let mistakes = config.mistakes().into_iter();
    findings.extend(mistakes.map(|mistake| mistake.in_file(path).into()));
    findings.extend(config.origins());
    findings.extend(config.proxies());
    findings.extend(config.key_secret());
    findings.extend(config.database_named());
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
        if overlap(self.listen, self.health_listen) {
            mistakes.push(ConfigError::about(
                "listeners",
                format!(
                    "listen ({}) and health_listen ({}) are one address",
                    self.listen, self.health_listen
                ),
                "give health_listen another port",
            ));
        }
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

    fn proxies(&self) -> Option<Finding> {
        let behind_proxy = self.app_center.0.is_https();
        if self.trusted_proxies.are_everybody() {
            return Some(Finding::warning(
                "proxies",
                "trusted_proxies holds every address: whoever calls may say that he is somebody \
                 else, and no limit by address holds",
                "name the proxy's network alone",
            ));
        }
        (behind_proxy && self.trusted_proxies.are_none()).then(|| {
            Finding::warning(
                "proxies",
                "trusted_proxies is empty: behind a proxy, limits by address take all callers \
                 for one",
                "name the proxy's network",
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

    fn database_named(&self) -> Vec<Finding> {
        let about = "database";
        let mut findings = Vec::new();
        if let Some(path) = &self.database_file {
            findings.extend(exposed(about, path));
        }
        let address = match self.database() {
            Ok(address) => address,
            Err(error) => return vec![error.into()],
        };
        findings.push(match Place::parse(&address) {
            Err(error) => Finding::failure(
                about,
                error.to_string(),
                "correct the address; docs/operate/postgresql.md says what may stand in it",
            ),
            Ok(Place::Server) => Finding::ok(about, "a PostgreSQL server is named"),
            Ok(Place::File(path)) => return [findings, file(&path)].concat(),
        });
        findings
    }

    fn mail_way(&self) -> Vec<Finding> {
        let about = "mail";
        let mailer = match Mailer::new(&self.mail) {
            Ok(mailer) => mailer,
            Err(error) => return vec![mail_mistake(&error).into()],
        };
        let mut findings = Vec::new();
        let smtp = self.mail.smtp.as_ref();
        let password_file = smtp.and_then(|smtp| smtp.password_file.as_ref());
        findings.extend(password_file.and_then(|path| exposed(about, path)));
        if smtp.is_some_and(|smtp| smtp.password.is_some()) {
            findings.push(Finding::warning(
                about,
                "the mail server's password stands in the configuration",
                "put it into a file of its own, and name that in password_file",
            ));
        }
        findings.push(match (smtp, mailer.outbox()) {
            (Some(smtp), _) => Finding::ok(about, format!("goes to {}", smtp.host)),
            (None, Some(folder)) => Finding::warning(
                about,
                format!(
                    "mails become files in {}, and nobody gets them",
                    folder.display()
                ),
                "set [mail.smtp] where people are to get them",
            ),
            (None, None) => Finding::ok(about, "none is sent, and there are no one-time passwords"),
        });
        findings
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

fn file(path: &Path) -> Vec<Finding> {
    let about = "database";
    let shown = path.display();
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    if !folder.is_dir() {
        let says = format!("the folder {} is not there", folder.display());
        return vec![Finding::failure(
            about,
            says,
            "make it, for the program's user",
        )];
    }
    let changeable = |path| access(path, Access::READ_OK | Access::WRITE_OK).is_ok();
    // SQLite keeps its log in files beside it.
    if !changeable(folder) || path.exists() && !changeable(path) {
        let says = format!("{shown} or its folder cannot be written");
        return vec![Finding::failure(
            about,
            says,
            "give them to the program's user",
        )];
    }
    if !path.exists() {
        let says = format!("{shown} is not there yet; quickconnect migrate up makes it");
        return vec![Finding::ok(about, says)];
    }
    vec![exposed(about, path).unwrap_or_else(|| Finding::ok(about, format!("{shown} is there")))]
}

/// Whether one could not be bound beside the other.
fn overlap(one: SocketAddr, other: SocketAddr) -> bool {
    let any = one.ip().is_unspecified() || other.ip().is_unspecified();
    one.port() == other.port() && one.port() != 0 && (any || one.ip() == other.ip())
}
