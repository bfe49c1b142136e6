//! The reader who knows the rules and asks everything must not learn a withheld count.

use std::collections::{BTreeSet, HashMap};

use super::*;

/// A day with these counts from midnight on.
fn day(counts: &[u32]) -> [u32; 24] {
    std::array::from_fn(|hour| counts.get(hour).copied().unwrap_or(0))
}

fn total(counts: &[u32]) -> Option<u64> {
    station_day(&day(counts)).total.shown()
}

fn network_total(stations: &[&[u32]]) -> Option<u64> {
    let stations: Vec<_> = stations.iter().map(|counts| day(counts)).collect();
    network_day(&stations).total.shown()
}

#[test]
fn one_to_four_are_withheld_and_zero_is_shown() {
    let shown = station_day(&day(&[0, 1, 4, 5, 2_847])).hours.map(Count::shown);
    assert_eq!(shown[..6], [Some(0), None, None, Some(5), Some(2_847), Some(0)]);
}

#[test]
fn a_days_total_is_withheld_where_it_would_tell_an_hour() {
    for (counts, shown) in [
        (&[100, 200][..], Some(300)),
        (&[][..], Some(0)),
        (&[100, 3][..], None),         // the difference is the hour
        (&[100, 1, 1][..], None),      // two hours, two taps
        (&[100, 4, 4][..], None),      // two hours, eight taps
        (&[100, 1, 3][..], None),      // none of them can be four
        (&[100, 2, 3][..], Some(105)), // 1+4, 2+3, 3+2, 4+1
        (&[100, 1, 1, 3][..], None),   // with five taps none of three can be four
        (&[100, 1, 1, 4][..], Some(106)),
        (&[100, 3, 3, 3][..], Some(109)),
        (&[100, 4, 4, 2][..], None), // with ten none can be one
    ] {
        assert_eq!(total(counts), shown, "{counts:?}");
    }
}

#[test]
fn the_networks_total_is_withheld_where_it_would_tell_a_stations_hour() {
    for (stations, shown) in [
        (&[&[10, 20][..], &[30][..]][..], Some(60)),
        (&[&[10, 3][..], &[30][..]][..], None),
        (&[&[10, 3][..], &[30, 2][..]][..], Some(45)), // two hours with five taps, as above
        (&[&[10, 2, 3][..], &[30][..]][..], Some(45)), // shown in the station's own total already
        (&[&[10, 2, 3][..], &[30, 1][..]][..], None),
        // Six taps: were the lone hour 1, the pair had 5, and its day would have been shown.
        (&[&[2, 2][..], &[2][..]][..], None),
    ] {
        assert_eq!(network_total(stations), shown, "{stations:?}");
    }
}

#[test]
fn a_crowd_level_comes_from_shown_counts_only() {
    // 2,400 an hour: medium from 961 on. 960 and a withheld count would tell 0 from 1.
    for (tap_in, tap_out, level) in [
        (Count::Shown(960), Count::Withheld, CrowdLevel::Low),
        (Count::Shown(961), Count::Withheld, CrowdLevel::Medium),
        (Count::Shown(500), Count::Shown(461), CrowdLevel::Medium),
        (Count::Withheld, Count::Withheld, CrowdLevel::Low),
    ] {
        assert_eq!(crowd_level(tap_in, tap_out, 2_400), level);
    }
}

/// All that can be asked for of a table.
fn asked(table: &[[u32; 24]]) -> Vec<Option<u64>> {
    let network = network_day(table);
    let days = network.stations.iter();
    let hours = days.clone().flat_map(|station| station.hours);
    hours.chain(days.map(|station| station.total)).chain([network.total]).map(Count::shown).collect()
}

/// Goes through every table of that size with counts out of `counts`, as a reader would who has seen
/// all answers, and holds against each other those tables that give the same answers.
fn every_withheld_count_may_be_any(
    stations: usize,
    hours: usize,
    counts: std::ops::RangeInclusive<u32>,
    asked: impl Fn(&[[u32; 24]]) -> Vec<Option<u64>>,
) {
    let cells = stations * hours;
    let values: Vec<_> = counts.collect();
    let mut possible: HashMap<Vec<Option<u64>>, Vec<BTreeSet<u32>>> = HashMap::new();
    for mut number in 0..values.len().pow(u32::try_from(cells).unwrap()) {
        let mut flat = Vec::with_capacity(cells);
        for _ in 0..cells {
            flat.push(values[number % values.len()]);
            number /= values.len();
        }
        let table: Vec<_> = flat.chunks(hours).map(day).collect();
        let seen = possible.entry(asked(&table)).or_insert_with(|| vec![BTreeSet::new(); cells]);
        for (cell, &value) in seen.iter_mut().zip(&flat) {
            cell.insert(value);
        }
    }
    for (answers, cells) in &possible {
        for (cell, values) in cells.iter().enumerate() {
            let shown = answers[cell / hours * 24 + cell % hours];
            match shown {
                Some(shown) => assert_eq!(values.iter().map(|&v| u64::from(v)).collect::<Vec<_>>(), [shown]),
                None => assert_eq!(*values, BTreeSet::from([1, 2, 3, 4]), "{answers:?}"),
            }
        }
    }
}

#[test]
fn no_combination_of_answers_narrows_a_withheld_count() {
    every_withheld_count_may_be_any(1, 5, 0..=5, asked);
    every_withheld_count_may_be_any(5, 1, 0..=5, asked);
    every_withheld_count_may_be_any(2, 3, 0..=4, asked);
    every_withheld_count_may_be_any(3, 2, 0..=4, asked);
    every_withheld_count_may_be_any(2, 4, 1..=4, asked);
}

/// As [`asked`], by somebody who asks at the end of every hour, and again when the day is over.
fn asked_every_hour(table: &[[u32; 24]]) -> Vec<Option<u64>> {
    let mut answers = asked(table);
    for hours in 1..24 {
        let so_far = |taps: &[u32; 24]| day(&taps[..hours]);
        let network = network_day_so_far(&table.iter().map(so_far).collect::<Vec<_>>());
        answers.extend(network.stations.iter().map(|station| station.total.shown()));
        answers.push(network.total.shown());
    }
    answers
}

#[test]
fn nor_does_asking_all_day_long() {
    every_withheld_count_may_be_any(1, 4, 0..=5, asked_every_hour);
    every_withheld_count_may_be_any(2, 3, 0..=4, asked_every_hour);
    every_withheld_count_may_be_any(3, 2, 0..=4, asked_every_hour);
}

#[test]
fn the_running_hour_is_shown_anew_only_after_five_taps_more() {
    let mut known = 0;
    let mut seen = Vec::new();
    for taps in 0..=16 {
        known = refreshed(known, taps);
        seen.push(Count::of(known).shown());
    }
    let withheld = [None; 4];
    let expected: Vec<_> = [Some(0)]
        .into_iter()
        .chain(withheld)
        .chain([5, 5, 5, 5, 5, 10, 10, 10, 10, 10, 15, 15].map(Some))
        .collect();
    assert_eq!(seen, expected);
    // A correction downwards (a test network that was reset) is taken over.
    assert_eq!(refreshed(100, 0), 0);
}

#[test]
fn the_rate_of_a_running_hour_is_judged_from_quarter_past() {
    // 2,400 an hour: 481 taps in 15 minutes are above 80 %, in half an hour above 40 %.
    let level = |elapsed_s| crowd_level_so_far(Count::Shown(240), Count::Shown(241), elapsed_s, 2_400);
    assert_eq!(level(899), None);
    assert_eq!(level(900), Some(CrowdLevel::Critical));
    assert_eq!(level(1_800), Some(CrowdLevel::Medium));
    assert_eq!(level(3_600), Some(CrowdLevel::Low));
}

#[test]
fn rows_are_as_printed_and_say_what_they_withhold() {
    let shown = Shown {
        tap_in: station_day(&day(&[0, 1_284, 2_847, 3])),
        tap_out: station_day(&day(&[0, 892, 1_923, 7])),
    };
    let rows = serde_json::to_value(shown.hourly(4, 5_500)).unwrap();
    assert_eq!(
        rows,
        serde_json::json!([
            { "hour": 0, "tap_in": 0, "tap_out": 0, "crowd_level": "low" },
            { "hour": 1, "tap_in": 1284, "tap_out": 892, "crowd_level": "low" },
            { "hour": 2, "tap_in": 2847, "tap_out": 1923, "crowd_level": "critical" },
            { "hour": 3, "tap_in": null, "tap_out": 7, "crowd_level": "low", "suppressed": true },
        ])
    );
    let row = serde_json::to_value(shown.daily(5_500)).unwrap();
    assert_eq!(
        row,
        serde_json::json!({
            "hour": null, "tap_in": null, "tap_out": 2822, "crowd_level": "critical", "suppressed": true,
        })
    );
}

#[test]
fn a_whole_networks_day_is_quickly_judged_and_shown() {
    // 86 stations: a third with one quiet hour, a third with two, a third with a single tap each hour.
    let stations: Vec<[u32; 24]> = (0..86)
        .map(|station| match station % 3 {
            0 => day(&[1 + station % 4, 500, 700]),
            1 => day(&[1 + station % 4, 900, 2]),
            _ => [1; 24],
        })
        .collect();
    let network = network_day(&stations);
    assert!(network.stations.iter().filter(|day| day.total == Count::Withheld).count() > 57);
    let sum: u64 = stations.iter().flatten().copied().map(u64::from).sum();
    assert_eq!(network.total, Count::Shown(sum));
}
