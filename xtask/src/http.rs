//! A small HTTP/1.1 client for the loopback address: single requests, and kept connections for load.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use anyhow::{Context, Result, bail};

const TIMEOUT: Duration = Duration::from_secs(30);
const HEAD_BYTES_MAX: usize = 64 * 1024;
const BODY_BYTES_MAX: usize = 16 * 1024 * 1024;

/// One answer.
pub struct Response {
    pub status: u16,
    head: String,
    pub body: Vec<u8>,
    /// Bytes of head and body as they came over the wire.
    pub wire_bytes: u64,
}

impl Response {
    /// The first header of that name.
    pub fn header(&self, name: &str) -> Option<&str> {
        header(&self.head, name)
    }
}

/// `GET path`, on a connection of its own.
pub fn get(address: SocketAddr, path: &str, headers: &[(&str, &str)]) -> Result<Response> {
    send(address, "GET", path, headers, b"")
}

/// Any request, on a connection of its own.
pub fn send(
    address: SocketAddr,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> Result<Response> {
    let mut connection = Connection::open(address)?;
    let mut request = request_head(method, address, path, headers);
    if !body.is_empty() || method != "GET" {
        request.push_str(&format!("Content-Length: {}\r\n", body.len()));
    }
    request.push_str("Connection: close\r\n\r\n");
    connection.write(request.as_bytes())?;
    connection.write(body)?;
    connection.read_response()
}

/// The bytes of a GET that keeps its connection.
pub fn keep_alive_get(address: SocketAddr, path: &str, headers: &[(&str, &str)]) -> Vec<u8> {
    (request_head("GET", address, path, headers) + "\r\n").into_bytes()
}

fn request_head(method: &str, address: SocketAddr, path: &str, headers: &[(&str, &str)]) -> String {
    let mut head = format!("{method} {path} HTTP/1.1\r\nHost: {address}\r\n");
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head
}

/// A kept connection. Refuses any address that is not loopback: load never leaves this machine.
pub struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    pub fn open(address: SocketAddr) -> Result<Self> {
        if !address.ip().is_loopback() {
            bail!("{address} is not a loopback address");
        }
        let stream = TcpStream::connect_timeout(&address, TIMEOUT)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(TIMEOUT))?;
        stream.set_write_timeout(Some(TIMEOUT))?;
        Ok(Self { stream, buffer: Vec::with_capacity(8 * 1024) })
    }

    pub fn write(&mut self, bytes: &[u8]) -> Result<()> {
        Ok(self.stream.write_all(bytes)?)
    }

    /// Sends a POST and reads its answer; the connection stays for the next.
    pub fn post(
        &mut self,
        address: SocketAddr,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Result<Response> {
        let mut request = request_head("POST", address, path, headers);
        request.push_str(&format!("Content-Length: {}\r\n\r\n", body.len()));
        // In one write: the kernel would hold the second back for an acknowledgement of the first.
        let mut bytes = request.into_bytes();
        bytes.extend_from_slice(body);
        self.write(&bytes)?;
        let response = self.read_response()?;
        self.buffer.clear();
        Ok(response)
    }

    /// Reads one answer and returns its status; nothing is kept of it. For load.
    pub fn read_status(&mut self) -> Result<u16> {
        let head_end = self.read_head()?;
        let head = std::str::from_utf8(&self.buffer[..head_end])?;
        let status = status(head)?;
        let length: usize =
            header(head, "content-length").context("an answer without Content-Length")?.parse()?;
        self.fill(head_end + length)?;
        self.buffer.drain(..head_end + length);
        Ok(status)
    }

    fn read_response(&mut self) -> Result<Response> {
        let head_end = self.read_head()?;
        let head = String::from_utf8(self.buffer[..head_end].to_vec())?;
        let status = status(&head)?;
        let chunked =
            header(&head, "transfer-encoding").is_some_and(|value| value.eq_ignore_ascii_case("chunked"));
        let (body, wire_length) = match header(&head, "content-length") {
            Some(length) => {
                let length = length.parse()?;
                self.fill(head_end + length)?;
                (self.buffer[head_end..head_end + length].to_vec(), length)
            }
            None => {
                self.fill_to_end()?;
                let wire = &self.buffer[head_end..];
                (if chunked { unchunked(wire)? } else { wire.to_vec() }, wire.len())
            }
        };
        Ok(Response { status, head, body, wire_bytes: (head_end + wire_length) as u64 })
    }

    fn read_head(&mut self) -> Result<usize> {
        let mut searched = 0;
        loop {
            if let Some(at) = self.buffer[searched..].windows(4).position(|four| four == b"\r\n\r\n") {
                return Ok(searched + at + 4);
            }
            searched = self.buffer.len().saturating_sub(3);
            if self.buffer.len() > HEAD_BYTES_MAX {
                bail!("an answer's head is longer than {HEAD_BYTES_MAX} bytes");
            }
            if self.read_some()? == 0 {
                bail!("the server closed the connection without an answer");
            }
        }
    }

    fn fill(&mut self, length: usize) -> Result<()> {
        while self.buffer.len() < length {
            if length > BODY_BYTES_MAX || self.read_some()? == 0 {
                bail!("an answer's body is cut short or too long");
            }
        }
        Ok(())
    }

    fn fill_to_end(&mut self) -> Result<()> {
        while self.read_some()? > 0 {
            if self.buffer.len() > BODY_BYTES_MAX {
                bail!("an answer is longer than {BODY_BYTES_MAX} bytes");
            }
        }
        Ok(())
    }

    fn read_some(&mut self) -> Result<usize> {
        let mut chunk = [0; 16 * 1024];
        let read = self.stream.read(&mut chunk)?;
        self.buffer.extend_from_slice(&chunk[..read]);
        Ok(read)
    }
}

fn status(head: &str) -> Result<u16> {
    let code = head.split(' ').nth(1).context("an answer without a status")?;
    Ok(code.parse()?)
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines().skip(1).find_map(|line| {
        let (found, value) = line.split_once(':')?;
        found.eq_ignore_ascii_case(name).then(|| value.trim())
    })
}

fn unchunked(mut wire: &[u8]) -> Result<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let line_end = wire.windows(2).position(|two| two == b"\r\n").context("a chunk without its size")?;
        let size = std::str::from_utf8(&wire[..line_end])?.split(';').next().unwrap_or_default().trim();
        let size = usize::from_str_radix(size, 16)?;
        if size == 0 {
            return Ok(body);
        }
        let start = line_end + 2;
        body.extend_from_slice(wire.get(start..start + size).context("a chunk is cut short")?);
        wire = wire.get(start + size + 2..).context("a chunk is cut short")?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_are_joined() {
        // RFC 9112, section 7.1: size in hex, extensions ignored, a zero chunk ends the body.
        assert_eq!(unchunked(b"4\r\nWiki\r\n5;x=1\r\npedia\r\n0\r\n\r\n").unwrap(), b"Wikipedia");
        assert!(unchunked(b"4\r\nWi").is_err());
    }

    #[test]
    fn load_never_leaves_this_machine() {
        assert!(Connection::open("10.0.0.1:80".parse().unwrap()).is_err());
    }
}
