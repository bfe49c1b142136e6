//! Traffic on the wire: rows made of figures that may be shown.

use std::str::FromStr;

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use super::{Count, StationDay, crowd_level};
use crate::{crowding::CrowdLevel, network::StationId, page::Meta};

/// How finely a day is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Granularity {
    /// A row per hour.
    #[default]
    Hourly,
    /// One row for the day.
    Daily,
}

impl Granularity {
    pub const ALL: [Self; 2] = [Self::Hourly, Self::Daily];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Hourly => "hourly",
            Self::Daily => "daily",
        }
    }
}

/// Neither `hourly` nor `daily`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a granularity")]
pub struct GranularityError;

impl FromStr for Granularity {
    type Err = GranularityError;

    fn from_str(text: &str) -> Result<Self, GranularityError> {
        Self::ALL.into_iter().find(|known| known.as_str() == text).ok_or(GranularityError)
    }
}

/// Figures of one hour, or of one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TrafficRow {
    /// Hour in Jakarta, 0 to 23; null in the row of a whole day.
    pub hour: Option<u8>,
    /// Taps into the station; null where withheld.
    pub tap_in: Option<u64>,
    /// Taps out of the station; null where withheld.
    pub tap_out: Option<u64>,
    /// From the shown figures and the station's capacity: above 40 % medium, above 60 % high, above
    /// 80 % critical. Of a day: its fullest hour's.
    pub crowd_level: CrowdLevel,
    /// True where a figure is withheld so that it tells of nobody; absent otherwise.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub suppressed: bool,
}

/// Rows of one station among others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StationRows {
    pub station_id: StationId,
    pub data: Vec<TrafficRow>,
}

/// Answer of `GET /stats/traffic`: `data` of the station asked for, or one page of all `stations`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TrafficView {
    /// Null where no station was asked for.
    pub station_id: Option<StationId>,
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = Date))]
    pub date: Date,
    pub granularity: Granularity,
    /// Hours that have begun, in order; or one row.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data: Option<Vec<TrafficRow>>,
    /// In the order of `GET /stations`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stations: Option<Vec<StationRows>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meta: Option<Meta>,
}

/// Both directions of one station's day, as they may be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    pub tap_in: StationDay,
    pub tap_out: StationDay,
}

impl Shown {
    /// The first `hours` of the day, a row each.
    #[must_use]
    pub fn hourly(&self, hours: u8, capacity_per_hour: u32) -> Vec<TrafficRow> {
        let hour = |hour: u8| {
            let (tap_in, tap_out) =
                (self.tap_in.hours[usize::from(hour)], self.tap_out.hours[usize::from(hour)]);
            row(Some(hour), tap_in, tap_out, crowd_level(tap_in, tap_out, capacity_per_hour))
        };
        (0..hours.min(24)).map(hour).collect()
    }

    /// The day in one row.
    #[must_use]
    pub fn daily(&self, capacity_per_hour: u32) -> TrafficRow {
        let hours = self.tap_in.hours.iter().zip(&self.tap_out.hours);
        let levels = hours.map(|(tap_in, tap_out)| crowd_level(*tap_in, *tap_out, capacity_per_hour));
        let fullest = levels.max().unwrap_or(CrowdLevel::Low);
        row(None, self.tap_in.total, self.tap_out.total, fullest)
    }
}

fn row(hour: Option<u8>, tap_in: Count, tap_out: Count, crowd_level: CrowdLevel) -> TrafficRow {
    let suppressed = tap_in == Count::Withheld || tap_out == Count::Withheld;
    TrafficRow { hour, tap_in: tap_in.shown(), tap_out: tap_out.shown(), crowd_level, suppressed }
}

/// The network's last days, for everybody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NetworkDaysView {
    /// Oldest first; the last one is running.
    pub days: Vec<NetworkDayView>,
    /// As of when.
    pub at: Timestamp,
}

/// The network's day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct NetworkDayView {
    pub day: Date,
    /// Taps into all stations; null where withheld.
    pub tap_in: Option<u64>,
    pub tap_out: Option<u64>,
    /// Sum of the hours that may be shown: what there was at least.
    pub tap_in_min: u64,
    pub tap_out_min: u64,
    /// Not over yet.
    pub running: bool,
}

/// How full every station is, for everybody. Levels, no counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CrowdingView {
    /// Stations in the order of `GET /stations`.
    pub stations: Vec<StationCrowding>,
    /// The hour in Jakarta that the levels are of.
    pub hour: u8,
    /// The hour is not over: levels are of its rate so far.
    pub running: bool,
    /// As of when.
    pub at: Timestamp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct StationCrowding {
    pub station_id: StationId,
    pub crowd_level: CrowdLevel,
}
