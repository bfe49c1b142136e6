//! Track distances: exact metres along the rails, the shortest way, for every pair of stations.
//!
//! The network has fewer than a hundred stations, so all pairs are worked out once when it is read
//! (Dijkstra from every station) and a look-up is one index into a flat table.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A piece of track between two neighbouring stations, passable both ways.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Segment {
    pub a: usize,
    pub b: usize,
    pub metres: u32,
}

/// Shortest distance in metres for every pair: `metres[from * stations + to]`.
#[derive(Debug, Clone)]
pub(super) struct Distances {
    stations: usize,
    metres: Vec<u32>,
}

impl Distances {
    /// # Errors
    /// The number of a station that cannot be reached from the first one.
    pub(super) fn of(stations: usize, segments: &[Segment]) -> Result<Self, usize> {
        let mut neighbours = vec![Vec::new(); stations];
        for segment in segments {
            neighbours[segment.a].push((segment.b, segment.metres));
            neighbours[segment.b].push((segment.a, segment.metres));
        }
        let mut metres = vec![u32::MAX; stations * stations];
        for (from, row) in metres.chunks_mut(stations.max(1)).enumerate() {
            shortest_from(from, &neighbours, row);
            if let Some(unreached) = row.iter().position(|&metres| metres == u32::MAX) {
                return Err(unreached);
            }
        }
        Ok(Self { stations, metres })
    }

    pub(super) fn between(&self, from: usize, to: usize) -> u32 {
        self.metres[from * self.stations + to]
    }
}

/// Dijkstra. `best` comes in full of `u32::MAX` and leaves with the distances from `from`.
fn shortest_from(from: usize, neighbours: &[Vec<(usize, u32)>], best: &mut [u32]) {
    best[from] = 0;
    let mut queue = BinaryHeap::from([Reverse((0, from))]);
    while let Some(Reverse((metres, station))) = queue.pop() {
        if metres > best[station] {
            continue;
        }
        for &(next, length) in &neighbours[station] {
            let through = metres.saturating_add(length);
            if through < best[next] {
                best[next] = through;
                queue.push(Reverse((through, next)));
            }
        }
    }
}

/// A distance that is kept in whole metres and written in kilometres.
///
/// Nothing is rounded: 27,062 m is `27.062` on the wire. So a reader sees on which side of a fare
/// step a journey falls, and the figure read back is the same number of metres.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(
    feature = "openapi",
    schema(value_type = f64, minimum = 0.0, example = 27.062, description = "Kilometres, exact to the metre (three decimals at most).")
)]
pub struct Km(u32);

impl Km {
    #[must_use]
    pub const fn from_metres(metres: u32) -> Self {
        Self(metres)
    }

    #[must_use]
    pub const fn metres(self) -> u32 {
        self.0
    }

    /// Reads a decimal number of kilometres with at most three decimals, digit by digit.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
        let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || decimals.len() > 3 || !digits(whole) || !digits(decimals) {
            return None;
        }
        let metres: u32 = format!("{decimals:0<3}").parse().ok()?;
        whole.parse::<u32>().ok()?.checked_mul(1000)?.checked_add(metres).map(Self)
    }
}

impl Serialize for Km {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // Division is correctly rounded, so this is the very double that the decimal text names.
        serializer.serialize_f64(f64::from(self.0) / 1000.0)
    }
}

impl<'de> Deserialize<'de> for Km {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let metres = (f64::deserialize(deserializer)? * 1000.0).round();
        if !(0.0..=f64::from(u32::MAX)).contains(&metres) {
            return Err(serde::de::Error::custom("a distance in kilometres"));
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "whole and in range, just checked"
        )]
        Ok(Self(metres as u32))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shorter_way_round_a_loop_is_taken() {
        let segments = [(0, 1, 10), (1, 2, 10), (2, 3, 10), (3, 0, 25)];
        let segments = segments.map(|(a, b, metres)| Segment { a, b, metres });
        let distances = Distances::of(4, &segments).unwrap();
        assert_eq!((distances.between(0, 3), distances.between(0, 2)), (25, 20));
        assert_eq!(Distances::of(5, &segments).unwrap_err(), 4);
    }

    #[test]
    fn kilometres_keep_every_metre() {
        for (metres, text) in
            [(0, "0.0"), (1, "0.001"), (27_062, "27.062"), (25_000, "25.0"), (123_761, "123.761")]
        {
            assert_eq!(serde_json::to_string(&Km(metres)).unwrap(), text);
            assert_eq!(serde_json::from_str::<Km>(text).unwrap(), Km(metres));
            assert_eq!(Km::parse(text), Some(Km(metres)));
        }
        assert!(
            (0..200_000).all(|m| {
                serde_json::from_str(&serde_json::to_string(&Km(m)).unwrap()).ok() == Some(Km(m))
            })
        );
        for bad in ["", "-1", "1.2345", "1e3", ".5", "4294967.296"] {
            assert_eq!(Km::parse(bad), None, "{bad}");
        }
    }
}
