//! A station as `data/stations.csv` has it: what the wire shows and what only we need.

use std::str::FromStr;

use super::csv::Row;
use super::search::SearchNames;
use super::{Accessibility, GateDirection, NetworkError, OperatingHours, Station, StationId, StationStatus};

/// Time zone of every operating hour.
const TIMEZONE: &str = "Asia/Jakarta";

/// Place of a station in the [`Network`](super::Network) that gave it out; the cheap way to name
/// one that is known to exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StationIx(pub(super) u16);

impl StationIx {
    /// Its index in [`Network::stations`](super::Network::stations).
    #[must_use]
    pub fn place(self) -> usize {
        usize::from(self.0)
    }
}

/// Everything known about a station that does not change while the server runs.
#[derive(Debug, Clone)]
pub struct StationRecord {
    pub ix: StationIx,
    pub id: StationId,
    /// The operator's own code: differs from `id` for four stations.
    pub operator_code: String,
    pub name: String,
    /// Names people also use; found by search.
    pub other_names: Vec<String>,
    /// Other spellings of `id`.
    pub aliases: Vec<String>,
    /// Line ids.
    pub lines: Vec<String>,
    /// Degrees, WGS 84.
    pub lat: f64,
    /// Degrees, WGS 84.
    pub lng: f64,
    pub status: StationStatus,
    /// None where closed.
    pub operating_hours: Option<OperatingHours>,
    /// Empty: unknown.
    pub facilities: Vec<String>,
    pub accessibility: Accessibility,
    pub gates_in: u16,
    pub gates_out: u16,
    /// Taps in and out that the station takes in an hour before it counts as full. Modelled.
    pub capacity_per_hour: u32,
    /// Taps in and out on an average day.
    pub daily_taps: Option<u32>,
    /// Where `daily_taps` comes from.
    pub daily_taps_basis: Option<TapsBasis>,
    pub(super) search: SearchNames,
}

/// Where a count of taps comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TapsBasis {
    Published,
    /// Published as "more than".
    PublishedMinimum,
    /// Its line's published total, shared out evenly (`data/SOURCES.md`).
    Modelled,
}

impl FromStr for TapsBasis {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "published" => Ok(Self::Published),
            "published_minimum" => Ok(Self::PublishedMinimum),
            "modelled" => Ok(Self::Modelled),
            _ => Err(()),
        }
    }
}

/// A gate that the data plans for a station; the gates table is seeded with these.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedGate {
    /// `GATE_GMB_IN_01`: station code, direction, number from 1.
    pub id: String,
    pub station: StationId,
    pub direction: GateDirection,
}

impl StationRecord {
    pub(super) fn read(ix: StationIx, row: &Row<'_>) -> Result<Self, NetworkError> {
        let status = match row.cell("status")? {
            "open" => StationStatus::Open,
            "closed" => StationStatus::Closed,
            other => return Err(row.fault(format!("`status` cannot be `{other}`"))),
        };
        let id: StationId = row.parsed("id")?;
        let operator_code = row.cell("operator_code")?.to_owned();
        let name = row.cell("name")?.to_owned();
        let other_names = row.list("other_names")?;
        let search = SearchNames::new(
            [&name].into_iter().chain(&other_names).map(String::as_str),
            [id.code(), &operator_code],
        );
        Ok(Self {
            ix,
            id,
            operator_code,
            name,
            other_names,
            aliases: row.list("aliases")?,
            lines: row.list("lines")?,
            lat: row.parsed("lat")?,
            lng: row.parsed("lng")?,
            status,
            operating_hours: read_hours(row)?,
            facilities: row.list("facilities")?,
            accessibility: read_accessibility(row)?,
            gates_in: row.parsed("gates_in")?,
            gates_out: row.parsed("gates_out")?,
            capacity_per_hour: row.parsed("capacity_per_hour")?,
            daily_taps: match row.cell("daily_taps")? {
                "" => None,
                _ => Some(row.parsed("daily_taps")?),
            },
            daily_taps_basis: row.cell("daily_taps_basis")?.parse().ok(),
            search,
        })
    }

    #[must_use]
    pub fn is_open(&self) -> bool {
        self.status == StationStatus::Open
    }

    /// The station on the wire, with the gate counts that the caller knows.
    #[must_use]
    pub fn wire(&self, gates_online: u32, gates_total: u32) -> Station {
        Station {
            id: self.id,
            name: self.name.clone(),
            code: self.id.code().to_owned(),
            line: self.lines.clone(),
            lat: self.lat,
            lng: self.lng,
            gates_online,
            gates_total,
            facilities: self.facilities.clone(),
            facilities_known: !self.facilities.is_empty(),
            operating_hours: self.operating_hours.clone(),
            aliases: self.aliases.clone(),
            status: self.status,
        }
    }

    /// The gates of this station, entries first.
    pub fn planned_gates(&self) -> impl Iterator<Item = PlannedGate> {
        let id = self.id;
        [(GateDirection::In, "IN", self.gates_in), (GateDirection::Out, "OUT", self.gates_out)]
            .into_iter()
            .flat_map(move |(direction, word, gates)| {
                (1..=gates).map(move |number| PlannedGate {
                    id: format!("GATE_{}_{word}_{number:02}", id.code()),
                    station: id,
                    direction,
                })
            })
    }
}

fn read_hours(row: &Row<'_>) -> Result<Option<OperatingHours>, NetworkError> {
    let (open, close) = (row.cell("open")?, row.cell("close")?);
    if open.is_empty() && close.is_empty() {
        return Ok(None);
    }
    let closes_next_day = match row.cell("closes_next_day")? {
        "yes" => true,
        "no" => false,
        other => return Err(row.fault(format!("`closes_next_day` cannot be `{other}`"))),
    };
    let sound =
        is_clock_time(open) && is_clock_time(close) && open != "24:00" && (close < open) == closes_next_day;
    if !sound {
        return Err(row.fault(format!("hours cannot be {open} to {close}")));
    }
    Ok(Some(OperatingHours {
        open: open.to_owned(),
        close: close.to_owned(),
        timezone: TIMEZONE.to_owned(),
        closes_next_day,
    }))
}

/// `HH:MM` from 00:00 to 24:00.
fn is_clock_time(text: &str) -> bool {
    let bytes = text.as_bytes();
    let digits =
        bytes.len() == 5 && bytes[2] == b':' && [0, 1, 3, 4].iter().all(|&at| bytes[at].is_ascii_digit());
    digits && (text == "24:00" || (text < "24:00" && &text[3..] < "60"))
}

fn read_accessibility(row: &Row<'_>) -> Result<Accessibility, NetworkError> {
    let mut known = Accessibility::default();
    for fact in row.list("accessibility")? {
        match fact.as_str() {
            "elevator=yes" => known.elevator = Some(true),
            "elevator=no" => known.elevator = Some(false),
            "accessible_toilet=yes" => known.accessible_toilet = Some(true),
            "accessible_toilet=no" => known.accessible_toilet = Some(false),
            other => return Err(row.fault(format!("`accessibility` cannot hold `{other}`"))),
        }
    }
    Ok(known)
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_day_ends_at_twenty_four() {
        for good in ["00:00", "05:04", "23:59", "24:00"] {
            assert!(super::is_clock_time(good), "{good}");
        }
        for bad in ["", "5:04", "24:01", "23:60", "25:00", "ab:cd", "05:0é"] {
            assert!(!super::is_clock_time(bad), "{bad}");
        }
    }
}
