//! Journeys and findings as they are kept, for the operator and for the owner of a test network.

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use super::{FraudRule, JourneyStatus, Reason};
use crate::{
    fares::{CapPeriod, PaymentMethod, UserType},
    ids::{FindingId, JourneyId},
    money::Rupiah,
    network::StationId,
};

/// The text names no stage of a journey, or no rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no such word")]
pub struct UnknownWord;

/// The stage of a journey that is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum RecordedStatus {
    /// On the way.
    Open,
    Completed,
    /// Without tap-out in time.
    Incomplete,
    /// Without tap-in in time.
    Unmatched,
    /// Taken back by a tap that arrived late; charged nothing.
    Superseded,
}

impl RecordedStatus {
    pub const ALL: &'static [Self] =
        &[Self::Open, Self::Completed, Self::Incomplete, Self::Unmatched, Self::Superseded];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => JourneyStatus::Open.as_str(),
            Self::Completed => JourneyStatus::Completed.as_str(),
            Self::Incomplete => JourneyStatus::Incomplete.as_str(),
            Self::Unmatched => JourneyStatus::Unmatched.as_str(),
            Self::Superseded => "superseded",
        }
    }
}

impl From<JourneyStatus> for RecordedStatus {
    fn from(status: JourneyStatus) -> Self {
        match status {
            JourneyStatus::Open => Self::Open,
            JourneyStatus::Completed => Self::Completed,
            JourneyStatus::Incomplete => Self::Incomplete,
            JourneyStatus::Unmatched => Self::Unmatched,
        }
    }
}

impl std::str::FromStr for RecordedStatus {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        Self::ALL.iter().copied().find(|status| status.as_str() == text).ok_or(UnknownWord)
    }
}

impl std::str::FromStr for FraudRule {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        let all = [Self::ImpossibleTravel, Self::ClonedMedia, Self::PassBack, Self::Velocity];
        all.into_iter().find(|rule| rule.as_str() == text).ok_or(UnknownWord)
    }
}

/// A tap by what it is known by.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TapRef {
    pub gate_id: String,
    pub sequence: i64,
}

/// A journey as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RecordedJourney {
    pub id: JourneyId,
    /// Who pays: id of a rider, or of a medium that is nobody's.
    pub payer: String,
    pub media_id: String,
    pub payment_method: PaymentMethod,
    pub status: RecordedStatus,
    pub from_station: Option<StationId>,
    pub to_station: Option<StationId>,
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = DateTime))]
    pub tapped_in_at: Option<Timestamp>,
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = DateTime))]
    pub tapped_out_at: Option<Timestamp>,
    /// The service day that it counts for, in Jakarta.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = Date))]
    pub day: Date,
    pub tariff: String,
    pub user_type: UserType,
    /// Before discount and caps.
    pub base_fare: Rupiah,
    /// Before caps.
    pub fare: Rupiah,
    /// What is paid.
    pub charge: Rupiah,
    /// The cap that lowered the charge.
    pub limited_by: Option<CapPeriod>,
    /// When an open journey becomes incomplete.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = DateTime))]
    pub due_at: Option<Timestamp>,
}

/// A fraud finding as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RecordedFinding {
    pub id: FindingId,
    pub rule: FraudRule,
    /// 0 to 100.
    pub score: u8,
    pub reasons: Vec<Reason>,
    /// In order; the last one showed it.
    pub taps: Vec<TapRef>,
    pub payer: String,
    pub media_id: String,
    /// Where the tap was that showed it.
    pub station: StationId,
    pub gate_id: String,
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub occurred_at: Timestamp,
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub recorded_at: Timestamp,
    /// When a tap that arrived late took it back.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = DateTime))]
    pub withdrawn_at: Option<Timestamp>,
}
