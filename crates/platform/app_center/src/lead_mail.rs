//! The two mails about a request for information, put as files into the outbox (AC-51, AC-52).

use std::path::Path;
use std::time::{Duration, SystemTime};

use lettre::message::header::ContentType;
use lettre::message::{Mailbox, MessageBuilder};
use lettre::{Address, FileTransport, Message, Transport};
use protocol::Timestamp;
use uuid::Uuid;

/// What the mails tell.
pub struct LeadMail {
    pub platform: String,
    pub listing: String,
    pub partner: String,
    pub partner_address: String,
    pub prospect_name: String,
    pub prospect_address: String,
    pub answers: Vec<(String, String)>,
    /// Host of the customers' site.
    pub host: String,
    pub id: Uuid,
    pub at: Timestamp,
}

/// Why a mail was not put into the outbox. For the log.
#[derive(Debug)]
pub struct NotSent(String);

impl std::fmt::Display for NotSent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl LeadMail {
    /// Writes both. What fails is told; the lead itself is stored already.
    pub fn write_to(&self, outbox: &Path) -> Result<(), NotSent> {
        std::fs::create_dir_all(outbox).map_err(told)?;
        self.put(outbox, "1-prospect", &self.to_prospect()?)?;
        self.put(outbox, "2-partner", &self.to_partner()?)
    }

    fn to_prospect(&self) -> Result<Message, NotSent> {
        let text = format!(
            "Thank you for your interest in {listing}.\n\n{partner} has received your request and will answer to this address. This is what was sent:\n\n{answers}\n",
            listing = self.listing,
            partner = self.partner,
            answers = self.lines(),
        );
        let to = mailbox(&self.prospect_name, &self.prospect_address)?;
        let subject = format!(
            "Thank you for your {} App Center partner inquiry",
            self.platform
        );
        self.begin("prospect", to, &subject)?
            .body(text)
            .map_err(told)
    }

    fn to_partner(&self) -> Result<Message, NotSent> {
        let text = format!(
            "Somebody asked for information about {listing} in the {platform} App Center:\n\n{answers}\n\nReply to this mail to answer. A request that is not rejected within 20 days counts as accepted.\nReference: {id}\n",
            listing = self.listing,
            platform = self.platform,
            answers = self.lines(),
            id = self.id,
        );
        let to = mailbox(&self.partner, &self.partner_address)?;
        let subject = format!("{} App Center inquiry submission", self.platform);
        let reply_to = mailbox(&self.prospect_name, &self.prospect_address)?;
        self.begin("partner", to, &subject)?
            .reply_to(reply_to)
            .body(text)
            .map_err(told)
    }

    fn begin(&self, part: &str, to: Mailbox, subject: &str) -> Result<MessageBuilder, NotSent> {
        let name = format!("{} App Center referral", self.platform);
        let ours = format!("app-center-referral@{}", self.host);
        let from =
            mailbox(&name, &ours).or_else(|_| mailbox(&name, "app-center-referral@localhost"))?;
        let micros = u64::try_from(self.at.as_micros()).unwrap_or(0);
        Ok(Message::builder()
            .from(from)
            .to(to)
            .subject(subject)
            .date(SystemTime::UNIX_EPOCH + Duration::from_micros(micros))
            .message_id(Some(format!("<{}.{part}@{}>", self.id, self.host)))
            .header(ContentType::TEXT_PLAIN))
    }

    fn lines(&self) -> String {
        let lines = self.answers.iter();
        lines
            .map(|(label, value)| format!("{label}: {value}"))
            .collect::<Vec<_>>()
            .join("\n")
    }

    /// Names of files sort by time: `1795000000000000-1-prospect-….eml`.
    fn put(&self, outbox: &Path, part: &str, message: &Message) -> Result<(), NotSent> {
        let written = FileTransport::new(outbox).send(message).map_err(told)?;
        let name = format!("{:020}-{part}-{}.eml", self.at.as_micros(), self.id);
        std::fs::rename(outbox.join(format!("{written}.eml")), outbox.join(name)).map_err(told)
    }
}

fn mailbox(name: &str, address: &str) -> Result<Mailbox, NotSent> {
    let address: Address = address.parse().map_err(told)?;
    Ok(Mailbox::new(Some(name.to_owned()), address))
}

fn told(error: impl std::fmt::Display) -> NotSent {
    NotSent(error.to_string())
}
