use askama::Template;
use mail::{Letter, Person};
use protocol::{OneTimePassword, Timestamp};
use store::{App, RegisteredApp, User};

use super::words::Words;

/// The mail that brings a one-time password (OA-42).
pub struct OtpLetter<'a> {
    pub app: &'a App,
    pub client: &'a RegisteredApp,
    pub words: &'a Words,
    pub user: &'a User,
    pub otp: &'a OneTimePassword,
    pub now: Timestamp,
}

/// What both of its forms say. Whoever asks may call itself what it likes; `app` is what the
/// operator has registered.
#[derive(Template)]
#[template(path = "otp/otp_mail.html")]
struct OtpMail {
    platform: String,
    who: String,
    app: String,
    name: Option<String>,
    login: String,
    /// Where the button leads, and on which host.
    link: Option<(String, String)>,
    /// Without a link.
    code: String,
    connections: String,
}

impl OtpLetter<'_> {
    pub fn written(&self) -> Letter {
        let content = self.content();
        Letter {
            kind: "one-time-password",
            id: self.app.entropy.uuid(),
            at: self.now,
            from_name: Some(content.platform.clone()),
            // To the address as it stands in the profile, not as the app has written it.
            to: Person::new(&self.user.full_name(), &self.user.login),
            reply_to: None,
            subject: content.banner(),
            text: content.text(),
            html: Some(content.to_string()),
        }
    }

    fn content(&self) -> OtpMail {
        let settings = &self.app.settings;
        let company = self.words.company.as_deref();
        let link = self.words.link.as_ref().map(|link| {
            let host = link.host_str().unwrap_or_default().to_owned();
            (self.otp.link(link).to_string(), host)
        });
        OtpMail {
            platform: settings.platform_name.clone(),
            who: unlinked(company.unwrap_or(&self.client.name)),
            app: unlinked(&self.client.name),
            name: self.words.name.as_deref().map(unlinked),
            login: self.user.login.clone(),
            link,
            code: self.otp.expose().to_owned(),
            connections: settings.app_center.join("/app-center/connections"),
        }
    }
}

impl OtpMail {
    fn banner(&self) -> String {
        format!(
            "{} wants to access your {} account.",
            self.who, self.platform
        )
    }

    fn greeting(&self) -> String {
        match &self.name {
            Some(name) => format!("Good day {name},"),
            None => "Good day,".to_owned(),
        }
    }

    fn explanation(&self) -> String {
        format!(
            "{}, an app that is registered with {}, asks to sign you in as {} and to act for you from then on. Go on only if you have just tried to sign in there. If you have not, do nothing: without this mail nobody can sign in as you.",
            self.app, self.platform, self.login
        )
    }

    fn text(&self) -> String {
        let platform = &self.platform;
        let (what, way) = match &self.link {
            Some((link, host)) => (
                "link",
                format!("Sign in with {platform} (leads to {host}):\n{link}"),
            ),
            None => (
                "code",
                format!("Your code for {}:\n{}", self.app, self.code),
            ),
        };
        format!(
            "{banner}\n\n{greeting}\n\n{explanation}\n\n{way}\n\nThis {what} is active for 24 hours and can be used only once.\n\nWhich apps may act for you, and how to end that:\n{connections}\n",
            banner = self.banner(),
            greeting = self.greeting(),
            explanation = self.explanation(),
            connections = self.connections,
        )
    }
}

/// Mail programs make links of whatever looks like an address. What an app says about itself must
/// not become one: an invisible joiner stands where an address would go on.
fn unlinked(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        shown.push(character);
        let goes_on = characters.peek().is_some_and(|next| !next.is_whitespace());
        if goes_on && matches!(character, '.' | ':' | '/' | '@') {
            shown.push('\u{2060}');
        }
    }
    shown
}
