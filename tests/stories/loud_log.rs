//! The log at its loudest.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, OnceLock};

use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// The log of this process, those of libraries included.
#[derive(Clone, Default)]
pub struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    /// One for all tests of a process.
    pub fn begin() -> Log {
        static LOG: OnceLock<Log> = OnceLock::new();
        let begun = LOG.get_or_init(|| {
            let log = Log::default();
            // What drives the browser says what it types.
            let loud = Targets::new()
                .with_default(LevelFilter::TRACE)
                .with_target("thirtyfour", LevelFilter::OFF);
            let written = tracing_subscriber::fmt::layer()
                .with_ansi(false)
                .with_writer(log.clone());
            tracing_subscriber::registry()
                .with(loud)
                .with(written)
                .init();
            log
        });
        begun.clone()
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned()
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Log;
    fn make_writer(&'a self) -> Log {
        self.clone()
    }
}

/// The line of a log in which something was found.
pub fn around(text: &str, found: &str) -> String {
    let line = text.lines().find(|line| line.contains(found));
    line.unwrap_or_default().chars().take(600).collect()
}

/// The first signed token of a text: three parts, of which two begin as JSON does. Empty when there
/// is none.
pub fn signed_token(text: &str) -> &str {
    let of_token = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    let mut words = text.split(|c: char| !of_token(c));
    let is_token = |word: &&str| word.starts_with("eyJ") && word.contains(".eyJ");
    words.find(is_token).unwrap_or_default()
}

#[test]
fn a_signed_token_is_known_by_its_shape() {
    let token = "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJ4In0.c2ln";
    assert_eq!(
        signed_token(&format!("{{\"id_token\":\"{token}\"}}")),
        token
    );
    assert_eq!(signed_token("value=\"KThpdAw9F7BWWdZapGJeyJ-Y\""), "");
}
