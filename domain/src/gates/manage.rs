//! Gates as the operator looks after them: names, secrets, states.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    invalid::{Invalid, Rule, checked_text},
    network::{GateDirection, StationId},
};

/// Longest time that a rotated gate's earlier secret may hold, in hours.
pub const OVERLAP_HOURS_MAX: u8 = 24;

/// Name of a gate: `GATE_GMB_IN_01`. 3 to 40 letters, digits, `_` and `-`, kept in capitals.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct GateId(String);

impl TryFrom<String> for GateId {
    type Error = Invalid;

    fn try_from(text: String) -> Result<Self, Invalid> {
        let text = text.trim().to_ascii_uppercase();
        if text.is_empty() {
            return Err(Invalid::required());
        }
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
        if !(3..=40).contains(&text.len()) || !text.bytes().all(fits) {
            return Err(Invalid::new(
                Rule::Malformed,
                "3 sampai 40 huruf, angka, garis bawah, atau tanda hubung",
                "3 to 40 letters, digits, underscores or hyphens",
            ));
        }
        Ok(Self(text))
    }
}

checked_text!(GateId);

/// What a gate signs with: 64 hex digits, whose bytes as text are the HMAC's key. Told once; silent
/// in `Debug`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct GateSecret(String);

impl GateSecret {
    /// A secret made of fresh random bytes.
    #[must_use]
    pub fn new(random: [u8; 32]) -> Self {
        Self(data_encoding::HEXLOWER.encode(&random))
    }

    /// The secret itself, to put into the gate.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for GateSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("GateSecret(…)")
    }
}

/// How a gate stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum GateState {
    /// Heard of within the last minute.
    Online,
    /// Silent, after it had been heard of.
    Offline,
    /// Has never reported.
    Unheard,
    /// May send nothing any more.
    Retired,
}

/// No state goes by this name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no such state")]
pub struct UnknownState;

impl GateState {
    pub const ALL: [Self; 4] = [Self::Online, Self::Offline, Self::Unheard, Self::Retired];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Online => "online",
            Self::Offline => "offline",
            Self::Unheard => "unheard",
            Self::Retired => "retired",
        }
    }
}

impl std::str::FromStr for GateState {
    type Err = UnknownState;

    fn from_str(text: &str) -> Result<Self, UnknownState> {
        Self::ALL.into_iter().find(|state| state.as_str() == text).ok_or(UnknownState)
    }
}

/// A gate as operators see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GateView {
    pub id: String,
    pub station_id: StationId,
    pub station_name: String,
    pub direction: GateDirection,
    pub state: GateState,
    pub last_seen_at: Option<Timestamp>,
    pub firmware: Option<String>,
    /// Has a secret to sign with.
    pub provisioned_at: Option<Timestamp>,
    /// The secret before the present one holds until then.
    pub earlier_secret_until: Option<Timestamp>,
    /// Of the outage that runs, or the last one.
    pub offline_since: Option<Timestamp>,
    pub retired_at: Option<Timestamp>,
}

/// A station and its gates, in figures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GateStation {
    pub id: StationId,
    pub name: String,
    /// That are not retired.
    pub gates: u64,
}

/// All gates in figures, by state and by station.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GatesOverview {
    pub online: u64,
    pub offline: u64,
    pub unheard: u64,
    pub retired: u64,
    /// By name: those that are open, or have gates.
    pub stations: Vec<GateStation>,
}

/// A gate to be provisioned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CreateGate {
    /// Id of the station; the operator's code will do.
    pub station: String,
    pub direction: GateDirection,
    /// Left out: the next number at that station and direction.
    #[serde(default)]
    pub id: Option<GateId>,
}

/// A new secret for a gate.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RotateGate {
    /// How long the earlier secret holds; [`OVERLAP_HOURS_MAX`] when left out, 0 for not at all.
    #[serde(default)]
    pub overlap_hours: Option<u8>,
}

/// A gate and its new secret, which is told this once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GateCreated {
    pub gate: GateView,
    pub secret: GateSecret,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gates_name_is_short_plain_and_in_capitals() {
        let read = |text: &str| text.parse::<GateId>().map(|id| id.to_string()).map_err(|e| e.rule.code());
        assert_eq!(read(" gate_gmb_in_01 "), Ok("GATE_GMB_IN_01".to_owned()));
        assert_eq!(read(""), Err("required"));
        for bad in ["AB", &"A".repeat(41), "GATE 1", "GATE/1", "GÄTE"] {
            assert_eq!(read(bad), Err("malformed"), "{bad}");
        }
    }

    #[test]
    fn a_secret_is_silent() {
        let secret = GateSecret::new([0xab; 32]);
        assert_eq!(secret.expose(), "ab".repeat(32));
        assert_eq!(format!("{secret:?}"), "GateSecret(…)");
    }
}
