//! What holds for every log of taps. `RATING_CASES=100000` runs that many rider-weeks against the
//! reference; a failing case is named by its seed.

use proptest::prelude::*;

use super::reference::{Line, bill};
use super::samples::{Case, Dice, NETWORK, TARIFFS, case, rate_all, rules};
use super::*;
use crate::fares::{CapPeriod, PaymentMethod};
use crate::money::Rupiah;
use crate::network::GateDirection;
use crate::time::{day_from_number, day_number};
use jiff::Timestamp;
use jiff::civil::{Date, date};

/// How many cases a test runs, one in `part` of those asked for.
fn cases(part: u64) -> u64 {
    let asked = std::env::var("RATING_CASES").ok().and_then(|text| text.parse().ok());
    asked.unwrap_or(3_000) / part
}

fn as_bill(rated: &Rated<'_>) -> Vec<Line> {
    let line = |journey: &Journey<'_>| Line {
        gate: journey.key().gate.to_string(),
        sequence: journey.key().sequence,
        status: journey.status().as_str(),
        day: day_number(journey.day),
        fare: journey.fare.0,
        charge: journey.charge.0,
    };
    rated.journeys.iter().map(line).collect()
}

#[test]
fn the_slow_reference_agrees() {
    for seed in 0..cases(1) {
        let case = case(seed, 7);
        let kinds = UserTypeHistory::new(case.kinds.iter().copied());
        let rated = rate_all(&case.taps, &kinds, case.now).unwrap();
        assert_eq!(as_bill(&rated), bill(&case), "seed {seed}");
    }
}

#[test]
fn the_cases_meet_every_rule() {
    let mut met = std::collections::BTreeMap::new();
    let mut count = |what: &str| *met.entry(what.to_owned()).or_insert(0) += 1;
    for seed in 0..400 {
        let case = case(seed, 7);
        let kinds = UserTypeHistory::new(case.kinds.iter().copied());
        let rated = rate_all(&case.taps, &kinds, case.now).unwrap();
        for journey in &rated.journeys {
            count(journey.status().as_str());
            count(journey.tariff.id.as_str());
            count(journey.user_type.as_str());
            count(journey.limited_by.map_or("uncapped", CapPeriod::as_str));
            if journey.status() == JourneyStatus::Completed && journey.base_fare == Rupiah::ZERO {
                count("free exit");
            }
        }
        rated.caps_reached.iter().for_each(|cap| count(&format!("{} reached", cap.period.as_str())));
        rated.findings.iter().for_each(|finding| count(finding.rule.as_str()));
    }
    for what in [
        "open completed incomplete unmatched krl-2020 nfc-gate-2026 adult student disabled uncapped daily weekly",
        "impossible_travel cloned_media pass_back velocity",
    ]
    .iter()
    .flat_map(|words| words.split(' '))
    .chain(["free exit", "daily reached", "weekly reached"])
    {
        assert!(met.get(what).is_some_and(|&times| times >= 10), "{what}: {met:?}");
    }
}

#[test]
fn a_day_costs_its_fares_or_what_the_caps_leave_whichever_is_less() {
    for seed in 0..cases(4) {
        let case = case(seed, 40);
        let kinds = UserTypeHistory::new(case.kinds.iter().copied());
        let rated = rate_all(&case.taps, &kinds, case.now).unwrap();
        let mut paid: Vec<(Date, i64)> = Vec::new();
        for day in rated.journeys.chunk_by(|journey, next| journey.day == next.day) {
            let (today, caps) = (day[0].day, day[0].tariff.caps);
            let spent = |period: CapPeriod| -> i64 {
                let start = period.start(today);
                paid.iter().filter(|&&(day, _)| day >= start).map(|&(_, sum)| sum).sum()
            };
            let mut least: i64 = day.iter().map(|journey| journey.fare.0).sum();
            for &period in CapPeriod::ALL {
                let left = caps.limit(period).map(|limit| (limit.0 - spent(period)).max(0));
                least = least.min(left.unwrap_or(i64::MAX));
            }
            let charged: i64 = day.iter().map(|journey| journey.charge.0).sum();
            assert_eq!(charged, least, "seed {seed}, {today}");
            paid.push((today, charged));
        }
        for state in &rated.caps {
            let same = |&&(day, _): &&(Date, i64)| state.period.start(day) == state.start;
            assert_eq!(state.spent.0, paid.iter().filter(same).map(|&(_, sum)| sum).sum::<i64>());
        }
    }
}

/// A server that keeps charges by journey and, when a tap comes in, loads and rates only what the
/// window says.
#[derive(Default)]
struct Posted {
    log: Vec<Tap>,
    bill: Vec<Line>,
}

impl Posted {
    fn take(&mut self, tap: Tap, kinds: &UserTypeHistory, now: Timestamp) {
        let from = window::first_day_changed(&TARIFFS, tap.tapped_at);
        self.log.push(tap);
        let since = window::taps_needed_since(&TARIFFS, from);
        let taps: Vec<_> = self.log.iter().filter(|tap| tap.tapped_at >= since).cloned().collect();
        let days = window::charges_needed_since(from);
        let charges = self.bill.iter().map(|line| (day_from_number(line.day), Rupiah(line.charge)));
        let carried = Carried::before(from, charges.filter(|&(day, _)| day >= days)).unwrap();
        let rider = Rider { taps: &taps, user_types: kinds, carried: Some(carried) };
        let rated = rate(rules(), &rider, now).unwrap();
        self.bill.retain(|line| line.day < day_number(from));
        self.bill.extend(as_bill(&rated));
    }
}

#[test]
fn taking_taps_one_by_one_in_any_order_ends_where_rating_all_of_them_does() {
    for seed in 0..cases(100) {
        let Case { mut taps, kinds, now } = case(seed, 12);
        let kinds = UserTypeHistory::new(kinds);
        let whole = taps.clone();
        let dice = &mut Dice(seed);
        // Mostly in order, some late; or wholly shuffled.
        match dice.below(3) {
            0 => dice.shuffle(&mut taps),
            _ => taps.chunks_mut(5).for_each(|few| dice.shuffle(few)),
        }
        let mut posted = Posted::default();
        for tap in taps {
            posted.take(tap, &kinds, now);
        }
        assert_eq!(posted.bill, as_bill(&rate_all(&whole, &kinds, now).unwrap()), "seed {seed}");
    }
}

#[test]
fn rating_from_a_day_on_is_rating_all_cut_at_that_day() {
    for seed in 0..cases(8) {
        let case = case(seed, 12);
        let kinds = UserTypeHistory::new(case.kinds.iter().copied());
        let whole = rate_all(&case.taps, &kinds, case.now).unwrap();
        let from = Dice(seed).pick(&case.taps.iter().map(Tap::service_day).collect::<Vec<_>>());
        let charges = whole.journeys.iter().map(|journey| (journey.day, journey.charge));
        let carried = Some(Carried::before(from, charges).unwrap());
        let since = window::taps_needed_since(&TARIFFS, from);
        let taps: Vec<_> = case.taps.iter().filter(|tap| tap.tapped_at >= since).cloned().collect();
        let cut = rate(rules(), &Rider { taps: &taps, user_types: &kinds, carried }, case.now).unwrap();

        let mut expected = whole;
        expected.journeys.retain(|journey| journey.day >= from);
        expected.findings.retain(|finding| finding.shown_by().service_day() >= from);
        expected.caps_reached.retain(|cap| cap.opening.service_day() >= from);
        expected.caps.retain(|state| cut.cap(state.period, state.start.max(from)).is_some());
        expected.caps.retain(|state| state.start >= state.period.start(from));
        assert_eq!(cut.journeys, expected.journeys, "seed {seed}");
        assert_eq!(cut.findings, expected.findings, "seed {seed}");
        assert_eq!(cut.caps_reached, expected.caps_reached, "seed {seed}");
        let in_order = |states: &[CapState]| {
            let mut states = states.to_vec();
            states.sort_by_key(|state| (state.start, state.period.as_str()));
            states
        };
        assert_eq!(in_order(&cut.caps), in_order(&expected.caps), "seed {seed}");
        let due = expected.journeys.iter().filter_map(|journey| match journey.course {
            Course::Open { due_at, .. } => Some(due_at),
            _ => None,
        });
        assert_eq!(cut.next_due_at, due.min(), "seed {seed}");
    }
}

#[test]
fn a_cap_is_told_once_for_each_period() {
    for seed in 0..cases(4) {
        let case = case(seed, 40);
        let adult = UserTypeHistory::default();
        let rated = rate_all(&case.taps, &adult, case.now).unwrap();
        let told = rated.caps_reached.iter();
        let mut told: Vec<_> = told.map(|cap| (cap.start, cap.period.as_str(), cap.limit)).collect();
        let all = told.len();
        told.sort_unstable();
        told.dedup();
        assert_eq!(told.len(), all, "seed {seed}");
        // A week that began under the tariff without caps may stand above its cap unreached.
        for state in rated.caps.iter().filter(|state| state.start >= date(2026, 1, 1)) {
            let told = told.contains(&(state.start, state.period.as_str(), state.limit.unwrap_or_default()));
            assert_eq!(told, state.is_reached(), "seed {seed}");
        }
    }
}

/// Taps without any pattern, close together, so that they meet; identities may repeat.
fn any_taps() -> impl Strategy<Value = Vec<Tap>> {
    let tap = (0_i64..20, 0_usize..4, any::<bool>(), 0_u8..2, 0_i64..48).prop_map(
        |(sequence, station, is_in, medium, half_hours)| Tap {
            id: TapId { gate: format!("G{station}").into(), sequence },
            station: NETWORK.stations()[station * 12].ix,
            direction: if is_in { GateDirection::In } else { GateDirection::Out },
            media: format!("med_{medium}").into(),
            payment_method: PaymentMethod::EmvVisa,
            tapped_at: Timestamp::from_second(1_780_200_000 + half_hours * 1_800).unwrap(),
        },
    );
    proptest::collection::vec(tap, 0..24)
}

/// The same taps with some of them doubled, in another order.
fn shuffled(taps: Vec<Tap>) -> impl Strategy<Value = Vec<Tap>> {
    let doubled = proptest::sample::subsequence(taps.clone(), 0..=taps.len());
    doubled.prop_map(move |extra| [taps.clone(), extra].concat()).prop_shuffle()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(u32::try_from(cases(8)).unwrap_or(u32::MAX)))]

    #[test]
    fn order_and_copies_of_taps_do_not_matter(
        (taps, other) in any_taps().prop_flat_map(|taps| (Just(taps.clone()), shuffled(taps))),
        later_s in 0_i64..200_000,
    ) {
        let now = Timestamp::from_second(1_780_200_000 + later_s).unwrap();
        let adult = UserTypeHistory::default();
        let (rated, again) = (rate_all(&taps, &adult, now).unwrap(), rate_all(&other, &adult, now).unwrap());
        prop_assert_eq!(&rated, &again);

        // Every tap is in one journey, and no charge is below zero or above its fare.
        let ends = rated.journeys.iter().flat_map(|journey| [journey.course.tap_in(), journey.course.tap_out()]);
        let mut ids: Vec<_> = ends.flatten().map(|tap| (tap.id.sequence, tap.id.gate.clone())).collect();
        let all = ids.len();
        ids.sort_unstable();
        ids.dedup();
        let mut given: Vec<_> = taps.iter().map(|tap| (tap.id.sequence, tap.id.gate.clone())).collect();
        given.sort_unstable();
        given.dedup();
        prop_assert_eq!(all, ids.len());
        prop_assert_eq!(ids, given);
        for journey in &rated.journeys {
            prop_assert!(Rupiah::ZERO <= journey.charge && journey.charge <= journey.fare);
            prop_assert_eq!(journey.fare_cap_applied(), journey.charge < journey.fare);
        }
        for state in &rated.caps {
            prop_assert!(state.limit.is_none_or(|limit| state.spent <= limit));
        }
    }
}

#[test]
fn shuffled_rider_weeks_end_the_same() {
    for seed in 0..cases(4) {
        let case = case(seed, 7);
        let kinds = UserTypeHistory::new(case.kinds.iter().copied());
        let mut other = [case.taps.clone(), case.taps[case.taps.len() / 2..].to_vec()].concat();
        Dice(seed).shuffle(&mut other);
        let rated = rate_all(&case.taps, &kinds, case.now).unwrap();
        assert_eq!(rated, rate_all(&other, &kinds, case.now).unwrap(), "seed {seed}");
    }
}
