//! In whatever order, however often and in whatever batches taps come, the end is the same.

use domain::{
    fares::PaymentMethod,
    journeys::{Course, Journey, Rider, Rules, Tap, TapId, UserTypeHistory, rate},
    network::GateDirection,
};
use jiff::SignedDuration;
use rand::{RngExt, SeedableRng, rngs::StdRng, seq::SliceRandom};

use super::*;
use crate::{journeys::settle_due, testing::TestApp};

/// A week of somebody with two cards and of a card that is nobody's: mostly there and back, with lost
/// taps, strange hours and hurries.
fn week(app: &App, dice: &mut StdRng) -> Vec<NewTap> {
    let stations = ["BOO", "DPK", "MGR", "GMB"].map(|code| app.network.find(code).unwrap().ix);
    let methods = [PaymentMethod::KciPay, PaymentMethod::QrisTap];
    let start = wib("2026-03-02T04:00");
    let mut taps = Vec::new();
    for medium in ["a", "b", "c"] {
        let mut at_s = dice.random_range(0..80_000_i64);
        let mut direction = GateDirection::In;
        while at_s < 6 * 86_400 {
            let place = dice.random_range(0..stations.len());
            taps.push(NewTap {
                gate: format!("G{place}").into(),
                station: stations[place],
                sequence: i64::try_from(taps.len()).unwrap(),
                direction,
                media: MediaId::of_token(medium),
                payment_method: methods[dice.random_range(0..2)],
                tapped_at: start.checked_add(SignedDuration::from_secs(at_s)).unwrap(),
            });
            at_s += match dice.random_range(0..10) {
                0 => dice.random_range(0..200),
                1 => dice.random_range(0..40_000),
                _ if direction == GateDirection::In => dice.random_range(600..6_000),
                _ => dice.random_range(3_000..50_000),
            };
            if dice.random_range(0..8) > 0 {
                direction =
                    if direction == GateDirection::In { GateDirection::Out } else { GateDirection::In };
            }
        }
    }
    taps
}

/// All that must not depend on the order: journeys, balances, counts, findings, and what was told.
async fn state(app: &App, realm: &Realm, rider: &RiderId) -> Vec<String> {
    let db = realms::store(app, realm);
    let mut state = journeys(app, realm).await;
    let mut charged = 0;
    for line in accounts(app, realm).await {
        match line.split_once(' ').unwrap() {
            // What was charged wrongly first stands in both.
            ("fare_revenue" | "fare_adjustments", sum) => charged += sum.parse::<i64>().unwrap(),
            _ => state.push(line.replace(rider.as_str(), "rider")),
        }
    }
    state.push(format!("charged {charged}"));
    for row in rows(db, &TRAFFIC, realm).await {
        let (station, direction): (String, String) =
            (row.get("station_id").unwrap(), row.get("direction").unwrap());
        let (hour, taps): (i64, i64) = (row.get("hour").unwrap(), row.get("taps").unwrap());
        state.push(format!("{station} {hour} {direction} {taps}"));
    }
    for row in rows(db, &FINDINGS, realm).await {
        let (id, score): (String, i64) = (row.get("id").unwrap(), row.get("score").unwrap());
        let (reasons, taps): (String, String) = (row.get("reasons").unwrap(), row.get("taps").unwrap());
        state.push(format!("{id} {score} {reasons} {taps}"));
    }
    for row in rows(db, &EVENTS, realm).await {
        let (kind, fact): (String, String) = (row.get("kind").unwrap(), row.get("fact").unwrap());
        if kind == "journey.tap_in" {
            state.push(format!("{kind} {fact}"));
        }
    }
    state
}

/// Every journey that is complete in the end was told once, and every finding that stands.
async fn all_is_told(app: &App, realm: &Realm) {
    let db = realms::store(app, realm);
    let events = rows(db, &EVENTS, realm).await;
    let told = |kind: &str| -> Vec<String> {
        let of_kind = events.iter().filter(|row| row.get::<String>("kind").unwrap() == kind);
        of_kind.map(|row| row.get("fact").unwrap()).collect()
    };
    let completed = told("journey.completed");
    for row in rows(db, &JOURNEYS, realm).await {
        if row.get::<String>("status").unwrap() == "completed" {
            assert!(completed.contains(&row.get::<String>("id").unwrap()));
        }
    }
    let detected = told("fraud.detected");
    for row in rows(db, &FINDINGS, realm).await {
        assert!(detected.contains(&row.get::<String>("id").unwrap()));
    }
}

/// The lines of [`journeys`] as the pure function has them, from all taps at once.
fn rated(app: &App, taps: &[NewTap], now: Timestamp) -> Vec<String> {
    let rules = Rules { network: &app.network, tariffs: &app.tariffs };
    let nobodys = MediaId::of_token("c");
    let mut journeys: Vec<(Timestamp, String, String)> = Vec::new();
    for is_riders in [true, false] {
        let taps: Vec<Tap> =
            taps.iter().filter(|tap| (tap.media != nobodys) == is_riders).map(as_rated).collect();
        let rider = Rider { taps: &taps, user_types: &UserTypeHistory::default(), carried: None };
        for journey in rate(rules, &rider, now).unwrap().journeys {
            let opening = journey.course.opening();
            journeys.push((opening.tapped_at, opening.id.gate.to_string(), line(app, &journey)));
        }
    }
    journeys.sort();
    journeys.into_iter().map(|(_, _, line)| line).collect()
}

fn as_rated(tap: &NewTap) -> Tap {
    Tap {
        id: TapId { gate: tap.gate.clone(), sequence: tap.sequence },
        station: tap.station,
        direction: tap.direction,
        media: tap.media.as_str().into(),
        payment_method: tap.payment_method,
        tapped_at: tap.tapped_at,
    }
}

fn line(app: &App, journey: &Journey<'_>) -> String {
    let place = |tap: Option<&Tap>| {
        tap.map_or("?".to_owned(), |tap| app.network.station(tap.station).id.code().to_owned())
    };
    let (from, to) = (place(journey.course.tap_in()), place(journey.course.tap_out()));
    let status = match journey.course {
        Course::Open { .. } => "open",
        Course::Completed { .. } => "completed",
        Course::Incomplete { .. } => "incomplete",
        Course::Unmatched { .. } => "unmatched",
    };
    let capped = journey.limited_by.map_or(String::new(), |period| format!(" {}", period.as_str()));
    let (day, fare, charge) = (journey.day.strftime("%m-%d"), journey.fare.0, journey.charge.0);
    format!("{day} {from}>{to} {status} {fare} {charge}{capped}")
}

#[tokio::test]
async fn any_order_repetition_and_batching_of_taps_ends_in_one_state() {
    const CASES: u8 = 6;
    for test in TestApp::each().await {
        let app = &test.app;
        for case in 0..CASES {
            let dice = &mut StdRng::seed_from_u64(u64::from(case));
            let (tidy, untidy) = (sandbox(2 * case), sandbox(2 * case + 1));
            let taps = week(app, dice);
            let mut state_of_both = Vec::new();
            for realm in [&tidy, &untidy] {
                let ani = rider(app, realm, "a", 30_000).await;
                link(app, realm, "b", &ani, "2026-03-01T00:00").await;
                let mut sent = taps.clone();
                let mut batch_max = taps.len();
                if realm == &untidy {
                    sent.extend((0..taps.len() / 3).map(|_| taps[dice.random_range(0..taps.len())].clone()));
                    sent.shuffle(dice);
                    batch_max = 1 + dice.random_range(0..9);
                } else {
                    sent.sort_by_key(|tap| tap.tapped_at);
                }
                while !sent.is_empty() {
                    let size = dice.random_range(1..=batch_max).min(sent.len());
                    let batch = sent.drain(..size).collect();
                    record(app, realm, batch).await.unwrap();
                    if dice.random_range(0..10) == 0 {
                        settle_due(app).await.unwrap();
                    }
                }
                settle_due(app).await.unwrap();
                all_is_told(app, realm).await;
                state_of_both.push(state(app, realm, &ani).await);
            }
            assert_eq!(state_of_both[0], state_of_both[1], "case {case}");
            let now = app.clock.now();
            assert_eq!(journeys(app, &untidy).await, rated(app, &taps, now), "case {case}");
        }
    }
}
