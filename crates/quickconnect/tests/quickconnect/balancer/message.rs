use std::io::{Error, ErrorKind, Result};

use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader};
use tokio::net::TcpStream;

/// A request or an answer of HTTP/1.1, as it came: head and body.
pub struct Message {
    pub bytes: Vec<u8>,
    /// Whoever sent it closes the connection.
    pub is_last: bool,
}

impl Message {
    /// The next one; none when the connection ended before it began. Of bodies it knows those whose
    /// length stands in the head.
    pub async fn read(from: &mut BufReader<TcpStream>) -> Result<Option<Message>> {
        let mut bytes = Vec::new();
        let (mut length, mut is_last) = (0, false);
        loop {
            let line_at = bytes.len();
            if from.read_until(b'\n', &mut bytes).await? == 0 {
                return if bytes.is_empty() {
                    Ok(None)
                } else {
                    Err(ErrorKind::UnexpectedEof.into())
                };
            }
            let line = String::from_utf8_lossy(&bytes[line_at..]).to_ascii_lowercase();
            let line = line.trim_end();
            if line.is_empty() {
                break;
            }
            match line.split_once(": ") {
                Some(("content-length", number)) => {
                    length = number.parse().map_err(Error::other)?;
                }
                Some(("connection", "close")) => is_last = true,
                Some(("transfer-encoding", how)) => {
                    return Err(Error::other(format!("a body that is {how}")));
                }
                _ => {}
            }
        }
        let head = bytes.len();
        bytes.resize(head + length, 0);
        from.read_exact(&mut bytes[head..]).await?;
        Ok(Some(Message { bytes, is_last }))
    }

    /// With another name in the head for the first that stands there.
    pub fn with(self, name: &str, other: &str) -> Message {
        let name = name.as_bytes();
        let found = self.bytes.windows(name.len()).position(|part| part == name);
        let Some(at) = found else { return self };
        let (before, after) = (&self.bytes[..at], &self.bytes[at + name.len()..]);
        Message {
            bytes: [before, other.as_bytes(), after].concat(),
            is_last: self.is_last,
        }
    }
}
