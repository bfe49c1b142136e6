//! The rating once more, straight from the contract: slow, without looking at the real one.
//!
//! A tap's neighbours on its medium say what it is; each charge is found by adding up all charges
//! before it; days are counted from 1970 and turned into weeks and months by arithmetic; the two
//! tariffs are written out.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;

use super::Tap;
use super::samples::{Case, NETWORK};
use crate::fares::UserType;
use crate::network::{GateDirection, StationIx};
use crate::time::day_number;

const HOUR_US: i64 = 3_600_000_000;

/// One line of a rider's bill.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    pub gate: String,
    pub sequence: i64,
    pub status: &'static str,
    /// Days since 1970.
    pub day: i64,
    pub fare: i64,
    pub charge: i64,
}

/// The bill, oldest line first.
pub(super) fn bill(case: &Case) -> Vec<Line> {
    let mut reports: BTreeMap<(&str, i64), &Tap> = BTreeMap::new();
    for tap in &case.taps {
        let first = reports.entry((&tap.id.gate, tap.id.sequence)).or_insert(tap);
        if tap.tapped_at < first.tapped_at {
            *first = tap;
        }
    }
    let mut log: Vec<&Tap> = reports.into_values().collect();
    log.sort_by_key(|tap| (tap.tapped_at, tap.id.gate.to_string(), tap.id.sequence));

    let mut lines: Vec<Line> = Vec::new();
    for (place, tap) in log.iter().enumerate() {
        let same_medium = |other: &&&Tap| other.media == tap.media;
        let before = log[..place].iter().rev().find(same_medium);
        let after = log[place + 1..].iter().find(same_medium);
        let day = (micros(tap.tapped_at) + 7 * HOUR_US).div_euclid(24 * HOUR_US);
        let (status, price) = if tap.direction == GateDirection::Out {
            match before {
                Some(before) if makes_a_journey(before, tap) => continue,
                _ => ("unmatched", dearest(day, tap.station)),
            }
        } else {
            match after {
                Some(after) if makes_a_journey(tap, after) => ("completed", price(day, tap, after)),
                Some(after) if hours_apart(tap.tapped_at, after.tapped_at, 4) => {
                    ("incomplete", dearest(day, tap.station))
                }
                _ if micros(case.now) - micros(tap.tapped_at) < 4 * HOUR_US => ("open", 0),
                _ => ("incomplete", dearest(day, tap.station)),
            }
        };
        let fare = if pays_half(day, &case.kinds) { price / 2 } else { price };
        let charge = fare.min(left(day, &lines));
        lines.push(Line {
            gate: tap.id.gate.to_string(),
            sequence: tap.id.sequence,
            status,
            day,
            fare,
            charge,
        });
    }
    lines
}

fn makes_a_journey(first: &Tap, second: &Tap) -> bool {
    first.direction == GateDirection::In
        && second.direction == GateDirection::Out
        && hours_apart(first.tapped_at, second.tapped_at, 4)
}

/// Whether no more than so many hours lie between the two.
fn hours_apart(first: Timestamp, second: Timestamp, most: i64) -> bool {
    micros(second) - micros(first) <= most * HOUR_US
}

/// Whether the tariff of 2026 holds, which begins 20,454 days after 1970 began: 56 years with 14 leap
/// days (1972 to 2024).
fn is_new(day: i64) -> bool {
    day >= 56 * 365 + 14
}

fn price(day: i64, first: &Tap, second: &Tap) -> i64 {
    if first.station == second.station {
        let soon = micros(second.tapped_at) - micros(first.tapped_at) <= HOUR_US / 4;
        return match is_new(day) {
            true if soon => 0,
            true => 5_000,
            false => 3_000,
        };
    }
    by_distance(day, NETWORK.distance_m(first.station, second.station))
}

/// Rp 5,000 up to 10 km, then 1,500 per started 10 km; until 2025 Rp 3,000 up to 25 km, then 1,000 per
/// started 10 km.
fn by_distance(day: i64, metres: u32) -> i64 {
    let (mut price, mut paid_up_to, step) =
        if is_new(day) { (5_000, 10_000, 1_500) } else { (3_000, 25_000, 1_000) };
    while paid_up_to < metres {
        price += step;
        paid_up_to += 10_000;
    }
    price
}

fn dearest(day: i64, from: StationIx) -> i64 {
    let others = NETWORK.stations().iter().filter(|station| station.is_open());
    others.map(|to| by_distance(day, NETWORK.distance_m(from, to.ix))).max().unwrap()
}

fn pays_half(day: i64, kinds: &[(Date, UserType)]) -> bool {
    let mut kind = (i64::MIN, UserType::Adult);
    for &(since, user_type) in kinds {
        let since = day_number(since);
        if since <= day && since >= kind.0 {
            kind = (since, user_type);
        }
    }
    is_new(day) && kind.1 != UserType::Adult
}

/// What the caps leave on `day`: 10,000 a day, 50,000 a week, 150,000 a month.
fn left(day: i64, lines: &[Line]) -> i64 {
    if !is_new(day) {
        return i64::MAX;
    }
    let spent = |same: &dyn Fn(i64) -> bool| -> i64 {
        lines.iter().filter(|line| same(line.day)).map(|line| line.charge).sum()
    };
    // The first of January 1970 was a Thursday.
    let week = |day: i64| (day + 3).div_euclid(7);
    let today = 10_000 - spent(&|other| other == day);
    let this_week = 50_000 - spent(&|other| week(other) == week(day));
    let this_month = 150_000 - spent(&|other| month(other) == month(day));
    today.min(this_week).min(this_month).max(0)
}

/// Months since March of the year 0 (the Gregorian calendar in 400-year eras, years from March on, so
/// that the leap day comes last).
fn month(day: i64) -> i64 {
    let day = day + 719_468;
    let (era, day_of_era) = (day.div_euclid(146_097), day.rem_euclid(146_097));
    let year = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year + year / 4 - year / 100);
    (era * 400 + year) * 12 + (5 * day_of_year + 2) / 153
}

fn micros(instant: Timestamp) -> i64 {
    instant.as_microsecond()
}
