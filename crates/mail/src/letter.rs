use std::fmt;
use std::time::{Duration, SystemTime};

use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart, SinglePart};
use lettre::{Address, Message};
use protocol::Timestamp;
use uuid::Uuid;

use crate::SendError;

/// One mail to one person. `Debug` tells neither what it says nor to whom.
#[derive(Clone)]
pub struct Letter {
    /// What kind of mail, in lower-case letters and dashes: `lead-partner`. Part of its file's name
    /// and of its `Message-ID`.
    pub kind: &'static str,
    /// With `kind`, the same for no other mail.
    pub id: Uuid,
    /// The `Date` of the mail.
    pub at: Timestamp,
    /// The sender's name as shown, where it is not the configured one. The address always is.
    pub from_name: Option<String>,
    pub to: Person,
    pub reply_to: Option<Person>,
    pub subject: String,
    /// The body. Lines end with `\n`.
    pub text: String,
    /// The same as a page, for readers that show one. It must say what the text says.
    pub html: Option<String>,
}

/// A name, which may be empty, and an address.
#[derive(Clone)]
pub struct Person {
    pub name: String,
    pub address: String,
}

impl Person {
    pub fn new(name: &str, address: &str) -> Person {
        Person {
            name: name.to_owned(),
            address: address.to_owned(),
        }
    }

    fn mailbox(&self) -> Result<Mailbox, SendError> {
        let address: Address = self.address.parse().map_err(|_| SendError::NotAnAddress)?;
        let name = one_line(&self.name);
        Ok(Mailbox::new((!name.is_empty()).then_some(name), address))
    }
}

impl Letter {
    /// The mail as it travels (RFC 5322).
    pub(crate) fn message(&self, from: &Mailbox) -> Result<Message, SendError> {
        let mut from = from.clone();
        if let Some(name) = &self.from_name {
            from.name = Some(one_line(name));
        }
        let id = format!("<{}.{}@{}>", self.id, self.kind, from.email.domain());
        let micros = u64::try_from(self.at.as_micros()).unwrap_or(0);
        let mut builder = Message::builder()
            .from(from)
            .to(self.to.mailbox()?)
            .subject(one_line(&self.subject))
            .date(SystemTime::UNIX_EPOCH + Duration::from_micros(micros))
            .message_id(Some(id))
            .raw_header(automatic());
        if let Some(person) = &self.reply_to {
            builder = builder.reply_to(person.mailbox()?);
        }
        let text = SinglePart::plain(self.text.clone());
        let built = match &self.html {
            None => builder.singlepart(text),
            Some(html) => builder.multipart(
                MultiPart::alternative()
                    .singlepart(text)
                    .singlepart(SinglePart::html(html.clone())),
            ),
        };
        built.map_err(|_| SendError::NotAnAddress)
    }

    /// Sorts by time: `00001795000000000000-lead-partner-….eml`.
    pub(crate) fn file_name(&self) -> String {
        format!("{:020}-{}-{}.eml", self.at.as_micros(), self.kind, self.id)
    }
}

/// Tells programs that answer mail by themselves not to answer this one (RFC 3834 §5).
fn automatic() -> HeaderValue {
    let name = HeaderName::new_from_ascii_str("Auto-Submitted");
    HeaderValue::new(name, "auto-generated".to_owned())
}

/// Nobody's name or subject may begin a header of its own.
fn one_line(text: &str) -> String {
    let words = text.split(|c: char| c.is_control() || c.is_whitespace());
    words
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

impl fmt::Debug for Letter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Letter")
            .field("kind", &self.kind)
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letter() -> Letter {
        Letter {
            kind: "test",
            id: Uuid::from_u128(7),
            at: Timestamp::from_seconds(1_795_000_000),
            from_name: None,
            to: Person::new("Maren Holm", "maren@brackwater.example"),
            reply_to: None,
            subject: "Sign in".to_owned(),
            text: "Good day.\n".to_owned(),
            html: None,
        }
    }

    fn written(letter: &Letter) -> String {
        let from = "Quick Connect <no-reply@connect.example>".parse().unwrap();
        String::from_utf8(letter.message(&from).unwrap().formatted()).unwrap()
    }

    #[test]
    fn a_name_or_subject_cannot_add_a_header() {
        let mut letter = letter();
        letter.subject = "Hello\r\nBcc: everybody@example.org".to_owned();
        letter.to.name = "Maren\r\nBcc: everybody@example.org".to_owned();
        letter.from_name = Some("Ledger\nBcc: everybody@example.org".to_owned());
        let text = written(&letter);
        assert!(!text.lines().any(|line| line.starts_with("Bcc")), "{text}");
        letter.to.address = "maren@brackwater.example\r\nBcc: x@example.org".to_owned();
        let from = "no-reply@connect.example".parse().unwrap();
        assert!(letter.message(&from).is_err());
    }

    #[test]
    fn a_page_comes_beside_the_text_never_instead() {
        let mut letter = letter();
        letter.html = Some("<p>Good day.</p>".to_owned());
        let text = written(&letter);
        assert!(text.contains("multipart/alternative"));
        let (plain, page) = (text.find("Good day.\r\n"), text.find("<p>Good day.</p>"));
        assert!(
            plain.unwrap() < page.unwrap(),
            "the plainest part comes first"
        );
    }

    #[test]
    fn it_says_nothing_in_debug() {
        let told = format!("{:?}", letter());
        assert!(!told.contains("maren") && !told.contains("Good"), "{told}");
    }

    #[test]
    fn addresses_are_told_from_other_texts() {
        for good in ["maren@brackwater.example", "m.h+x@sub.example.org"] {
            assert!(crate::is_address(good), "{good}");
        }
        let long = format!("{}@example.org", "a".repeat(300));
        for bad in [
            "",
            "maren",
            "maren@",
            "@example.org",
            "a@b@c",
            "A <a@b.example>",
            "a b@c.example",
            "a@b.example\r\nx: y",
            &long,
        ] {
            assert!(!crate::is_address(bad), "{bad}");
        }
    }
}
