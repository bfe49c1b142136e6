//! Journeys worked by hand. Fares, from the tariffs: Gambir–Manggarai 5,000, Gambir–Depok (27.062 km)
//! 8,000, by the tariff of 2020 4,000; Bogor–Jakarta Kota (54.810 km) 5,000 + 5 × 1,500 = 12,500.
//! The farthest from Bogor is Rangkasbitung and the reverse (123.761 km): 5,000 + 12 × 1,500 = 23,000,
//! by the tariff of 2020 3,000 + 10 × 1,000 = 13,000.

use jiff::Timestamp;
use jiff::civil::{Date, date};

use super::samples::{NETWORK, TARIFFS, rate_all, rules, taps, wib};
use super::*;
use crate::fares::{CapPeriod, UserType};
use crate::lang::Lang;
use crate::money::Rupiah;

/// Looked at when all is over.
const END: &str = "2026-12-31T23:59";

/// `day from>to status fare charge`, and the cap that lowered the charge.
fn lines(rated: &Rated<'_>) -> Vec<String> {
    let place = |tap: Option<&Tap>| {
        tap.map_or("?".to_owned(), |tap| NETWORK.station(tap.station).id.code().to_owned())
    };
    let line = |journey: &Journey<'_>| {
        let (from, to) = (place(journey.course.tap_in()), place(journey.course.tap_out()));
        let capped = journey.limited_by.map_or(String::new(), |period| format!(" {}", period.as_str()));
        let (day, status) = (journey.day.strftime("%m-%d"), journey.status().as_str());
        format!("{day} {from}>{to} {status} {} {}{capped}", journey.fare.0, journey.charge.0)
    };
    rated.journeys.iter().map(line).collect()
}

fn check_as(user_type: UserType, now: &str, table: &str, expected: &[&str]) {
    let (taps, kind) = (taps(table), UserTypeHistory::constant(user_type));
    assert_eq!(lines(&rate_all(&taps, &kind, wib(now)).unwrap()), expected);
}

fn check(table: &str, expected: &[&str]) {
    check_as(UserType::Adult, END, table, expected);
}

/// To Depok in the morning and home in the evening: 8,000 and 8,000.
fn commute(days: impl IntoIterator<Item = Date>) -> String {
    let day = |day: Date| {
        format!("m in GMB {day} 07:00\nm out DPK {day} 07:40\nm in DPK {day} 17:00\nm out GMB {day} 17:45\n")
    };
    days.into_iter().map(day).collect()
}

fn charges_by_day(rated: &Rated<'_>) -> Vec<(Date, i64)> {
    let mut days: Vec<(Date, i64)> = Vec::new();
    for journey in &rated.journeys {
        match days.last_mut() {
            Some((day, sum)) if *day == journey.day => *sum += journey.charge.0,
            _ => days.push((journey.day, journey.charge.0)),
        }
    }
    days
}

#[test]
fn the_last_charge_of_a_day_is_what_the_cap_leaves() {
    check(
        &commute([date(2026, 6, 1)]),
        &["06-01 GMB>DPK completed 8000 8000", "06-01 DPK>GMB completed 8000 2000 daily"],
    );
    let third = "m in GMB 06-01 19:00\nm out MGR 06-01 19:20";
    check_as(
        UserType::Student,
        END,
        &(commute([date(2026, 6, 1)]) + third),
        &[
            "06-01 GMB>DPK completed 4000 4000",
            "06-01 DPK>GMB completed 4000 4000",
            "06-01 GMB>MGR completed 2500 2000 daily",
        ],
    );
}

#[test]
fn a_week_ends_at_fifty_thousand_and_begins_anew_on_monday() {
    // 1 June 2026 is a Monday.
    let taps = taps(&commute(date(2026, 6, 1).series(jiff::Span::new().days(1)).take(8)));
    let adult = UserTypeHistory::default();
    let rated = rate_all(&taps, &adult, wib(END)).unwrap();
    let sums: Vec<_> = charges_by_day(&rated).into_iter().map(|(_, sum)| sum).collect();
    assert_eq!(sums, [10_000, 10_000, 10_000, 10_000, 10_000, 0, 0, 10_000]);
    let week = rated.cap(CapPeriod::Weekly, date(2026, 6, 4)).unwrap();
    assert_eq!(
        (week.start, week.spent, week.limit),
        (date(2026, 6, 1), Rupiah(50_000), Some(Rupiah(50_000)))
    );
    assert!(week.is_reached());

    // The cap of each of six days and of the first week, told once, by the journey that used it up:
    // the one home, whose tap-in is the third of the day's four taps.
    let reached = rated.caps_reached.iter();
    let told: Vec<_> = reached
        .map(|cap| (cap.period.as_str(), cap.start.day(), cap.limit.0, cap.opening.id.sequence % 4))
        .collect();
    assert_eq!(
        told,
        [
            ("daily", 1, 10_000, 3),
            ("daily", 2, 10_000, 3),
            ("daily", 3, 10_000, 3),
            ("daily", 4, 10_000, 3),
            ("daily", 5, 10_000, 3),
            ("weekly", 1, 50_000, 3),
            ("daily", 8, 10_000, 3),
        ]
    );
}

#[test]
fn a_month_ends_at_a_hundred_and_fifty_thousand() {
    // Three full weeks use it up; the week that crosses into July pays again from the first on.
    let taps = taps(&commute(date(2026, 6, 1).series(jiff::Span::new().days(1)).take(31)));
    let adult = UserTypeHistory::default();
    let rated = rate_all(&taps, &adult, wib(END)).unwrap();
    for (day, sum) in charges_by_day(&rated) {
        let working_day = !matches!(day.day() % 7, 6 | 0);
        let paid = (day < date(2026, 6, 22) && working_day) || day == date(2026, 7, 1);
        assert_eq!(sum, if paid { 10_000 } else { 0 }, "{day}");
    }
    let reached = rated.caps_reached.iter().filter(|cap| cap.period == CapPeriod::Monthly);
    assert_eq!(reached.map(|cap| cap.opening.service_day()).collect::<Vec<_>>(), [date(2026, 6, 19)]);
    assert_eq!(rated.cap(CapPeriod::Monthly, date(2026, 6, 30)).unwrap().spent, Rupiah(150_000));
    assert_eq!(rated.cap(CapPeriod::Weekly, date(2026, 6, 30)).unwrap().spent, Rupiah(10_000));
}

#[test]
fn a_journey_belongs_to_the_day_and_tariff_of_its_tap_in() {
    check("m in GMB 06-01 23:50 \n m out DPK 06-02 00:30", &["06-01 GMB>DPK completed 8000 8000"]);
    check("m in GMB 2025-12-31 23:50 \n m out DPK 2026-01-01 00:30", &["12-31 GMB>DPK completed 4000 4000"]);
    // No discount for students before 2026.
    check_as(
        UserType::Student,
        END,
        "m in GMB 2025-12-31 23:59:59.999999 \n m out DPK 2026-01-01 00:30 \n m in DPK 2026-01-01 07:00 \n m out GMB 2026-01-01 07:45",
        &["12-31 GMB>DPK completed 4000 4000", "01-01 DPK>GMB completed 4000 4000"],
    );
}

#[test]
fn what_was_spent_under_an_earlier_tariff_counts_towards_the_week() {
    // 29 December 2025 is a Monday. Four times 13,000 without caps, then a weekly cap of 50,000.
    let taps = taps(
        "m in BOO 2025-12-29 06:00 \n m out RK 2025-12-29 09:00 \n m in RK 2025-12-29 16:00 \n m out BOO 2025-12-29 19:00
         m in BOO 2025-12-30 06:00 \n m out RK 2025-12-30 09:00 \n m in RK 2025-12-30 16:00 \n m out BOO 2025-12-30 19:00
         m in GMB 2026-01-01 07:00 \n m out MGR 2026-01-01 07:30
         m in GMB 2026-01-05 07:00 \n m out MGR 2026-01-05 07:30",
    );
    let adult = UserTypeHistory::default();
    let rated = rate_all(&taps, &adult, wib(END)).unwrap();
    assert_eq!(
        lines(&rated)[3..],
        [
            "12-30 RK>BOO completed 13000 13000",
            "01-01 GMB>MGR completed 5000 0 weekly",
            "01-05 GMB>MGR completed 5000 5000",
        ]
    );
    assert_eq!(rated.caps_reached, []);
}

#[test]
fn leaving_where_one_entered_is_free_for_fifteen_minutes() {
    for (out, line) in [
        ("06-01 07:15", "06-01 GMB>GMB completed 0 0"),
        ("06-01 07:15:00.000001", "06-01 GMB>GMB completed 5000 5000"),
        ("06-01 11:00", "06-01 GMB>GMB completed 5000 5000"),
    ] {
        check(&format!("m in GMB 06-01 07:00 \n m out GMB {out}"), &[line]);
    }
    check("m in GMB 2025-06-01 07:00 \n m out GMB 2025-06-01 07:01", &["06-01 GMB>GMB completed 3000 3000"]);
    check_as(
        UserType::Disabled,
        END,
        "m in GMB 06-01 07:00 \n m out GMB 06-01 08:00",
        &["06-01 GMB>GMB completed 2500 2500"],
    );
}

#[test]
fn a_tap_in_alone_is_open_for_four_hours_and_then_costs_the_most() {
    let tap_in = "m in BOO 06-01 07:00";
    check_as(UserType::Adult, "2026-06-01T10:59:59.999999", tap_in, &["06-01 BOO>? open 0 0"]);
    check_as(UserType::Adult, "2026-06-01T11:00", tap_in, &["06-01 BOO>? incomplete 23000 10000 daily"]);
    check_as(UserType::Student, END, tap_in, &["06-01 BOO>? incomplete 11500 10000 daily"]);
    check("m in RK 2025-06-01 07:00", &["06-01 RK>? incomplete 13000 13000"]);

    let (taps, adult) = (taps(tap_in), UserTypeHistory::default());
    let open = rate_all(&taps, &adult, wib("2026-06-01T07:00")).unwrap();
    assert_eq!(open.next_due_at, Some(wib("2026-06-01T11:00")));
    let over = rate_all(&taps, &adult, wib("2026-06-01T11:00")).unwrap();
    assert_eq!(over.next_due_at, None);
    assert_eq!(over.journeys[0].key(), open.journeys[0].key());
}

#[test]
fn a_tap_out_that_arrives_later_corrects_the_charge_and_those_after_it() {
    let without = "m in BOO 06-01 07:00 \n m in GMB 06-01 12:00 \n m out MGR 06-01 12:30";
    check(without, &["06-01 BOO>? incomplete 23000 10000 daily", "06-01 GMB>MGR completed 5000 0 daily"]);
    // Bogor to Depok: 22.7 km (km 54.810 less 32.1), so 5,000 + 2 × 1,500.
    check(
        &format!("{without} \n m out DPK 06-01 08:00"),
        &["06-01 BOO>DPK completed 8000 8000", "06-01 GMB>MGR completed 5000 2000 daily"],
    );
}

#[test]
fn a_second_tap_in_leaves_the_first_incomplete_at_once() {
    let table = "m in BOO 06-01 07:00 \n m in GMB 06-01 08:30 \n m out MGR 06-01 09:00";
    check_as(
        UserType::Adult,
        "2026-06-01T09:00",
        table,
        &["06-01 BOO>? incomplete 23000 10000 daily", "06-01 GMB>MGR completed 5000 0 daily"],
    );
    let (taps, adult) = (taps(table), UserTypeHistory::default());
    let rated = rate_all(&taps, &adult, wib("2026-06-01T09:00")).unwrap();
    let Course::Incomplete { why, .. } = rated.journeys[0].course else { panic!("incomplete") };
    assert_eq!(why, Unfinished::TappedInAgain);
}

#[test]
fn a_tap_out_alone_costs_the_most_to_there() {
    check("m out BOO 06-01 07:00", &["06-01 ?>BOO unmatched 23000 10000 daily"]);
    check("m out RK 2025-06-01 07:00", &["06-01 ?>RK unmatched 13000 13000"]);
    // Its tap-in arrives: one journey.
    check("m out BOO 06-01 07:00 \n m in DPK 06-01 06:20", &["06-01 DPK>BOO completed 8000 8000"]);
    // The second of two tap-outs ends nothing.
    check(
        "m in GMB 06-01 07:00 \n m out MGR 06-01 07:30 \n m out BOO 06-01 09:00",
        &["06-01 GMB>MGR completed 5000 5000", "06-01 ?>BOO unmatched 23000 5000 daily"],
    );
}

#[test]
fn a_tap_out_ends_a_journey_for_four_hours_and_not_longer() {
    check("m in BOO 06-01 07:00 \n m out JAKK 06-01 11:00", &["06-01 BOO>JAKK completed 12500 10000 daily"]);
    check(
        "m in BOO 2025-06-01 07:00 \n m out RK 2025-06-01 11:00:00.000001",
        &["06-01 BOO>? incomplete 13000 13000", "06-01 ?>RK unmatched 13000 13000"],
    );
}

#[test]
fn media_travel_apart_and_are_capped_together() {
    // Each card's journey is its own, though the taps cross. The cap goes by the tap-ins.
    check(
        "phone in GMB 06-01 07:00
         card  in GMB 06-01 07:01
         card  out MGR 06-01 07:30
         phone out DPK 06-01 07:40",
        &["06-01 GMB>DPK completed 8000 8000", "06-01 GMB>MGR completed 5000 2000 daily"],
    );
    // While the phone is on its way it has no charge yet.
    check_as(
        UserType::Adult,
        "2026-06-01T07:31",
        "phone in GMB 06-01 07:00
         card  in GMB 06-01 07:01
         card  out MGR 06-01 07:30",
        &["06-01 GMB>? open 0 0", "06-01 GMB>MGR completed 5000 5000"],
    );
}

#[test]
fn the_kind_of_rider_counts_by_day() {
    let taps = taps(&commute([date(2026, 6, 1), date(2026, 6, 2), date(2026, 6, 3)]));
    let kinds = UserTypeHistory::new([
        (date(2026, 6, 3), UserType::Adult),
        (date(2026, 6, 2), UserType::Disabled),
        (date(2026, 6, 2), UserType::Student),
    ]);
    let rated = rate_all(&taps, &kinds, wib(END)).unwrap();
    let fares: Vec<_> = rated.journeys.iter().map(|journey| (journey.fare.0, journey.user_type)).collect();
    assert_eq!(
        fares[1..5],
        [
            (8_000, UserType::Adult),
            (4_000, UserType::Student),
            (4_000, UserType::Student),
            (8_000, UserType::Adult),
        ]
    );
}

#[test]
fn one_identity_is_one_tap_and_of_differing_copies_the_earliest_counts() {
    let mut log = taps("m in GMB 06-01 07:00 \n m out DPK 06-01 07:40 \n m out MGR 06-01 07:20");
    log[2].id = log[1].id.clone();
    let adult = UserTypeHistory::default();
    for _ in 0..3 {
        log.rotate_left(1);
        let rated = rate_all(&log, &adult, wib(END)).unwrap();
        assert_eq!(lines(&rated), ["06-01 GMB>MGR completed 5000 5000"]);
    }
}

#[test]
fn nanoseconds_beyond_what_the_stores_keep_change_nothing() {
    let mut log = taps("m in GMB/9 06-01 07:00 \n m out GMB/1 06-01 07:15");
    let adult = UserTypeHistory::default();
    log[1].tapped_at = log[1].tapped_at.checked_add(jiff::SignedDuration::from_nanos(999)).unwrap();
    assert_eq!(lines(&rate_all(&log, &adult, wib(END)).unwrap()), ["06-01 GMB>GMB completed 0 0"]);
}

#[test]
fn a_journeys_key_is_that_of_its_opening_tap() {
    let log = taps("m in GMB 06-01 07:00 \n m out DPK 06-01 07:40");
    let adult = UserTypeHistory::default();
    let rated = rate_all(&log, &adult, wib(END)).unwrap();
    assert_eq!(rated.journeys[0].key(), &log[0].id);
    for tap in &log {
        assert_eq!(rated.journey_of(&tap.id).map(Journey::key), Some(&log[0].id));
    }
    assert_ne!(log[0].id.journey_entropy(), log[1].id.journey_entropy());
    // Fixed for ever: ids made from it are stored. SHA-256 of "journey\0", 1 as eight bytes, the gate.
    assert_eq!(log[0].id.journey_entropy(), [192, 126, 99, 81, 16, 113, 127, 223, 152, 88]);
}

#[test]
fn amounts_that_do_not_fit_are_errors() {
    let charged = |amount| [(date(2025, 6, 2), Rupiah(amount))];
    let rate_from = |log: &str, carried| {
        let log = taps(log);
        let adult = UserTypeHistory::default();
        let rider = Rider { taps: &log, user_types: &adult, carried: Some(carried) };
        rate(rules(), &rider, wib(END)).map(|rated| rated.journeys[0].charge.0)
    };
    let from = |day: Date, amount| {
        let charges = [(day.yesterday().unwrap(), Rupiah(amount))];
        Carried::before(day, charges).unwrap()
    };
    assert_eq!(
        Carried::before(date(2025, 6, 4), charged(i64::MAX).into_iter().chain(charged(1))),
        Err(RatingError::Overflow)
    );
    // Without caps the sum does not fit, with caps nothing is left to add.
    let uncapped = "m in GMB 2025-06-04 07:00 \n m out MGR 2025-06-04 07:30";
    assert_eq!(rate_from(uncapped, from(date(2025, 6, 4), i64::MAX)), Err(RatingError::Overflow));
    assert_eq!(rate_from(uncapped, from(date(2025, 6, 4), i64::MAX - 3_000)), Ok(3_000));
    let capped = "m in GMB 2026-06-04 07:00 \n m out MGR 2026-06-04 07:30";
    assert_eq!(rate_from(capped, from(date(2026, 6, 4), i64::MAX)), Ok(0));
    assert_eq!(rate_from(capped, from(date(2026, 6, 4), i64::MIN)), Err(RatingError::Overflow));
}

#[test]
fn the_ends_of_time_do_not_break_it() {
    let adult = UserTypeHistory::default();
    let mut log = taps("m in GMB 06-01 07:00 \n m out GMB 06-01 07:40");
    log[1].tapped_at = Timestamp::MAX;
    assert_eq!(rate_all(&log, &adult, Timestamp::MAX).unwrap().journeys.len(), 2);
    log[0].tapped_at = Timestamp::MAX;
    assert_eq!(rate_all(&log, &adult, Timestamp::MIN).unwrap().journeys.len(), 1);
    log[0].tapped_at = wib("2019-12-31T23:59");
    assert_eq!(rate_all(&log, &adult, Timestamp::MAX), Err(RatingError::NoTariff(date(2019, 12, 31))));
}

#[test]
fn little_must_be_loaded_to_rate_again() {
    for (tapped_at, from) in [
        ("2026-07-01T12:00", date(2026, 7, 1)),
        ("2026-07-01T04:00", date(2026, 7, 1)),
        ("2026-07-01T03:59:59", date(2026, 6, 30)),
    ] {
        assert_eq!(window::first_day_changed(&TARIFFS, wib(tapped_at)), from, "{tapped_at}");
    }
    assert_eq!(window::taps_needed_since(&TARIFFS, date(2026, 7, 1)), wib("2026-06-30T20:00"));
    // Wednesday, 1 July: the week from Monday, 29 June on. Wednesday, 8 July: the month.
    assert_eq!(window::charges_needed_since(date(2026, 7, 1)), date(2026, 6, 29));
    assert_eq!(window::charges_needed_since(date(2026, 7, 8)), date(2026, 7, 1));
}

/// `rule score codes` of every finding.
fn found(table: &str) -> Vec<String> {
    let (log, adult) = (taps(table), UserTypeHistory::default());
    let rated = rate_all(&log, &adult, wib(END)).unwrap();
    let line = |finding: &Finding<'_>| {
        let codes: Vec<_> = finding.reasons.iter().map(Reason::code).collect();
        format!("{} {} {}", finding.rule.as_str(), finding.score, codes.join("+"))
    };
    rated.findings.iter().map(line).collect()
}

#[test]
fn an_ordinary_month_shows_nothing() {
    let table = commute(date(2026, 6, 1).series(jiff::Span::new().days(1)).take(30));
    assert_eq!(found(&table), [""; 0]);
}

#[test]
fn travel_faster_than_any_train_is_found() {
    // 54,810 m; 120 s are allowed for clocks. 720 s: 274 km/h, twice the limit and more. 1,320 s:
    // 149 km/h, 50 × 149 / 120 = 62. 1,644 s: 120.02 km/h. 1,645 s: 119.9 km/h.
    for (out, finding) in [
        ("07:10", Some("impossible_travel 100 too_fast")),
        ("07:20", Some("impossible_travel 62 too_fast")),
        ("07:25:24", Some("impossible_travel 50 too_fast")),
        ("07:25:25", None),
    ] {
        let table = format!("m in BOO 06-01 07:00 \n m out JAKK 06-01 {out}");
        assert_eq!(found(&table), Vec::from_iter(finding), "{out}");
    }
    // Two cards may be that far apart.
    assert_eq!(found("a in BOO 06-01 07:00 \n b out JAKK 06-01 07:10"), [""; 0]);
    // Out here and in there: by road, Tangerang to Serpong is 17 km, by rail 50.
    assert_eq!(found("m out TNG 06-01 07:00 \n m in SRP 06-01 07:20"), [""; 0]);
    assert_eq!(found("m in TNG 06-01 07:00 \n m out SRP 06-01 07:20").len(), 1);
}

#[test]
fn one_medium_at_two_places_is_found() {
    assert_eq!(found("m in BOO 06-01 07:00 \n m in JAKK 06-01 07:01"), ["cloned_media 95 simultaneous"]);
    // 1.3 km within a wrong clock's reach.
    assert_eq!(found("m in JAKK 06-01 07:00 \n m in JAY 06-01 07:00:30"), [""; 0]);
    let overlap = |last| {
        format!(
            "m in BOO 06-01 07:00 \n m in DPK 06-01 07:30 \n m out MGR 06-01 08:20 \n m out GMB 06-01 {last}"
        )
    };
    assert_eq!(found(&overlap("09:00")), ["cloned_media 80 overlapping_journeys"]);
    assert_eq!(found(&overlap("09:00:01")), [""; 0]);
    // Both at once is one finding with both reasons.
    let both =
        "m in BOO 06-01 07:00 \n m in DPK 06-01 07:30 \n m out MGR 06-01 08:20 \n m out BOO 06-01 08:20:10";
    assert_eq!(found(both), ["cloned_media 95 simultaneous+overlapping_journeys"]);
}

#[test]
fn entering_twice_without_leaving_is_found() {
    for (second, finding) in [
        ("in GMB/2 06-01 07:00:20", Some("pass_back 70 entered_twice")),
        ("in GMB/1 06-01 07:00:20", Some("pass_back 40 entered_twice")),
        ("in GMB/2 06-01 07:05", Some("pass_back 70 entered_twice")),
        ("in GMB/2 06-01 07:05:01", None),
        ("out GMB/1 06-01 07:01", None),
    ] {
        let table = format!("m in GMB 06-01 07:00 \n m {second}");
        assert_eq!(found(&table), Vec::from_iter(finding), "{second}");
    }
    assert_eq!(found("m in GMB 06-01 07:00 \n m out GMB 06-01 07:01 \n m in GMB 06-01 07:02"), [""; 0]);
}

#[test]
fn too_many_taps_are_found_once_a_burst() {
    let in_and_out = |minutes: &[u32]| -> String {
        let tap = |(place, minute): (usize, &u32)| {
            let direction = if place % 2 == 0 { "in" } else { "out" };
            format!("m {direction} GMB 06-01 {:02}:{:02}\n", 7 + minute / 60, minute % 60)
        };
        minutes.iter().enumerate().map(tap).collect()
    };
    for (minutes, expected) in [
        (&[0, 1, 2, 3, 4, 5, 6][..], &[][..]),
        (&[0, 1, 2, 3, 4, 5, 6, 15], &["velocity 60 many_taps"]),
        (&[0, 1, 2, 3, 4, 5, 6, 16], &[]),
        (&[0, 1, 2, 3, 4, 5, 6, 7, 8, 9], &["velocity 70 many_taps"]),
        // Two bursts.
        (
            &[0, 1, 2, 3, 4, 5, 6, 7, 30, 31, 32, 33, 34, 35, 36, 37, 38],
            &["velocity 60 many_taps", "velocity 65 many_taps"],
        ),
    ] {
        assert_eq!(found(&in_and_out(minutes)), expected, "{minutes:?}");
    }
}

#[test]
fn a_finding_explains_itself() {
    let log = taps("m in BOO 06-01 07:00 \n m out JAKK 06-01 07:20");
    let adult = UserTypeHistory::default();
    let rated = rate_all(&log, &adult, wib(END)).unwrap();
    let finding = &rated.findings[0];
    assert_eq!((finding.taps.as_slice(), finding.shown_by()), ([&log[0], &log[1]].as_slice(), &log[1]));
    let reason = finding.reasons[0];
    assert_eq!(
        serde_json::to_value(reason).unwrap(),
        serde_json::json!({"code": "too_fast", "distance_m": 54_810, "elapsed_s": 1_200, "speed_kmh": 149})
    );
    assert_eq!(reason.sentence(Lang::En), "54810 m in 1200 s: 149 km/h, the limit is 120 km/h.");
    assert_eq!(reason.sentence(Lang::Id), "54810 m dalam 1200 detik: 149 km/jam, batasnya 120 km/jam.");
    assert_eq!(serde_json::to_value(finding.rule).unwrap(), finding.rule.as_str());
}
