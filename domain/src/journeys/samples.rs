//! Taps for the tests: written by hand as a table, or drawn from a seed.

use std::sync::{Arc, LazyLock};

use jiff::civil::{Date, DateTime, date};
use jiff::{SignedDuration, Timestamp};

use super::{Rated, RatingError, Rider, Rules, Tap, TapId, UserTypeHistory, rate};
use crate::fares::{PaymentMethod, Tariffs, UserType};
use crate::network::{GateDirection, Network};
use crate::time::JAKARTA;

pub(super) static NETWORK: LazyLock<Network> = LazyLock::new(|| Network::embedded().unwrap());
pub(super) static TARIFFS: LazyLock<Tariffs> = LazyLock::new(|| Tariffs::embedded().unwrap());

pub(super) fn rules() -> Rules<'static> {
    Rules { network: &NETWORK, tariffs: &TARIFFS }
}

pub(super) fn rate_all<'a>(
    taps: &'a [Tap],
    user_types: &'a UserTypeHistory,
    now: Timestamp,
) -> Result<Rated<'a>, RatingError> {
    rate(rules(), &Rider { taps, user_types, carried: None }, now)
}

/// `2026-06-01T07:00`, by the clock in Jakarta.
pub(super) fn wib(text: &str) -> Timestamp {
    JAKARTA.to_timestamp(text.parse::<DateTime>().unwrap()).unwrap()
}

/// One tap a line: `medium direction station[/gate] day time`, in 2026 where the day has no year.
pub(super) fn taps(table: &str) -> Vec<Tap> {
    let lines = table.lines().map(str::trim).filter(|line| !line.is_empty());
    lines
        .zip(1..)
        .map(|(line, sequence)| {
            let words: Vec<_> = line.split_whitespace().collect();
            let &[medium, direction, place, day, time] = words.as_slice() else { panic!("{line}") };
            let (station, gate) = place.split_once('/').unwrap_or((place, "1"));
            let year = if day.len() == 5 { "2026-" } else { "" };
            Tap {
                id: TapId { gate: format!("GATE_{station}_{direction}_{gate}").into(), sequence },
                station: NETWORK.find(station).unwrap().ix,
                direction: direction.parse().unwrap(),
                media: medium.into(),
                payment_method: PaymentMethod::QrisTap,
                tapped_at: wib(&format!("{year}{day}T{time}")),
            }
        })
        .collect()
}

/// A small generator (SplitMix64), so that a number names a case for ever and cases cost little.
pub(super) struct Dice(pub u64);

impl Dice {
    pub(super) fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    pub(super) fn below(&mut self, sides: u64) -> u64 {
        self.roll() % sides
    }

    pub(super) fn one_in(&mut self, sides: u64) -> bool {
        self.below(sides) == 0
    }

    pub(super) fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[usize::try_from(self.below(of.len() as u64)).unwrap()]
    }

    pub(super) fn shuffle<T>(&mut self, things: &mut [T]) {
        for place in (1..things.len()).rev() {
            things.swap(place, usize::try_from(self.below(place as u64 + 1)).unwrap());
        }
    }
}

/// A rider's case: taps, kinds and the instant at which they are looked at.
#[derive(Debug, Clone)]
pub(super) struct Case {
    pub taps: Vec<Tap>,
    pub kinds: Vec<(Date, UserType)>,
    pub now: Timestamp,
}

/// Mondays of weeks that hold something: a tariff that takes over on Thursday, a month that ends on
/// Wednesday, one that ends on Sunday, and one with nothing.
const MONDAYS: [Date; 4] = [date(2025, 12, 29), date(2026, 9, 28), date(2026, 5, 25), date(2026, 7, 13)];

/// `days` days of one rider with up to three media: mostly there and back again, with lost taps, lost
/// clocks, strange hours and a few stations, so that all rules meet.
pub(super) fn case(seed: u64, days: u64) -> Case {
    let dice = &mut Dice(seed);
    let monday = dice.pick(&MONDAYS);
    let start = wib(&format!("{monday}T00:00"));
    let stations = ["BOO", "DPK", "MGR", "GMB", "THB", "RK"].map(|code| NETWORK.find(code).unwrap().ix);
    let gates: [Arc<str>; 6] = ["A", "B", "C", "D", "E", "F"].map(Arc::from);
    let media: [Arc<str>; 3] = ["med_a", "med_b", "med_c"].map(Arc::from);
    let mut taps = Vec::new();
    for medium in &media[..=usize::try_from(dice.below(6).saturating_sub(3)).unwrap()] {
        let mut at_s = dice.below(86_400);
        let mut direction = GateDirection::In;
        let mut hurried = 0;
        let rest_s = dice.pick(&[900, 40_000, 60_000, 90_000, 90_000]);
        while at_s < days * 86_400 {
            let place = usize::try_from(dice.below(6)).unwrap();
            // Now and then on a round quarter of an hour, so that instants and limits are met exactly.
            let odd_us = if dice.one_in(3) { 0 } else { dice.below(1_000_000) };
            let at = if odd_us == 0 { at_s / 900 * 900 } else { at_s };
            let at_us = i64::try_from(at * 1_000_000 + odd_us).unwrap();
            taps.push(Tap {
                id: TapId { gate: gates[place].clone(), sequence: i64::try_from(taps.len()).unwrap() },
                station: stations[place],
                direction,
                media: medium.clone(),
                payment_method: PaymentMethod::KciPay,
                tapped_at: start.checked_add(SignedDuration::from_micros(at_us)).unwrap(),
            });
            hurried = if dice.one_in(200) { 12 } else { u64::saturating_sub(hurried, 1) };
            at_s += match (direction, dice.below(10)) {
                _ if hurried > 0 => dice.below(90),
                (_, 0) => dice.below(120),
                (_, 1) => dice.below(40_000),
                (GateDirection::In, _) => dice.pick(&[600, 900, 3_600, 14_400, 14_400]) - dice.below(600),
                (GateDirection::Out, _) => dice.below(rest_s),
            };
            if !dice.one_in(9) {
                direction = match direction {
                    GateDirection::In => GateDirection::Out,
                    GateDirection::Out => GateDirection::In,
                };
            }
        }
    }
    let mut kinds = Vec::new();
    for _ in 0..dice.below(3) {
        let day = monday.saturating_add(jiff::Span::new().days(i64::try_from(dice.below(7)).unwrap()));
        kinds.push((day, dice.pick(UserType::ALL)));
    }
    let seen_s = if dice.one_in(2) { days * 86_400 + 20_000 } else { dice.below(days * 86_400) };
    let now = start.checked_add(SignedDuration::from_secs(i64::try_from(seen_s).unwrap())).unwrap();
    Case { taps, kinds, now }
}
