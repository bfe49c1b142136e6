//! A tap: one card or phone at one gate. Taps are the facts that everything else is made of.

use std::cmp::Ordering;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use sha2::{Digest, Sha256};

use crate::fares::PaymentMethod;
use crate::ids::IdEntropy;
use crate::network::{GateDirection, StationIx};
use crate::time::jakarta_day;

/// Identity of a tap: a gate never uses a sequence number twice.
///
/// A journey is known by the identity of its opening tap, so that rating again keeps its id.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct TapId {
    pub gate: Arc<str>,
    pub sequence: i64,
}

/// A tap as a gate reported it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tap {
    pub id: TapId,
    pub station: StationIx,
    pub direction: GateDirection,
    /// Opaque token of the card or phone.
    pub media: Arc<str>,
    pub payment_method: PaymentMethod,
    /// By the gate's clock. Counts to the microsecond, as the stores keep it.
    pub tapped_at: Timestamp,
}

impl TapId {
    /// The random part of the id of the journey that this tap opens, beside the millisecond of
    /// [`Tap::tapped_at`]: the same tap gives the same journey id for ever, without a table.
    #[must_use]
    pub fn journey_entropy(&self) -> IdEntropy {
        let mut hash = Sha256::new();
        hash.update(b"journey\0");
        hash.update(self.sequence.to_be_bytes());
        hash.update(self.gate.as_bytes());
        let digest = hash.finalize();
        std::array::from_fn(|place| digest[place])
    }

    /// A total order that compares the number first, because that is cheap.
    fn order(&self, other: &Self) -> Ordering {
        (self.sequence, &self.gate).cmp(&(other.sequence, &other.gate))
    }
}

impl Tap {
    /// The service day in Jakarta.
    #[must_use]
    pub fn service_day(&self) -> Date {
        jakarta_day(self.tapped_at)
    }

    pub(super) fn at_us(&self) -> i64 {
        self.tapped_at.as_microsecond()
    }

    /// The order in which taps count.
    pub(super) fn time_order(&self, other: &Self) -> Ordering {
        self.at_us()
            .cmp(&other.at_us())
            .then_with(|| self.id.gate.cmp(&other.id.gate))
            .then_with(|| self.id.sequence.cmp(&other.id.sequence))
    }

    /// Among reports of one tap: the one that counts comes first, whichever came in first.
    fn report_order(&self, other: &Self) -> Ordering {
        let rest = |tap: &Self| (tap.station, tap.direction.as_str(), tap.payment_method.as_str());
        self.id
            .order(&other.id)
            .then_with(|| self.at_us().cmp(&other.at_us()))
            .then_with(|| self.media.cmp(&other.media))
            .then_with(|| rest(self).cmp(&rest(other)))
    }
}

/// Every tap once, in the order in which they count.
pub(super) fn in_order(taps: &[Tap]) -> Vec<&Tap> {
    let mut once: Vec<_> = taps.iter().collect();
    once.sort_unstable_by(|tap, other| tap.report_order(other));
    once.dedup_by(|later, first| later.id == first.id);
    once.sort_unstable_by(|tap, other| tap.time_order(other));
    once
}
