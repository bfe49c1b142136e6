//! The rail network: stations, lines, and how far apart two stations are along the track.
//!
//! Owns the facts that stand still while the server runs, read once from `data/` (sources and what
//! is modelled: `data/SOURCES.md`). Does not own gates that come and go (the caller's gates table
//! fills `gates_online` and `gates_total`), nor prices ([`fares`](crate::fares)).
//!
//! **Who is a station.** Four ids are older than the operator's codes (`STN_GMB` for `GMR`); both
//! spellings, with or without `STN_`, in any case, name the same station: [`Network::find`].
//!
//! **Closed stations** (Karet) keep their place in the graph, so no distance depends on them, and
//! answer to their id with `status: "closed"`; they are in no list, no search result, on no line,
//! and not offered as origin or destination.

mod csv;
mod graph;
mod lines;
mod nearby;
mod record;
mod search;
mod station;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

pub use self::graph::Km;
pub use self::lines::{Line, LineStation};
pub use self::record::{PlannedGate, StationIx, StationRecord, TapsBasis};
pub use self::search::Q_CHARS_MAX;
pub use self::station::{
    Accessibility, Gate, GateDirection, GateDirectionError, NearbyStation, OperatingHours, Station,
    StationDetail, StationId, StationIdError, StationStatus,
};

use self::csv::Table;
use self::graph::{Distances, Segment};
use self::lines::LineSegment;
use self::search::Query;

/// The tables do not describe a network.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NetworkError {
    #[error("{file}, line {line}: {problem}")]
    Row { file: &'static str, line: usize, problem: String },
    #[error("two stations answer to `{spelling}`")]
    Ambiguous { spelling: String },
    #[error("{station} cannot be reached by rail")]
    Unreachable { station: StationId },
    #[error("the segments of line `{line}` do not join end to end")]
    BrokenLine { line: String },
}

/// Why a station cannot be an end of a journey.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum StationError {
    #[error("no such station")]
    Unknown,
    #[error("{0} is closed")]
    Closed(StationId),
}

/// Stations, lines and distances.
#[derive(Debug, Clone)]
pub struct Network {
    stations: Vec<StationRecord>,
    lines: Vec<Line>,
    /// Every spelling of every id, reduced to its code.
    by_code: HashMap<StationId, StationIx>,
    distances: Distances,
    /// By place of the station: metres to the open station farthest along the track.
    farthest_m: Vec<u32>,
}

impl Network {
    /// The network of `data/`, which is part of the program.
    ///
    /// # Errors
    /// See [`Self::parse`]; the tests prove that there are none.
    pub fn embedded() -> Result<Self, NetworkError> {
        Self::parse(
            include_str!("../../../data/stations.csv"),
            include_str!("../../../data/segments.csv"),
            include_str!("../../../data/lines.csv"),
        )
    }

    /// Reads the three tables and works out all distances.
    ///
    /// # Errors
    /// A row that cannot be read, two stations with one spelling, a station without track to it, a
    /// line with a gap.
    pub fn parse(stations_csv: &str, segments_csv: &str, lines_csv: &str) -> Result<Self, NetworkError> {
        let table = Table::parse("stations.csv", stations_csv)?;
        let mut stations = Vec::new();
        let mut by_code = HashMap::new();
        for (row, number) in table.rows().zip(0_u16..) {
            let station = StationRecord::read(StationIx(number), &row)?;
            for spelling in spellings(&station) {
                let code =
                    spelling.parse().map_err(|_| row.fault(format!("`{spelling}` cannot name a station")))?;
                if by_code.insert(code, station.ix).is_some_and(|earlier| earlier != station.ix) {
                    return Err(NetworkError::Ambiguous { spelling: spelling.to_owned() });
                }
            }
            stations.push(station);
        }
        let segments = read_segments(segments_csv, &by_code)?;
        let track: Vec<_> = segments
            .iter()
            .map(|segment| Segment { a: segment.from, b: segment.to, metres: segment.metres })
            .collect();
        let distances = Distances::of(stations.len(), &track)
            .map_err(|unreached| NetworkError::Unreachable { station: stations[unreached].id })?;
        let lines = lines::read_lines(lines_csv, &segments, &stations)?;
        let farthest_from = |from| {
            let open = stations.iter().filter(|station| station.is_open());
            open.map(|to| distances.between(from, usize::from(to.ix.0))).max().unwrap_or(0)
        };
        let farthest_m = (0..stations.len()).map(farthest_from).collect();
        Ok(Self { stations, lines, by_code, distances, farthest_m })
    }

    /// The station that an id, an alias or a bare code names, open or closed. Allocates nothing.
    #[must_use]
    pub fn find(&self, spelling: &str) -> Option<&StationRecord> {
        let code: StationId = spelling.parse().ok()?;
        self.by_code.get(&code).map(|&ix| self.station(ix))
    }

    /// The same for an end of a journey.
    ///
    /// # Errors
    /// [`StationError::Unknown`], or [`StationError::Closed`] where nobody can tap.
    pub fn find_open(&self, spelling: &str) -> Result<&StationRecord, StationError> {
        match self.find(spelling) {
            None => Err(StationError::Unknown),
            Some(station) if station.is_open() => Ok(station),
            Some(station) => Err(StationError::Closed(station.id)),
        }
    }

    /// The station at a place that this network gave out.
    #[must_use]
    pub fn station(&self, ix: StationIx) -> &StationRecord {
        &self.stations[usize::from(ix.0)]
    }

    /// All stations, closed ones too, in the order of the data (along the lines).
    #[must_use]
    pub fn stations(&self) -> &[StationRecord] {
        &self.stations
    }

    /// How many stations a list can hold: the largest `limit` that makes sense.
    #[must_use]
    pub fn open_count(&self) -> usize {
        self.open().count()
    }

    /// All lines.
    #[must_use]
    pub fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// The line an id or alias names; case, spaces and punctuation do not matter.
    #[must_use]
    pub fn line(&self, spelling: &str) -> Option<&Line> {
        if spelling.len() > 64 {
            return None;
        }
        let plain: String = spelling.chars().filter(char::is_ascii_alphanumeric).collect();
        self.lines.iter().find(|line| {
            line.id.eq_ignore_ascii_case(&plain)
                || line.aliases.iter().any(|alias| alias.eq_ignore_ascii_case(&plain))
        })
    }

    /// Open stations on `line` (an id or alias; unknown: none) whose name fits `q`, best first;
    /// without `q` in the order of the data. A `q` of white space is no `q`.
    #[must_use]
    pub fn list(&self, line: Option<&str>, q: Option<&str>) -> Vec<&StationRecord> {
        let line = match line.map(|spelling| self.line(spelling)) {
            None => None,
            Some(Some(line)) => Some(line.id.as_str()),
            Some(None) => return Vec::new(),
        };
        let open = self.open().collect();
        let mut found = match q.filter(|q| !q.trim().is_empty()) {
            None => open,
            Some(q) => best_fitting(q, open),
        };
        if let Some(line) = line {
            found.retain(|station| station.lines.iter().any(|own| own == line));
        }
        found
    }

    /// Shortest way along the track, in metres.
    #[must_use]
    pub fn distance_m(&self, from: StationIx, to: StationIx) -> u32 {
        self.distances.between(usize::from(from.0), usize::from(to.0))
    }

    /// Shortest way along the track to the open station that is farthest from this one, in metres.
    #[must_use]
    pub fn farthest_m(&self, from: StationIx) -> u32 {
        self.farthest_m[usize::from(from.0)]
    }

    /// Straight distance over the ground, in metres.
    #[must_use]
    pub fn straight_m(&self, from: StationIx, to: StationIx) -> u32 {
        nearby::great_circle_m(self.station(from), self.station(to))
    }

    /// The station in full, with the gates that the caller knows.
    #[must_use]
    pub fn detail(&self, of: StationIx, gates: Vec<Gate>) -> StationDetail {
        let count = |gates: usize| u32::try_from(gates).unwrap_or(u32::MAX);
        let online = gates.iter().filter(|gate| gate.online).count();
        let record = self.station(of);
        StationDetail {
            station: record.wire(count(online), count(gates.len())),
            gates,
            nearby: self.nearby(of),
            accessibility: record.accessibility,
        }
    }

    fn open(&self) -> impl Iterator<Item = &StationRecord> {
        self.stations.iter().filter(|station| station.is_open())
    }
}

/// What may stand where a station id is asked for.
fn spellings(station: &StationRecord) -> impl Iterator<Item = &str> {
    [station.id.code(), station.operator_code.as_str()]
        .into_iter()
        .chain(station.aliases.iter().map(String::as_str))
}

fn read_segments(
    text: &str,
    by_code: &HashMap<StationId, StationIx>,
) -> Result<Vec<LineSegment>, NetworkError> {
    let table = Table::parse("segments.csv", text)?;
    let mut segments = Vec::new();
    for row in table.rows() {
        let end = |column| {
            let code: StationId = row.parsed(column)?;
            let ix = by_code.get(&code).ok_or_else(|| row.fault(format!("{code} is not in stations.csv")))?;
            Ok::<_, NetworkError>(usize::from(ix.0))
        };
        let km = row.cell("km")?;
        let length = Km::parse(km).ok_or_else(|| row.fault(format!("`km` cannot be `{km}`")))?;
        segments.push(LineSegment {
            line: row.cell("line")?.to_owned(),
            from: end("from_code")?,
            to: end("to_code")?,
            metres: length.metres(),
        });
    }
    Ok(segments)
}

/// Searches the whole network, so that a name spelled right but on another line is not answered
/// with lookalikes from this one.
fn best_fitting<'n>(q: &str, stations: Vec<&'n StationRecord>) -> Vec<&'n StationRecord> {
    let Some(query) = Query::new(q) else {
        return Vec::new();
    };
    let mut found: Vec<_> =
        stations.iter().filter_map(|&station| Some((station.search.fit(&query)?, station))).collect();
    if found.is_empty() {
        found = stations
            .iter()
            .filter_map(|&station| Some((station.search.fuzzy_fit(&query)?, station)))
            .collect();
    }
    found.sort_by(|(fit, station), (other_fit, other)| (fit, &station.name).cmp(&(other_fit, &other.name)));
    found.into_iter().map(|(_, station)| station).collect()
}
