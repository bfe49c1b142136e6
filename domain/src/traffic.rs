//! Traffic figures that give nobody away: which counts may be shown, and which totals.
//!
//! Owns the rule of suppression. Does not own the counts. One day and one direction (in, out) is a
//! table by itself; in + out must never be shown, nor a total other than these two: a station's day,
//! and the network's day. (Totals over all stations for one *hour* would cross the others, and need
//! more withholding than is worked out here.)
//!
//! 1. A station's hour with 1 to 4 taps is withheld. Zero is shown, so a withheld count is known to
//!    be 1, 2, 3 or 4, and must stay *any* of these for whoever sees everything else.
//! 2. A station's day is shown if none of its hours is withheld, or if the withheld ones, `m` hours
//!    with `r` taps in all, cannot be told apart: `m + 3 ≤ r ≤ 4m − 3`. Then each of them may still
//!    be 1 (the others have at most 4 each) and may still be 4 (the others have at least 1 each).
//!    One withheld hour alone never passes, two only with five taps.
//! 3. The network's day is shown if all stations' days are, or if the same holds for the hours of
//!    the stations whose day is withheld, also for a reader who knows rule 2 and concludes from a
//!    withheld day which sums it cannot have.
//!
//! That a total is withheld tells nothing: sums near `m` and near `4m` are always withheld, and they
//! leave every count possible. A crowd level is to be worked out from shown counts only.
//!
//! Suppression is about one state of the figures; a running day has many, and their differences must
//! not tell either. So of a running day ([`station_day_so_far`]) a total is shown only if no hour is
//! withheld: then it says nothing that the hours don't. (By rule 2 alone, the totals before and after
//! an hour of three taps would differ by three.) And a count of the running hour that has been shown
//! is shown anew only when [`SHOWN_FROM`] taps or more have come since ([`refreshed`]), or the hour is
//! over. What is left: at the end of an hour the count may grow by 1 to 4 against what was last shown.
//! Late taps change days that are over; they are few, and their number tells nothing of when.

mod pages;
mod views;

pub use self::pages::{FareTo, LineName, Neighbour, NetworkView, StationNow, StationPageView, StationsView};
pub use self::views::{
    CrowdingView, Granularity, GranularityError, NetworkDayView, NetworkDaysView, Shown, StationCrowding,
    StationRows, TrafficRow, TrafficView,
};

use crate::crowding::{CROWDING_WINDOW_S, CrowdLevel};

/// Counts below this, but not zero, are withheld.
pub const SHOWN_FROM: u32 = 5;
/// Largest count that is withheld.
const WITHHELD_MAX: usize = SHOWN_FROM as usize - 1;

/// A count as it may be shown: `null` and `suppressed` on the wire where withheld.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Count {
    Shown(u64),
    Withheld,
}

/// One direction of one station's day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StationDay {
    /// By hour in Jakarta.
    pub hours: [Count; 24],
    pub total: Count,
}

/// One direction of the network's day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NetworkDay {
    /// In the order given.
    pub stations: Vec<StationDay>,
    pub total: Count,
}

impl Count {
    fn of(taps: u32) -> Self {
        match taps {
            0 | SHOWN_FROM.. => Self::Shown(u64::from(taps)),
            _ => Self::Withheld,
        }
    }

    /// The figure on the wire.
    #[must_use]
    pub fn shown(self) -> Option<u64> {
        match self {
            Self::Shown(taps) => Some(taps),
            Self::Withheld => None,
        }
    }
}

/// What may be shown of a station's day, from its taps by hour. Does not depend on other stations, so
/// a single station and a page of all of them agree.
#[must_use]
pub fn station_day(taps: &[u32; 24]) -> StationDay {
    let withheld = Withheld::of(taps);
    let total = match withheld.is_told_apart() {
        true => Count::Withheld,
        false => Count::Shown(sum(taps)),
    };
    StationDay { hours: taps.map(Count::of), total }
}

/// What may be shown of a station's day that is not over, and so will be seen in other states too.
#[must_use]
pub fn station_day_so_far(taps: &[u32; 24]) -> StationDay {
    let hours = taps.map(Count::of);
    let total = match hours.contains(&Count::Withheld) {
        true => Count::Withheld,
        false => Count::Shown(sum(taps)),
    };
    StationDay { hours, total }
}

/// The network's day that is not over: its total is shown if all stations' are.
#[must_use]
pub fn network_day_so_far(stations: &[[u32; 24]]) -> NetworkDay {
    let days: Vec<_> = stations.iter().map(station_day_so_far).collect();
    let total = days.iter().try_fold(0_u64, |sum, day| Some(sum.saturating_add(day.total.shown()?)));
    NetworkDay { stations: days, total: total.map_or(Count::Withheld, Count::Shown) }
}

/// The count of a running hour to go by, after `before` taps were gone by and now there are `taps`.
#[must_use]
pub fn refreshed(before: u32, taps: u32) -> u32 {
    let is_known = before >= SHOWN_FROM;
    let has_grown_little = taps.checked_sub(before).is_some_and(|more| more < SHOWN_FROM);
    if is_known && has_grown_little { before } else { taps }
}

/// What may be shown of the network's day. All stations must be there, also those without taps.
#[must_use]
pub fn network_day(stations: &[[u32; 24]]) -> NetworkDay {
    let hidden: Vec<_> = stations.iter().map(Withheld::of).filter(Withheld::is_told_apart).collect();
    let total = match hidden.is_empty() || leaves_all_possible(&hidden) {
        true => Count::Shown(stations.iter().map(sum).fold(0, u64::saturating_add)),
        false => Count::Withheld,
    };
    NetworkDay { stations: stations.iter().map(station_day).collect(), total }
}

/// Level of a station's hour, from what is shown of it alone, so that it gives no withheld count away.
#[must_use]
pub fn crowd_level(tap_in: Count, tap_out: Count, capacity_per_hour: u32) -> CrowdLevel {
    let taps = tap_in.shown().unwrap_or(0).saturating_add(tap_out.shown().unwrap_or(0));
    CrowdLevel::of(taps, 3_600, capacity_per_hour)
}

/// Level of a station's hour that has run for `elapsed_s`, at the rate of what is shown of it.
///
/// None in its first 15 minutes, when a few taps would look like a crowd.
#[must_use]
pub fn crowd_level_so_far(
    tap_in: Count,
    tap_out: Count,
    elapsed_s: u32,
    capacity_per_hour: u32,
) -> Option<CrowdLevel> {
    if elapsed_s < CROWDING_WINDOW_S {
        return None;
    }
    let taps = tap_in.shown().unwrap_or(0).saturating_add(tap_out.shown().unwrap_or(0));
    Some(CrowdLevel::of(taps, elapsed_s, capacity_per_hour))
}

fn sum(taps: &[u32; 24]) -> u64 {
    taps.iter().copied().map(u64::from).sum()
}

/// The withheld hours of a station's day.
#[derive(Debug, Clone, Copy)]
struct Withheld {
    hours: usize,
    taps: usize,
}

impl Withheld {
    fn of(taps: &[u32; 24]) -> Self {
        let hidden = taps.iter().filter(|&&taps| Count::of(taps) == Count::Withheld);
        hidden.fold(Self { hours: 0, taps: 0 }, |sum, &taps| Self {
            hours: sum.hours + 1,
            taps: sum.taps + taps as usize,
        })
    }

    /// Whether the sum of these hours would narrow one of them down.
    fn is_told_apart(&self) -> bool {
        self.hours > 0 && !self.could_be_shown(self.taps)
    }

    fn could_be_shown(&self, taps: usize) -> bool {
        let (least, most) = (self.hours, WITHHELD_MAX * self.hours);
        taps >= least + WITHHELD_MAX - 1 && taps + WITHHELD_MAX - 1 <= most
    }

    /// The sums that a reader thinks possible who sees that the day is withheld.
    fn possible(&self) -> impl Iterator<Item = usize> {
        (self.hours..=WITHHELD_MAX * self.hours).filter(|&taps| !self.could_be_shown(taps))
    }

    /// Whether one of the hours can have `one` tap or more exactly so many, and all together `taps`.
    fn can_hold(&self, one: usize, taps: usize) -> bool {
        let others = self.hours - 1;
        (one + others..=one + WITHHELD_MAX * others).contains(&taps)
    }
}

/// Whether the sum over `hidden` days leaves each of their hours any count from 1 to 4.
///
/// For each day: the sums that the days before and after it can have, and of its own those that make
/// up the rest.
fn leaves_all_possible(hidden: &[Withheld]) -> bool {
    let taps: usize = hidden.iter().map(|day| day.taps).sum();
    let before = running_sums(hidden.iter(), taps);
    let mut after = running_sums(hidden.iter().rev(), taps);
    after.reverse();
    hidden.iter().enumerate().all(|(place, day)| {
        let others = |rest: usize| {
            let (before, after) = (&before[place], &after[place + 1]);
            (0..=rest).any(|part| before[part] && after[rest - part])
        };
        let sums: Vec<_> = day.possible().filter(|&own| own <= taps && others(taps - own)).collect();
        (1..=WITHHELD_MAX).all(|one| sums.iter().any(|&own| day.can_hold(one, own)))
    })
}

/// For none of the days, the first, the first two ...: whether they can have this sum, up to `most`.
fn running_sums<'d>(days: impl Iterator<Item = &'d Withheld>, most: usize) -> Vec<Vec<bool>> {
    let mut none = vec![false; most + 1];
    none[0] = true;
    let mut all = vec![none];
    for day in days {
        let earlier = &all[all.len() - 1];
        let mut sums = vec![false; most + 1];
        for own in day.possible() {
            for (sum, &rest) in sums.iter_mut().skip(own).zip(earlier) {
                *sum |= rest;
            }
        }
        all.push(sums);
    }
    all
}

#[cfg(test)]
mod tests;
