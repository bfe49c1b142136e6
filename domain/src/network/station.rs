//! Stations as they stand on the wire, and how they are named.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Km;

/// Prefix of every station id.
const PREFIX: &str = "STN_";
/// Longest code after the prefix.
const CODE_BYTES_MAX: usize = 8;

/// Identity of a station on the wire: `STN_` and its code, in capitals.
///
/// Reading one accepts any case and a code without prefix. It does not yet tell whether there is
/// such a station, nor that `STN_GMR` is `STN_GMB` spelled with the operator's code: that is
/// [`Network::find`](super::Network::find). Small and `Copy`, so passing one around costs nothing.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(
    feature = "openapi",
    schema(
        value_type = String,
        pattern = "^STN_[A-Z0-9]{2,8}$",
        example = "STN_GMB",
        description = "Station id. The operator's code (`GMR`, `STN_GMR`) is accepted in its place, in any case."
    )
)]
pub struct StationId(
    /// The code, padded with zero bytes.
    [u8; CODE_BYTES_MAX],
);

/// The text cannot be a station id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a station id of the form STN_…")]
pub struct StationIdError;

impl StationId {
    /// The part behind `STN_`.
    #[must_use]
    pub fn code(&self) -> &str {
        let len = self.0.iter().position(|&byte| byte == 0).unwrap_or(CODE_BYTES_MAX);
        std::str::from_utf8(&self.0[..len]).expect("only ASCII is ever written to a code")
    }
}

impl FromStr for StationId {
    type Err = StationIdError;

    fn from_str(text: &str) -> Result<Self, StationIdError> {
        let bytes = text.as_bytes();
        let spelled = match bytes.split_at_checked(PREFIX.len()) {
            Some((prefix, code)) if prefix.eq_ignore_ascii_case(PREFIX.as_bytes()) => code,
            _ => bytes,
        };
        if !(2..=CODE_BYTES_MAX).contains(&spelled.len()) || !spelled.iter().all(u8::is_ascii_alphanumeric) {
            return Err(StationIdError);
        }
        let mut code = [0; CODE_BYTES_MAX];
        for (place, byte) in code.iter_mut().zip(spelled) {
            *place = byte.to_ascii_uppercase();
        }
        Ok(Self(code))
    }
}

impl fmt::Display for StationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(PREFIX)?;
        f.write_str(self.code())
    }
}

impl fmt::Debug for StationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for StationId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for StationId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// Whether riders may begin and end journeys here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum StationStatus {
    Open,
    /// Trains pass; no origin, no destination, not listed.
    Closed,
}

/// When riders may enter, by the clock in Jakarta.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OperatingHours {
    /// HH:MM.
    #[cfg_attr(feature = "openapi", schema(example = "05:00", pattern = "^[0-2][0-9]:[0-5][0-9]$"))]
    pub open: String,
    /// HH:MM; `24:00` is the end of the day.
    #[cfg_attr(feature = "openapi", schema(example = "24:00", pattern = "^[0-2][0-9]:[0-5][0-9]$"))]
    pub close: String,
    /// IANA name of the time zone both are told in.
    #[cfg_attr(feature = "openapi", schema(example = "Asia/Jakarta"))]
    pub timezone: String,
    /// `close` is a time after the following midnight.
    pub closes_next_day: bool,
}

/// A station.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Station {
    pub id: StationId,
    #[cfg_attr(feature = "openapi", schema(example = "Gambir"))]
    pub name: String,
    /// The part of `id` behind `STN_`.
    #[cfg_attr(feature = "openapi", schema(example = "GMB"))]
    pub code: String,
    /// Ids of the lines whose trains call here.
    #[cfg_attr(feature = "openapi", schema(example = json!(["bogor"])))]
    pub line: Vec<String>,
    /// Degrees north (WGS 84). © OpenStreetMap contributors.
    #[cfg_attr(feature = "openapi", schema(example = -6.1769))]
    pub lat: f64,
    /// Degrees east (WGS 84). © OpenStreetMap contributors.
    #[cfg_attr(feature = "openapi", schema(example = 106.8317))]
    pub lng: f64,
    /// Gates that report right now.
    #[cfg_attr(feature = "openapi", schema(example = 4))]
    pub gates_online: u32,
    /// Gates installed.
    #[cfg_attr(feature = "openapi", schema(example = 4))]
    pub gates_total: u32,
    /// What our sources name here: `elevator`, `escalator`, `toilet`, `accessible_toilet`,
    /// `musholla`, `nursing_room`, `charging`, `lockers`, `parking`, `bike_parking`. Open list.
    #[cfg_attr(feature = "openapi", schema(example = json!(["elevator", "toilet", "musholla"])))]
    pub facilities: Vec<String>,
    /// False where our sources say nothing, so that an empty list is not read as "none".
    pub facilities_known: bool,
    /// Null for a closed station.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub operating_hours: Option<OperatingHours>,
    /// Other spellings of the id, accepted wherever a station id is.
    #[cfg_attr(feature = "openapi", schema(example = json!(["GMR", "STN_GMR"])))]
    pub aliases: Vec<String>,
    pub status: StationStatus,
}

/// A station with its gates and surroundings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StationDetail {
    #[serde(flatten)]
    pub station: Station,
    pub gates: Vec<Gate>,
    /// Open stations within 5 km in a straight line, nearest first, at most five.
    pub nearby: Vec<NearbyStation>,
    pub accessibility: Accessibility,
}

/// A gate and when it was last heard of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Gate {
    #[cfg_attr(feature = "openapi", schema(example = "GATE_GMB_IN_01"))]
    pub id: String,
    pub direction: GateDirection,
    pub online: bool,
    /// Last heartbeat; null when there was none yet.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = DateTime, required = true))]
    pub last_seen_at: Option<Timestamp>,
}

/// Which way a gate lets riders through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum GateDirection {
    In,
    Out,
}

impl GateDirection {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::In => "in",
            Self::Out => "out",
        }
    }
}

impl FromStr for GateDirection {
    type Err = GateDirectionError;

    fn from_str(text: &str) -> Result<Self, GateDirectionError> {
        [Self::In, Self::Out]
            .into_iter()
            .find(|direction| direction.as_str() == text)
            .ok_or(GateDirectionError)
    }
}

/// Neither `in` nor `out`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a gate's direction is `in` or `out`")]
pub struct GateDirectionError;

/// A station close to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NearbyStation {
    pub id: StationId,
    #[cfg_attr(feature = "openapi", schema(example = "Gondangdia"))]
    pub name: String,
    /// In a straight line, not along the track.
    #[cfg_attr(feature = "openapi", schema(example = 1.001))]
    pub distance_km: Km,
}

/// What is known for riders who cannot take stairs. Null: our sources do not say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Accessibility {
    /// A working lift.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub elevator: Option<bool>,
    /// A toilet for wheelchair users.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub accessible_toilet: Option<bool>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_read_in_any_case_with_or_without_prefix() {
        for text in ["STN_GMB", "stn_gmb", "Stn_Gmb", "GMB", "gmb"] {
            assert_eq!(text.parse::<StationId>().unwrap().to_string(), "STN_GMB", "{text}");
        }
        let longest: StationId = "STN_ABCDEFGH".parse().unwrap();
        assert_eq!((longest.code(), longest.to_string().as_str()), ("ABCDEFGH", "STN_ABCDEFGH"));
    }

    #[test]
    fn what_is_no_id_is_refused() {
        for text in [
            "",
            "STN_",
            "STN_A",
            "STN_ABCDEFGHI",
            "STN-GMB",
            "STN_GM B",
            " STN_GMB",
            "STN_STN_GMB",
            "ÉÉÉ",
            "STN_\0\0",
        ] {
            assert_eq!(text.parse::<StationId>(), Err(StationIdError), "{text:?}");
        }
    }
}
