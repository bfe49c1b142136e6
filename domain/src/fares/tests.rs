//! Expected fares are published ones (quoted in `data/SOURCES.md`) or worked by hand.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use jiff::civil::{Date, date};
use proptest::prelude::*;

use super::*;
use crate::money::Rupiah;
use crate::network::Network;

static NETWORK: LazyLock<Network> = LazyLock::new(|| Network::embedded().unwrap());
static TARIFFS: LazyLock<Tariffs> = LazyLock::new(|| Tariffs::embedded().unwrap());

fn krl() -> &'static Tariff {
    TARIFFS.by_id("krl-2020").unwrap()
}

fn nfc() -> &'static Tariff {
    TARIFFS.by_id("nfc-gate-2026").unwrap()
}

fn quoted(tariff: &Tariff, from: &str, to: &str, user_type: UserType, explain: bool) -> Quote {
    let ix = |spelling| NETWORK.find(spelling).unwrap().ix;
    let request = QuoteRequest { from: ix(from), to: ix(to), user_type, payment_method: None, explain };
    quote(&NETWORK, tariff, &request).unwrap()
}

fn fare(tariff: &Tariff, from: &str, to: &str) -> i64 {
    quoted(tariff, from, to, UserType::Adult, false).fare.0
}

#[test]
fn the_published_fares_are_met() {
    let tariff = krl();
    // Today's level, as printed.
    for (from, to, published) in [
        ("BOO", "JAKK", 6_000),
        ("THB", "MJ", 7_000),
        ("THB", "RK", 8_000),
        ("JAKK", "CKR", 5_000),
        ("BOO", "RK", 13_000),
        ("BOO", "MRI", 5_000),
        ("BOO", "THB", 6_000),
        ("BOO", "KPB", 7_000),
        ("BKS", "JAKK", 4_000),
    ] {
        assert_eq!(fare(tariff, from, to), published, "{from} {to}");
        assert_eq!(fare(tariff, to, from), published, "{to} {from}");
    }
    // The 14 pairs of the table of 2015, whose base was 1,000 lower: whole km printed there, fare
    // worked from the rule; Depok-Jatinegara printed as 25 km already paid the second block.
    for (from, to, fare_2015) in [
        ("BOO", "DP", 2_000),
        ("BOO", "MRI", 4_000),
        ("BOO", "THB", 5_000),
        ("BOO", "JNG", 5_000),
        ("BOO", "JAKK", 5_000),
        ("BOO", "KPB", 6_000),
        ("DP", "MRI", 2_000),
        ("DP", "THB", 3_000),
        ("DP", "JNG", 3_000),
        ("DP", "JAKK", 3_000),
        ("DP", "KPB", 3_000),
        ("MRI", "THB", 2_000),
        ("MRI", "JAKK", 2_000),
        ("MRI", "BKS", 2_000),
    ] {
        assert_eq!(fare(tariff, from, to), fare_2015 + 1_000, "{from} {to}");
    }
}

#[test]
fn fares_over_all_pairs_are_spread_as_published() {
    // Of the 85 stations of the published count: Karet still in it, Gambir (no KRL stop) not.
    let stations: Vec<_> =
        NETWORK.stations().iter().filter(|station| station.operator_code != "GMR").collect();
    let mut spread = BTreeMap::new();
    for (index, from) in stations.iter().enumerate() {
        for to in &stations[index + 1..] {
            *spread.entry(krl().base_fare(NETWORK.distance_m(from.ix, to.ix)).unwrap().0).or_insert(0) += 1;
        }
    }
    let published = [
        (3_000, 1471),
        (4_000, 608),
        (5_000, 488),
        (6_000, 343),
        (7_000, 274),
        (8_000, 181),
        (9_000, 102),
        (10_000, 62),
        (11_000, 27),
        (12_000, 11),
        (13_000, 3),
    ];
    assert_eq!(spread, BTreeMap::from(published));
    assert_eq!(spread.values().sum::<i32>(), 3570);
}

#[test]
fn the_portals_examples_cost_what_the_pages_say() {
    assert_eq!(fare(nfc(), "STN_GMB", "STN_DPK"), 8_000);
    assert_eq!(fare(nfc(), "STN_GMB", "STN_MGR"), 5_000);
}

#[test]
fn a_started_step_counts_and_an_exact_one_does_not_start_the_next() {
    for (tariff, distance_m, expected) in [
        (krl(), 1, 3_000),
        (krl(), 25_000, 3_000),
        (krl(), 25_001, 4_000),
        (krl(), 35_000, 4_000),
        (krl(), 35_001, 5_000),
        (krl(), 123_761, 13_000),
        (nfc(), 10_000, 5_000),
        (nfc(), 10_001, 6_500),
        (nfc(), 20_000, 6_500),
        (nfc(), 20_001, 8_000),
        (nfc(), 123_761, 23_000),
    ] {
        assert_eq!(tariff.base_fare(distance_m), Some(Rupiah(expected)), "{} {distance_m}", tariff.id);
    }
    assert!(nfc().base_fare(u32::MAX).is_some());
}

#[test]
fn students_and_disabled_riders_pay_half() {
    for (to, adult, half) in [("STN_MGR", 5_000, 2_500), ("STN_DPK", 8_000, 4_000), ("LNA", 6_500, 3_250)] {
        assert_eq!(fare(nfc(), "STN_GMB", to), adult, "{to}");
        for user_type in [UserType::Student, UserType::Disabled] {
            let quote = quoted(nfc(), "STN_GMB", to, user_type, false);
            assert_eq!(quote.fare, Rupiah(half), "{to}");
            assert_eq!(
                quote.discounts,
                [Discount { kind: user_type, percent: 50, amount: Rupiah(adult - half) }]
            );
        }
    }
    let student = quoted(krl(), "STN_GMB", "STN_DPK", UserType::Student, false);
    assert_eq!((student.fare, student.discounts), (Rupiah(4_000), vec![]));
}

#[test]
fn a_single_journey_never_costs_more_than_the_daily_cap() {
    let quote = quoted(nfc(), "BOO", "RK", UserType::Adult, true);
    let explain = quote.explain.unwrap();
    assert_eq!(
        (quote.fare, explain.base_fare, explain.fare),
        (Rupiah(10_000), Rupiah(23_000), Rupiah(10_000))
    );
    let caps: Vec<_> =
        explain.caps.iter().map(|step| (step.period, step.before.0, step.after.0, step.applied)).collect();
    assert_eq!(
        caps,
        [
            (CapPeriod::Daily, 23_000, 10_000, true),
            (CapPeriod::Weekly, 10_000, 10_000, false),
            (CapPeriod::Monthly, 10_000, 10_000, false),
        ]
    );
    // The discount comes before the cap: half of 23,000 is still above it, half of 11,000 is not.
    assert_eq!(quoted(nfc(), "BOO", "RK", UserType::Student, false).fare, Rupiah(10_000));
    assert_eq!(quoted(nfc(), "BOO", "MRI", UserType::Student, false).fare, Rupiah(5_500));
}

#[test]
fn the_explanation_adds_up() {
    let quote = quoted(nfc(), "STN_GMB", "STN_DPK", UserType::Student, true);
    let explain = quote.explain.unwrap();
    let bands: Vec<_> =
        explain.bands.iter().map(|band| (band.from_m, band.rate.0, band.steps, band.amount.0)).collect();
    assert_eq!(bands, [(0, 5_000, 1, 5_000), (10_000, 1_500, 2, 3_000)]);
    assert_eq!((explain.distance_m, explain.base_fare, explain.fare), (27_062, Rupiah(8_000), Rupiah(4_000)));
    assert_eq!(
        explain.discounts,
        [DiscountStep { kind: UserType::Student, percent: 50, before: Rupiah(8_000), after: Rupiah(4_000) }]
    );
    assert_eq!(explain.same_station, None);
}

#[test]
fn one_station_as_origin_and_destination_follows_the_tariffs_rule() {
    let nfc = quoted(nfc(), "STN_GMB", "GMR", UserType::Student, true);
    assert_eq!((nfc.fare, nfc.distance_km.metres(), nfc.discounts), (Rupiah(0), 0, vec![]));
    let explain = nfc.explain.unwrap();
    assert!(explain.bands.is_empty());
    assert_eq!(
        explain.same_station,
        Some(SameStationStep { free_within_s: Some(900), fare_after: Rupiah(5_000) })
    );
    assert_eq!(fare(krl(), "STN_GMB", "STN_GMB"), 3_000);
}

#[test]
fn a_quote_reads_as_on_the_page() {
    let page = serde_json::json!({
        "from": "STN_GMB", "to": "STN_DPK", "distance_km": 27.062, "fare": 8000, "currency": "IDR",
        "user_type": "adult", "discounts": [],
        "fare_cap": {"daily": 10000, "weekly": 50000, "monthly": 150_000},
        "tariff": {"id": "nfc-gate-2026", "valid_from": "2026-01-01"},
    });
    let quote = quoted(nfc(), "GMR", "DP", UserType::Adult, false);
    assert_eq!(serde_json::to_value(&quote).unwrap(), page);
    assert_eq!(serde_json::from_value::<Quote>(page).unwrap(), quote);

    let uncapped = serde_json::to_value(quoted(krl(), "GMR", "DP", UserType::Adult, true)).unwrap();
    assert_eq!(uncapped["fare_cap"], serde_json::json!({"daily": null, "weekly": null, "monthly": null}));
    assert_eq!(uncapped["explain"]["caps"], serde_json::json!([]));
}

#[test]
fn the_day_chooses_the_tariff_and_an_id_wins_over_the_day() {
    let chosen = |id, day| TARIFFS.choose(id, day).map(|tariff| tariff.id.as_str());
    let check = |day: Date, expected| assert_eq!(chosen(None, day), expected, "{day}");
    check(date(2019, 12, 31), Err(TariffChoiceError::NoneInForce(date(2019, 12, 31))));
    check(date(2020, 1, 1), Ok("krl-2020"));
    check(date(2025, 12, 31), Ok("krl-2020"));
    check(date(2026, 1, 1), Ok("nfc-gate-2026"));
    check(date(2030, 6, 1), Ok("nfc-gate-2026"));
    assert_eq!(chosen(Some("krl-2020"), date(2026, 11, 22)), Ok("krl-2020"));
    assert_eq!(chosen(Some("KRL-2020"), date(2026, 11, 22)), Err(TariffChoiceError::UnknownId));
    assert_eq!(TARIFFS.iter().count(), 2);
}

#[test]
fn words_are_those_of_the_page() {
    assert_eq!(UserType::WORDS, ["adult", "student", "disabled"]);
    assert_eq!(
        PaymentMethod::WORDS,
        ["qris_tap", "emv_visa", "emv_mc", "google_pay", "apple_pay", "kci_pay"]
    );
    assert_eq!("student".parse(), Ok(UserType::Student));
    assert_eq!(serde_json::to_value(PaymentMethod::QrisTap).unwrap(), "qris_tap");
    let refused = "child".parse::<UserType>().unwrap_err();
    assert_eq!(refused.to_string(), "must be one of adult, student, disabled");
}

#[test]
fn unsound_tariffs_are_refused() {
    let text = include_str!("../../../data/tariffs.json");
    for (good, bad, words) in [
        ("\"from_m\": 25000", "\"from_m\": 25001", "without gaps"),
        ("\"per_started_m\": 10000", "\"per_started_m\": 0", "step"),
        ("\"fare\": 3000", "\"fare\": -1", "out of range"),
        ("\"fare\": 3000", "\"fare\": 0.5", "cannot be read"),
        ("\"percent\": 50", "\"percent\": 101", "percentages"),
        ("\"student\"", "\"disabled\"", "one per kind"),
        ("\"up_to_m\": null", "\"up_to_m\": 90000", "open"),
        ("\"krl-2020\"", "\"nfc-gate-2026\"", "another tariff's"),
        ("\"daily\": 10000", "\"daily\": 9000000000", "out of range"),
    ] {
        let changed = text.replacen(good, bad, 1);
        assert_ne!(changed, text, "{good}");
        let message = Tariffs::parse(&changed).unwrap_err().to_string();
        assert!(message.contains(words), "{bad}: {message}");
    }
}

fn any_station() -> impl Strategy<Value = crate::network::StationIx> {
    (0..NETWORK.stations().len()).prop_map(|index| NETWORK.stations()[index].ix)
}

fn any_tariff() -> impl Strategy<Value = &'static Tariff> {
    proptest::bool::ANY.prop_map(|new| if new { nfc() } else { krl() })
}

proptest! {
    #[test]
    fn both_directions_cost_the_same(a in any_station(), b in any_station(), tariff in any_tariff()) {
        for &user_type in UserType::ALL {
            let of = |from, to| {
                let request = QuoteRequest { from, to, user_type, payment_method: None, explain: false };
                quote(&NETWORK, tariff, &request).unwrap()
            };
            prop_assert_eq!(of(a, b).fare, of(b, a).fare);
            prop_assert_eq!(of(a, b).distance_km, of(b, a).distance_km);
        }
    }

    #[test]
    fn fares_never_fall_with_distance(a in 0_u32..400_000, b in 0_u32..400_000, tariff in any_tariff()) {
        let (near, far) = (a.min(b), a.max(b));
        prop_assert!(tariff.base_fare(near) <= tariff.base_fare(far));
    }

    #[test]
    fn discounts_never_raise_and_caps_are_never_passed(a in any_station(), b in any_station(), tariff in any_tariff()) {
        let of = |user_type| {
            let request = QuoteRequest { from: a, to: b, user_type, payment_method: None, explain: true };
            quote(&NETWORK, tariff, &request).unwrap()
        };
        let adult = of(UserType::Adult);
        for &user_type in UserType::ALL {
            let one = of(user_type);
            prop_assert!(Rupiah::ZERO <= one.fare && one.fare <= adult.fare);
            prop_assert!(tariff.caps.daily.is_none_or(|cap| one.fare <= cap));
            let explain = one.explain.unwrap();
            let bands: i64 = explain.bands.iter().map(|band| band.amount.0).sum();
            prop_assert!(a == b || bands == explain.base_fare.0);
            prop_assert_eq!(explain.fare, one.fare);
        }
    }
}
