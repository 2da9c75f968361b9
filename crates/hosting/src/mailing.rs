//! How mail is sent, as far as a configuration says it, and whether the mail server agrees.

use mail::Mailer;

use crate::{ConfigError, Finding, exposed};

const ABOUT: &str = "mail";

/// What sends mail; a password is read, and no connection is made.
pub fn mailer(config: &mail::Config) -> Result<Mailer, ConfigError> {
    Mailer::new(config).map_err(|error| {
        let what = "docs/operate/mail.md describes each setting";
        ConfigError::about(ABOUT, format!("mail: {error}"), what)
    })
}

/// What should be known of a way to send mail that can be used. `without`: what there is not, where
/// none is sent.
pub fn mail_findings(config: &mail::Config, mailer: &Mailer, without: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    let smtp = config.smtp.as_ref();
    let password_file = smtp.and_then(|smtp| smtp.password_file.as_ref());
    findings.extend(password_file.and_then(|path| exposed(ABOUT, path)));
    if smtp.is_some_and(|smtp| smtp.password.is_some()) {
        findings.push(Finding::warning(
            ABOUT,
            "the mail server's password stands in the configuration",
            "put it into a file of its own, and name that in password_file",
        ));
    }
    findings.push(match (smtp, mailer.outbox()) {
        (Some(smtp), _) => Finding::ok(ABOUT, format!("goes to {}", smtp.host)),
        (None, Some(folder)) => Finding::warning(
            ABOUT,
            format!(
                "mails become files in {}, and nobody gets them",
                folder.display()
            ),
            "set [mail.smtp] where people are to get them",
        ),
        (None, None) => Finding::ok(ABOUT, format!("none is sent, and {without}")),
    });
    findings
}

/// Whether the mail server lets us in. `until`: what waits for it.
pub async fn mail_server(mailer: &Mailer, until: &str) -> Option<Finding> {
    let (host, reached) = mailer.server().await?;
    Some(match reached {
        Ok(()) => Finding::ok(ABOUT, format!("{host} answers and lets us in")),
        Err(error) => Finding::failure(
            ABOUT,
            format!("{host}: {error}"),
            format!("until it does, {until}; see [mail.smtp]"),
        ),
    })
}
