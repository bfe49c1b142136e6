//! A partner's test network, as it stands on the wire: its clock, its taps, its morning peak.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    events::RecordedEvent,
    fares::PaymentMethod,
    gates::TapAnswer,
    journeys::RecordedJourney,
    network::{GateDirection, StationId},
    riders::{MediaToken, RiderView},
};

/// Riders of a test network at most.
pub const RIDERS_MAX: u64 = 500;
/// Media of one rider at most.
pub const MEDIA_MAX: u64 = 10;
/// Riders that a morning peak has at most.
pub const PEAK_RIDERS_MAX: u32 = 500;

/// Taps of a test network.
#[derive(Debug, Clone, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct TestTaps {
    /// 1 to 500.
    #[cfg_attr(feature = "openapi", schema(min_items = 1, max_items = 500))]
    pub taps: Vec<TestTap>,
}

/// One tap: at a gate, or at a station in a direction.
#[derive(Debug, Clone, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct TestTap {
    /// A gate of the station (see `gates` of `GET /stations/{id}`); or else `station_id` and
    /// `direction`.
    #[serde(default)]
    pub gate_id: Option<String>,
    /// Id or operator's code.
    #[serde(default)]
    pub station_id: Option<String>,
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(inline))]
    pub direction: Option<GateDirection>,
    /// Token of a card or phone, any text of 1 to 200 characters. One that was linked to a test rider
    /// is theirs; any other is anonymous.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub media: MediaToken,
    /// `kci_pay` if left out, which takes from the rider's wallet.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(inline))]
    pub payment_method: Option<PaymentMethod>,
    /// By the test clock; now if left out. Taps of one call without a time follow each other.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = DateTime))]
    pub tapped_at: Option<Timestamp>,
    /// With the gate, the tap's identity: one that was sent before is a duplicate. A new one if left
    /// out.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(minimum = 0))]
    pub sequence: Option<i64>,
}

/// What time it is in a test network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TestClock {
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub now: Timestamp,
    /// Seconds that it runs ahead of real time.
    pub offset_s: u64,
}

/// Where a test clock is moved: on by so many seconds, or to an instant.
#[derive(Debug, Clone, Copy, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct MoveClock {
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(minimum = 1))]
    pub advance_s: Option<u64>,
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = DateTime))]
    pub to: Option<Timestamp>,
}

/// A morning peak to be run.
#[derive(Debug, Clone, Copy, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RunPeak {
    /// Anonymous riders, 1 to 500.
    #[serde(default = "usual_riders")]
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 500, default = 200))]
    pub riders: u32,
}

const fn usual_riders() -> u32 {
    200
}

/// How far a morning peak has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum PeakState {
    Running,
    Done,
    /// The server stopped in the middle, or a tap could not be stored.
    Failed,
}

impl PeakState {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
        }
    }
}

/// The latest morning peak of a test network.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PeakView {
    #[cfg_attr(feature = "openapi", schema(inline))]
    pub state: PeakState,
    pub riders: u32,
    /// Taps there will be.
    pub planned: u32,
    /// Taps stored so far.
    pub sent: u32,
    /// By the test clock.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub started_at: Timestamp,
    /// The demand is modelled, not measured.
    pub modelled: bool,
}

/// A test network as the portal shows it: the latest of each.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SandboxView {
    pub clock: TestClock,
    pub riders: Vec<RiderView>,
    pub riders_total: u64,
    pub journeys: Vec<RecordedJourney>,
    pub events: Vec<RecordedEvent>,
    pub peak: Option<PeakView>,
    /// Where taps can be sent.
    pub stations: Vec<StationChoice>,
}

/// A whole journey that was made on request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TestJourney {
    /// Name of the test rider.
    pub rider: String,
    /// Name of the application that may hear of it; none where no application may ask.
    pub application: Option<String>,
    /// Of the tap-in and of the tap-out.
    pub answers: Vec<TapAnswer>,
    /// By the test clock, afterwards.
    pub now: Timestamp,
}

/// A station to choose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StationChoice {
    pub id: StationId,
    pub name: String,
}
