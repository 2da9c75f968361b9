//! A mail server on the loopback address that keeps what it is given.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// What the server says to each mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manners {
    Takes,
    /// Refuses every reader with 550.
    Refuses,
    /// Is busy: 451.
    Busy,
    /// Takes the connection and never says a word.
    Silent,
}

/// A mail as the server got it.
#[derive(Clone, Debug)]
pub struct Received {
    pub from: String,
    pub to: String,
    /// Base64 of what the client proved itself with (`AUTH PLAIN`), if it did.
    pub credentials: Option<String>,
    pub data: String,
}

/// Listens until it is dropped.
pub struct SmtpServer {
    pub port: u16,
    received: Arc<Mutex<Vec<Received>>>,
    listening: JoinHandle<()>,
}

impl SmtpServer {
    pub async fn start(manners: Manners) -> SmtpServer {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let port = listener.local_addr().expect("bound").port();
        let received = Arc::new(Mutex::new(Vec::new()));
        let kept = received.clone();
        let listening = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, manners, kept.clone()));
            }
        });
        SmtpServer {
            port,
            received,
            listening,
        }
    }

    /// The mails so far, oldest first.
    pub fn received(&self) -> Vec<Received> {
        self.received.lock().expect("no test panicked here").clone()
    }
}

impl Drop for SmtpServer {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

async fn serve(stream: TcpStream, manners: Manners, kept: Arc<Mutex<Vec<Received>>>) {
    if manners == Manners::Silent {
        return std::future::pending().await;
    }
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    let mut mail = blank();
    let mut say = "220 ready\r\n".to_owned();
    loop {
        if write.write_all(say.as_bytes()).await.is_err() {
            return;
        }
        let Ok(Some(line)) = lines.next_line().await else {
            return;
        };
        let word = line.split([' ', ':']).next().unwrap_or_default();
        say = match word.to_ascii_uppercase().as_str() {
            "EHLO" => "250-here\r\n250-8BITMIME\r\n250 AUTH PLAIN\r\n".to_owned(),
            "AUTH" => {
                mail.credentials = line.split(' ').nth(2).map(str::to_owned);
                "235 you are\r\n".to_owned()
            }
            "MAIL" => {
                mail.from = line;
                "250 go on\r\n".to_owned()
            }
            "RCPT" => {
                mail.to = line;
                match manners {
                    Manners::Refuses => "550 nobody here is called that\r\n".to_owned(),
                    Manners::Busy => "451 not now\r\n".to_owned(),
                    _ => "250 go on\r\n".to_owned(),
                }
            }
            "DATA" => {
                if write.write_all(b"354 go on\r\n").await.is_err() {
                    return;
                }
                while let Ok(Some(line)) = lines.next_line().await {
                    if line == "." {
                        break;
                    }
                    let line = line.strip_prefix('.').unwrap_or(&line);
                    mail.data.push_str(line);
                    mail.data.push_str("\r\n");
                }
                let whole = std::mem::replace(&mut mail, blank());
                kept.lock().expect("no test panicked here").push(whole);
                "250 taken\r\n".to_owned()
            }
            "QUIT" => "221 bye\r\n".to_owned(),
            _ => "250 as you like\r\n".to_owned(),
        };
    }
}

fn blank() -> Received {
    Received {
        from: String::new(),
        to: String::new(),
        credentials: None,
        data: String::new(),
    }
}
