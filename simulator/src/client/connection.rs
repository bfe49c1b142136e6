//! One kept connection to the server.

use std::time::Duration;

use domain::gates::{HEADER_GATE, HEADER_SIGNATURE, HEADER_TIMESTAMP};
use http_body_util::{BodyExt, Full, Limited};
use hyper::{
    Request,
    body::Bytes,
    client::conn::http1::{self, SendRequest},
    header,
};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use super::RunError;

/// A server that takes longer is taken for gone.
const ANSWER_LIMIT: Duration = Duration::from_secs(30);
const ANSWER_BYTES_MAX: usize = 1 << 20;

/// Sends one request after the other; connects when there is no connection.
pub(super) struct Connection {
    address: String,
    open: Option<SendRequest<Full<Bytes>>>,
}

pub(super) struct Answer {
    pub status: u16,
    pub retry_after: Option<Duration>,
    pub body: Bytes,
}

/// What went wrong does not matter: the message is sent again.
#[derive(Debug)]
pub(super) struct NoAnswer;

/// `host:port` of `http://host:port`.
pub(super) fn address(server: &str) -> Result<String, RunError> {
    let wrong = || RunError::Address(server.to_owned());
    let uri: hyper::Uri = server.parse().map_err(|_| wrong())?;
    let host = uri.host().ok_or_else(wrong)?;
    if uri.scheme_str() != Some("http") {
        return Err(wrong());
    }
    Ok(format!("{host}:{}", uri.port_u16().unwrap_or(80)))
}

impl Connection {
    pub fn new(address: String) -> Self {
        Self { address, open: None }
    }

    pub async fn post(
        &mut self,
        path: &str,
        gate: &str,
        timestamp: &str,
        signature: &str,
        body: Vec<u8>,
    ) -> Result<Answer, NoAnswer> {
        let request = Request::post(path)
            .header(header::HOST, &self.address)
            .header(header::CONTENT_TYPE, "application/json")
            .header(HEADER_GATE, gate)
            .header(HEADER_TIMESTAMP, timestamp)
            .header(HEADER_SIGNATURE, signature)
            .body(Full::from(body))
            .map_err(|_| NoAnswer)?;
        let outcome = tokio::time::timeout(ANSWER_LIMIT, self.exchange(request)).await;
        let outcome = outcome.unwrap_or(Err(NoAnswer));
        if outcome.is_err() {
            self.open = None;
        }
        outcome
    }

    async fn exchange(&mut self, request: Request<Full<Bytes>>) -> Result<Answer, NoAnswer> {
        let mut sender = match self.open.take() {
            Some(sender) if !sender.is_closed() => sender,
            _ => connect(&self.address).await?,
        };
        sender.ready().await.map_err(|_| NoAnswer)?;
        let response = sender.send_request(request).await.map_err(|_| NoAnswer)?;
        let (head, body) = response.into_parts();
        let body = Limited::new(body, ANSWER_BYTES_MAX).collect().await.map_err(|_| NoAnswer)?.to_bytes();
        self.open = Some(sender);
        let seconds =
            head.headers.get(header::RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
        let retry_after = seconds.map(Duration::from_secs);
        Ok(Answer { status: head.status.as_u16(), retry_after, body })
    }
}

async fn connect(address: &str) -> Result<SendRequest<Full<Bytes>>, NoAnswer> {
    let stream = TcpStream::connect(address).await.map_err(|_| NoAnswer)?;
    stream.set_nodelay(true).map_err(|_| NoAnswer)?;
    let (sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(|_| NoAnswer)?;
    // Ends with the connection, which ends with its sender.
    tokio::spawn(connection);
    Ok(sender)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_needs_scheme_and_host() {
        assert_eq!(address("http://127.0.0.1:3000").unwrap(), "127.0.0.1:3000");
        assert_eq!(address("http://gate.example").unwrap(), "gate.example:80");
        for wrong in ["127.0.0.1:3000", "https://gate.example", "", "/x"] {
            assert!(address(wrong).is_err(), "{wrong}");
        }
    }
}
