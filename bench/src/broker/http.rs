//! The least of an HTTP client: one request under way on a connection that stays open. A runtime's
//! timers are too coarse to send something at a fraction of a millisecond, and cost more.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use crate::Failure;

pub struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

pub struct Answer<'a> {
    pub status: u16,
    pub body: &'a [u8],
}

impl Connection {
    pub fn to(port: u16) -> Result<Connection, Failure> {
        let stream = TcpStream::connect(("127.0.0.1", port))?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Duration::from_secs(30)))?;
        Ok(Connection {
            stream,
            buffer: vec![0; 64 * 1024],
        })
    }

    /// Sends a request, as it goes over the wire, and waits for all of its answer.
    pub fn ask(&mut self, request: &[u8]) -> Result<Answer<'_>, Failure> {
        self.stream.write_all(request)?;
        let mut filled = 0;
        loop {
            let space = self.buffer.get_mut(filled..).unwrap_or_default();
            match self.stream.read(space)? {
                0 => return Err("the connection was closed, or an answer is too long".into()),
                read => filled += read,
            }
            if let Some((head, body)) = parse(&self.buffer[..filled])? {
                let body = head..body;
                let status = std::str::from_utf8(&self.buffer[9..12])?.parse()?;
                let body = &self.buffer[body];
                return Ok(Answer { status, body });
            }
        }
    }
}

/// Where the body begins and ends, once all of it is there.
fn parse(received: &[u8]) -> Result<Option<(usize, usize)>, Failure> {
    let Some(head) = received.windows(4).position(|four| four == b"\r\n\r\n") else {
        return Ok(None);
    };
    let lines = std::str::from_utf8(&received[..head])?.lines();
    let length = lines
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        .ok_or("an answer without its length")?;
    let begins = head + 4;
    let ends = begins + length.1.trim().parse::<usize>()?;
    Ok((received.len() >= ends).then_some((begins, ends)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_whole_when_its_body_is() {
        let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";
        assert_eq!(parse(answer).unwrap(), Some((38, 40)));
        for shorter in 0..answer.len() {
            assert_eq!(parse(&answer[..shorter]).unwrap(), None);
        }
        assert!(parse(b"HTTP/1.1 200 OK\r\n\r\n").is_err());
    }
}
