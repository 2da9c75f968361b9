//! Everything that is wrong with a configuration, and what should be thought over: for a partner
//! before it starts, for `config check` and for `doctor`.

use std::path::Path;

use hosting::{Finding, can_be_read, changeable, exposed, folder_of, mail_findings};
use vault::standing;

use super::{Config, MAKE, MARKER, VAULT_KEY};
use crate::apps::App;
use crate::{alerts, apps};

/// Reads a configuration as a partner that starts does, and says all that can be said of it before
/// anything is opened. `None` with a failure: it cannot be read at all.
pub fn examine(path: &Path) -> (Option<Config>, Vec<Finding>) {
    let config = match Config::parse(path) {
        Ok(config) => config,
        Err(error) => return (None, vec![error.into()]),
    };
    let mut findings = vec![can_be_read(path)];
    match config.parts() {
        Ok(parts) => findings.extend(parts.pages.apps.iter().map(|app| {
            let says = format!("{}: its secret, texts and pictures can be used", app.slug);
            Finding::ok(apps::ABOUT, says)
        })),
        Err(mistakes) => findings.extend(mistakes.into_iter().map(Finding::from)),
    }
    findings.extend(config.origins());
    findings.extend(
        config
            .trusted_proxies
            .finding(config.public_origin.0.is_https()),
    );
    findings.extend(config.vault_key());
    findings.extend(config.marker());
    let of_apps = config.apps.iter();
    findings.extend(of_apps.flat_map(|(slug, app)| app.secrets(slug)));
    findings.extend(config.undeliverable());
    // What it says in an error was said with the rest.
    if config.named_database().check().is_ok() {
        findings.extend(config.named_database().findings(MAKE));
    }
    if let Ok(mailer) = config.mailer() {
        let without = "a sign-up is finished in the browser that began it";
        findings.extend(mail_findings(&config.mail, &mailer, without));
    }
    (Some(config), findings)
}

impl Config {
    fn origins(&self) -> Option<Finding> {
        let about = "origins";
        let mut plain: Vec<String> = self
            .platforms()
            .by_key()
            .filter(|(_, platform)| platform.is_on_own_machine())
            .map(|(key, _)| key)
            .collect();
        if !self.public_origin.0.is_https() {
            plain.insert(0, "public_origin".to_owned());
        }
        Some(if plain.is_empty() {
            let says = format!("{} is where browsers reach it", self.public_origin.0);
            Finding::ok(about, says)
        } else {
            Finding::warning(
                about,
                format!("only this machine reaches {}", plain.join(", ")),
                "give them https:// origins before others use them",
            )
        })
    }

    /// A key that cannot be read was told of with the rest.
    fn vault_key(&self) -> Vec<Finding> {
        let Some(current) = &self.vault_key_file else {
            return Vec::new();
        };
        let keys = std::iter::once(current).chain(&self.older_vault_key_files);
        let mut findings: Vec<Finding> = keys.filter_map(|path| exposed(VAULT_KEY, path)).collect();
        if findings.is_empty() && self.vault_keys().is_ok() {
            let says = format!("{} holds one", current.display());
            findings.push(Finding::ok(VAULT_KEY, says));
        }
        findings
    }

    /// Whether the marker can be kept, as it is when the partner is served.
    fn marker(&self) -> Option<Finding> {
        let Some(path) = &self.marker_file else {
            let says = "there is none: after a restore somebody has to say quickconnect partner \
                        restored";
            return Some(Finding::ok(MARKER, says));
        };
        if let Err(error) = standing::readable_marker(path) {
            let says = format!("{}: {error}", path.display());
            let what = "bring it back, or give it to the program's user";
            return Some(Finding::failure(MARKER, says, what));
        }
        let folder = folder_of(path);
        Some(match folder.is_dir() && changeable(folder) {
            true => Finding::ok(MARKER, format!("{} can be kept", path.display())),
            false => Finding::failure(
                MARKER,
                format!("{} cannot be written: it needs its folder", path.display()),
                "make the folder, for the program's user",
            ),
        })
    }

    /// Webhooks that never arrive, wherever their names lead.
    fn undeliverable(&self) -> Vec<Finding> {
        let Ok(sender) = self.webhooks() else {
            return Vec::new();
        };
        let unfit = |(slug, app): (&String, &App)| {
            let unfit = app.alerts.addresses().filter(|url| !sender.goes_to(url));
            let finding = |url: &str| {
                Finding::warning(
                    alerts::ABOUT,
                    format!(
                        "app {slug:?}: nothing is delivered to the webhook {}",
                        shown(url)
                    ),
                    "name a public https:// address, or set webhooks_into_private_networks in \
                     [keeper]",
                )
            };
            unfit.map(finding).collect::<Vec<_>>()
        };
        self.apps.iter().flat_map(unfit).collect()
    }
}

/// An address without what may be secret in it.
fn shown(url: &str) -> &str {
    let url = url.split(['?', '#']).next().unwrap_or_default();
    match url.rsplit_once('@') {
        Some((_, rest)) => rest,
        None => url,
    }
}
