//! Taps through the door, on both engines. What they amount to is the journeys' to test.

use std::time::Duration;

use domain::{identity::OperatorRole, network::GateDirection};
use serde_json::{Value, json};

use super::Device;
use crate::{
    gates::{find, load},
    identity::tests::support::operator,
    testing::{TestApp, client::Reply},
};

fn tap(sequence: i64, direction: &str, at: &str) -> Value {
    json!({
        "sequence": sequence, "direction": direction, "media": format!("kartu-{sequence}"),
        "payment_method": "qris_tap", "tapped_at": at,
    })
}

/// Status, decision and reason of each tap, in order.
fn told(reply: &Reply) -> Vec<String> {
    let results = reply.json()["results"].clone();
    let word = |answer: &Value, member: &str| answer[member].as_str().unwrap_or("-").to_owned();
    let line = |answer: &Value| {
        format!("{} {} {}", word(answer, "status"), word(answer, "decision"), word(answer, "reason"))
    };
    results.as_array().unwrap().iter().map(line).collect()
}

async fn send(test: &TestApp, gate: &Device, taps: &[Value]) -> Reply {
    gate.send(test, "/taps", &json!({ "taps": taps })).await
}

#[tokio::test]
async fn good_taps_of_a_bad_batch_are_not_lost() {
    for test in TestApp::each().await {
        load(&test.app).await.unwrap();
        let gate = Device::at(&test.app, "STN_GMB", GateDirection::In).await;
        let mut unpayable = tap(5, "in", "2026-03-08T08:40:55Z");
        unpayable["payment_method"] = json!("cash");
        let taps = [
            tap(1, "in", "2026-03-08T08:40:51Z"),
            json!("no tap"),
            tap(2, "out", "2026-03-08T08:40:52Z"),
            tap(3, "in", "2026-02-01T08:40:59Z"),
            tap(4, "in", "2026-03-08T08:43:01Z"),
            unpayable,
            tap(6, "in", "2026-03-08T08:40:56Z"),
            tap(1, "in", "2026-03-08T08:40:51Z"),
        ];
        let reply = send(&test, &gate, &taps).await;
        let once = told(&reply);
        assert_eq!(
            once,
            [
                "accepted open -",
                "rejected open malformed",
                "rejected open wrong_direction",
                "rejected open too_old",
                "rejected open in_future",
                "rejected open malformed",
                "accepted open -",
                "duplicate open -",
            ]
        );
        let sequences: Vec<_> = reply.json()["results"]
            .as_array()
            .unwrap()
            .iter()
            .map(|answer| answer["sequence"].clone())
            .collect();
        assert_eq!(json!(sequences), json!([1, null, 2, 3, 4, 5, 6, 1]));
        assert!(reply.json()["results"][0]["journey_id"].as_str().unwrap().starts_with("jrn_"));

        let again = told(&send(&test, &gate, &taps).await);
        assert_eq!((again[0].as_str(), again[6].as_str()), ("duplicate open -", "duplicate open -"));
        assert_eq!(again[1..6], once[1..6]);
    }
}

#[tokio::test]
async fn a_journey_over_two_gates_is_charged() {
    for test in TestApp::each().await {
        load(&test.app).await.unwrap();
        let entry = Device::at(&test.app, "STN_GMB", GateDirection::In).await;
        let exit = Device::at(&test.app, "STN_DPK", GateDirection::Out).await;
        let with = |mut tap: Value| {
            tap["media"] = json!("kartu");
            tap
        };
        let opened = send(&test, &entry, &[with(tap(1, "in", "2026-03-08T08:40:00Z"))]).await.json();
        test.app.clock.advance(Duration::from_secs(45 * 60));
        let closed = send(&test, &exit, &[with(tap(1, "out", "2026-03-08T09:25:00Z"))]).await.json();
        assert_eq!(opened["results"][0]["fare"], Value::Null);
        // As the fare endpoint quotes Gambir to Depok: Rp 5.000 and two started 10 km beyond the first ten.
        assert_eq!(closed["results"][0]["fare"], 8000);
        assert_eq!(closed["results"][0]["journey_id"], opened["results"][0]["journey_id"]);
    }
}

#[tokio::test]
async fn taps_that_break_a_rule_are_shown_to_operators_with_the_reason() {
    for test in TestApp::each().await {
        load(&test.app).await.unwrap();
        let first = Device::at(&test.app, "STN_GMB", GateDirection::In).await;
        let second = Device::at(&test.app, "STN_GMB", GateDirection::In).await;
        let mut staff = operator(&test.app, "staf@kci.example", OperatorRole::Support).await;
        for (gate, at) in [(&first, "2026-03-08T08:40:00Z"), (&second, "2026-03-08T08:40:40Z")] {
            let mut tap = tap(1, "in", at);
            tap["media"] = json!("kartu");
            send(&test, gate, &[tap]).await;
        }
        let found = staff.get("/admin/fraud").await.body;
        assert_eq!(found["meta"]["total"], 1);
        let finding = &found["data"][0];
        assert_eq!((&finding["rule"], &finding["score"]), (&json!("pass_back"), &json!(70)));
        let reason = json!({"code": "entered_twice", "elapsed_s": 40, "same_gate": false});
        assert_eq!(finding["reasons"], json!([reason]));
        assert_eq!(finding["taps"][1], json!({"gate_id": second.id, "sequence": 1}));
    }
}

#[tokio::test]
async fn a_message_holds_500_taps_and_not_one_more() {
    for test in TestApp::each().await {
        load(&test.app).await.unwrap();
        let gate = Device::at(&test.app, "STN_GMB", GateDirection::In).await;
        let taps: Vec<_> = (0..501).map(|sequence| tap(sequence, "in", "2026-03-08T08:40:00Z")).collect();
        assert_eq!(send(&test, &gate, &taps).await.code(), (413, "batch_too_large".to_owned()));
        let reply = send(&test, &gate, &taps[..500]).await;
        assert!(told(&reply).iter().all(|told| told == "accepted open -"));
        assert_eq!(told(&reply).len(), 500);
        assert!(told(&send(&test, &gate, &[]).await).is_empty());
    }
}

#[tokio::test]
async fn a_message_of_taps_is_a_sign_of_life() {
    for test in TestApp::each().await {
        load(&test.app).await.unwrap();
        let gate = Device::at(&test.app, "STN_GMB", GateDirection::In).await;
        send(&test, &gate, &[tap(1, "in", "2026-03-08T08:40:00Z")]).await;
        let seen = find(&test.app, &gate.id).await.unwrap().unwrap();
        assert_eq!((seen.state.as_str(), seen.last_seen_at), ("online", Some(test.app.clock.now())));
        assert_eq!(seen.firmware, None);
    }
}

#[tokio::test]
async fn what_is_no_message_of_taps_is_refused() {
    let test = TestApp::one().await;
    let gate = Device::at(&test.app, "STN_GMB", GateDirection::In).await;
    for (body, status, code) in [
        (json!({}), 422, "validation_failed"),
        (json!({"taps": {}}), 422, "validation_failed"),
        (json!([]), 422, "validation_failed"),
    ] {
        let reply = gate.send(&test, "/taps", &body).await;
        assert_eq!(reply.code(), (status, code.to_owned()), "{body}");
    }
}

#[tokio::test]
async fn while_the_store_is_away_the_gate_is_told_when_to_come_back() {
    for test in TestApp::each().await {
        load(&test.app).await.unwrap();
        let gate = Device::at(&test.app, "STN_GMB", GateDirection::In).await;
        test.app.live.close().await;
        let reply = send(&test, &gate, &[tap(1, "in", "2026-03-08T08:40:00Z")]).await;
        assert_eq!(reply.code(), (503, "unavailable".to_owned()));
        assert!(!reply.text("retry-after").is_empty());
    }
}
