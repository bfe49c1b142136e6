//! Taps, clock, money and what is told of them, moving together.

use domain::{realm::Realm, sandbox::PeakState};
use serde_json::{Value, json};

use super::support::Lab;
use crate::{journeys, testing::TestApp};

/// Gambir to Depok: 27.062 km by track, Rp 5.000 + 2 × Rp 1.500. The day is capped at Rp 10.000.
const FARE: i64 = 8_000;

fn tap(station: &str, direction: &str, media: &str) -> Value {
    json!({"station_id": station, "direction": direction, "media": media})
}

async fn ride(lab: &Lab, media: &str) -> Value {
    let taps = json!({"taps": [tap("STN_GMB", "in", media), tap("STN_DPK", "out", media)]});
    lab.post("/taps", taps).await.read()
}

/// A rider with Rp 100.000 and a card.
async fn rider_with_card(lab: &Lab, media: &str) -> String {
    let rider = lab.rider("Ani").await;
    lab.post(&format!("/riders/{rider}/top-up"), json!({"amount": 100_000})).await.read::<Value>();
    lab.post(&format!("/riders/{rider}/media"), json!({"media": media})).await.read::<Value>();
    rider
}

async fn balance(lab: &Lab, rider: &str) -> i64 {
    lab.get(&format!("/riders/{rider}")).await["balance"].as_i64().unwrap()
}

#[tokio::test]
async fn a_ride_is_charged_told_and_capped_and_midnight_on_the_test_clock_begins_anew() {
    for test in TestApp::each().await {
        let lab = Lab::of(&test).await;
        let rider = rider_with_card(&lab, "kartu-ani").await;
        let first = ride(&lab, "kartu-ani").await;
        let (in_, out) = (&first["results"][0], &first["results"][1]);
        assert_eq!((&in_["status"], &in_["decision"]), (&json!("accepted"), &json!("open")));
        assert_eq!((&out["fare"], &out["balance"]), (&json!(FARE), &json!(100_000 - FARE)));
        assert_eq!(in_["journey_id"], out["journey_id"]);
        // What the day's cap leaves: 10,000 - 8,000.
        lab.post("/clock", json!({"advance_s": 3_600})).await.read::<Value>();
        assert_eq!(ride(&lab, "kartu-ani").await["results"][1]["fare"], 2_000);
        lab.post("/clock", json!({"to": "2026-03-08T17:30:00Z"})).await.read::<Value>();
        assert_eq!(ride(&lab, "kartu-ani").await["results"][1]["fare"], FARE);
        assert_eq!(balance(&lab, &rider).await, 100_000 - 10_000 - FARE);

        let journeys = lab.get(&format!("/journeys?rider_id={rider}")).await;
        assert_eq!(journeys["meta"]["total"], 3);
        assert_eq!(lab.get("/journeys?media=kartu-ani").await, journeys, "the card is the rider's");
        let days: Vec<_> =
            journeys["data"].as_array().unwrap().iter().map(|journey| &journey["day"]).collect();
        assert_eq!(days, ["2026-03-09", "2026-03-08", "2026-03-08"]);
        let transfers = lab.get(&format!("/ledger?rider_id={rider}")).await;
        let amounts: Vec<_> =
            transfers["data"].as_array().unwrap().iter().map(|row| row["amount"].as_i64().unwrap()).collect();
        assert_eq!(amounts, [FARE, 2_000, FARE, 100_000]);
        let events = lab.get("/events?limit=100").await;
        let count = |kind: &str| {
            events["data"].as_array().unwrap().iter().filter(|event| event["event"] == kind).count()
        };
        assert_eq!((count("journey.tap_in"), count("journey.completed")), (3, 3));
        assert_eq!(count("fare_cap.reached"), 1);
    }
}

#[tokio::test]
async fn four_hours_on_the_test_clock_make_an_open_journey_incomplete() {
    for test in TestApp::each().await {
        let lab = Lab::of(&test).await;
        let rider = rider_with_card(&lab, "kartu-ani").await;
        lab.post("/taps", json!({"taps": [tap("STN_GMB", "in", "kartu-ani")]})).await.read::<Value>();
        let status = async || lab.get("/journeys").await["data"][0]["status"].clone();
        assert_eq!(status().await, "open");
        lab.post("/clock", json!({"advance_s": 14_460})).await.read::<Value>();
        journeys::settle_due(&test.app).await.unwrap();
        assert_eq!(status().await, "incomplete");
        // The highest fare from Gambir is above what the day's cap leaves.
        assert_eq!(balance(&lab, &rider).await, 100_000 - 10_000);
    }
}

#[tokio::test]
async fn linking_a_card_moves_todays_rides_to_the_rider() {
    for test in TestApp::each().await {
        let lab = Lab::of(&test).await;
        ride(&lab, "kartu-lama").await;
        lab.post("/clock", json!({"to": "2026-03-08T17:30:00Z"})).await.read::<Value>();
        ride(&lab, "kartu-lama").await;
        let rider = rider_with_card(&lab, "kartu-lama").await;
        // Yesterday's ride stays the card's.
        assert_eq!(balance(&lab, &rider).await, 100_000 - FARE);
        let mine = lab.get(&format!("/journeys?rider_id={rider}")).await;
        assert_eq!((&mine["meta"]["total"], &mine["data"][0]["day"]), (&json!(1), &json!("2026-03-09")));
        lab.post("/clock", json!({"advance_s": 3_600})).await.read::<Value>();
        assert_eq!(ride(&lab, "kartu-lama").await["results"][1]["fare"], 2_000);
        // One card, one rider.
        let other = lab.rider("Budi").await;
        let refused =
            lab.post(&format!("/riders/{other}/media"), json!({"media": "kartu-lama"})).await.fault();
        assert_eq!(refused, (422, "media".to_owned(), "taken".to_owned()));
        let again = lab.post(&format!("/riders/{rider}/media"), json!({"media": "kartu-lama"})).await;
        assert_eq!(again.read::<Value>()["media"].as_array().unwrap().len(), 1);
    }
}

#[tokio::test]
async fn a_change_of_kind_charges_the_days_rides_anew() {
    for test in TestApp::each().await {
        let lab = Lab::of(&test).await;
        let rider = rider_with_card(&lab, "kartu-ani").await;
        ride(&lab, "kartu-ani").await;
        let path = format!("/riders/{rider}/user-type");
        lab.post(&path, json!({"user_type": "student"})).await.read::<Value>();
        assert_eq!(balance(&lab, &rider).await, 100_000 - FARE / 2);
        for since in ["2025-01-01", "2030-01-01"] {
            let refused = lab.post(&path, json!({"user_type": "adult", "since": since})).await.fault();
            assert_eq!(refused, (422, "since".to_owned(), "out_of_range".to_owned()));
        }
    }
}

#[tokio::test]
async fn a_wallet_that_is_empty_opens_no_gate() {
    for test in TestApp::each().await {
        let lab = Lab::of(&test).await;
        let rider = lab.rider("Ani").await;
        lab.post(&format!("/riders/{rider}/media"), json!({"media": "kosong"})).await.read::<Value>();
        let answer: Value = lab.post("/taps", json!({"taps": [tap("STN_GMB", "in", "kosong")]})).await.read();
        let answer = &answer["results"][0];
        assert_eq!(
            (&answer["decision"], &answer["reason"]),
            (&json!("deny"), &json!("insufficient_balance"))
        );
    }
}

#[tokio::test]
async fn faults_of_a_call_are_named_and_faults_of_taps_answered_one_by_one() {
    for test in TestApp::each().await {
        let lab = Lab::of(&test).await;
        let good = tap("STN_GMB", "in", "m");
        for (tap, field, code) in [
            (json!({"media": "m"}), "taps[1].station_id", "required"),
            (json!({"media": "m", "station_id": "STN_GMB"}), "taps[1].direction", "required"),
            (
                json!({"media": "m", "station_id": "STN_XXX", "direction": "in"}),
                "taps[1].station_id",
                "unknown_station",
            ),
            (json!({"media": "m", "gate_id": "GATE_GMB_IN_99"}), "taps[1].gate_id", "unknown_gate"),
            (
                json!({"media": "m", "gate_id": "GATE_GMB_IN_01", "sequence": -1}),
                "taps[1].sequence",
                "out_of_range",
            ),
            (json!({"media": "", "gate_id": "GATE_GMB_IN_01"}), "taps[1].media", "required"),
            (
                json!({"media": "m", "gate_id": "GATE_GMB_IN_01", "realm": "live"}),
                "taps[1].realm",
                "unknown_field",
            ),
        ] {
            let refused = lab.post("/taps", json!({"taps": [good, tap]})).await.fault();
            assert_eq!(refused, (422, field.to_owned(), code.to_owned()), "{tap}");
        }
        assert_eq!(lab.post("/taps", json!({"taps": []})).await.fault().1, "taps");
        let many: Vec<_> = (0..501).map(|_| &good).collect();
        assert_eq!(lab.post("/taps", json!({"taps": many})).await.code().1, "batch_too_large");

        let at =
            |at: &str| json!({"gate_id": "GATE_GMB_IN_01", "sequence": 7, "media": "m", "tapped_at": at});
        let answers: Value = lab
            .post(
                "/taps",
                json!({"taps": [
                    {"gate_id": "GATE_GMB_IN_01", "direction": "out", "media": "m"},
                    at("2026-03-08T08:41:00Z"),
                    at("2026-03-08T08:41:00Z"),
                    {"gate_id": "GATE_GMB_IN_02", "media": "m", "tapped_at": "2026-03-08T08:44:00Z"},
                    {"gate_id": "GATE_GMB_IN_02", "media": "m", "tapped_at": "2026-01-01T00:00:00Z"},
                ]}),
            )
            .await
            .read();
        let answers: Vec<_> = answers["results"]
            .as_array()
            .unwrap()
            .iter()
            .map(|answer| (answer["status"].clone(), answer["reason"].clone()))
            .collect();
        let rejected = |reason: &str| (json!("rejected"), json!(reason));
        assert_eq!(
            answers,
            [
                rejected("wrong_direction"),
                (json!("accepted"), Value::Null),
                (json!("duplicate"), Value::Null),
                rejected("in_future"),
                rejected("too_old"),
            ]
        );
    }
}

#[tokio::test]
async fn networks_never_meet_and_a_reset_empties_one_alone() {
    for test in TestApp::each().await {
        let (mine, other) = (Lab::of(&test).await, Lab::of(&test).await);
        for lab in [&mine, &other] {
            rider_with_card(lab, "kartu-ani").await;
            ride(lab, "kartu-ani").await;
            lab.post("/clock", json!({"advance_s": 60})).await.read::<Value>();
        }
        let seen = async |lab: &Lab| {
            let mut seen = Vec::new();
            for path in ["/riders", "/journeys", "/events?limit=100", "/clock"] {
                seen.push(lab.get(path).await);
            }
            seen
        };
        let before = seen(&other).await;
        assert_eq!(before[1]["meta"]["total"], 1);
        assert_ne!(before[1]["data"], seen(&mine).await[1]["data"]);
        let reset: Value = mine.post("/reset", json!({})).await.read();
        assert_eq!(reset, json!({"now": "2026-03-08T08:41:00Z", "offset_s": 0}));
        for path in ["/riders", "/journeys", "/events"] {
            assert_eq!(mine.get(path).await["meta"]["total"], 0, "{path}");
        }
        assert_eq!(seen(&other).await, before);
        // And it can be used again, with what was there before.
        let rider = rider_with_card(&mine, "kartu-ani").await;
        ride(&mine, "kartu-ani").await;
        assert_eq!(balance(&mine, &rider).await, 100_000 - FARE);
        let live = journeys::latest_journeys(&test.app.live, &Realm::Live, 10).await.unwrap();
        assert!(live.is_empty());
    }
}

#[tokio::test]
async fn a_morning_peak_runs_to_its_end() {
    for test in TestApp::each().await {
        let lab = Lab::of(&test).await;
        assert_eq!(lab.client.get(&super::support::at("/peak")).await.code().0, 404);
        let begun = lab.post("/peak", json!({"riders": 30})).await;
        assert_eq!(begun.status, 202);
        let begun: Value = begun.read();
        test.app.tasks.close();
        test.app.tasks.wait().await;
        let done = lab.get("/peak").await;
        assert_eq!((&done["state"], &done["sent"]), (&json!(PeakState::Done), &begun["planned"]));
        assert!(lab.get("/journeys").await["meta"]["total"].as_u64().unwrap() > 0);
        for riders in [0, 501] {
            let refused = lab.post("/peak", json!({"riders": riders})).await.fault();
            assert_eq!(refused, (422, "riders".to_owned(), "out_of_range".to_owned()));
        }
    }
}
