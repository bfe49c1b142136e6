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
//! | secret | an old one, or that of another endpoint |
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
    pub others: &'a [SigningSecret],
    /// The body as it was sent, where the delivery is known.
    pub original: Option<&'a [u8]>,
    pub now: Timestamp,
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
    let as_it_is = Matches::of(received, body, secrets);
    if as_it_is.any() {
        return (!as_it_is.all(received)).then_some(Fault::HeadersDiffer);
    }
    if Matches::of(received, body, others).any() {
        return Some(Fault::WrongSecret);
    }
    for (fault, mended) in body::mended(body) {
        let matches = |secrets| Matches::of(received, &mended, secrets).any();
        if matches(secrets) || matches(others) {
            return Some(fault);
        }
    }
    let is_own = |(unsigned, signature): (Vec<u8>, [u8; 32])| {
        secrets.iter().chain(others).any(|secret| mac::is_signed(secret.body_key(), &[&unsigned], &signature))
    };
    if received.is_of_another_message(body) {
        return Some(Fault::OtherMessage);
    }
    if split_member(body).is_some_and(is_own) {
        return Some(Fault::HeadersDiffer);
    }
    if let Some(at) = original.and_then(|original| body::first_difference(original, body)) {
        return Some(Fault::BytesChanged { at });
    }
    Some(body::damage(body).unwrap_or(Fault::NothingMatches))
}

/// Which signatures match a body under any of some secrets.
#[derive(Debug, Clone, Copy, Default)]
struct Matches {
    simple: bool,
    standard: bool,
}

impl Matches {
    fn of(received: &Received<'_>, body: &[u8], secrets: &[SigningSecret]) -> Self {
        let mut matches = Self::default();
        for secret in secrets {
            matches.simple |= received
                .simple
                .is_some_and(|signature| mac::is_signed(secret.body_key(), &[body], &signature));
            matches.standard |= received.standard.as_ref().is_some_and(|standard| {
                let parts = [standard.id.as_bytes(), b".", standard.timestamp.as_bytes(), b".", body];
                standard
                    .signatures
                    .iter()
                    .any(|signature| mac::is_signed(secret.standard_key(), &parts, signature))
            });
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
