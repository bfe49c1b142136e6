//! Events: what happened and is told, and the body that tells it.
//!
//! One type per kind for the event's `data` member. Who an event is about is not in it: partners
//! know a rider by an id of their own, which is added for each of them. Members are added, never
//! renamed or taken away.

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use crate::{
    crowding::CrowdLevel,
    fares::{CapPeriod, PaymentMethod},
    ids::{EventId, FindingId, JourneyId, RiderId},
    journeys::{FraudRule, Reason},
    lang::Lang,
    money::Rupiah,
    network::StationId,
    tiers::Tier,
};

/// The text names no kind of event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no such event")]
pub struct UnknownEvent;

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident = $name:literal;)*) => {
        /// A kind of event, by the name that partners subscribe to.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum EventKind {
            $($(#[$doc])* #[serde(rename = $name)] $kind,)*
        }

        impl EventKind {
            /// All of them, in the order of the pages.
            pub const ALL: &'static [Self] = &[$(Self::$kind,)*];

            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$kind => $name,)* }
            }
        }

        // By hand: the derive does not see a `rename` that comes out of a macro.
        #[cfg(feature = "openapi")]
        impl utoipa::PartialSchema for EventKind {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                utoipa::openapi::schema::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::schema::Type::String)
                    .enum_values(Some([$($name,)*]))
                    .into()
            }
        }

        #[cfg(feature = "openapi")]
        impl utoipa::ToSchema for EventKind {}

        impl std::str::FromStr for EventKind {
            type Err = UnknownEvent;

            fn from_str(text: &str) -> Result<Self, UnknownEvent> {
                match text { $($name => Ok(Self::$kind),)* _ => Err(UnknownEvent) }
            }
        }
    };
}

kinds! {
    /// A rider entered.
    JourneyTapIn = "journey.tap_in";
    /// A rider left again.
    JourneyCompleted = "journey.completed";
    /// The taps of 15 minutes passed 80 % of what a station takes.
    StationCrowded = "station.crowded";
    /// A gate has not been heard of for 60 s.
    GateOffline = "gate.offline";
    /// A rider has paid all that a day, a week or a month can cost.
    FareCapReached = "fare_cap.reached";
    /// Taps broke a documented rule.
    FraudDetected = "fraud.detected";
}

impl EventKind {
    /// Whether it is about a rider, and so only for partners that the rider has let know.
    #[must_use]
    pub const fn is_about_a_rider(self) -> bool {
        match self {
            Self::JourneyTapIn | Self::JourneyCompleted | Self::FareCapReached | Self::FraudDetected => true,
            Self::StationCrowded | Self::GateOffline => false,
        }
    }
}

impl EventKind {
    /// What happened when it is told.
    #[must_use]
    pub fn describe(self, lang: Lang) -> &'static str {
        match self {
            Self::JourneyTapIn => lang.pick("Pengguna tap masuk gate", "A rider taps in at a gate"),
            Self::JourneyCompleted => {
                lang.pick("Perjalanan pengguna selesai (tap-out)", "A rider's journey is complete (tap-out)")
            }
            Self::StationCrowded => {
                lang.pick("Kepadatan stasiun > 80% kapasitas", "A station is over 80% of its capacity")
            }
            Self::GateOffline => {
                lang.pick("Gate NFC terputus dari backend", "An NFC gate has lost its connection")
            }
            Self::FareCapReached => lang.pick(
                "Pengguna mencapai batas tarif harian, mingguan, atau bulanan",
                "A rider has reached the daily, weekly or monthly fare cap",
            ),
            Self::FraudDetected => {
                lang.pick("Transaksi terindikasi penipuan", "A transaction looks fraudulent")
            }
        }
    }

    /// The smallest tier that may subscribe to it.
    #[must_use]
    pub fn tier_min(self) -> Tier {
        Tier::ALL.into_iter().find(|tier| tier.terms().events.contains(&self)).unwrap_or(Tier::Enterprise)
    }
}

/// One end of a journey.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TapAt {
    pub station: StationId,
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub time: Timestamp,
}

/// Of `journey.tap_in`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TappedIn {
    pub journey_id: JourneyId,
    pub tap_in: TapAt,
    pub payment_method: PaymentMethod,
}

/// Of `journey.completed`, as printed on the pages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct JourneyCompleted {
    pub journey_id: JourneyId,
    pub tap_in: TapAt,
    pub tap_out: TapAt,
    /// What the rider pays, after caps.
    pub fare: Rupiah,
    pub payment_method: PaymentMethod,
    /// Whether a cap lowered the fare.
    pub fare_cap_applied: bool,
}

/// Of `station.crowded`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StationCrowded {
    pub station: StationId,
    pub level: CrowdLevel,
    /// Taps of the last 15 minutes as a percentage of what the station takes in that time, rounded
    /// down.
    pub occupancy_percent: u64,
    pub taps_15min: u64,
    pub capacity_15min: u32,
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub since: Timestamp,
}

/// Of `gate.offline`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GateOffline {
    pub gate_id: String,
    pub station: StationId,
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub last_seen_at: Timestamp,
}

/// Of `fare_cap.reached`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FareCapReached {
    pub period: CapPeriod,
    /// First day of the period, in Jakarta.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = Date))]
    pub start: Date,
    pub limit: Rupiah,
    /// In the period so far.
    pub spent: Rupiah,
    /// The journey that used it up.
    pub journey_id: JourneyId,
}

/// Of `fraud.detected`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FraudDetected {
    pub finding_id: FindingId,
    pub rule: FraudRule,
    /// 0 to 100.
    pub score: u8,
    pub reasons: Vec<Reason>,
    /// Where the tap was that showed it.
    pub station: StationId,
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub occurred_at: Timestamp,
}

/// An event as it is kept: for the operator and for the owner of a test network.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RecordedEvent {
    /// Counts up as events are written: where to go on reading.
    pub sequence: i64,
    pub id: EventId,
    pub event: EventKind,
    /// Whom it is about; null for stations, gates and media that are nobody's.
    pub rider_id: Option<RiderId>,
    pub journey_id: Option<JourneyId>,
    pub station_id: Option<StationId>,
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub occurred_at: Timestamp,
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub recorded_at: Timestamp,
    /// What partners are told: one of the bodies above, by its kind.
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub data: serde_json::Value,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_known_by_the_name_on_the_pages() {
        for &kind in EventKind::ALL {
            assert_eq!(kind.as_str().parse(), Ok(kind));
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
        }
        assert_eq!("journey.started".parse::<EventKind>(), Err(UnknownEvent));
    }

    #[test]
    fn a_completed_journey_is_told_as_printed() {
        let printed = r#"{"journey_id":"jrn_0000000000000000000000000g","tap_in":{"station":"STN_GMB","time":"2026-03-08T13:58:21Z"},"tap_out":{"station":"STN_MGR","time":"2026-03-08T14:32:07Z"},"fare":5000,"payment_method":"qris_tap","fare_cap_applied":false}"#;
        let event: JourneyCompleted = serde_json::from_str(printed).unwrap();
        assert_eq!(serde_json::to_string(&event).unwrap(), printed);
    }
}
