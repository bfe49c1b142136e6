//! One request and its answer, read no further than is kept.

use std::time::Duration;

use domain::webhooks::AttemptError;
use http_body_util::{BodyExt as _, Full};
use hyper::{
    HeaderMap, Request, Response,
    body::Incoming,
    header::{CONTENT_TYPE, HOST, RETRY_AFTER, USER_AGENT},
};
use tokio::time::{Instant, timeout};

use super::{ANSWER_BYTES_MAX, Kept, Outgoing, Progress, Target};

/// How long an answer's body is waited for once its head is there: the head has decided already.
const BODY_MAX: Duration = Duration::from_secs(3);
const AGENT: &str = concat!("NFCGate-Webhooks/", env!("CARGO_PKG_VERSION"));

/// An answer, as far as it is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    /// Names and values, in the order in which they came.
    pub headers: Vec<(String, String)>,
    pub retry_after: Option<String>,
    /// The first [`ANSWER_BYTES_MAX`] bytes.
    pub body: Vec<u8>,
    /// Whether there was more, or it did not come in time.
    pub truncated: bool,
}

/// Headers that every request has, beside those it is given.
pub const OWN_HEADERS: [(&str, &str); 2] = [("content-type", "application/json"), ("user-agent", AGENT)];

/// Sends and reads. True if the connection can be used again.
pub(super) async fn exchange(
    connection: &mut Kept,
    target: &Target,
    outgoing: &Outgoing,
    progress: &mut Progress,
) -> Result<bool, AttemptError> {
    let request = request(target, outgoing)?;
    let sent = Instant::now();
    // The sender is taken out so that it can work while the connection is driven.
    connection.touch();
    let sending = connection.sender.send_request(request);
    let response = connection.drive(sending).await.map_err(|error| lost(&error))?;
    progress.timing.first_byte = Some(sent.elapsed());
    let (head, body) = Response::into_parts(response);
    let answer = progress.answer.insert(Answer {
        status: head.status.as_u16(),
        headers: readable(&head.headers),
        retry_after: head.headers.get(RETRY_AFTER).and_then(|value| value.to_str().ok()).map(str::to_owned),
        body: Vec::new(),
        truncated: true,
    });
    let is_whole = timeout(BODY_MAX, connection.drive(read(body, &mut answer.body))).await.unwrap_or(false);
    answer.truncated = !is_whole;
    connection.touch();
    Ok(is_whole)
}

fn request(target: &Target, outgoing: &Outgoing) -> Result<Request<Full<hyper::body::Bytes>>, AttemptError> {
    let mut request = Request::post(&target.path)
        .header(HOST, &target.authority)
        .header(CONTENT_TYPE, OWN_HEADERS[0].1)
        .header(USER_AGENT, AGENT);
    for (name, value) in &outgoing.headers {
        request = request.header(*name, value);
    }
    request.body(Full::new(outgoing.body.clone())).map_err(|_| AttemptError::NotSent)
}

/// Reads up to the limit; true if the body came to its end before.
async fn read(mut body: Incoming, into: &mut Vec<u8>) -> bool {
    while let Some(frame) = body.frame().await {
        let Ok(frame) = frame else { return false };
        let Some(data) = frame.data_ref() else { continue };
        let room = ANSWER_BYTES_MAX - into.len();
        into.extend_from_slice(&data[..data.len().min(room)]);
        if data.len() > room {
            return false;
        }
    }
    true
}

fn readable(headers: &HeaderMap) -> Vec<(String, String)> {
    let text = |value: &[u8]| String::from_utf8_lossy(value).into_owned();
    headers.iter().map(|(name, value)| (name.as_str().to_owned(), text(value.as_bytes()))).collect()
}

fn lost(error: &hyper::Error) -> AttemptError {
    if error.is_parse() || error.is_parse_too_large() || error.is_parse_status() {
        AttemptError::BadAnswer
    } else {
        AttemptError::ConnectionLost
    }
}
