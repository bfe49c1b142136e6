//! The signatures in a delivery's headers, read as far as they can be.

use data_encoding::{BASE64, HEXLOWER, HEXLOWER_PERMISSIVE};
use jiff::Timestamp;

use super::{
    super::{
        secrets::OLD_SECRETS_MAX,
        signature::{
            HEADER_ID, HEADER_SIGNATURE, HEADER_STANDARD, HEADER_TIMESTAMP, SCHEME, STANDARD_VERSION,
        },
    },
    TOLERANCE_S,
    fault::Fault,
};

/// Header lines that are looked at, at most.
const LINES_MAX: usize = 200;
/// Signatures of `webhook-signature` that are read, at most: twice as many as we ever send.
const SIGNATURES_MAX: usize = 2 * (OLD_SECRETS_MAX + 1);

/// What could be read.
#[derive(Debug, Default)]
pub(super) struct Received<'a> {
    /// Of `X-NFCG-Signature`.
    pub simple: Option<[u8; 32]>,
    /// Of the three headers of Standard Webhooks.
    pub standard: Option<Standard<'a>>,
    id: Option<&'a str>,
}

#[derive(Debug)]
pub(super) struct Standard<'a> {
    pub id: &'a str,
    /// As it stands in its header.
    pub timestamp: &'a str,
    pub signatures: Vec<[u8; 32]>,
}

impl Received<'_> {
    /// Whether the body says that it is of another event than the headers.
    pub fn is_of_another_message(&self, body: &[u8]) -> bool {
        #[derive(serde::Deserialize)]
        struct Named {
            id: String,
        }
        let named = serde_json::from_slice::<Named>(body).ok();
        self.id.zip(named).is_some_and(|(id, named)| id != named.id)
    }
}

pub(super) fn read(text: &str, now: Timestamp) -> (Received<'_>, Vec<Fault>) {
    let mut faults = Vec::new();
    let mut find = |name: &'static str| {
        let mut values =
            lines(text).filter(|(line, _)| line.eq_ignore_ascii_case(name)).map(|(_, value)| value);
        let first = values.next();
        if values.next().is_some() {
            faults.push(Fault::HeaderDoubled(name));
        }
        first
    };
    let (simple, id) = (find(HEADER_SIGNATURE), find(HEADER_ID));
    let (timestamp, standard) = (find(HEADER_TIMESTAMP), find(HEADER_STANDARD));

    if simple.is_none() && standard.is_none() {
        faults.push(Fault::NoSignature);
    }
    let mut received = Received { simple: None, standard: None, id };
    if let Some(value) = simple {
        match read_simple(value) {
            Ok((signature, fault)) => {
                received.simple = Some(signature);
                faults.extend(fault);
            }
            Err(fault) => faults.push(fault),
        }
    }
    if let Some(timestamp) = timestamp {
        faults.extend(check_time(timestamp, now));
    }
    // Without any of the three, the receiver goes by the single header.
    if id.is_some() || timestamp.is_some() || standard.is_some() {
        for (name, value) in [(HEADER_ID, id), (HEADER_TIMESTAMP, timestamp), (HEADER_STANDARD, standard)] {
            if value.is_none() && !faults.contains(&Fault::NoSignature) {
                faults.push(Fault::HeaderMissing(name));
            }
        }
    }
    if let Some(value) = standard {
        match read_standard(value) {
            Ok((signatures, fault)) => {
                faults.extend(fault);
                received.standard =
                    id.zip(timestamp).map(|(id, timestamp)| Standard { id, timestamp, signatures });
            }
            Err(fault) => faults.push(fault),
        }
    }
    (received, faults)
}

/// The event that a delivery's headers name.
#[must_use]
pub fn message_id(text: &str) -> Option<&str> {
    lines(text).find(|(name, _)| name.eq_ignore_ascii_case(HEADER_ID)).map(|(_, value)| value)
}

/// Name and value of each line; `curl -v` puts a mark before them.
fn lines(text: &str) -> impl Iterator<Item = (&str, &str)> {
    text.lines().take(LINES_MAX).filter_map(|line| {
        let (name, value) = line.trim_start_matches(['>', '<', ' ']).split_once(':')?;
        Some((name.trim(), value.trim()))
    })
}

type Readable<T> = Result<(T, Option<Fault>), Fault>;

fn read_simple(value: &str) -> Readable<[u8; 32]> {
    if value.starts_with(STANDARD_VERSION) {
        return Err(Fault::HeadersSwapped);
    }
    let (text, prefix) = match value.strip_prefix(SCHEME) {
        Some(text) => (text, None),
        None => (value, Some(Fault::PrefixMissing)),
    };
    if let Some(signature) = bytes(HEXLOWER.decode(text.as_bytes())) {
        return Ok((signature, prefix));
    }
    if let Some(signature) = bytes(HEXLOWER_PERMISSIVE.decode(text.as_bytes())) {
        return Ok((signature, Some(Fault::HexUppercase)));
    }
    if let Some(signature) = bytes(BASE64.decode(text.as_bytes())) {
        return Ok((signature, Some(Fault::Base64ForHex)));
    }
    Err(Fault::Unreadable(HEADER_SIGNATURE))
}

fn read_standard(value: &str) -> Readable<Vec<[u8; 32]>> {
    if value.starts_with(SCHEME) {
        return Err(Fault::HeadersSwapped);
    }
    let (mut signatures, mut fault) = (Vec::new(), None);
    let texts = value.split(' ').filter_map(|part| part.strip_prefix(STANDARD_VERSION));
    for text in texts.take(SIGNATURES_MAX) {
        if let Some(signature) = bytes(BASE64.decode(text.as_bytes())) {
            signatures.push(signature);
        } else if let Some(signature) = bytes(HEXLOWER_PERMISSIVE.decode(text.as_bytes())) {
            signatures.push(signature);
            fault = Some(Fault::HexForBase64);
        }
    }
    if signatures.is_empty() { Err(Fault::Unreadable(HEADER_STANDARD)) } else { Ok((signatures, fault)) }
}

fn bytes(decoded: Result<Vec<u8>, data_encoding::DecodeError>) -> Option<[u8; 32]> {
    decoded.ok()?.try_into().ok()
}

fn check_time(timestamp: &str, now: Timestamp) -> Option<Fault> {
    let is_number = !timestamp.is_empty() && timestamp.bytes().all(|byte| byte.is_ascii_digit());
    let Some(sent_s) = timestamp.parse::<i64>().ok().filter(|_| is_number) else {
        return Some(Fault::TimestampUnreadable);
    };
    let age_s = now.as_second().saturating_sub(sent_s);
    if age_s.unsigned_abs() <= TOLERANCE_S.unsigned_abs() {
        return None;
    }
    let of_milliseconds_s = now.as_second().saturating_sub(sent_s / 1_000);
    if of_milliseconds_s.abs() <= 366 * 86_400 {
        return Some(Fault::TimestampInMilliseconds);
    }
    Some(if age_s > 0 { Fault::TimestampOld { age_s } } else { Fault::TimestampAhead { ahead_s: -age_s } })
}
