//! Fraud findings: four rules over the taps of one medium, each a sentence one can check by hand.
//!
//! | rule | when | score |
//! | --- | --- | --- |
//! | `impossible_travel` | two taps in a row at different stations, faster than 120 km/h even if one gate's clock is 120 s wrong. From a tap-in to a tap-out the way is the track; otherwise, as the rider may have gone by road, the straight line | 50 × speed / 120 km/h, at most 100 |
//! | `cloned_media` | the same, no more than 60 s apart: two cards, not one fast rider | 95 |
//! | | in, in, out, out within 2 h, the entries at different stations: two journeys at once | 80 |
//! | `pass_back` | two tap-ins in a row at one station within 5 minutes | 70; at one and the same gate, which may be a second try, 40 |
//! | `velocity` | 8 taps within 15 minutes | 60, and 5 more for each further tap while it lasts, at most 100 |
//!
//! A finding is a hint with its reasons, nothing is refused because of it. One finding is known by
//! its rule and the tap that showed it (the last of its taps as they stood when the rule first held),
//! so that rating again finds the same one. A tap that arrives late may take a finding back.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

use super::Tap;
use crate::lang::Lang;
use crate::network::{GateDirection, Network};

/// No train of the network and hardly a car on its roads is faster, in km/h.
pub const SPEED_KMH_MAX: u32 = 120;
/// By how much a gate's clock may be wrong before its messages are refused, in seconds.
pub const CLOCK_ERROR_S: u32 = 120;
/// Taps that far apart in time count as simultaneous, in seconds.
pub const SIMULTANEOUS_S: u32 = 60;
/// Longest time over which two journeys at once are looked for, in seconds.
pub const OVERLAP_S: u32 = 7_200;
/// Time between two tap-ins that counts as passing back, in seconds.
pub const PASS_BACK_S: u32 = 300;
/// That many taps ...
pub const VELOCITY_TAPS: usize = 8;
/// ... within that many seconds are too many.
pub const VELOCITY_WINDOW_S: u32 = 900;

/// A rule that taps can break.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum FraudRule {
    ImpossibleTravel,
    ClonedMedia,
    PassBack,
    Velocity,
}

/// Why a rule holds, with the figures that it was judged by. Its `code` is stable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Reason {
    /// The time between two taps does not suffice for the way. `speed_kmh` allows for wrong clocks.
    TooFast { distance_m: u32, elapsed_s: u32, speed_kmh: u32 },
    /// Two taps at stations far apart at one time.
    Simultaneous { distance_m: u32, elapsed_s: u32 },
    /// Two journeys of one medium at once.
    OverlappingJourneys { elapsed_s: u32 },
    /// Two entries at one station, no exit between them.
    EnteredTwice { elapsed_s: u32, same_gate: bool },
    /// Too many taps in a short time.
    ManyTaps { taps: u32, window_s: u32 },
}

/// Taps that break a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding<'a> {
    pub rule: FraudRule,
    /// 0 to 100, by the table in this file's header.
    pub score: u8,
    pub reasons: Vec<Reason>,
    /// In order, at least two.
    pub taps: Vec<&'a Tap>,
}

impl FraudRule {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ImpossibleTravel => "impossible_travel",
            Self::ClonedMedia => "cloned_media",
            Self::PassBack => "pass_back",
            Self::Velocity => "velocity",
        }
    }
}

impl Reason {
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TooFast { .. } => "too_fast",
            Self::Simultaneous { .. } => "simultaneous",
            Self::OverlappingJourneys { .. } => "overlapping_journeys",
            Self::EnteredTwice { .. } => "entered_twice",
            Self::ManyTaps { .. } => "many_taps",
        }
    }

    /// The reason as a sentence for people.
    #[must_use]
    pub fn sentence(&self, lang: Lang) -> String {
        match *self {
            Self::TooFast { distance_m, elapsed_s, speed_kmh } => lang.pick(
                format!(
                    "{distance_m} m dalam {elapsed_s} detik: {speed_kmh} km/jam, batasnya {SPEED_KMH_MAX} km/jam."
                ),
                format!("{distance_m} m in {elapsed_s} s: {speed_kmh} km/h, the limit is {SPEED_KMH_MAX} km/h."),
            ),
            Self::Simultaneous { distance_m, elapsed_s } => lang.pick(
                format!("Dua tap berjarak {distance_m} m hanya berselang {elapsed_s} detik."),
                format!("Two taps {distance_m} m apart within {elapsed_s} s."),
            ),
            Self::OverlappingJourneys { elapsed_s } => lang.pick(
                format!("Dua perjalanan sekaligus dengan media yang sama dalam {elapsed_s} detik."),
                format!("Two journeys at once on the same medium within {elapsed_s} s."),
            ),
            Self::EnteredTwice { elapsed_s, same_gate } => {
                let gate = match same_gate {
                    true => lang.pick("gate yang sama", "the same gate"),
                    false => lang.pick("gate lain", "another gate"),
                };
                lang.pick(
                    format!("Masuk lagi di stasiun yang sama lewat {gate} setelah {elapsed_s} detik tanpa keluar."),
                    format!("Entered the same station again by {gate} after {elapsed_s} s without leaving."),
                )
            }
            Self::ManyTaps { taps, window_s } => lang.pick(
                format!("{taps} tap dalam {window_s} detik, batasnya {VELOCITY_TAPS}."),
                format!("{taps} taps within {window_s} s, the limit is {VELOCITY_TAPS}."),
            ),
        }
    }
}

impl<'a> Finding<'a> {
    /// The tap with which the rule came to hold. With the rule it identifies the finding.
    #[must_use]
    pub fn shown_by(&self) -> &'a Tap {
        self.taps[self.taps.len() - 1]
    }

    pub(super) fn order(&self, other: &Self) -> Ordering {
        self.shown_by().time_order(other.shown_by()).then(self.rule.cmp(&other.rule))
    }
}

/// Looks through the taps of one medium, which come in order, and appends what it finds.
pub(super) fn find<'a>(taps: &[&'a Tap], network: &Network, findings: &mut Vec<Finding<'a>>) {
    for (place, pair) in taps.windows(2).enumerate() {
        let travel = travel(pair[0], pair[1], network);
        let overlap = (place >= 2).then(|| overlap(&taps[place - 2..place + 2])).flatten();
        match (travel, overlap) {
            (Some(mut one), Some(other)) if one.rule == other.rule => {
                one.reasons.extend(other.reasons);
                one.taps = other.taps;
                findings.push(one);
            }
            (one, other) => findings.extend(one.into_iter().chain(other)),
        }
        findings.extend(pass_back(pair[0], pair[1]));
    }
    velocity(taps, findings);
}

/// Impossible travel, or, where the two taps are all but simultaneous, a cloned medium.
fn travel<'a>(tap: &'a Tap, next: &'a Tap, network: &Network) -> Option<Finding<'a>> {
    if tap.station == next.station {
        return None;
    }
    let elapsed_us = elapsed_us(tap, next);
    // Nothing in the network is so far apart that a slow journey could break the limit.
    if elapsed_us > i64::from(OVERLAP_S) * 1_000_000 {
        return None;
    }
    let distance_m = match (tap.direction, next.direction) {
        (GateDirection::In, GateDirection::Out) => network.distance_m(tap.station, next.station),
        _ => network.straight_m(tap.station, next.station),
    };
    let allowed_us = i128::from(elapsed_us) + i128::from(CLOCK_ERROR_S) * 1_000_000;
    let speed_m_per_h = i128::from(distance_m) * 3_600_000_000 / allowed_us;
    if speed_m_per_h <= i128::from(SPEED_KMH_MAX) * 1_000 {
        return None;
    }
    let elapsed_s = whole_seconds(elapsed_us);
    let (rule, score, reason) = if elapsed_us <= i64::from(SIMULTANEOUS_S) * 1_000_000 {
        (FraudRule::ClonedMedia, 95, Reason::Simultaneous { distance_m, elapsed_s })
    } else {
        let speed_kmh = u32::try_from(speed_m_per_h / 1_000).unwrap_or(u32::MAX);
        let score = (50 * u64::from(speed_kmh) / u64::from(SPEED_KMH_MAX)).min(100);
        let reason = Reason::TooFast { distance_m, elapsed_s, speed_kmh };
        (FraudRule::ImpossibleTravel, u8::try_from(score).unwrap_or(100), reason)
    };
    Some(Finding { rule, score, reasons: vec![reason], taps: vec![tap, next] })
}

/// In, in, out, out: the second journey began before the first one ended.
fn overlap<'a>(four: &[&'a Tap]) -> Option<Finding<'a>> {
    use GateDirection::{In, Out};
    let &[first, second, third, fourth] = four else { return None };
    let directions = [first.direction, second.direction, third.direction, fourth.direction];
    let elapsed_us = elapsed_us(first, fourth);
    let holds = directions == [In, In, Out, Out]
        && first.station != second.station
        && elapsed_us <= i64::from(OVERLAP_S) * 1_000_000;
    holds.then(|| Finding {
        rule: FraudRule::ClonedMedia,
        score: 80,
        reasons: vec![Reason::OverlappingJourneys { elapsed_s: whole_seconds(elapsed_us) }],
        taps: four.to_vec(),
    })
}

fn pass_back<'a>(tap: &'a Tap, next: &'a Tap) -> Option<Finding<'a>> {
    let elapsed_us = elapsed_us(tap, next);
    let holds = [tap.direction, next.direction] == [GateDirection::In; 2]
        && tap.station == next.station
        && elapsed_us <= i64::from(PASS_BACK_S) * 1_000_000;
    let same_gate = tap.id.gate == next.id.gate;
    holds.then(|| Finding {
        rule: FraudRule::PassBack,
        score: if same_gate { 40 } else { 70 },
        reasons: vec![Reason::EnteredTwice { elapsed_s: whole_seconds(elapsed_us), same_gate }],
        taps: vec![tap, next],
    })
}

/// One finding for each burst: shown by the tap that made it one, scored by its busiest moment.
fn velocity<'a>(taps: &[&'a Tap], findings: &mut Vec<Finding<'a>>) {
    let window_us = i64::from(VELOCITY_WINDOW_S) * 1_000_000;
    // The burst that runs: its taps when it became one, and the most taps in any window since.
    let mut burst: Option<(&[&'a Tap], usize)> = None;
    let mut first = 0;
    for (last, tap) in taps.iter().enumerate() {
        while elapsed_us(taps[first], tap) > window_us {
            first += 1;
        }
        let within = last + 1 - first;
        burst = match burst {
            Some((shown, most)) if within >= VELOCITY_TAPS => Some((shown, most.max(within))),
            None if within >= VELOCITY_TAPS => Some((&taps[first..=last], within)),
            over => {
                findings.extend(over.map(velocity_finding));
                None
            }
        };
    }
    findings.extend(burst.map(velocity_finding));
}

fn velocity_finding<'a>((shown, most): (&[&'a Tap], usize)) -> Finding<'a> {
    let score = 60 + 5 * (most - VELOCITY_TAPS).min(8);
    let taps = u32::try_from(most).unwrap_or(u32::MAX);
    Finding {
        rule: FraudRule::Velocity,
        score: u8::try_from(score).unwrap_or(100),
        reasons: vec![Reason::ManyTaps { taps, window_s: VELOCITY_WINDOW_S }],
        taps: shown.to_vec(),
    }
}

fn elapsed_us(tap: &Tap, next: &Tap) -> i64 {
    next.at_us().saturating_sub(tap.at_us())
}

fn whole_seconds(us: i64) -> u32 {
    u32::try_from(us / 1_000_000).unwrap_or(u32::MAX)
}
