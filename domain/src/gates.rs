//! What gates and the server say to each other: taps, heartbeats, and the signature on both.
//!
//! A message is signed with the gate's secret over its timestamp and its raw body (see
//! [`signed_text`]); who checks holds the secret, so HMAC itself is the caller's.

mod manage;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use self::manage::{
    CreateGate, GateCreated, GateId, GateSecret, GateState, GateStation, GateView, GatesOverview,
    OVERLAP_HOURS_MAX, RotateGate, UnknownState,
};
use crate::{fares::PaymentMethod, ids::JourneyId, money::Rupiah, network::GateDirection};

/// Most taps in one message.
pub const BATCH_MAX: usize = 500;
/// Largest body of a message: a full batch of the longest taps.
pub const MESSAGE_BYTES_MAX: usize = 256 * 1024;
/// Longest media token, in characters.
pub const MEDIA_CHARS_MAX: usize = 200;
/// Longest name of a firmware, in characters.
pub const FIRMWARE_CHARS_MAX: usize = 100;
/// A message's timestamp may be off by so much, in seconds; a tap may lie so far in the future.
pub const CLOCK_SKEW_MAX_S: i64 = 120;
/// Older taps are not taken any more, in days.
pub const TAP_AGE_MAX_DAYS: i64 = 35;
/// A gate without heartbeat for so long, in seconds, is offline.
pub const OFFLINE_AFTER_S: i64 = 60;

pub const HEADER_GATE: &str = "x-gate-id";
/// Epoch seconds.
pub const HEADER_TIMESTAMP: &str = "x-gate-timestamp";
/// `sha256=` and the HMAC-SHA256 in lower-case hex.
pub const HEADER_SIGNATURE: &str = "x-gate-signature";

/// What is signed: `timestamp + "." + body`, the timestamp as it stands in its header.
#[must_use]
pub fn signed_text(timestamp: &str, body: &[u8]) -> Vec<u8> {
    let mut text = Vec::with_capacity(timestamp.len() + 1 + body.len());
    text.extend_from_slice(timestamp.as_bytes());
    text.push(b'.');
    text.extend_from_slice(body);
    text
}

/// One tap as a gate sends it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SentTap {
    /// Counts up at the gate; with the gate it is the tap's identity.
    pub sequence: i64,
    pub direction: GateDirection,
    /// Opaque token of the card or phone, 1 to 200 characters.
    pub media: String,
    pub payment_method: PaymentMethod,
    /// By the gate's clock.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub tapped_at: Timestamp,
}

impl SentTap {
    /// Reads one tap of a message; none when it is no tap as this interface has it.
    #[must_use]
    pub fn read(value: &serde_json::Value) -> Option<Self> {
        let tap = Self::deserialize(value).ok()?;
        let chars = tap.media.chars().count();
        ((1..=MEDIA_CHARS_MAX).contains(&chars) && tap.sequence >= 0).then_some(tap)
    }
}

/// What became of one tap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum TapStatus {
    /// Stored for good.
    Accepted,
    /// Stored before; nothing changed.
    Duplicate,
    /// Not stored, and it will not be if it is sent again.
    Rejected,
}

/// What the gate should do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum GateDecision {
    Open,
    Deny,
}

/// Why a tap was rejected, or a gate told to deny. Stable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum TapReason {
    /// No tap as this interface has it: a member is missing or can't be read.
    Malformed,
    /// Longer ago than [`TAP_AGE_MAX_DAYS`].
    TooOld,
    /// Further in the future than [`CLOCK_SKEW_MAX_S`].
    InFuture,
    /// The gate is not one for this direction.
    WrongDirection,
    /// No tariff was in force on that day.
    NoTariff,
    /// The wallet does not hold the lowest fare (deny).
    InsufficientBalance,
}

/// The answer to one tap.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TapAnswer {
    /// As sent; null where it could not be read.
    pub sequence: Option<i64>,
    pub status: TapStatus,
    pub decision: GateDecision,
    pub reason: Option<TapReason>,
    /// The journey that the tap opens or ends.
    pub journey_id: Option<JourneyId>,
    /// What the journey is charged as it stands with this tap, after caps; null while it is open.
    pub fare: Option<Rupiah>,
    /// Of the rider's wallet afterwards; null where no wallet pays.
    pub balance: Option<Rupiah>,
}

impl TapAnswer {
    /// A tap that is not taken. The rider is let through: what is wrong is not their fault.
    #[must_use]
    pub fn rejected(sequence: Option<i64>, reason: TapReason) -> Self {
        Self {
            sequence,
            status: TapStatus::Rejected,
            decision: GateDecision::Open,
            reason: Some(reason),
            journey_id: None,
            fare: None,
            balance: None,
        }
    }
}

/// The answers, in the order of the taps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TapAnswers {
    pub results: Vec<TapAnswer>,
}

/// The answer to a sign of life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HeartbeatAnswer {
    /// By the server's clock, for the gate to set its own by.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub now: Timestamp,
}

/// A sign of life.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Heartbeat {
    pub firmware: String,
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub sent_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_tap_is_read_as_printed_and_nothing_else_is_one() {
        let printed = json!({
            "sequence": 1, "direction": "in", "media": "med_1", "payment_method": "qris_tap",
            "tapped_at": "2026-03-08T08:41:00Z"
        });
        assert_eq!(SentTap::read(&printed).map(|tap| tap.sequence), Some(1));
        let with = |member: &str, value: serde_json::Value| {
            let mut tap = printed.clone();
            tap[member] = value;
            SentTap::read(&tap)
        };
        for (member, value) in [
            ("sequence", json!(-1)),
            ("sequence", json!(1.5)),
            ("sequence", json!("1")),
            ("sequence", json!(9_223_372_036_854_775_808_u64)),
            ("direction", json!("IN")),
            ("media", json!("")),
            ("media", json!("é".repeat(201))),
            ("media", json!(7)),
            ("payment_method", json!("cash")),
            ("tapped_at", json!("2026-03-08 08:41")),
            ("tapped_at", json!(1_772_959_260)),
        ] {
            assert_eq!(with(member, value.clone()), None, "{member} {value}");
        }
        assert!(with("media", json!("é".repeat(200))).is_some());
        assert!(with("reader", json!("left")).is_some(), "members of later versions are passed over");
        for other in [json!(null), json!([]), json!("tap"), json!({"sequence": 1})] {
            assert_eq!(SentTap::read(&other), None, "{other}");
        }
    }
}
