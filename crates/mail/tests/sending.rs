//! Mails through a mail server and into an outbox.

use std::time::{Duration, Instant};

use mail::{Config, ConfigError, Letter, Mailer, Person, SendError, outbox};
use protocol::Timestamp;
use testkit::smtp::{Manners, SmtpServer};
use uuid::Uuid;

const TEXT: &str = "Good day, Ren\u{e9}e.\n\n.A line that begins with a dot stays whole.\n";

fn letter(number: u128) -> Letter {
    Letter {
        kind: "test",
        id: Uuid::from_u128(number),
        at: Timestamp::from_seconds(1_795_000_000 + i64::try_from(number).unwrap()),
        from_name: Some("Meridian".to_owned()),
        to: Person::new("Ren\u{e9}e Holm", "renee@brackwater.example"),
        reply_to: Some(Person::new("", "help@meridian.example")),
        subject: format!("Number {number} \u{2013} caf\u{e9}"),
        text: TEXT.to_owned(),
        html: Some("<p>Good day, Ren\u{e9}e.</p>".to_owned()),
    }
}

fn config(text: &str) -> Config {
    toml::from_str(text).unwrap()
}

fn smtp(server: &SmtpServer, more: &str) -> Mailer {
    let text = format!(
        "from = \"Quick Connect <no-reply@connect.example>\"\n[smtp]\nhost = \"127.0.0.1\"\nport = {}\n{more}\n",
        server.port
    );
    Mailer::new(&config(&text)).unwrap()
}

#[tokio::test]
async fn a_mail_server_gets_the_mail_whole() {
    let server = SmtpServer::start(Manners::Takes).await;
    let mailer = smtp(&server, "tls = \"none\"");
    mailer.send(&letter(1)).await.unwrap();
    let received = server.received();
    assert_eq!(received.len(), 1);
    assert!(received[0].from.contains("<no-reply@connect.example>"));
    assert!(received[0].to.contains("<renee@brackwater.example>"));
    assert_eq!(received[0].credentials, None);
    // Read it as its reader's program would.
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("1.eml"), &received[0].data).unwrap();
    let mail = outbox::read(folder.path(), "1.eml").unwrap().unwrap();
    assert_eq!(mail.text.trim_end(), TEXT.trim_end());
    assert_eq!(mail.subject, "Number 1 \u{2013} caf\u{e9}");
    assert!(mail.html.unwrap().contains("Ren\u{e9}e"));
    assert!(mail.from.contains("Meridian"));
}

#[tokio::test]
async fn it_proves_itself_with_a_password_from_a_file() {
    let server = SmtpServer::start(Manners::Takes).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("password");
    std::fs::write(&file, "pa\"ss word\n").unwrap();
    let more = format!(
        "tls = \"none\"\nuser = \"quick\"\npassword_file = \"{}\"",
        file.display()
    );
    let mailer = smtp(&server, &more);
    mailer.send(&letter(1)).await.unwrap();
    let credentials = server.received()[0].credentials.clone().unwrap();
    assert_eq!(credentials, "AHF1aWNrAHBhInNzIHdvcmQ=");
    assert!(!format!("{mailer:?}").contains("pa\"ss"));
}

#[tokio::test]
async fn without_tls_nothing_is_sent_that_was_to_go_in_tls() {
    // The server offers no STARTTLS, as it would look behind somebody who strips it.
    let server = SmtpServer::start(Manners::Takes).await;
    let mailer = smtp(
        &server,
        "tls = \"starttls\"\nuser = \"quick\"\npassword = \"secret\"",
    );
    assert!(mailer.send(&letter(1)).await.is_err());
    assert!(server.received().is_empty());
}

#[tokio::test]
async fn a_refusal_and_a_bad_moment_are_told_apart() {
    let refusing = SmtpServer::start(Manners::Refuses).await;
    let busy = SmtpServer::start(Manners::Busy).await;
    let refused = smtp(&refusing, "tls = \"none\"").send(&letter(1)).await;
    assert!(matches!(refused, Err(SendError::Refused(_))), "{refused:?}");
    let later = smtp(&busy, "tls = \"none\"").send(&letter(1)).await;
    assert!(matches!(later, Err(SendError::Unavailable(_))), "{later:?}");
    let told = format!("{refused:?}{later:?}");
    assert!(
        !told.contains("renee"),
        "the log is no address book: {told}"
    );
    let port = busy.port;
    drop(busy);
    let away = format!(
        "from = \"a@b.example\"\n[smtp]\nhost = \"127.0.0.1\"\nport = {port}\ntls = \"none\""
    );
    let nobody = Mailer::new(&config(&away)).unwrap().send(&letter(1)).await;
    assert!(
        matches!(nobody, Err(SendError::Unavailable(_))),
        "{nobody:?}"
    );
}

#[tokio::test]
async fn a_silent_mail_server_is_not_waited_for_long() {
    let server = SmtpServer::start(Manners::Silent).await;
    let mailer = smtp(&server, "tls = \"none\"\ntimeout_seconds = 1");
    let begun = Instant::now();
    let sent = mailer.send(&letter(1)).await;
    assert!(matches!(sent, Err(SendError::Unavailable(_))), "{sent:?}");
    assert!(begun.elapsed() < Duration::from_secs(10));
}

#[tokio::test]
async fn an_outbox_holds_whole_mails_newest_last() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().join("outbox");
    assert!(outbox::names(&folder).unwrap().is_empty());
    let mailer = Mailer::into_outbox(&folder);
    for number in [2, 1, 12] {
        mailer.send(&letter(number)).await.unwrap();
    }
    std::fs::write(folder.join(".half.eml"), "Subject: half").unwrap();
    let names = outbox::names(&folder).unwrap();
    let subjects: Vec<String> = names
        .iter()
        .map(|name| outbox::read(&folder, name).unwrap().unwrap().subject)
        .collect();
    assert_eq!(
        subjects,
        ["Number 1 – café", "Number 2 – café", "Number 12 – café"]
    );
    let mail = outbox::read(&folder, &names[0]).unwrap().unwrap();
    assert_eq!(mail.text.trim_end(), TEXT.trim_end());
    assert_eq!(mail.at, letter(1).at);
    for name in ["../secret.eml", "no.eml", ".half.eml", "a/b.eml"] {
        assert!(outbox::read(&folder, name).unwrap().is_none(), "{name}");
    }
}

#[tokio::test]
async fn nothing_is_sent_where_nothing_is_configured() {
    let mailer = Mailer::new(&Config::default()).unwrap();
    assert!(!mailer.sends());
    let sent = mailer.send(&letter(1)).await;
    assert!(matches!(sent, Err(SendError::NoWay)), "{sent:?}");
}

#[test]
fn what_is_wrong_with_a_configuration_is_found_on_start() {
    let wrong = |text: &str| Mailer::new(&config(text)).unwrap_err();
    let clear = "from = \"a@b.example\"\n[smtp]\nhost = \"mail.example\"\ntls = \"none\"";
    assert!(matches!(wrong(clear), ConfigError::ClearText(_)));
    let nobody = "[smtp]\nhost = \"mail.example\"";
    assert!(matches!(wrong(nobody), ConfigError::FromMissing));
    let unreadable = "from = \"nobody\"\n[smtp]\nhost = \"mail.example\"";
    assert!(matches!(wrong(unreadable), ConfigError::FromUnreadable));
    let both = "from = \"a@b.example\"\noutbox = \"x\"\n[smtp]\nhost = \"mail.example\"";
    assert!(matches!(wrong(both), ConfigError::TwoWays));
    let half = "from = \"a@b.example\"\n[smtp]\nhost = \"mail.example\"\nuser = \"me\"";
    assert!(matches!(wrong(half), ConfigError::Credentials));
    let lost = format!("{half}\npassword_file = \"/nowhere\"");
    assert!(matches!(wrong(&lost), ConfigError::PasswordFile(..)));
    assert!(toml::from_str::<Config>("form = \"a@b.example\"").is_err());
    let shown = format!("{:?}", config(&format!("{half}\npassword = \"hidden\"")));
    assert!(!shown.contains("hidden"), "{shown}");
}
