//! The two mails about a request for information (AC-51, AC-52).

use mail::{Letter, Person};
use store::Lead;

/// What the mails tell.
pub struct LeadMail<'a> {
    pub platform: &'a str,
    pub listing: &'a str,
    pub partner: Person,
    pub prospect: Person,
    pub lead: &'a Lead,
}

impl LeadMail<'_> {
    pub fn to_prospect(&self) -> Letter {
        let text = format!(
            "Thank you for your interest in {listing}.\n\n{partner} has received your request and will answer to this address. This is what was sent:\n\n{answers}\n",
            listing = self.listing,
            partner = self.partner.name,
            answers = self.lines(),
        );
        let subject = format!(
            "Thank you for your {} App Center partner inquiry",
            self.platform
        );
        self.letter("lead-1-prospect", (&self.prospect, None), subject, text)
    }

    pub fn to_partner(&self) -> Letter {
        let text = format!(
            "Somebody asked for information about {listing} in the {platform} App Center:\n\n{answers}\n\nReply to this mail to answer. A request that is not rejected within 20 days counts as accepted.\nReference: {id}\n",
            listing = self.listing,
            platform = self.platform,
            answers = self.lines(),
            id = self.lead.id,
        );
        let subject = format!("{} App Center inquiry submission", self.platform);
        let between = (&self.partner, Some(&self.prospect));
        self.letter("lead-2-partner", between, subject, text)
    }

    fn letter(
        &self,
        kind: &'static str,
        (to, reply_to): (&Person, Option<&Person>),
        subject: String,
        text: String,
    ) -> Letter {
        Letter {
            kind,
            id: self.lead.id,
            at: self.lead.submitted_at,
            from_name: Some(format!("{} App Center referral", self.platform)),
            to: to.clone(),
            reply_to: reply_to.cloned(),
            subject,
            text,
            html: None,
        }
    }

    fn lines(&self) -> String {
        let lines = self.lead.fields.iter();
        lines
            .map(|(label, value)| format!("{label}: {value}"))
            .collect::<Vec<_>>()
            .join("\n")
    }
}
