//! Where everything stands on the map: a schematic, not a map to scale.
//!
//! The network is drawn as columns: the long lines leave the loop sideways and run down, so that
//! every name can be read level, beside its stop, and the whole is no wider than a page. Columns are
//! given by their ends; the stations between them, as many as the data has, share the way evenly. A
//! test proves that every station has its place and that no name lies on another or on a track.

use domain::network::{Line, StationId};

/// A point of the drawing, in its own units.
pub(super) type Point = (f64, f64);

/// Size of the drawing.
pub(super) const SIZE: Point = (1_100.0, 904.0);

/// Where a name stands, seen from its stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Left,
    Right,
    Above,
    Below,
    AboveRight,
    BelowRight,
}

/// A stop of the map.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Stop {
    pub id: StationId,
    pub name: String,
    pub at: Point,
    pub side: Side,
    /// More than one line calls here.
    pub interchange: bool,
}

/// A stretch of track.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Track {
    pub line: &'static str,
    pub points: &'static [Point],
}

/// Stations of a line, from one to another, evenly from one point to another.
struct Column {
    line: &'static str,
    first: &'static str,
    last: &'static str,
    from: Point,
    to: Point,
    side: Side,
}

const fn column(
    line: &'static str,
    (first, last): (&'static str, &'static str),
    from: Point,
    to: Point,
    side: Side,
) -> Column {
    Column { line, first, last, from, to, side }
}

const fn single(line: &'static str, code: &'static str, at: Point, side: Side) -> Column {
    column(line, (code, code), at, at, side)
}

const COLUMNS: &[Column] = &[
    single("bogor", "JAKK", (540.0, 48.0), Side::Left),
    column("bogor", ("JAY", "CKI"), (540.0, 130.0), (540.0, 322.0), Side::Right),
    single("bogor", "MGR", (540.0, 372.0), Side::BelowRight),
    column("bogor", ("TEB", "DPK"), (540.0, 420.0), (540.0, 750.0), Side::Right),
    single("bogor", "CTA", (540.0, 780.0), Side::Left),
    column("bogor", ("BJD", "BOO"), (540.0, 810.0), (540.0, 870.0), Side::Right),
    column("nambo", ("PDRG", "NMO"), (720.0, 820.0), (720.0, 880.0), Side::Right),
    column("cikarang", ("CKR", "KLD"), (872.0, 732.0), (872.0, 432.0), Side::Right),
    single("cikarang", "JNG", (720.0, 372.0), Side::AboveRight),
    column("cikarang", ("POK", "RJW"), (720.0, 318.0), (720.0, 138.0), Side::Right),
    single("cikarang", "KPB", (720.0, 92.0), Side::AboveRight),
    single("cikarang", "AK", (366.0, 148.0), Side::Right),
    single("cikarang", "DU", (366.0, 196.0), Side::Right),
    single("cikarang", "THB", (366.0, 280.0), Side::Right),
    single("cikarang", "SUDB", (424.0, 372.0), Side::Below),
    single("cikarang", "SUD", (478.0, 372.0), Side::Above),
    single("cikarang", "MTR", (630.0, 372.0), Side::Above),
    column("tanjungpriok", ("AC", "TPK"), (872.0, 128.0), (872.0, 192.0), Side::Right),
    column("tangerang", ("GGL", "TNG"), (28.0, 246.0), (28.0, 516.0), Side::Right),
    column("rangkasbitung", ("PLM", "RK"), (196.0, 334.0), (196.0, 844.0), Side::Right),
];

/// In the order of drawing: what comes later lies on top.
pub(super) const TRACKS: &[Track] = &[
    Track { line: "nambo", points: &[(540.0, 780.0), (680.0, 780.0), (720.0, 820.0), (720.0, 880.0)] },
    Track {
        line: "tanjungpriok",
        points: &[(540.0, 48.0), (676.0, 48.0), (720.0, 92.0), (836.0, 92.0), (872.0, 128.0), (872.0, 192.0)],
    },
    Track {
        line: "rangkasbitung",
        points: &[(366.0, 280.0), (236.0, 280.0), (196.0, 320.0), (196.0, 844.0)],
    },
    Track { line: "tangerang", points: &[(366.0, 196.0), (68.0, 196.0), (28.0, 236.0), (28.0, 516.0)] },
    Track {
        line: "cikarang",
        points: &[
            (720.0, 372.0),
            (720.0, 92.0),
            (406.0, 92.0),
            (366.0, 132.0),
            (366.0, 332.0),
            (406.0, 372.0),
            (832.0, 372.0),
            (872.0, 412.0),
            (872.0, 732.0),
        ],
    },
    Track { line: "bogor", points: &[(540.0, 48.0), (540.0, 870.0)] },
];

/// Every station of these lines that the map has a place for, once.
pub(super) fn stops(lines: &[Line]) -> Vec<Stop> {
    let mut stops: Vec<Stop> = Vec::new();
    for column in COLUMNS {
        let Some(line) = lines.iter().find(|line| line.id == column.line) else { continue };
        let place = |code: &str| line.stations.iter().position(|stop| stop.id.code() == code);
        let (Some(first), Some(last)) = (place(column.first), place(column.last)) else { continue };
        let Some(stations) = line.stations.get(first..=last) else { continue };
        let gaps = stations.len().saturating_sub(1).max(1) as f64;
        for (number, station) in stations.iter().enumerate() {
            let part = number as f64 / gaps;
            let between = |from: f64, to: f64| from + (to - from) * part;
            let calls = |line: &&Line| line.stations.iter().any(|stop| stop.id == station.id);
            stops.push(Stop {
                id: station.id,
                name: station.name.clone(),
                at: (between(column.from.0, column.to.0), between(column.from.1, column.to.1)),
                side: column.side,
                interchange: lines.iter().filter(calls).count() > 1,
            });
        }
    }
    stops
}

/// A name in lines short enough for its place.
pub(super) fn wrapped(name: &str) -> Vec<&str> {
    const CHARS_MAX: usize = 22;
    match name.rsplit_once(' ').filter(|_| name.chars().count() > CHARS_MAX) {
        Some((first, second)) => vec![first, second],
        None => vec![name],
    }
}

/// Where a name's first line begins (or ends, or has its middle), how it is anchored there, and
/// whether the level stands on a line of its own.
pub(super) fn label(stop: &Stop, lines: usize) -> (Point, &'static str, bool) {
    let (x, y) = stop.at;
    // Level with the stop: half the height of a line below it, and half of every further line above.
    let level = y + 5.0 - (lines - 1) as f64 * LINE_HEIGHT / 2.0;
    match stop.side {
        Side::Left => ((x - 14.0, level), "end", false),
        Side::Right => ((x + 14.0, level), "start", false),
        Side::Above => ((x, y - 16.0), "middle", true),
        Side::Below => ((x, y + 25.0), "middle", true),
        Side::AboveRight => ((x + 10.0, y - 12.0), "start", false),
        Side::BelowRight => ((x + 10.0, y + 22.0), "start", false),
    }
}

/// From one line of a name to the next.
pub(super) const LINE_HEIGHT: f64 = 15.0;

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use domain::network::Network;

    use super::*;

    /// Left, top, right, bottom.
    type Box = (f64, f64, f64, f64);

    /// Width of a character of 14 px in our font, rather too wide.
    const CHAR_WIDTH: f64 = 7.3;
    /// " · sedang", smaller.
    const LEVEL_WIDTH: f64 = 58.0;

    fn all() -> (Network, Vec<Stop>) {
        let network = Network::embedded().unwrap();
        let stops = stops(network.lines());
        (network, stops)
    }

    fn name_box(stop: &Stop) -> Box {
        let lines = wrapped(&stop.name);
        let ((x, y), anchor, below) = label(stop, lines.len());
        let chars = lines.iter().map(|line| line.chars().count()).max().unwrap_or(0) as f64;
        let width = chars * CHAR_WIDTH + if below { 0.0 } else { LEVEL_WIDTH };
        let left = match anchor {
            "end" => x - width,
            "middle" => x - width / 2.0,
            _ => x,
        };
        let extra = (lines.len() - 1) as f64 * LINE_HEIGHT;
        // A level of its own stands away from the track: above a name above, below a name below.
        let (up, down) = match (below, stop.side) {
            (true, Side::Above) => (LINE_HEIGHT, 0.0),
            (true, _) => (0.0, LINE_HEIGHT),
            (false, _) => (0.0, 0.0),
        };
        (left, y - 11.0 - up, left + width, y + 3.0 + extra + down)
    }

    fn overlap(a: Box, b: Box) -> bool {
        a.0 < b.2 && b.0 < a.2 && a.1 < b.3 && b.1 < a.3
    }

    #[test]
    fn every_open_station_has_one_place() {
        let (network, stops) = all();
        let placed: BTreeSet<_> = stops.iter().map(|stop| stop.id).collect();
        assert_eq!(placed.len(), stops.len(), "once each");
        for station in network.stations().iter().filter(|station| station.is_open()) {
            assert!(placed.contains(&station.id), "{}", station.id);
        }
        let interchanges: Vec<_> =
            stops.iter().filter(|stop| stop.interchange).map(|stop| stop.id.code().to_owned()).collect();
        assert_eq!(interchanges, ["JAKK", "MGR", "CTA", "KPB", "DU", "THB"]);
    }

    #[test]
    fn no_name_lies_on_another_on_a_stop_or_outside() {
        let (_, stops) = all();
        for stop in &stops {
            let own = name_box(stop);
            assert!(
                own.0 >= 0.0 && own.1 >= 0.0 && own.2 <= SIZE.0 && own.3 <= SIZE.1,
                "{} {own:?}",
                stop.name
            );
            for other in &stops {
                let (x, y) = other.at;
                assert!(
                    !overlap(own, (x - 7.0, y - 7.0, x + 7.0, y + 7.0)),
                    "{} on {}'s stop",
                    stop.name,
                    other.name
                );
                if other.id != stop.id {
                    assert!(!overlap(own, name_box(other)), "{} on {}", stop.name, other.name);
                }
            }
        }
    }

    #[test]
    fn no_name_lies_on_a_track_and_every_stop_on_its_own() {
        let (network, stops) = all();
        let steps = |from: Point, to: Point| {
            (0..=200).map(move |step| {
                let part = f64::from(step) / 200.0;
                (from.0 + (to.0 - from.0) * part, from.1 + (to.1 - from.1) * part)
            })
        };
        let on = |track: &Track| -> Vec<Point> {
            track.points.windows(2).flat_map(|pair| steps(pair[0], pair[1])).collect()
        };
        for track in TRACKS {
            for (x, y) in on(track) {
                for stop in &stops {
                    let own = name_box(stop);
                    assert!(
                        !overlap(own, (x - 2.0, y - 2.0, x + 2.0, y + 2.0)),
                        "{} on {}",
                        stop.name,
                        track.line
                    );
                }
            }
        }
        for line in network.lines() {
            let track: Vec<_> = TRACKS.iter().filter(|track| track.line == line.id).flat_map(on).collect();
            for station in &line.stations {
                let (x, y) = stops.iter().find(|stop| stop.id == station.id).unwrap().at;
                let near = |point: &Point| (point.0 - x).hypot(point.1 - y) < 3.0;
                assert!(track.iter().any(near), "{} lies off {}", station.name, line.id);
            }
        }
    }
}
