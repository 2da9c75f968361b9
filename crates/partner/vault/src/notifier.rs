use std::collections::HashMap;
use std::sync::Arc;

use client::WebhookSender;
use mail::{Letter, Mailer, Person};
use protocol::AppId;
use secrecy::SecretString;
use serde_json::json;

use crate::deliveries::{Delivery, Way};
use crate::{Event, Happening, Vault};

/// Who is told what happens to the connections of an app.
#[derive(Clone)]
pub struct Contacts {
    /// The app's name, as its customers know it.
    pub app_name: String,
    /// Its listing in the App Center: where the customer's administrator connects again.
    pub listing: String,
    pub webhooks: Vec<Webhook>,
    /// The partner's own people.
    pub mails: Vec<String>,
    /// Words for the account that a connection belongs to, where it is written to as well when only
    /// the customer can help.
    pub to_customer: Option<CustomerWords>,
}

/// Subject and text of the mail that tells a customer of an event, given its language and the address
/// of the listing. `None` for what does not concern customers.
pub type CustomerWords = Arc<dyn Fn(&Event, &str) -> Option<(String, String)> + Send + Sync>;

/// Where events are posted, and what they are signed with.
#[derive(Clone)]
pub struct Webhook {
    pub url: String,
    pub secret: SecretString,
}

/// Tells of events, by signed webhook and by mail (S50, S51). What is told stands in the database
/// until it has arrived.
pub struct Notifier {
    contacts: HashMap<AppId, Contacts>,
    webhooks: WebhookSender,
    mailer: Mailer,
}

impl Notifier {
    pub fn new(
        contacts: HashMap<AppId, Contacts>,
        webhooks: WebhookSender,
        mailer: Mailer,
    ) -> Notifier {
        Notifier {
            contacts,
            webhooks,
            mailer,
        }
    }

    pub(crate) fn listing(&self, app: AppId) -> Option<&str> {
        let contacts = self.contacts.get(&app)?;
        Some(contacts.listing.as_str()).filter(|listing| !listing.is_empty())
    }

    /// Addresses what has happened, and makes the tellings that are due.
    pub async fn tell_once(&self, vault: &Vault) -> Result<(), db::Error> {
        vault.address_events(|event| self.addresses(event)).await?;
        for delivery in vault.claim_deliveries().await? {
            let told = match delivery.way {
                Way::Webhook => self.post(vault, &delivery).await,
                Way::Mail => self.write(&delivery).await,
            };
            let (way, outcome) = match (delivery.way, &told) {
                (Way::Webhook, Ok(())) => ("webhook", "ok"),
                (Way::Webhook, Err(_)) => ("webhook", "failed"),
                (Way::Mail, Ok(())) => ("mail", "ok"),
                (Way::Mail, Err(_)) => ("mail", "failed"),
            };
            metrics::counter!("vault_deliveries_total", "way" => way, "outcome" => outcome)
                .increment(1);
            match told {
                Ok(()) => vault.delivered(&delivery).await?,
                Err(why) => {
                    tracing::warn!(event.id = %delivery.event.id, way, reason = why, "not told");
                    vault.not_delivered(&delivery, &why).await?;
                }
            }
        }
        Ok(())
    }

    fn addresses(&self, event: &Event) -> Vec<(Way, String)> {
        let Some(contacts) = self.contacts.get(&event.app) else {
            return Vec::new();
        };
        let hooks = contacts
            .webhooks
            .iter()
            .map(|hook| (Way::Webhook, hook.url.clone()));
        let mut mails = contacts.mails.clone();
        if for_customer(event, contacts).is_some() {
            mails.extend(event.account_email.clone());
        }
        hooks
            .chain(mails.into_iter().map(|to| (Way::Mail, to)))
            .collect()
    }

    async fn post(&self, vault: &Vault, delivery: &Delivery) -> Result<(), String> {
        let event = &delivery.event;
        let contacts = self.contacts_of(event)?;
        let hook = contacts
            .webhooks
            .iter()
            .find(|hook| hook.url == delivery.target);
        let hook = hook.ok_or("this webhook is not configured any more")?;
        let number = match event.happening {
            Happening::Expiring { days } => json!({ "daysLeft": days }),
            Happening::AppRefused { number } => json!({ "code": number }),
            Happening::NeedsReconnect | Happening::Recovered => json!({}),
        };
        let body = json!({
            "id": event.id,
            "type": event.happening.kind(),
            "timestamp": event.at.to_rfc3339(),
            "data": {
                "app": event.app.to_string(),
                "connection": event.connection,
                "company": event.principal,
                "companyName": event.name,
                "listing": contacts.listing,
                "detail": number,
            },
        });
        let at = vault.clock().now();
        let sent = self
            .webhooks
            .deliver(&hook.url, &hook.secret, (event.id, at), body.to_string());
        sent.await.map_err(|why| why.to_string())
    }

    async fn write(&self, delivery: &Delivery) -> Result<(), String> {
        let event = &delivery.event;
        let contacts = self.contacts_of(event)?;
        // An address that is both reads what the partner's people do.
        let is_customers = event.account_email.as_ref() == Some(&delivery.target)
            && !contacts.mails.contains(&delivery.target);
        let to_customer = for_customer(event, contacts).filter(|_| is_customers);
        let (subject, text) = to_customer.unwrap_or_else(|| words(event, contacts));
        let letter = Letter {
            kind: "connection",
            id: delivery.id,
            at: event.at,
            from_name: None,
            to: Person::new("", &delivery.target),
            reply_to: None,
            subject,
            text,
            html: None,
        };
        self.mailer
            .send(&letter)
            .await
            .map_err(|why| why.to_string())
    }

    fn contacts_of(&self, event: &Event) -> Result<&Contacts, String> {
        let contacts = self.contacts.get(&event.app);
        contacts.ok_or_else(|| "this app is not configured any more".to_owned())
    }
}

fn for_customer(event: &Event, contacts: &Contacts) -> Option<(String, String)> {
    let words = contacts.to_customer.as_ref()?;
    words(event, &contacts.listing)
}

/// What the partner's own people read.
fn words(event: &Event, contacts: &Contacts) -> (String, String) {
    let app = &contacts.app_name;
    let company = event.name.as_deref().unwrap_or("a customer");
    let listing = &contacts.listing;
    let (subject, what, help) = match event.happening {
        Happening::NeedsReconnect => (
            format!("{company} must connect {app} again"),
            format!(
                "The connection of {company} with {app} has ended at the platform. Nothing is exchanged until it is connected again."
            ),
            format!(
                "An administrator of {company} opens the listing and chooses Connect:\n{listing}"
            ),
        ),
        Happening::Recovered => (
            format!("{company} is connected with {app} again"),
            format!("The connection of {company} with {app} works again."),
            "Nothing has to be done.".to_owned(),
        ),
        Happening::Expiring { days } => (
            format!(
                "{company}: the connection with {app} expires in {}",
                in_words(days)
            ),
            format!(
                "The connection of {company} with {app} could not be refreshed and expires in {}.",
                in_words(days)
            ),
            format!(
                "It is tried again by itself. If the platform refuses, an administrator of {company} connects again:\n{listing}"
            ),
        ),
        Happening::AppRefused { number } => (
            format!("The platform refuses {app} (code {number})"),
            format!(
                "The platform answers refreshes of {app} with error {number}. This is about the app, not about a customer; every connection stands as it did."
            ),
            format!("Check client id, secret and whether the app is enabled:\n{listing}"),
        ),
    };
    (subject, format!("{what}\n\n{help}\n"))
}

fn in_words(days: i64) -> String {
    if days == 1 {
        "1 day".to_owned()
    } else {
        format!("{days} days")
    }
}
