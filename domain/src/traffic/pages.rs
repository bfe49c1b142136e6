//! What the portal's map and station pages show: the network with how full it is.

use serde::{Deserialize, Serialize};

use super::CrowdingView;
use crate::{
    crowding::CrowdLevel,
    fares::TariffRef,
    money::Rupiah,
    network::{Km, Line, Station, StationDetail, StationId},
};

/// The lines and how full their stations are.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NetworkView {
    pub lines: Vec<Line>,
    pub crowding: CrowdingView,
}

/// Stations that fit what was asked for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StationsView {
    pub stations: Vec<StationNow>,
    /// All lines, to choose from.
    pub lines: Vec<Line>,
    pub crowding: CrowdingView,
}

/// A station and how full it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StationNow {
    pub station: Station,
    pub crowd_level: CrowdLevel,
}

/// Everything about a station that is public.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StationPageView {
    pub detail: StationDetail,
    /// None where closed.
    pub crowd_level: Option<CrowdLevel>,
    pub crowding: CrowdingView,
    /// Lines that call here.
    pub lines: Vec<LineName>,
    pub neighbours: Vec<Neighbour>,
    /// Some destinations, priced for an adult today; empty where closed.
    pub fares: Vec<FareTo>,
    /// What they are priced with.
    pub tariff: Option<TariffRef>,
}

/// A line, as a label.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineName {
    pub id: String,
    pub name: String,
    pub colour: String,
}

/// The next station on a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Neighbour {
    pub id: StationId,
    pub name: String,
    pub line: LineName,
    /// Along the track.
    pub distance_km: Km,
}

/// A destination and its fare.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FareTo {
    pub id: StationId,
    pub name: String,
    pub distance_km: Km,
    pub fare: Rupiah,
}
