//! The catalogue of events: what each kind is, for whom, with an example of its body.
//!
//! Examples are made of the very types that real events are made of, at stations that there are; test
//! sends carry the same data.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Envelope, SecretSet, SigningSecret, Subject, sign};
use crate::{
    crowding::CrowdLevel,
    events::{
        EventKind, FareCapReached, FraudDetected, GateOffline, JourneyCompleted, StationCrowded, TapAt,
        TappedIn,
    },
    fares::{CapPeriod, PaymentMethod},
    ids::{ApplicationId, EventId, FindingId, JourneyId, RiderId},
    journeys::{FraudRule, Reason},
    lang::Lang,
    money::Rupiah,
    network::StationId,
    oauth::PairwiseId,
    tiers::Tier,
    time::jakarta_day,
};

/// The secret that examples are signed with: 256 bits that everybody knows.
pub const EXAMPLE_SECRET: &str = "whsec_TkZDIEdhdGUgY29udG9oIHNlY3JldCB3ZWJob29rIQ==";

/// 8 March 2026, 21:32:07 in Jakarta: the instant that the pages show.
pub const EXAMPLE_AT: Timestamp = Timestamp::constant(1_772_980_327, 0);
/// When the journey of the examples began.
const ENTERED_AT: Timestamp = Timestamp::constant(1_772_978_301, 0);

/// What an event of a kind tells, made up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sample {
    pub kind: EventKind,
    /// The `data` member: a JSON object.
    pub data: String,
    /// Which of its journey's events it is.
    pub sequence: Option<i64>,
}

/// A made-up event of a kind that happens at `at`.
#[must_use]
pub fn sample(kind: EventKind, at: Timestamp) -> Sample {
    let entered = at.checked_sub(EXAMPLE_AT.duration_since(ENTERED_AT)).unwrap_or(at);
    let journey_id = JourneyId::new(1_772_978_301_000, [0x5a; 10]);
    let at_station = |code: &str, time| station(code).map(|station| TapAt { station, time });
    let (data, sequence) = match kind {
        EventKind::JourneyTapIn => (
            at_station("STN_GMB", at).and_then(|tap_in| {
                json(&TappedIn { journey_id, tap_in, payment_method: PaymentMethod::QrisTap })
            }),
            Some(1),
        ),
        EventKind::JourneyCompleted => (
            at_station("STN_GMB", entered).zip(at_station("STN_MGR", at)).and_then(|(tap_in, tap_out)| {
                json(&JourneyCompleted {
                    journey_id,
                    tap_in,
                    tap_out,
                    fare: Rupiah(5_000),
                    payment_method: PaymentMethod::QrisTap,
                    fare_cap_applied: false,
                })
            }),
            Some(2),
        ),
        EventKind::StationCrowded => (
            station("STN_MRI").and_then(|station| {
                json(&StationCrowded {
                    station,
                    level: CrowdLevel::Critical,
                    occupancy_percent: 86,
                    taps_15min: 1_290,
                    capacity_15min: 1_500,
                    since: at,
                })
            }),
            None,
        ),
        EventKind::GateOffline => (
            station("STN_GMB").and_then(|station| {
                let last_seen_at = at.checked_sub(jiff::SignedDuration::from_secs(60)).unwrap_or(at);
                json(&GateOffline { gate_id: "GATE_GMB_IN_01".to_owned(), station, last_seen_at })
            }),
            None,
        ),
        EventKind::FareCapReached => (
            json(&FareCapReached {
                period: CapPeriod::Daily,
                start: jakarta_day(at),
                limit: Rupiah(10_000),
                spent: Rupiah(10_000),
                journey_id,
            }),
            Some(3),
        ),
        EventKind::FraudDetected => (
            station("STN_DPK").and_then(|station| {
                json(&FraudDetected {
                    finding_id: FindingId::new(1_772_980_327_000, [0x3c; 10]),
                    rule: FraudRule::ImpossibleTravel,
                    score: 90,
                    reasons: vec![Reason::TooFast { distance_m: 28_400, elapsed_s: 240, speed_kmh: 313 }],
                    station,
                    occurred_at: at,
                })
            }),
            None,
        ),
    };
    Sample { kind, data: data.unwrap_or_else(|| "{}".to_owned()), sequence }
}

fn station(id: &str) -> Option<StationId> {
    id.parse().ok()
}

fn json(data: &impl Serialize) -> Option<String> {
    serde_json::to_string(data).ok()
}

/// A rider as the application of the examples knows them.
#[must_use]
pub fn example_subject(application: Option<&ApplicationId>) -> Subject {
    let made_up = ApplicationId::new(1_772_900_000_000, [0x21; 10]);
    let application_id = application.cloned().unwrap_or(made_up);
    let rider = RiderId::new(1_772_900_000_000, [0x42; 10]);
    Subject { user_id: PairwiseId::derive(&[0x7e; 32], &rider, &application_id), application_id }
}

/// The whole body of an example, signed with [`EXAMPLE_SECRET`].
#[must_use]
pub fn example(kind: EventKind) -> String {
    let sample = sample(kind, EXAMPLE_AT);
    let id = EventId::new(1_772_980_327_000, [0x11; 10]);
    let subject = kind.is_about_a_rider().then(|| example_subject(None));
    let envelope = Envelope {
        id: &id,
        event: kind,
        timestamp: EXAMPLE_AT,
        sequence: sample.sequence,
        subject: subject.as_ref(),
        test: false,
        data: &sample.data,
    };
    let unsigned = envelope.unsigned();
    let secret = SigningSecret::try_from(EXAMPLE_SECRET.to_owned());
    let signed = secret.ok().and_then(|secret| {
        sign(&SecretSet::new(secret), id.as_str(), EXAMPLE_AT.as_second(), &unsigned).ok()
    });
    signed.and_then(|signed| String::from_utf8(signed.body).ok()).unwrap_or(unsigned)
}

/// One kind of event in the catalogue.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CatalogueEntry {
    pub event: EventKind,
    /// In Indonesian.
    pub description: String,
    pub description_en: String,
    /// The smallest tier that may subscribe to it.
    pub tier_min: Tier,
    /// Told only to partners whose application the rider has granted `journey:read`.
    pub about_rider: bool,
    /// JSON Schema (2020-12) of the whole body.
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub schema: serde_json::Value,
    /// A whole body, signed with the secret `whsec_TkZDIEdhdGUgY29udG9oIHNlY3JldCB3ZWJob29rIQ==`.
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub example: serde_json::Value,
}

impl CatalogueEntry {
    /// The entry of a kind; its schema is the server's to make.
    #[must_use]
    pub fn of(kind: EventKind, schema: serde_json::Value) -> Self {
        Self {
            event: kind,
            description: kind.describe(Lang::Id).to_owned(),
            description_en: kind.describe(Lang::En).to_owned(),
            tier_min: kind.tier_min(),
            about_rider: kind.is_about_a_rider(),
            schema,
            example: serde_json::from_str(&example(kind)).unwrap_or_default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::webhooks::{body_signature, split_member};

    #[test]
    fn every_kind_has_an_example_that_verifies() {
        let secret = SigningSecret::try_from(EXAMPLE_SECRET.to_owned()).unwrap();
        for &kind in EventKind::ALL {
            let body = example(kind);
            let (unsigned, signature) = split_member(body.as_bytes()).expect("a signed body");
            let expected = body_signature(&secret, &unsigned);
            assert_eq!(expected, format!("sha256={}", data_encoding::HEXLOWER.encode(&signature)));
            let read: serde_json::Value = serde_json::from_str(&body).unwrap();
            assert_eq!(read["event"], kind.as_str());
            assert_eq!(read["user_id"].is_string(), kind.is_about_a_rider());
            assert!(read["data"].as_object().is_some_and(|data| !data.is_empty()), "{kind:?}");
        }
    }

    #[test]
    fn the_example_of_a_completed_journey_is_the_one_on_the_page() {
        let read: serde_json::Value = serde_json::from_str(&example(EventKind::JourneyCompleted)).unwrap();
        assert_eq!(read["timestamp"], "2026-03-08T14:32:07Z");
        assert_eq!(
            read["data"]["tap_in"],
            serde_json::json!({"station": "STN_GMB", "time": "2026-03-08T13:58:21Z"})
        );
        assert_eq!(
            read["data"]["tap_out"],
            serde_json::json!({"station": "STN_MGR", "time": "2026-03-08T14:32:07Z"})
        );
        assert_eq!(
            (&read["data"]["fare"], &read["data"]["payment_method"]),
            (&5000.into(), &"qris_tap".into())
        );
    }
}
