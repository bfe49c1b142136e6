//! The rating itself: pairs, prices, caps, findings, each by its own file.

use jiff::Timestamp;
use jiff::civil::Date;

use super::caps::{self, CapReached, CapState};
use super::fraud::{self, Finding};
use super::pairing::{self, Trip};
use super::{Carried, Course, JourneyStatus, Tap, TapId, UserTypeHistory, tap};
use crate::fares::{CapPeriod, IncompleteCharge, PaymentMethod, Tariff, Tariffs, UserType};
use crate::money::Rupiah;
use crate::network::{Network, StationIx};

/// What everybody is rated by.
#[derive(Debug, Clone, Copy)]
pub struct Rules<'a> {
    pub network: &'a Network,
    pub tariffs: &'a Tariffs,
}

/// Who is rated: a rider with all media, or one anonymous medium.
#[derive(Debug, Clone, Copy)]
pub struct Rider<'a> {
    /// In any order, doubled or not.
    pub taps: &'a [Tap],
    pub user_types: &'a UserTypeHistory,
    /// Where the answer begins, and what was charged before; none: with the first tap.
    pub carried: Option<Carried>,
}

/// What a rider's taps amount to at an instant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rated<'a> {
    /// By opening tap.
    pub journeys: Vec<Journey<'a>>,
    /// One for each period that a journey falls into, in order of first use.
    pub caps: Vec<CapState>,
    /// The journeys that used a cap up; once for each period and limit.
    pub caps_reached: Vec<CapReached<'a>>,
    /// By the tap that showed it.
    pub findings: Vec<Finding<'a>>,
    /// When the next open journey becomes incomplete: until then the answer stays as it is, unless
    /// a tap comes in. None: it stays for good.
    pub next_due_at: Option<Timestamp>,
}

/// A journey and its charge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Journey<'a> {
    pub course: Course<'a>,
    /// The service day that it counts for.
    pub day: Date,
    /// The one in force on that day.
    pub tariff: &'a Tariff,
    /// What the rider was on that day.
    pub user_type: UserType,
    /// Before discount and caps; zero while open.
    pub base_fare: Rupiah,
    /// After the discount, before caps; zero while open.
    pub fare: Rupiah,
    /// What the rider pays.
    pub charge: Rupiah,
    /// The cap that left the least, where one lowered the charge.
    pub limited_by: Option<CapPeriod>,
}

/// Taps that cannot be rated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RatingError {
    #[error("no tariff was in force on {0}")]
    NoTariff(Date),
    #[error("an amount does not fit")]
    Overflow,
}

/// Rates one rider's taps as things stand at `now`. The rules are in the [module's header](super).
///
/// # Errors
/// A tap on a day without tariff; an amount out of range. Nothing is rated then.
pub fn rate<'a>(rules: Rules<'a>, rider: &Rider<'a>, now: Timestamp) -> Result<Rated<'a>, RatingError> {
    let mut taps = tap::in_order(rider.taps);
    taps.sort_by(|tap, other| tap.media.cmp(&other.media));
    let mut trips = Vec::with_capacity(taps.len());
    let mut findings = Vec::new();
    for taps in taps.chunk_by(|tap, next| tap.media == next.media) {
        pairing::pair(taps, rules.tariffs, now, &mut trips)?;
        fraud::find(taps, rules.network, &mut findings);
    }
    if let Some(carried) = rider.carried {
        trips.retain(|trip| trip.day >= carried.from());
        findings.retain(|finding| finding.shown_by().service_day() >= carried.from());
    }
    trips.sort_by(|trip, other| trip.course.opening().time_order(other.course.opening()));
    findings.sort_by(Finding::order);

    let mut journeys = Vec::with_capacity(trips.len());
    for trip in &trips {
        journeys.push(priced(trip, rules.network, rider.user_types)?);
    }
    let (caps, caps_reached) = caps::apply(&mut journeys, rider.carried)?;
    let due = |journey: &Journey<'_>| match journey.course {
        Course::Open { due_at, .. } => Some(due_at),
        Course::Completed { .. } | Course::Incomplete { .. } | Course::Unmatched { .. } => None,
    };
    let next_due_at = journeys.iter().filter_map(due).min();
    Ok(Rated { journeys, caps, caps_reached, findings, next_due_at })
}

/// The journey without caps: its charge is its fare.
fn priced<'a>(
    trip: &Trip<'a>,
    network: &Network,
    user_types: &UserTypeHistory,
) -> Result<Journey<'a>, RatingError> {
    let &Trip { course, day, tariff } = trip;
    let base_fare = match course {
        Course::Open { .. } => Some(Rupiah::ZERO),
        Course::Completed { tap_in, tap_out } if tap_in.station == tap_out.station => {
            Some(same_station_fare(tariff, tap_in, tap_out))
        }
        Course::Completed { tap_in, tap_out } => {
            tariff.base_fare(network.distance_m(tap_in.station, tap_out.station))
        }
        Course::Incomplete { tap_in: known, .. } | Course::Unmatched { tap_out: known } => {
            one_ended_fare(tariff, network, known.station)
        }
    }
    .ok_or(RatingError::Overflow)?;
    let user_type = user_types.on(day);
    let fare = tariff.discounted(base_fare, user_type).ok_or(RatingError::Overflow)?;
    Ok(Journey { course, day, tariff, user_type, base_fare, fare, charge: fare, limited_by: None })
}

fn same_station_fare(tariff: &Tariff, tap_in: &Tap, tap_out: &Tap) -> Rupiah {
    let rule = tariff.same_station;
    let stayed_us = tap_out.at_us() - tap_in.at_us();
    let free = rule.free_within_s.is_some_and(|limit_s| stayed_us <= i64::from(limit_s) * 1_000_000);
    if free { Rupiah::ZERO } else { rule.fare_after }
}

/// Fares never fall with distance, so the farthest station is the dearest.
fn one_ended_fare(tariff: &Tariff, network: &Network, known: StationIx) -> Option<Rupiah> {
    match tariff.incomplete.charge {
        IncompleteCharge::HighestFareFromOrigin => tariff.base_fare(network.farthest_m(known)),
    }
}

impl<'a> Journey<'a> {
    /// What the journey is known by: the identity of its opening tap.
    #[must_use]
    pub fn key(&self) -> &'a TapId {
        &self.course.opening().id
    }

    #[must_use]
    pub fn status(&self) -> JourneyStatus {
        self.course.status()
    }

    /// That of the opening tap, which is the medium's.
    #[must_use]
    pub fn payment_method(&self) -> PaymentMethod {
        self.course.opening().payment_method
    }

    /// Whether a cap lowered the charge.
    #[must_use]
    pub fn fare_cap_applied(&self) -> bool {
        self.limited_by.is_some()
    }
}

impl<'a> Rated<'a> {
    /// The journey that a tap begins or ends.
    #[must_use]
    pub fn journey_of(&self, tap: &TapId) -> Option<&Journey<'a>> {
        let is_end = |end: Option<&Tap>| end.is_some_and(|end| end.id == *tap);
        self.journeys
            .iter()
            .rev()
            .find(|journey| is_end(journey.course.tap_in()) || is_end(journey.course.tap_out()))
    }

    /// State of the cap for the period that `day` is in; none where no journey fell into it.
    #[must_use]
    pub fn cap(&self, period: CapPeriod, day: Date) -> Option<&CapState> {
        let start = period.start(day);
        self.caps.iter().find(|state| state.period == period && state.start == start)
    }
}
