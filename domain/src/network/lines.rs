//! Lines: ordered stations, made from the rows of `data/segments.csv` in their order.
//!
//! The rows of a line must join end to end. Two shapes are more than a plain row of stations:
//! - Nambo is a branch: its own line from Citayam on, with `branch_of: "bogor"`; its trains go on
//!   to Jakarta Kota over the Bogor line's track, whose stations are not repeated.
//! - Cikarang is a lollipop: the stick from Cikarang to Jatinegara, then the loop through Pasar
//!   Senen, Kampung Bandan, Tanah Abang and Manggarai, each station once, with
//!   `loops_back_to: "STN_JNG"` for the piece of track that closes the loop.

use serde::{Deserialize, Serialize};

use super::csv::Table;
use super::{Km, NetworkError, StationId, StationRecord};

/// A line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Line {
    /// What `line` filters by.
    #[cfg_attr(feature = "openapi", schema(example = "bogor"))]
    pub id: String,
    #[cfg_attr(feature = "openapi", schema(example = "Commuter Line Bogor"))]
    pub name: String,
    /// For maps, `#rrggbb`.
    #[cfg_attr(feature = "openapi", schema(example = "#D7252C", pattern = "^#[0-9A-F]{6}$"))]
    pub colour: String,
    /// Other ids that `line` accepts: `bekasi` is the Cikarang line's name until 2017.
    pub aliases: Vec<String>,
    /// The line whose track its trains run on beyond its first station.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub branch_of: Option<String>,
    /// Where the track leads on after the last station, if it closes a loop.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub loops_back_to: Option<StationId>,
    /// First departure of the day anywhere on the line, HH:MM in Jakarta.
    #[cfg_attr(feature = "openapi", schema(example = "03:50"))]
    pub first_departure: String,
    /// Last departure of the service day; may be after midnight.
    #[cfg_attr(feature = "openapi", schema(example = "01:07"))]
    pub last_departure: String,
    /// All its track, a closing piece included.
    pub length_km: Km,
    /// Open stations, in the order of travel.
    pub stations: Vec<LineStation>,
}

/// A stop on a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LineStation {
    pub id: StationId,
    #[cfg_attr(feature = "openapi", schema(example = "Gambir"))]
    pub name: String,
    /// Along the line's track from its first station.
    pub distance_km: Km,
}

/// One row of the segments table: line, ends (places in the stations table), metres.
pub(super) struct LineSegment {
    pub line: String,
    pub from: usize,
    pub to: usize,
    pub metres: u32,
}

pub(super) fn read_lines(
    text: &str,
    segments: &[LineSegment],
    stations: &[StationRecord],
) -> Result<Vec<Line>, NetworkError> {
    let table = Table::parse("lines.csv", text)?;
    let mut lines = Vec::new();
    for row in table.rows() {
        let id = row.cell("id")?.to_owned();
        let own: Vec<_> = segments.iter().filter(|segment| segment.line == id).collect();
        let (route, length_m) = route(&id, &own)?;
        let (route, loops_back_to) = match route.split_last() {
            Some((&(last, _), before)) if before.iter().any(|&(station, _)| station == last) => {
                (before, Some(stations[last].id))
            }
            _ => (route.as_slice(), None),
        };
        lines.push(Line {
            id,
            name: row.cell("name")?.to_owned(),
            colour: row.cell("colour")?.to_owned(),
            aliases: row.list("aliases")?,
            branch_of: Some(row.cell("branch_of")?.to_owned()).filter(|line| !line.is_empty()),
            loops_back_to,
            first_departure: row.cell("first_departure")?.to_owned(),
            last_departure: row.cell("last_departure")?.to_owned(),
            length_km: Km::from_metres(length_m),
            stations: route
                .iter()
                .map(|&(station, metres)| (&stations[station], metres))
                .filter(|(station, _)| station.is_open())
                .map(|(station, metres)| LineStation {
                    id: station.id,
                    name: station.name.clone(),
                    distance_km: Km::from_metres(metres),
                })
                .collect(),
        });
    }
    Ok(lines)
}

/// Stations in order with their metres from the first, and the metres of all.
fn route(line: &str, segments: &[&LineSegment]) -> Result<(Vec<(usize, u32)>, u32), NetworkError> {
    let first = segments.first().ok_or_else(|| NetworkError::BrokenLine { line: line.to_owned() })?;
    let mut stops = vec![(first.from, 0)];
    let mut end = (first.from, 0_u32);
    for segment in segments {
        if segment.from != end.0 {
            return Err(NetworkError::BrokenLine { line: line.to_owned() });
        }
        end = (segment.to, end.1.saturating_add(segment.metres));
        stops.push(end);
    }
    Ok((stops, end.1))
}
