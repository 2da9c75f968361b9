//! Every path of the landing page at 800×600, with the keyboard alone, as axe finds each page; once
//! with JavaScript and once without.

use landing_page::{Config, SignUpField, SignUpStep, Text};
use sandbox::{AppFacts, CompanyFacts};
use testkit::House;
use testkit::browser::Browser;

use crate::actors::SMALL;
use crate::guest::{Guest, connect};

const EMAIL: &str = "books@brackwater.example";
const PHRASE: &str = "a long and private phrase";

/// Meridian Ledger asks something of its own, and Inkfold Invoices is an app for tests.
fn partner(config: &mut Config) {
    let field = |name: &str, label: &str, options: &[&str]| SignUpField {
        name: name.to_owned(),
        label: label.into(),
        help: Text::default(),
        optional: name == "cost_center",
        options: options.iter().map(|&option| option.into()).collect(),
    };
    for app in &mut config.apps {
        match app.slug.as_str() {
            "meridian-ledger" => app.sign_up.push(SignUpStep {
                title: "Your books".into(),
                lead: "So that reports are posted where they belong.".into(),
                fields: vec![
                    field("vat_id", "VAT id", &[]),
                    field(
                        "ledger",
                        "Which ledger do you keep?",
                        &["Northbook", "Southbook"],
                    ),
                    field("cost_center", "Cost center", &[]),
                ],
            }),
            "inkfold-invoices" => app.test = true,
            _ => {}
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn s44_every_path_is_gone_with_the_keyboard_alone() {
    every_path(true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn s44_every_path_is_gone_with_the_keyboard_alone_and_without_javascript() {
    every_path(false).await;
}

async fn every_path(scripts: bool) {
    let house = House::start_with_partner(partner).await;
    let browser = Browser::start(SMALL).await;
    browser.run_scripts(scripts).await;
    let guest = Guest::at(&house, &browser);
    signs_up(&guest).await;
    comes_back(&guest).await;
    brings_a_second_company(&guest).await;
    enters_a_code(&guest).await;
    guesses_codes(&guest).await;
    tries_a_test_app(&guest).await;
    is_stopped(&guest).await;
    assert!(guest.pages() >= 39, "{} pages", guest.pages());
}

/// In several steps, with fields that come back, and once from a mail.
async fn signs_up(guest: &Guest<'_>) {
    let (company, app) = (
        guest.house.company("Brackwater"),
        guest.house.app("Meridian"),
    );
    guest.arrives(company, app).await;
    guest.browser.see("The trial lasts 30 days").await;
    guest.presses("Create account").await;
    guest.sees("About you").await;
    guest.types("Your name", "Maren Holloway").await;
    guest.types("Work email", EMAIL).await;
    guest.types("Password", "short").await;
    guest.presses("Continue").await;
    guest.is_told("One field needs attention", "Password").await;
    guest.types("Password", PHRASE).await;
    guest.presses("Continue").await;

    guest
        .sees("So that reports are posted where they belong")
        .await;
    guest.presses("Continue").await;
    guest.is_told("2 fields need attention", "VAT id").await;
    guest.types("VAT id", "US 38 1122 334").await;
    guest.chooses("Which ledger do you keep?", "South").await;
    guest.presses("Save and finish later").await;
    guest.sees("We have sent you a link to go on with").await;

    let mail = guest.house.mails().pop().unwrap();
    let mut words = mail.text.split_whitespace();
    let link = words.find(|word| word.contains("/resume?key=")).unwrap();
    guest.browser.forget_cookies().await;
    guest.opens(link).await;
    let address = format!("{}/resume", app.connect_uri);
    assert_eq!(
        guest.browser.url().await,
        address,
        "no key in the address bar"
    );
    guest.sees("Go on where you stopped").await;
    guest.types("Password", "not this phrase").await;
    guest.presses("Go on").await;
    guest.is_told("One field needs attention", "Password").await;
    guest.types("Password", PHRASE).await;
    guest.presses("Go on").await;

    // What was entered is there, and the step goes on.
    guest
        .sees("So that reports are posted where they belong")
        .await;
    guest.presses("Continue").await;
    guest
        .sees("One account of Meridian Ledger stands for one company")
        .await;
    guest.browser.see("The trial lasts 30 days").await;
    guest.presses("Continue to confirmation").await;
    guest
        .is_told("3 fields need attention", "Company name")
        .await;
    guest.types("Company name", &company.name).await;
    agrees(guest).await;
    guest.presses("Continue to confirmation").await;
    guest.sees("Nothing has been shared yet").await;
    guest.connects(company).await;

    // The mail's link has done its work.
    guest.opens(link).await;
    guest.sees("This link does not lead on any more").await;
}

async fn agrees(guest: &Guest<'_>) {
    guest.ticks("I agree to the terms and conditions").await;
    guest.ticks("I have read the privacy policy").await;
}

/// A connected company connects again: its account is known, and so is where its data lies.
async fn comes_back(guest: &Guest<'_>) {
    let company = guest.house.company("Brackwater");
    guest.arrives(company, guest.house.app("Meridian")).await;
    guest.types("Email", EMAIL).await;
    guest.types("Password", "not this phrase").await;
    guest.presses("Sign in").await;
    guest.is_told("One field needs attention", "Email").await;
    guest.types("Password", PHRASE).await;
    guest.presses("Sign in").await;
    guest.sees("As when it was connected before").await;
    guest.connects(company).await;
}

/// One account stands for one company, unless somebody says otherwise (SE-24).
async fn brings_a_second_company(guest: &Guest<'_>) {
    let (company, app) = (guest.house.company("Vireo"), guest.house.app("Meridian"));
    guest.arrives(company, app).await;
    guest.types("Email", EMAIL).await;
    guest.types("Password", PHRASE).await;
    guest.presses("Sign in").await;
    guest
        .sees("This account is connected to Brackwater Instruments Inc. already")
        .await;
    guest.presses(&connect(company)).await;
    let second = "Connect a second company to this account";
    guest.is_told("One field needs attention", second).await;
    guest.ticks(second).await;
    guest.connects(company).await;
}

/// Of a contract: wrong, right, and once more for the company that it has connected.
async fn enters_a_code(guest: &Guest<'_>) {
    let (company, app) = (guest.house.company("Vireo"), guest.house.app("Harbor"));
    let code = code(guest.house, app);
    guest.arrives(company, app).await;
    guest.presses("Attempting a reconnect?").await;
    guest.sees("If this company was connected before").await;
    guest.presses("Continue").await;
    guest
        .is_told("3 fields need attention", "Verification code")
        .await;
    agrees(guest).await;
    guest
        .types("Verification code", "AAAA-BBBB-CCCC-DDDD")
        .await;
    guest.presses("Continue").await;
    guest
        .is_told("One field needs attention", "Verification code")
        .await;
    guest.types("Verification code", &code).await;
    guest.presses("Continue").await;
    guest.sees("by the verification code you entered").await;
    guest.connects(company).await;

    guest.arrives(company, app).await;
    guest.types("Verification code", &code).await;
    agrees(guest).await;
    guest.presses("Continue").await;
    guest.sees("As when it was connected before").await;
    guest.connects(company).await;

    guest.arrives(guest.house.company("Brackwater"), app).await;
    guest.types("Verification code", &code).await;
    agrees(guest).await;
    guest.presses("Continue").await;
    guest
        .is_told("One field needs attention", "Verification code")
        .await;
}

fn code(house: &House, app: &AppFacts) -> String {
    let mut codes = house.facts.verification_codes.iter();
    let found = codes.find(|code| code.client_id == app.client_id);
    found.unwrap().code.clone()
}

/// Five attempts; then somebody asks instead.
async fn guesses_codes(guest: &Guest<'_>) {
    let (company, app) = (guest.house.company("Vireo"), guest.house.app("Lanternway"));
    guest.arrives(company, app).await;
    agrees(guest).await;
    for guess in ["AAAA", "CCCC", "DDDD", "EEEE", "FFFF"] {
        guest
            .types("Verification code", &[guess; 4].join("-"))
            .await;
        guest.presses("Continue").await;
        guest.browser.focus_is_on("error-summary").await;
        guest.browser.see("This code is not valid").await;
    }
    guest
        .types("Verification code", "GGGG-GGGG-GGGG-GGGG")
        .await;
    guest.presses("Continue").await;
    guest.sees("Too many").await;
    guest.presses("Back to the code").await;
    guest.sees("No code yet?").await;

    guest.presses("Contact us").await;
    guest.sees("How can we help?").await;
    guest.presses("Send the message").await;
    guest.is_told("4 fields need attention", "Your name").await;
    guest.types("Your name", "Saskia ter Horst").await;
    guest.types("Work email", "saskia@vireo.example").await;
    guest.types("Company", &company.name).await;
    guest
        .types("How can we help?", "Our code is not accepted.")
        .await;
    guest.presses("Send the message").await;
    guest.sees("Your message has arrived").await;
    guest.presses("Back to the connection").await;
    guest.sees("No code yet?").await;
}

/// Every page says that it is one (LP-05).
async fn tries_a_test_app(guest: &Guest<'_>) {
    let (company, app) = (guest.house.company("Vireo"), guest.house.app("Inkfold"));
    guest.arrives(company, app).await;
    guest.browser.see("Inkfold Invoices Test").await;
    guest
        .types("Verification code", &code(guest.house, app))
        .await;
    agrees(guest).await;
    guest.presses("Continue").await;
    guest.sees("This app is for tests").await;
    guest.browser.see("Inkfold Invoices Test").await;
    guest.connects(company).await;
    guest.browser.see("Inkfold Invoices Test").await;
}

/// Without a link, with a part of one, with one that is not ours, and with a change of mind.
async fn is_stopped(guest: &Guest<'_>) {
    let (company, app) = (guest.house.company("Feldmann"), guest.house.app("Sorrel"));
    guest.opens(&app.connect_uri).await;
    guest.sees("Start from App Center").await;
    guest
        .opens(&format!("{}?id={}", app.connect_uri, company.id))
        .await;
    guest.sees("This link is not complete").await;
    let made_up = "requestToken=at-0000000000000000000000000000zz";
    guest
        .opens(&format!("{}?id={}&{made_up}", app.connect_uri, company.id))
        .await;
    signs_up_shortly(guest, company).await;
    guest.presses(&connect(company)).await;
    guest.sees("This link has expired").await;

    guest.arrives(company, app).await;
    signs_up_shortly(guest, company).await;
    guest.presses("This is not my company").await;
    guest.sees("What you entered has been removed").await;
}

async fn signs_up_shortly(guest: &Guest<'_>, company: &CompanyFacts) {
    guest.presses("Create account").await;
    guest.browser.see("About you").await;
    guest.types("Your name", "Annegret Voßberg").await;
    guest.types("Work email", "annegret@feldmann.example").await;
    guest.types("Password", PHRASE).await;
    guest.presses("Continue").await;
    guest.browser.see("Continue to confirmation").await;
    guest.types("Company name", &company.name).await;
    agrees(guest).await;
    guest.presses("Continue to confirmation").await;
    guest.sees("Nothing has been shared yet").await;
}
