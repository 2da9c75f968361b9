//! Somebody who finds out half-way that the pages speak another language too: what was typed is kept,
//! with the keyboard alone, once with JavaScript and once without.

use testkit::House;
use testkit::browser::{Browser, Key};

use crate::actors::SMALL;
use crate::guest::Guest;

const EMAIL: &str = "books@brackwater.example";
const PHRASE: &str = "a long and private phrase";

#[tokio::test(flavor = "multi_thread")]
async fn s44_what_was_typed_is_kept_when_the_language_changes() {
    typed_is_kept(true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn s44_what_was_typed_is_kept_when_the_language_changes_without_javascript() {
    typed_is_kept(false).await;
}

async fn typed_is_kept(scripts: bool) {
    let house = House::start_with_partner(|_| {}).await;
    let browser = Browser::start(SMALL).await;
    browser.run_scripts(scripts).await;
    let guest = Guest::at(&house, &browser);
    let (company, app) = (house.company("Brackwater"), house.app("Meridian"));
    guest.arrives(company, app).await;
    guest.presses("Create account").await;
    guest.types("Your name", "Maren Holloway").await;
    guest.types("Work email", EMAIL).await;
    guest.presses("Deutsch").await;
    guest.sees("Damit melden Sie sich an.").await;
    guest.types("Passwort", PHRASE).await;
    // In a field Enter presses the form's own button, not one of the languages that stand before it.
    browser.press(Key::Enter).await;
    guest.sees("Unternehmen und Vereinbarungen").await;

    guest.types("Name des Unternehmens", &company.name).await;
    guest.ticks("Ich stimme den Nutzungsbedingungen").await;
    guest.presses("日本語").await;
    guest.sees("会社の情報と同意事項").await;
    guest.presses("Deutsch").await;
    browser.see("Unternehmen und Vereinbarungen").await;
    guest.ticks("Ich habe die Datenschutzerklärung").await;
    guest.presses("Weiter zur Bestätigung").await;
    guest.sees("Es wurde noch nichts weitergegeben").await;

    // Where nothing is typed, the choice leads back to the page.
    guest.presses("English").await;
    guest.sees("Nothing has been shared yet").await;
    guest.opens(&format!("{}/contact", app.connect_uri)).await;
    guest.types("Your name", "Tom Okafor").await;
    guest.types("Work email", "tom@brackwater.example").await;
    guest.types("Company", "Brackwater").await;
    guest
        .types("How can we help?", "We signed in October.")
        .await;
    guest.presses("日本語").await;
    guest.sees("お問い合わせ内容").await;
    guest.presses("送信する").await;
    guest.sees("お問い合わせを受け付けました").await;
}
