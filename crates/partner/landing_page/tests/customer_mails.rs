//! Mails that tell customers of their connections, in the language that each of them reads.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may stop")]

mod stage;

use std::collections::HashMap;
use std::time::Duration;

use client::{Addresses, WebhookSender};
use landing_page::{Language, words_to_customers};
use mail::outbox::Mail;
use stage::{Browser, COMPANY, LEDGER, Stage, link};
use uuid::Uuid;
use vault::{Account, Contacts, Notifier};

const LISTING: &str = "https://platform.example/listings/ledger";
const CUSTOMER: &str = "maren@brackwater.example";
const STAFF: &str = "operations@partner.example";
const CONFIRM: &str = "/connect/ledger/confirm";

fn company() -> Uuid {
    COMPANY.parse().unwrap()
}

fn reading(stage: &Stage, language: &'static str) -> Browser {
    let mut browser = stage.browser();
    browser.accepts = language;
    browser
}

/// Signs up in a browser of this language and connects.
async fn connected(stage: &Stage, language: &'static str) -> Browser {
    let mut browser = reading(stage, language);
    browser.open(&link("ledger", COMPANY)).await;
    let page = browser.signs_up().await;
    let done = browser.submit(&page, CONFIRM, &[]).await;
    done.leads_to("/connect/ledger/done");
    browser
}

/// Signs in to the account in a browser of this language.
async fn signed_in(stage: &Stage, language: &'static str) -> Browser {
    let mut browser = reading(stage, language);
    let page = browser.open(&link("ledger", COMPANY)).await;
    let account = [("email", CUSTOMER), ("password", "correct horse battery")];
    let next = browser
        .submit(&page, "/connect/ledger/sign-in", &account)
        .await;
    next.leads_to(CONFIRM);
    browser
}

async fn account(stage: &Stage) -> Account {
    let found = stage.vault.account_by_email(LEDGER, CUSTOMER).await;
    found.unwrap().unwrap()
}

/// What is told from now on, where the app speaks these languages.
async fn told(stage: &Stage, languages: &[Language]) -> Vec<Mail> {
    let before = stage.mails().len();
    let mut app = stage.app("ledger");
    app.languages = languages.to_vec();
    let contacts = Contacts {
        app_name: app.name.clone(),
        listing: LISTING.into(),
        webhooks: Vec::new(),
        mails: vec![STAFF.into()],
        to_customer: Some(words_to_customers(&app)),
    };
    let contacts = HashMap::from([(LEDGER, contacts)]);
    let sender = WebhookSender::new(Addresses::Any).unwrap();
    let notifier = Notifier::new(contacts, sender, stage.mailer());
    let broker = stage.partner.broker().clone().notifying(notifier);
    broker.keep_once().await.unwrap();
    // What comes later is sorted behind it.
    stage.clock.advance(Duration::from_secs(1));
    stage.mails().split_off(before)
}

/// The platform ends the connection, and whoever asks for a token learns it.
async fn ends(stage: &Stage) {
    let broker = stage.partner.broker();
    let held = broker.access_token(LEDGER, company()).await.unwrap();
    stage.refuse(108);
    let refused = broker.access_token_after(LEDGER, company(), &held).await;
    assert!(refused.is_err());
    stage.platform.lock().unwrap().refuse_with = None;
}

fn to<'a>(mails: &'a [Mail], whom: &str) -> &'a Mail {
    let mut found = mails.iter().filter(|mail| mail.to.contains(whom));
    let first = found.next().unwrap();
    assert!(found.next().is_none(), "one mail to {whom}");
    first
}

#[tokio::test]
async fn s50_a_customer_is_written_to_in_the_language_it_last_read_and_the_staff_in_english() {
    let stage = Stage::set().await;
    connected(&stage, "de-AT, en;q=0.3").await;
    assert_eq!(account(&stage).await.language.as_deref(), Some("de"));
    ends(&stage).await;
    let mails = told(&stage, &Language::ALL).await;
    assert_eq!(mails.len(), 2);
    let mail = to(&mails, CUSTOMER);
    assert_eq!(
        mail.subject,
        "Brackwater Instruments Inc. muss App ledger erneut verbinden"
    );
    assert!(
        mail.text.starts_with(
            "Die Verbindung von Brackwater Instruments Inc. mit App ledger wurde bei Example Spend \
             beendet."
        ) && mail.text.contains(&format!("„Connect“:\n{LISTING}\n")),
        "{}",
        mail.text
    );
    let mail = to(&mails, STAFF);
    assert_eq!(
        mail.subject,
        "Brackwater Instruments Inc. must connect App ledger again"
    );

    // Whoever connects again reads Japanese by now.
    let mut browser = signed_in(&stage, "ja").await;
    assert_eq!(account(&stage).await.language.as_deref(), Some("ja"));
    let page = browser.get(CONFIRM).await;
    browser
        .submit(&page, CONFIRM, &[])
        .await
        .leads_to("/connect/ledger/done");
    let mails = told(&stage, &Language::ALL).await;
    assert_eq!(mails.len(), 2);
    assert_eq!(
        to(&mails, CUSTOMER).subject,
        "Brackwater Instruments Inc. と App ledger の接続が回復しました"
    );
    assert_eq!(
        to(&mails, STAFF).subject,
        "Brackwater Instruments Inc. is connected with App ledger again"
    );
}

#[tokio::test]
async fn an_account_from_before_is_written_to_in_english() {
    let stage = Stage::set().await;
    connected(&stage, "de").await;
    let db = stage.db();
    let mut tx = db.write().await.unwrap();
    tx.execute("UPDATE accounts SET language = NULL", &[])
        .await
        .unwrap();
    tx.commit().await.unwrap();
    ends(&stage).await;
    let mails = told(&stage, &[Language::German, Language::English]).await;
    let mail = to(&mails, CUSTOMER);
    assert_eq!(
        mail.subject,
        "Brackwater Instruments Inc. must connect App ledger again"
    );
    assert!(mail.text.contains("opens the listing"), "{}", mail.text);
}

#[tokio::test]
async fn a_language_that_the_app_speaks_no_more_gives_way_to_its_first() {
    let stage = Stage::set().await;
    connected(&stage, "ja").await;
    ends(&stage).await;
    let mails = told(&stage, &[Language::German, Language::English]).await;
    let subject = &to(&mails, CUSTOMER).subject;
    assert!(subject.ends_with("erneut verbinden"), "{subject}");
}

#[tokio::test]
async fn a_name_turns_no_sentence_of_a_mail_around() {
    let stage = Stage::set().await;
    connected(&stage, "de").await;
    let connection = stage.vault.connection_of(LEDGER, company()).await;
    let id = connection.unwrap().unwrap().id;
    let name = "\u{202E}חברת\u{2069}\nhttps://evil.example הדגמה";
    let named = stage.vault.set_profile(id, Some(name), None).await;
    named.unwrap();
    ends(&stage).await;
    let mails = told(&stage, &Language::ALL).await;
    let mail = to(&mails, CUSTOMER);
    let shown = "\u{2068}חברת https://evil.example הדגמה\u{2069}";
    assert_eq!(
        mail.subject,
        format!("{shown} muss App ledger erneut verbinden")
    );
    assert!(
        mail.text
            .starts_with(&format!("Die Verbindung von {shown} mit App ledger")),
        "{}",
        mail.text
    );
}

#[tokio::test]
async fn a_choice_of_language_holds_for_mails_to_whoever_has_proven_to_own_the_account() {
    let stage = Stage::set().await;
    let mut owner = connected(&stage, "en").await;
    let choose = "/connect/ledger/language";
    let japanese = owner.send("POST", choose, "language=ja".into()).await;
    japanese.leads_to("/connect/ledger");
    assert_eq!(account(&stage).await.language.as_deref(), Some("ja"));

    // Somebody who only types the address changes nothing.
    let mut stranger = reading(&stage, "de");
    let page = stranger.open(&link("ledger", COMPANY)).await;
    let guess = [("email", CUSTOMER), ("password", "guess")];
    let page = stranger
        .submit(&page, "/connect/ledger/sign-in", &guess)
        .await;
    let german = [guess[0], guess[1], ("page-language", "de")];
    let page = stranger
        .submit(&page, "/connect/ledger/sign-in", &german)
        .await;
    page.says("lang=\"de\" dir");
    stranger.send("POST", choose, "language=de".into()).await;
    assert_eq!(account(&stage).await.language.as_deref(), Some("ja"));

    let mut owner = signed_in(&stage, "de").await;
    let page = owner.get(CONFIRM).await;
    owner.submit(&page, choose, &[("language", "en")]).await;
    assert_eq!(account(&stage).await.language.as_deref(), Some("en"));
    let export = stage.vault.export(LEDGER, company()).await;
    assert_eq!(export.unwrap().unwrap()["account"]["language"], "en");
}
