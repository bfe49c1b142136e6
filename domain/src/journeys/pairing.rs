//! From the taps of one medium to the courses of its journeys.

use jiff::Timestamp;
use jiff::civil::Date;

use super::{RatingError, Tap};
use crate::fares::{Tariff, Tariffs};
use crate::network::GateDirection;

/// What is known of a journey's two ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Course<'a> {
    /// On the way: becomes incomplete at `due_at` unless a tap-out comes before.
    Open {
        tap_in: &'a Tap,
        due_at: Timestamp,
    },
    Completed {
        tap_in: &'a Tap,
        tap_out: &'a Tap,
    },
    /// Without tap-out in time.
    Incomplete {
        tap_in: &'a Tap,
        why: Unfinished,
    },
    /// Without tap-in in time.
    Unmatched {
        tap_out: &'a Tap,
    },
}

/// Why a journey has no end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unfinished {
    /// The tariff's limit passed.
    TimedOut,
    /// The same medium tapped in again.
    TappedInAgain,
}

/// The stage of a journey in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JourneyStatus {
    Open,
    Completed,
    Incomplete,
    Unmatched,
}

impl JourneyStatus {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Completed => "completed",
            Self::Incomplete => "incomplete",
            Self::Unmatched => "unmatched",
        }
    }
}

impl<'a> Course<'a> {
    #[must_use]
    pub fn tap_in(&self) -> Option<&'a Tap> {
        match *self {
            Self::Open { tap_in, .. } | Self::Completed { tap_in, .. } | Self::Incomplete { tap_in, .. } => {
                Some(tap_in)
            }
            Self::Unmatched { .. } => None,
        }
    }

    #[must_use]
    pub fn tap_out(&self) -> Option<&'a Tap> {
        match *self {
            Self::Completed { tap_out, .. } | Self::Unmatched { tap_out } => Some(tap_out),
            Self::Open { .. } | Self::Incomplete { .. } => None,
        }
    }

    /// The tap that the journey is known by: the tap-in, else the tap-out.
    #[must_use]
    pub fn opening(&self) -> &'a Tap {
        match *self {
            Self::Open { tap_in, .. } | Self::Completed { tap_in, .. } | Self::Incomplete { tap_in, .. } => {
                tap_in
            }
            Self::Unmatched { tap_out } => tap_out,
        }
    }

    #[must_use]
    pub fn status(&self) -> JourneyStatus {
        match self {
            Self::Open { .. } => JourneyStatus::Open,
            Self::Completed { .. } => JourneyStatus::Completed,
            Self::Incomplete { .. } => JourneyStatus::Incomplete,
            Self::Unmatched { .. } => JourneyStatus::Unmatched,
        }
    }
}

/// A course with what prices it: its day and the tariff of that day.
#[derive(Debug, Clone, Copy)]
pub(super) struct Trip<'a> {
    pub course: Course<'a>,
    pub day: Date,
    pub tariff: &'a Tariff,
}

/// A tap-in that waits for its tap-out.
struct Waiting<'a> {
    tap: &'a Tap,
    day: Date,
    tariff: &'a Tariff,
    /// Last microsecond at which a tap-out ends it.
    due_us: i64,
}

/// Pairs the taps of one medium, which come in order, and appends its trips.
pub(super) fn pair<'a>(
    taps: &[&'a Tap],
    tariffs: &'a Tariffs,
    now: Timestamp,
    trips: &mut Vec<Trip<'a>>,
) -> Result<(), RatingError> {
    let mut waiting: Option<Waiting<'a>> = None;
    for &tap in taps {
        let before = waiting.take();
        match tap.direction {
            GateDirection::In => {
                trips.extend(before.map(|before| before.left_behind(tap, now)));
                waiting = Some(Waiting::of(tap, tariffs)?);
            }
            GateDirection::Out => match before {
                Some(before) if tap.at_us() <= before.due_us => {
                    trips.push(before.trip(Course::Completed { tap_in: before.tap, tap_out: tap }));
                }
                before => {
                    trips.extend(before.map(|before| before.so_far(now)));
                    let (day, tariff) = priced_by(tap, tariffs)?;
                    trips.push(Trip { course: Course::Unmatched { tap_out: tap }, day, tariff });
                }
            },
        }
    }
    trips.extend(waiting.map(|last| last.so_far(now)));
    Ok(())
}

fn priced_by<'a>(tap: &Tap, tariffs: &'a Tariffs) -> Result<(Date, &'a Tariff), RatingError> {
    let day = tap.service_day();
    Ok((day, tariffs.in_force(day).ok_or(RatingError::NoTariff(day))?))
}

impl<'a> Waiting<'a> {
    fn of(tap: &'a Tap, tariffs: &'a Tariffs) -> Result<Self, RatingError> {
        let (day, tariff) = priced_by(tap, tariffs)?;
        let limit_us = i64::from(tariff.incomplete.after_s) * 1_000_000;
        Ok(Self { tap, day, tariff, due_us: tap.at_us().saturating_add(limit_us) })
    }

    fn trip(&self, course: Course<'a>) -> Trip<'a> {
        Trip { course, day: self.day, tariff: self.tariff }
    }

    /// The medium's next tap is another tap-in. After the limit it says nothing that time does not
    /// say by itself, so that no tap changes what happened more than the limit before it.
    fn left_behind(&self, next: &Tap, now: Timestamp) -> Trip<'a> {
        match next.at_us() <= self.due_us {
            true => self.trip(Course::Incomplete { tap_in: self.tap, why: Unfinished::TappedInAgain }),
            false => self.so_far(now),
        }
    }

    /// No tap within the limit.
    fn so_far(&self, now: Timestamp) -> Trip<'a> {
        let tap_in = self.tap;
        self.trip(if now.as_microsecond() >= self.due_us {
            Course::Incomplete { tap_in, why: Unfinished::TimedOut }
        } else {
            let due_at = Timestamp::from_microsecond(self.due_us).unwrap_or(Timestamp::MAX);
            Course::Open { tap_in, due_at }
        })
    }
}
