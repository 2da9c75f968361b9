//! What an app may put into a mail that comes from us: little, and only addresses of its own.

use protocol::{Form, Origin};
use store::{App, RegisteredApp, redirect_uris, registration};
use url::Url;

use crate::refusal::Refusal;

const LONGEST_NAME: usize = 100;
const LONGEST_LINK: usize = 1_000;

/// The optional parameters of OA-40.
pub struct Words {
    /// Who is greeted.
    pub name: Option<String>,
    /// Who asks, as the mail's banner says it.
    pub company: Option<String>,
    /// Where the button leads.
    pub link: Option<Url>,
}

impl Words {
    /// 135, with what is wrong, when a mail of ours must not say so.
    pub async fn read(app: &App, client: &RegisteredApp, form: &Form) -> Result<Words, Refusal> {
        let link = match form.get("link") {
            None => None,
            Some(link) => Some(own_link(app, client, link).await?),
        };
        Ok(Words {
            name: words(form.get("name"))?,
            company: words(form.get("company"))?,
            link,
        })
    }
}

fn words(given: Option<&str>) -> Result<Option<String>, Refusal> {
    let Some(text) = given.map(str::trim).filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    if text.chars().count() > LONGEST_NAME || text.chars().any(is_unseen) {
        let why = "name and company are at most 100 characters on one line";
        return Err(Refusal::Malformed(why));
    }
    Ok(Some(text.to_owned()))
}

/// Controls, and what turns the direction of the text around it.
fn is_unseen(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// An address on an origin that an operator has registered for the app: otherwise whoever has an
/// app's secret could send our mails with buttons to anywhere.
async fn own_link(app: &App, client: &RegisteredApp, link: &str) -> Result<Url, Refusal> {
    let foreign = Refusal::Malformed(
        "link is an https address on the host of one of the app's redirect URIs, or of its connect URI",
    );
    let written = registration::check_uri("link", link, app.settings.loopback_partners);
    let parsed = link.parse::<Url>().ok().zip(link.parse::<Origin>().ok());
    let Some((url, origin)) = parsed.filter(|_| written.is_ok() && link.len() <= LONGEST_LINK)
    else {
        return Err(foreign);
    };
    let mut tx = app.db.read().await?;
    let registered = redirect_uris::all(&mut tx, client.client_id).await?;
    let own = registered.iter().chain([&client.connect_uri]);
    let mut origins = own.filter_map(|uri| uri.parse::<Origin>().ok());
    match origins.any(|own| own == origin) {
        true => Ok(url),
        false => Err(foreign),
    }
}
