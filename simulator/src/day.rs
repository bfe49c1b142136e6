//! A day of everybody: trips by habit, the taps they make, and small mistakes.
//!
//! Each rider's day is drawn by itself, so that more riders change nobody's day. A gate's sequence
//! numbers hold the day, a tag of the run and a counter: they do not depend on when or whether
//! messages were sent, so that a run which is repeated sends duplicates and never a new tap.

use domain::{
    fares::PaymentMethod,
    network::GateDirection,
    time::{day_number, day_start},
};
use jiff::{
    Timestamp,
    civil::{Date, Weekday},
};

use crate::{
    chance::{Chance, mix},
    demand::moment_ms,
    fraud,
    population::{GateNo, Habit, Population, Rider},
};

/// Taps that one gate can make in one day of one run: below 2^20.
const COUNTER_BITS: u32 = 20;
/// Runs with other riders, seeds, gates or frauds have other numbers.
const TAG_BITS: u32 = 16;

/// Shorter stays are not worth a journey.
const STAY_MS: i64 = 20 * 60_000;

/// A tap to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlannedTap {
    /// By a clock that is right.
    pub tapped_at: Timestamp,
    /// With the gate, the tap's identity.
    pub sequence: i64,
    /// Number of the rider, see [`Population::riders`] and [`Population::token`].
    pub rider: u32,
    pub gate: GateNo,
    pub medium: u8,
    pub direction: GateDirection,
    pub payment_method: PaymentMethod,
}

/// A tap before it has a gate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Draft {
    pub at_ms: i64,
    pub rider: u32,
    pub medium: u8,
    /// In before out.
    pub out: bool,
    pub place: u16,
}

/// How a trip departs from the ordinary, per mille of trips. Modelled.
const FORGETS_OUT: u64 = 4;
const MISSES_IN: u64 = 2;
const TURNS_BACK: u64 = 6;

impl Population {
    /// The taps of a day, in order of time. Some fall after midnight: a trip belongs to the day on
    /// which it begins.
    pub fn day(&self, day: Date) -> impl Iterator<Item = PlannedTap> + use<> {
        self.plan_day(day, false).into_iter()
    }

    /// As [`Self::day`], with cloned media and other tricks among the honest taps.
    pub fn day_with_fraud(&self, day: Date) -> impl Iterator<Item = PlannedTap> + use<> {
        self.plan_day(day, true).into_iter()
    }

    pub(crate) fn plan_day(&self, day: Date, fraud: bool) -> Vec<PlannedTap> {
        let number = day_number(day);
        let mut drafts = Vec::with_capacity(self.riders().len() * 4);
        for (rider, who) in (0..).zip(self.riders()) {
            let mut chance = Chance::of(&[self.seed, 2, u64::from(rider), number.unsigned_abs()]);
            Day { population: self, rider, chance: &mut chance, drafts: &mut drafts }.live(who, day);
        }
        if fraud {
            fraud::add(self, number, &mut drafts);
        }
        drafts.sort_unstable();
        self.at_gates(day, &drafts, self.tag(fraud))
    }

    /// Gives each tap a gate of its station, and its number there.
    fn at_gates(&self, day: Date, drafts: &[Draft], tag: i64) -> Vec<PlannedTap> {
        let start_ms = day_start(day).as_millisecond();
        let mut counters = vec![0_i64; self.gates().len()];
        let mut taps = Vec::with_capacity(drafts.len());
        for draft in drafts {
            let direction = if draft.out { GateDirection::Out } else { GateDirection::In };
            let posts = self.posts(usize::from(draft.place), direction);
            let mut chance = Chance::of(&[self.seed, 3, u64::from(draft.rider), draft.at_ms.unsigned_abs()]);
            let choice = usize::try_from(chance.below(posts.len() as u64)).unwrap_or(0);
            let (Some(&gate), Ok(tapped_at)) =
                (posts.get(choice), Timestamp::from_millisecond(start_ms + draft.at_ms))
            else {
                continue;
            };
            let counter = &mut counters[usize::from(gate.0)];
            *counter += 1;
            let run = (day_number(day) << TAG_BITS) | tag;
            taps.push(PlannedTap {
                tapped_at,
                sequence: (run << COUNTER_BITS) | *counter,
                rider: draft.rider,
                gate,
                medium: draft.medium,
                direction,
                payment_method: self.riders()[draft.rider as usize].method(draft.medium),
            });
        }
        taps
    }

    fn tag(&self, fraud: bool) -> i64 {
        let all =
            mix(self.seed ^ self.gates_digest()) ^ mix(self.riders().len() as u64 * 2 + u64::from(fraud));
        i64::try_from(mix(all) >> (64 - TAG_BITS)).unwrap_or(0)
    }
}

/// One rider's day as it is drawn.
struct Day<'d> {
    population: &'d Population,
    rider: u32,
    chance: &'d mut Chance,
    drafts: &'d mut Vec<Draft>,
}

impl Day<'_> {
    fn live(&mut self, who: &Rider, day: Date) {
        let (home, work) = (usize::from(who.home), usize::from(who.work));
        let weekend = match day.weekday() {
            Weekday::Saturday => Some(true),
            Weekday::Sunday => Some(false),
            _ => None,
        };
        match (who.habit, weekend) {
            (Habit::Commuter, None) => {
                if self.chance.per_mille(930) {
                    let there = self.early(home, work);
                    self.there_and_back(home, work, there, 15..23);
                }
            }
            (Habit::Student, None) => {
                if self.chance.per_mille(880) {
                    let hours = if self.chance.per_mille(640) { 5..8 } else { 8..13 };
                    let there = moment_ms(hours, self.chance);
                    self.there_and_back(home, work, there, 11..17);
                }
            }
            (Habit::Shift, _) => {
                if self.chance.per_mille(714) {
                    self.shift(home, work, who.shift);
                }
            }
            (Habit::Errands, None) => self.errand(home, 660),
            (Habit::Errands, Some(_)) => self.errand(home, 800),
            // At the week's end, out with the family: as often as makes the published 0.80 and 0.70.
            (Habit::Commuter, Some(saturday)) => self.errand(home, if saturday { 625 } else { 500 }),
            (Habit::Student, Some(saturday)) => self.errand(home, if saturday { 550 } else { 440 }),
        }
    }

    /// The farther from work, the earlier one leaves.
    fn early(&mut self, home: usize, work: usize) -> i64 {
        let far_ms = i64::from(self.population.demand.distance_m(home, work)) * 40;
        (moment_ms(5..11, self.chance) - far_ms.min(3_000_000)).max(4 * 3_600_000)
    }

    fn there_and_back(&mut self, home: usize, to: usize, there_ms: i64, back: std::ops::Range<usize>) {
        let arrived = self.trip(home, to, there_ms);
        let leave = moment_ms(back, self.chance).max(arrived + STAY_MS);
        // Some go shopping or meet friends before they go home.
        if self.chance.per_mille(110) {
            let stop = self.population.demand.outing(to, self.chance);
            if stop != home {
                let arrived = self.trip(to, stop, leave);
                let leave = arrived + self.chance.between(40, 150) * 60_000;
                self.trip(stop, home, leave);
                return;
            }
        }
        self.trip(to, home, leave);
    }

    fn shift(&mut self, home: usize, work: usize, shift: u8) {
        let about = |chance: &mut Chance, hour: i64| hour * 3_600_000 + chance.between(-30, 40) * 60_000;
        let (first, second) = match shift {
            0 => ((home, work, about(self.chance, 5)), (work, home, about(self.chance, 14))),
            1 => ((home, work, about(self.chance, 12)), (work, home, about(self.chance, 22))),
            // Back from last night, out again in the evening.
            _ => ((work, home, about(self.chance, 6)), (home, work, about(self.chance, 20))),
        };
        let arrived = self.trip(first.0, first.1, first.2);
        self.trip(second.0, second.1, second.2.max(arrived + STAY_MS));
    }

    fn errand(&mut self, home: usize, share: u64) {
        if !self.chance.per_mille(share) {
            return;
        }
        let to = self.population.demand.outing(home, self.chance);
        let there = moment_ms(8..14, self.chance);
        let arrived = self.trip(home, to, there);
        let stay = self.chance.between(60, 300) * 60_000;
        self.trip(to, home, arrived + stay);
    }

    /// Two taps, unless something goes wrong. Gives when the rider has arrived.
    fn trip(&mut self, from: usize, to: usize, leave_ms: i64) -> i64 {
        let who = &self.population.riders()[self.rider as usize];
        let medium = if who.media() == 2 && self.chance.per_mille(250) { 1 } else { 0 };
        let arrive_ms = leave_ms + self.population.demand.travel_ms(from, to, self.chance);
        let slip = self.chance.below(1_000);
        if slip < FORGETS_OUT {
            self.tap(from, false, leave_ms, medium);
        } else if slip < FORGETS_OUT + MISSES_IN {
            self.tap(to, true, arrive_ms, medium);
        } else if slip < FORGETS_OUT + MISSES_IN + TURNS_BACK {
            let turned_ms = leave_ms + self.chance.between(60_000, 25 * 60_000);
            self.tap(from, false, leave_ms, medium);
            self.tap(from, true, turned_ms, medium);
            return turned_ms;
        } else {
            self.tap(from, false, leave_ms, medium);
            self.tap(to, true, arrive_ms, medium);
        }
        arrive_ms
    }

    fn tap(&mut self, place: usize, out: bool, at_ms: i64, medium: u8) {
        let place = u16::try_from(place).unwrap_or(0);
        self.drafts.push(Draft { at_ms, rider: self.rider, medium, out, place });
    }
}
