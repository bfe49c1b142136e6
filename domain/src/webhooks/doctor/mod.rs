//! The signature doctor: says why a delivery does not verify.
//!
//! Takes what the receiver saw (headers and body), the secrets that may have signed it, and where it
//! is known the body as it was sent. What can be proven is proven: a fault of secret or body is named
//! when a signature matches once it is undone. Only then is the body judged by its looks, since ours
//! are compact JSON objects that end in their signature; [`Fault::NothingMatches`] leaves open which
//! of two causes it is.
//!
//! | looked at | faults |
//! | --- | --- |
//! | headers | none there, one missing, doubled, swapped, in another encoding |
//! | timestamp | unreadable, in milliseconds, more than 300 s away |
//! | secret | an old one, or that of another endpoint; the new one, while the single header keeps the old |
//! | body | written anew by a JSON library, bytes added, doubly encoded, read in another character set, cut, otherwise changed |
//! | together | headers of another delivery or attempt |

mod body;
mod consult;
mod fault;
mod headers;
#[cfg(test)]
mod tests;

use jiff::Timestamp;

use self::headers::Received;
pub use self::{
    consult::{Consult, Consultation, Finding},
    fault::Fault,
    headers::message_id,
};
use super::{secret::SigningSecret, signature::split_member};
use crate::mac;

/// Furthest that `webhook-timestamp` may lie from now, in seconds (Standard Webhooks).
pub const TOLERANCE_S: i64 = 300;

/// What is brought to the doctor.
#[derive(Debug, Clone, Copy)]
pub struct Specimen<'a> {
    /// As received: lines of `Name: value`. Other headers may stand among them.
    pub headers: &'a str,
    /// As received: the raw bytes.
    pub body: &'a [u8],
    /// The endpoint's secrets that are valid now.
    pub secrets: &'a [SigningSecret],
    /// Secrets that it had, or that its owner's other endpoints have.
    pub others: &'a [OtherSecret],
    /// The body that was sent, without its own signature, where the delivery is known.
    pub original: Option<&'a [u8]>,
    pub now: Timestamp,
}

/// A secret that may have signed as well, or instead.
#[derive(Debug, Clone)]
pub struct OtherSecret {
    pub secret: SigningSecret,
    /// Of one that was replaced: until when it signs too.
    pub valid_until: Option<Timestamp>,
}

/// What the doctor found. Nothing: the delivery verifies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnosis {
    pub faults: Vec<Fault>,
}

impl Diagnosis {
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.faults.is_empty()
    }
}

/// Looks at a delivery.
#[must_use]
pub fn examine(specimen: &Specimen<'_>) -> Diagnosis {
    let (received, mut faults) = headers::read(specimen.headers, specimen.now);
    if received.simple.is_some() || received.standard.is_some() {
        faults.extend(judge(specimen, &received));
    }
    Diagnosis { faults }
}

/// Why the signatures that could be read do not match, if so.
fn judge(specimen: &Specimen<'_>, received: &Received<'_>) -> Option<Fault> {
    let Specimen { body, secrets, others, original, .. } = *specimen;
    let known = || secrets.iter().chain(others.iter().map(|other| &other.secret));
    let as_it_is = Matches::of(received, body, secrets);
    if as_it_is.all(received) {
        return None;
    }
    if as_it_is.any() {
        return Some(keeps_old_secret(received, body, others).unwrap_or(Fault::HeadersDiffer));
    }
    if Matches::of(received, body, others.iter().map(|other| &other.secret)).any() {
        // With the single header alone only the receiver's secret tells an overlap from a mistake.
        let is_present = |other: &OtherSecret| other.valid_until.is_none() && secrets.contains(&other.secret);
        let is_alone = received.standard.is_none() && others.iter().any(is_present);
        let keeps_old = if is_alone { keeps_old_secret(received, body, others) } else { None };
        return Some(keeps_old.unwrap_or(Fault::WrongSecret));
    }
    for (fault, mended) in body::mended(body) {
        if Matches::of(received, &mended, known()).any() {
            return Some(fault);
        }
    }
    if received.is_of_another_message(body) {
        return Some(Fault::OtherMessage);
    }
    let is_own = |(unsigned, signature): (Vec<u8>, [u8; 32])| {
        known().any(|secret| mac::is_signed(secret.body_key(), &[&unsigned], &signature))
    };
    if split_member(body).is_some_and(is_own) {
        return Some(Fault::HeadersDiffer);
    }
    match original {
        Some(original) => Some(match body::first_difference(original, body) {
            Some(at) => Fault::BytesChanged { at },
            // Whole, and by no secret that is known still.
            None => Fault::WrongSecret,
        }),
        None => Some(body::damage(body).unwrap_or(Fault::NothingMatches)),
    }
}

/// While two secrets are valid, the single header stays with the older one.
fn keeps_old_secret(received: &Received<'_>, body: &[u8], others: &[OtherSecret]) -> Option<Fault> {
    let signature = received.simple?;
    let signs = |other: &&OtherSecret| mac::is_signed(other.secret.body_key(), &[body], &signature);
    let old = others.iter().filter(|other| other.valid_until.is_some()).find(signs)?;
    old.valid_until.map(|until| Fault::KeepsOldSecret { until })
}

/// Which signatures match a body under any of some secrets.
#[derive(Debug, Clone, Copy, Default)]
struct Matches {
    simple: bool,
    standard: bool,
}

impl Matches {
    /// Goes through the body once for each secret and way of signing, until both have matched.
    fn of<'s>(
        received: &Received<'_>,
        body: &[u8],
        secrets: impl IntoIterator<Item = &'s SigningSecret>,
    ) -> Self {
        let mut matches = Self::default();
        for secret in secrets {
            if let Some(signature) = &received.simple
                && !matches.simple
            {
                matches.simple = mac::is_signed(secret.body_key(), &[body], signature);
            }
            if let Some(standard) = &received.standard
                && !matches.standard
            {
                let parts = [standard.id.as_bytes(), b".", standard.timestamp.as_bytes(), b".", body];
                matches.standard = mac::is_signed_by_one(secret.standard_key(), &parts, &standard.signatures);
            }
        }
        matches
    }

    fn any(self) -> bool {
        self.simple || self.standard
    }

    fn all(self, received: &Received<'_>) -> bool {
        (self.simple || received.simple.is_none()) && (self.standard || received.standard.is_none())
    }
}
