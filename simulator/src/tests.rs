//! What the model promises, and how near it comes to the published figures.

use std::collections::{HashMap, HashSet};

use domain::{
    network::{GateDirection, Network},
    time::{JAKARTA, day_start},
};
use jiff::{ToSpan, civil::date};

use crate::{Faults, Pace, Plan, PlannedTap, Population};

/// A Tuesday.
const WEEKDAY: jiff::civil::Date = date(2026, 3, 10);
const PACE: Pace = Pace { gather_s: 300, batch: 50, from_hour: 0 };

fn population(riders: u32) -> Population {
    Population::new(&Network::embedded().unwrap(), riders, 7)
}

fn boardings(taps: &[PlannedTap]) -> usize {
    taps.iter().filter(|tap| tap.direction == GateDirection::In).count()
}

#[test]
fn the_same_seed_gives_the_same_taps_and_bytes() {
    let plan =
        |riders| Plan::new(population(riders), WEEKDAY, PACE, Faults { fraud: true, ..Faults::default() });
    let (one, other) = (plan(500), plan(500));
    let bytes = |plan: &Plan| -> Vec<_> { plan.messages.iter().map(|m| plan.body(m).unwrap()).collect() };
    assert!(!one.messages.is_empty());
    assert_eq!(bytes(&one), bytes(&other));
    let other_seed = Population::new(&Network::embedded().unwrap(), 500, 8);
    assert_ne!(population(500).day(WEEKDAY).collect::<Vec<_>>(), other_seed.day(WEEKDAY).collect::<Vec<_>>());
}

#[test]
fn taps_come_in_order_of_time_each_with_an_identity_of_its_own() {
    let population = population(3_000);
    let mut seen = HashSet::new();
    for day in [WEEKDAY, date(2026, 3, 11)] {
        let taps: Vec<_> = population.day(day).collect();
        assert!(taps.is_sorted_by_key(|tap| tap.tapped_at));
        for tap in taps.iter().copied().chain(population.day_with_fraud(day)) {
            assert!(seen.insert((tap.gate, tap.sequence)), "{tap:?}");
            // Whole numbers that every JSON reader keeps.
            assert!((1..1 << 53).contains(&tap.sequence));
            assert_eq!(population.gate(tap.gate).direction, tap.direction);
        }
    }
}

#[test]
fn a_weekday_is_shaped_like_the_published_one() {
    let population = population(40_000);
    let taps: Vec<_> = population.day(WEEKDAY).collect();
    let boarded_by = |hour: i64| {
        let end = day_start(WEEKDAY).checked_add(hour.hours()).unwrap();
        let before = taps.iter().filter(|tap| tap.direction == GateDirection::In && tap.tapped_at < end);
        before.count() as f64 * 100.0 / boardings(&taps) as f64
    };
    // network/NOTES.md: share of a weekday's boardings by 10, 11 and 13 o'clock.
    for (hour, published) in [(10, 35.0_f64), (11, 43.0), (13, 51.0)] {
        let modelled = boarded_by(hour);
        assert!((modelled - published).abs() < 4.0, "by {hour}: {modelled:.1} %, published {published} %");
    }
}

#[test]
fn weekends_have_the_published_share_of_a_weekday() {
    let population = population(40_000);
    let on = |day| boardings(&population.day(day).collect::<Vec<_>>()) as f64;
    let weekday = on(WEEKDAY);
    // network/NOTES.md: Saturday 0.80 and Sunday 0.70 of a weekday.
    for (day, published) in [(date(2026, 3, 14), 0.80), (date(2026, 3, 15), 0.70)] {
        let share = on(day) / weekday;
        assert!((share - published).abs() < 0.025, "{day}: {share:.3}");
    }
}

#[test]
fn the_suburbs_board_in_the_morning_and_the_centre_in_the_evening() {
    let network = Network::embedded().unwrap();
    let population = population(40_000);
    let mut boarded: HashMap<_, [usize; 2]> = HashMap::new();
    for tap in population.day(WEEKDAY).filter(|tap| tap.direction == GateDirection::In) {
        let half = usize::from(JAKARTA.to_datetime(tap.tapped_at).hour() >= 13);
        boarded.entry(population.gate(tap.gate).station).or_default()[half] += 1;
    }
    let at = |id: &str| boarded[&network.find(id).unwrap().ix];
    for suburb in ["STN_BOO", "STN_BKS", "STN_CTA"] {
        assert!(at(suburb)[0] > at(suburb)[1], "{suburb}: {:?}", at(suburb));
    }
    for centre in ["STN_SUD", "STN_GDD", "STN_JDA"] {
        assert!(at(centre)[1] > at(centre)[0], "{centre}: {:?}", at(centre));
    }
    // Bogor is the busiest station there is.
    let busiest = boarded.iter().max_by_key(|(_, halves)| halves[0] + halves[1]).unwrap();
    assert_eq!(network.station(*busiest.0).id.to_string(), "STN_BOO");
}

#[test]
fn nobody_is_faster_than_a_train_or_in_two_places_unless_asked_to_be() {
    let network = Network::embedded().unwrap();
    let tariffs = domain::fares::Tariffs::embedded().unwrap();
    let population = population(2_000);
    let findings = |taps: Vec<PlannedTap>| -> HashSet<&'static str> {
        let mut by_rider: HashMap<u32, Vec<domain::journeys::Tap>> = HashMap::new();
        for tap in taps {
            let gate = population.gate(tap.gate);
            by_rider.entry(tap.rider).or_default().push(domain::journeys::Tap {
                id: domain::journeys::TapId { gate: gate.id.clone(), sequence: tap.sequence },
                station: gate.station,
                direction: tap.direction,
                media: population.token(tap.rider, tap.medium).into(),
                payment_method: tap.payment_method,
                tapped_at: tap.tapped_at,
            });
        }
        let rules = domain::journeys::Rules { network: &network, tariffs: &tariffs };
        let types = domain::journeys::UserTypeHistory::default();
        let mut rules_broken = HashSet::new();
        for taps in by_rider.values() {
            let rider = domain::journeys::Rider { taps, user_types: &types, carried: None };
            let rated = domain::journeys::rate(rules, &rider, day_start(date(2026, 3, 12))).unwrap();
            rules_broken.extend(rated.findings.iter().map(|finding| finding.rule.as_str()));
        }
        rules_broken
    };
    assert_eq!(findings(population.day(WEEKDAY).collect()), HashSet::new());
    assert_eq!(
        findings(population.day_with_fraud(WEEKDAY).collect()),
        HashSet::from(["impossible_travel", "cloned_media", "pass_back", "velocity"])
    );
}

#[test]
fn every_tap_is_in_one_message_and_faults_lose_none() {
    let faults = Faults { late: true, duplicates: true, dead_gate: true, clock_drift: true, fraud: true };
    for faults in [Faults::default(), faults] {
        let plan = Plan::new(population(2_000), WEEKDAY, PACE, faults);
        let sent: Vec<_> = plan.messages.iter().flat_map(|message| plan.taps_of(message)).collect();
        let once: HashSet<_> = sent.iter().map(|tap| (tap.gate, tap.sequence)).collect();
        assert_eq!(once.len(), plan.taps());
        assert_eq!(sent.len() > once.len(), faults.duplicates);
        assert!(plan.messages.is_sorted_by_key(|message| message.send_at));
        assert!(plan.messages.iter().all(|message| plan.taps_of(message).len() <= PACE.batch));
        let gates = |message| plan.taps_of(message).iter().map(|tap| tap.gate).collect::<HashSet<_>>().len();
        assert!(plan.messages.iter().all(|message| gates(message) == 1));
        if let Some(silence) = plan.silence {
            assert!(!plan.messages.iter().any(|message| silence.covers(message.gate, message.send_at)));
            assert!(sent.iter().any(|tap| silence.covers(tap.gate, tap.tapped_at)));
        }
    }
}

#[test]
fn two_media_never_share_a_token() {
    let population = population(50_000);
    let tokens: HashSet<_> =
        (0..50_000).flat_map(|rider| [0, 1].map(|medium| population.token(rider, medium))).collect();
    assert_eq!(tokens.len(), 100_000);
}

#[test]
fn a_gate_that_is_left_out_is_not_tapped_at() {
    let population = population(2_000).only_at(|gate| gate != "GATE_BOO_IN_01");
    let gates: HashSet<_> = population.day(WEEKDAY).map(|tap| population.gate(tap.gate).id.clone()).collect();
    assert!(!gates.contains("GATE_BOO_IN_01") && gates.contains("GATE_BOO_IN_02"));
}
