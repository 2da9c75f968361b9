use vault::{CustomerWords, Event, Happening};

use crate::fields::one_line;
use crate::language::negotiate;
use crate::words::Words;
use crate::{AppConfig, Language};

/// What customers of an app are told of their connection by mail, each in the language of its account.
pub fn words_to_customers(app: &AppConfig) -> CustomerWords {
    let app = app.clone();
    std::sync::Arc::new(move |event, listing| told(&app, event, listing))
}

fn told(app: &AppConfig, event: &Event, listing: &str) -> Option<(String, String)> {
    let words = Words(language_of(app, event.account_language.as_deref()));
    let name = one_line(event.name.as_deref().unwrap_or_default());
    let whom = if name.is_empty() { app.whom() } else { "named" };
    let about = |key| {
        let sentence = words.say(key).with("whom", whom).with("name", &name);
        sentence.with("app", &app.name)
    };
    match event.happening {
        Happening::NeedsReconnect => {
            let why = about("reconnect-mail-why").with("platform", &app.platform.name);
            let how = words.say("reconnect-mail-how").with("whom", app.whom());
            Some((
                about("reconnect-mail-subject").to_string(),
                format!("{why}\n\n{how}\n{listing}\n"),
            ))
        }
        Happening::Recovered => Some((
            about("recovered-mail-subject").to_string(),
            format!("{}\n", about("recovered-mail-text")),
        )),
        Happening::Expiring { .. } | Happening::AppRefused { .. } => None,
    }
}

/// English where nothing is known of an account; the app's default where it speaks the account's
/// language no more.
fn language_of(app: &AppConfig, known: Option<&str>) -> Language {
    match known {
        Some(_) => negotiate(known, None, &app.languages),
        None => Language::English,
    }
}
