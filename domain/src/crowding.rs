//! Crowding: how full a station is, and when `station.crowded` is told.
//!
//! A station's capacity is the taps, in and out, that it takes in an hour (`data/stations.csv`).
//! **Level** of a figure: low up to 40 % of capacity, medium up to 60 %, high up to 80 %, critical
//! above. **Crowded** begins when the taps of the last 15 minutes are more than 80 % of a quarter of
//! the hourly capacity and ends when they are less than 70 %; between the two nothing changes, so
//! that a figure that trembles around a limit is told once.

use std::collections::VecDeque;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// Length of the time looked at, in seconds.
pub const CROWDING_WINDOW_S: u32 = 900;
/// Percent of capacity above which a station becomes crowded.
pub const CROWDED_ABOVE_PERCENT: u64 = 80;
/// Percent of capacity below which it is crowded no more.
pub const CROWDED_UNTIL_PERCENT: u64 = 70;

/// How full a station is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum CrowdLevel {
    Low,
    Medium,
    High,
    Critical,
}

impl CrowdLevel {
    /// Level of `taps` in a time of `window_s` seconds. A station without capacity is critical with
    /// its first tap.
    #[must_use]
    pub fn of(taps: u64, window_s: u32, capacity_per_hour: u32) -> Self {
        let above = |percent| is_above(taps, percent, window_s, capacity_per_hour);
        if above(80) {
            Self::Critical
        } else if above(60) {
            Self::High
        } else if above(40) {
            Self::Medium
        } else {
            Self::Low
        }
    }

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

/// Whether a station counts as crowded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Crowding {
    #[default]
    Calm,
    Crowded,
}

impl Crowding {
    /// The state after this one, with `taps` in the last 15 minutes. From calm to crowded is the
    /// moment for `station.crowded`.
    #[must_use]
    pub fn next(self, taps: u64, capacity_per_hour: u32) -> Self {
        let above = |percent| is_above(taps, percent, CROWDING_WINDOW_S, capacity_per_hour);
        let below = |percent| is_below(taps, percent, CROWDING_WINDOW_S, capacity_per_hour);
        match self {
            Self::Calm if above(CROWDED_ABOVE_PERCENT) => Self::Crowded,
            // A station without capacity is calm again with nobody in it.
            Self::Crowded if below(CROWDED_UNTIL_PERCENT) || taps == 0 => Self::Calm,
            same => same,
        }
    }
}

/// Both sides of `taps / window_s  ?  percent / 100 × capacity / 3600`, without a division.
fn sides(taps: u64, percent: u64, window_s: u32, capacity_per_hour: u32) -> (u128, u128) {
    let taps = u128::from(taps) * 100 * 3_600;
    (taps, u128::from(percent) * u128::from(capacity_per_hour) * u128::from(window_s))
}

fn is_above(taps: u64, percent: u64, window_s: u32, capacity_per_hour: u32) -> bool {
    let (taps, limit) = sides(taps, percent, window_s, capacity_per_hour);
    taps > limit
}

fn is_below(taps: u64, percent: u64, window_s: u32, capacity_per_hour: u32) -> bool {
    let (taps, limit) = sides(taps, percent, window_s, capacity_per_hour);
    taps < limit
}

/// The taps of one station that can still matter to the last 15 minutes. They may come in any order;
/// each is to be given once.
#[derive(Debug, Clone, Default)]
pub struct RecentTaps {
    /// In order of time.
    tapped_at: VecDeque<Timestamp>,
}

impl RecentTaps {
    /// Takes note of a tap.
    pub fn record(&mut self, tapped_at: Timestamp) {
        let place = self.tapped_at.partition_point(|&earlier| earlier <= tapped_at);
        self.tapped_at.insert(place, tapped_at);
    }

    /// How many taps the 15 minutes up to `now` have, those of this very instant included. Forgets
    /// those before, so `now` should not go back.
    pub fn count(&mut self, now: Timestamp) -> u64 {
        let window = SignedDuration::from_secs(i64::from(CROWDING_WINDOW_S));
        let since = now.checked_sub(window).unwrap_or(Timestamp::MIN);
        let over = self.tapped_at.partition_point(|&tapped_at| tapped_at <= since);
        self.tapped_at.drain(..over);
        let so_far = self.tapped_at.partition_point(|&tapped_at| tapped_at <= now);
        u64::try_from(so_far).unwrap_or(u64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn levels_change_above_forty_sixty_and_eighty_percent() {
        // 2,400 an hour: 960, 1,440 and 1,920; 600 in 15 minutes: 240, 360 and 480.
        for (taps, window_s, level) in [
            (0, 3_600, "low"),
            (960, 3_600, "low"),
            (961, 3_600, "medium"),
            (1_440, 3_600, "medium"),
            (1_441, 3_600, "high"),
            (1_920, 3_600, "high"),
            (1_921, 3_600, "critical"),
            (240, 900, "low"),
            (480, 900, "high"),
            (481, 900, "critical"),
        ] {
            let found = CrowdLevel::of(taps, window_s, 2_400);
            assert_eq!(found.as_str(), level, "{taps} in {window_s} s");
            assert_eq!(serde_json::to_value(found).unwrap(), level);
        }
        assert_eq!(CrowdLevel::of(0, 900, 0), CrowdLevel::Low);
        assert_eq!(CrowdLevel::of(1, 900, 0), CrowdLevel::Critical);
        assert_eq!(CrowdLevel::of(u64::MAX, 3_600, u32::MAX), CrowdLevel::Critical);
    }

    #[test]
    fn crowded_begins_above_eighty_percent_and_ends_below_seventy() {
        // 600 taps in 15 minutes are full: 480 is 80 %, 420 is 70 %.
        let steps = [
            (480, Crowding::Calm),
            (481, Crowding::Crowded),
            (480, Crowding::Crowded),
            (420, Crowding::Crowded),
            (481, Crowding::Crowded),
            (419, Crowding::Calm),
            (450, Crowding::Calm),
            (480, Crowding::Calm),
            (600, Crowding::Crowded),
            (0, Crowding::Calm),
        ];
        let mut state = Crowding::default();
        for (taps, expected) in steps {
            state = state.next(taps, 2_400);
            assert_eq!(state, expected, "{taps}");
        }
        assert_eq!(Crowding::Crowded.next(0, 0), Crowding::Calm);
    }

    #[test]
    fn a_tap_counts_for_fifteen_minutes() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let mut taps = RecentTaps::default();
        for tapped_at in ["2026-06-01T00:10:00Z", "2026-06-01T00:00:00Z", "2026-06-01T00:14:00Z"] {
            taps.record(at(tapped_at));
        }
        for (now, count) in [
            ("2026-06-01T00:10:00Z", 2), // the one of 00:14 is still to come
            ("2026-06-01T00:14:59.999999Z", 3),
            ("2026-06-01T00:15:00Z", 2),
            ("2026-06-01T00:25:00Z", 1),
            ("2026-06-01T00:29:00Z", 0),
        ] {
            assert_eq!(taps.count(at(now)), count, "{now}");
        }
    }

    proptest! {
        #[test]
        fn the_count_is_that_of_looking_at_every_tap(
            seconds in proptest::collection::vec(0_i64..3_600, 0..60),
            mut looks in proptest::collection::vec(0_i64..3_700, 1..6),
        ) {
            let mut taps = RecentTaps::default();
            for &second in &seconds {
                taps.record(Timestamp::from_second(second).unwrap());
            }
            looks.sort_unstable();
            for now in looks {
                let slow = seconds.iter().filter(|&&second| second > now - 900 && second <= now).count();
                prop_assert_eq!(taps.count(Timestamp::from_second(now).unwrap()), slow as u64);
            }
        }
    }
}
