use std::time::Duration;

use mail::{Letter, Mailer, Person};
use vault::{Inquiry, Vault};

use crate::{Partner, when::When};

/// Between two looks. Real time, also where the clock is virtual.
const ROUND: Duration = Duration::from_secs(30);

/// Watches the inbox (LP-03): inquiries that nobody has answered are counted, and told of.
pub struct InquiryWatch {
    partner: Partner,
    mailer: Mailer,
    settings: InquirySettings,
}

/// Who is told of an inquiry that nobody has answered, and when.
#[derive(Clone, Debug)]
pub struct InquirySettings {
    /// Addresses of the partner's people; empty tells nobody.
    pub mails: Vec<String>,
    /// An inquiry may be so old before it is told of.
    pub after: Duration,
    /// It is told of again each time that this has passed.
    pub every: Duration,
}

impl InquiryWatch {
    pub fn new(partner: &Partner, mailer: Mailer, settings: InquirySettings) -> InquiryWatch {
        InquiryWatch {
            partner: partner.clone(),
            mailer,
            settings,
        }
    }

    /// Watches until it is dropped: spawn it once for each process that serves.
    pub async fn watch(self) {
        loop {
            if let Err(error) = self.look().await {
                tracing::error!(reason = %error, "the inquiries could not be looked through");
            }
            tokio::time::sleep(ROUND).await;
        }
    }

    /// Counts, and tells of what is due.
    pub async fn look(&self) -> Result<(), db::Error> {
        self.count().await?;
        if self.settings.mails.is_empty() {
            return Ok(());
        }
        let InquirySettings { after, every, .. } = self.settings;
        let vault = self.vault();
        let due = vault.claim_reminders(after, every).await?;
        if due.is_empty() {
            return Ok(());
        }
        let mut told = false;
        for reader in &self.settings.mails {
            match self.mailer.send(&self.letter(&due, reader)).await {
                Ok(()) => told = true,
                Err(why) => tracing::error!(
                    reason = %why, inquiries = due.len(), "nobody could be told of open inquiries"
                ),
            }
        }
        if told {
            Ok(())
        } else {
            vault.release_reminders(&due).await
        }
    }

    async fn count(&self) -> Result<(), db::Error> {
        let open = self.vault().open_inquiries().await?;
        let now = self.partner.clock.now();
        for app in self.partner.apps.iter() {
            let of_app = open.iter().find(|(id, ..)| *id == app.client_id);
            let (number, age) = of_app.map_or((0, Duration::ZERO), |(_, number, oldest)| {
                (*number, now.since(*oldest))
            });
            metrics::gauge!("inquiries_unanswered", "app" => app.slug.clone()).set(number as f64);
            metrics::gauge!("inquiries_oldest_unanswered_seconds", "app" => app.slug.clone())
                .set(age.as_secs_f64());
        }
        Ok(())
    }

    fn letter(&self, due: &[Inquiry], reader: &str) -> Letter {
        let now = self.partner.clock.now();
        let lines = due.iter().map(|inquiry| {
            let app = self.partner.app_name(inquiry.app);
            let when = When::new(inquiry.created_at, now);
            format!("- {}, about {app}, {}", inquiry.company_name, when.shown)
        });
        let lines: Vec<String> = lines.collect();
        let number = web::count(due.len() as u64, "message");
        let inbox = self.partner.config.public_origin.join("/console/inquiries");
        Letter {
            kind: "inquiries",
            id: self.partner.entropy.uuid(),
            at: now,
            from_name: None,
            to: Person::new("", reader),
            reply_to: None,
            subject: format!("Waiting for an answer: {number}"),
            text: format!(
                "These inquiries from landing pages wait for an answer:\n\n{}\n\nRead them, answer \
                 by mail, and mark them as answered:\n{inbox}\n",
                lines.join("\n")
            ),
            html: None,
        }
    }

    fn vault(&self) -> &Vault {
        &self.partner.vault
    }
}
