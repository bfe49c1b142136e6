//! Riders in the network: figures by day and hour, how full stations are, the map, the stations.
//!
//! Network totals, levels and stations are for everybody; a station's hours for partners from Pro on
//! and for the operator. What is withheld is withheld by the API; the pages only say so.

mod day;
mod days;
mod level;
mod line_mark;
mod map;
#[cfg(feature = "ssr")]
mod options;
mod page;
mod station;
mod stations;

pub use map::MapPage;
pub use page::TrafficPage;
pub use station::StationPage;
pub use stations::StationsPage;
