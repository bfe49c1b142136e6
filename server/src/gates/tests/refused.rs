//! Messages that are refused, each with a code of its own.

use std::time::Duration;

use domain::network::GateDirection;
use serde_json::json;

use super::{Device, console};
use crate::{
    gates::{self, load},
    testing::TestApp,
};

const BEAT: &str = r#"{"firmware":"1","sent_at":"2026-03-08T08:41:00Z"}"#;

#[tokio::test]
async fn whoever_is_no_gate_or_signs_wrongly_is_told_so() {
    for test in TestApp::each().await {
        let app = &test.app;
        load(app).await.unwrap();
        let gate = Device::at(app, "STN_GMB", GateDirection::In).await;
        let now = app.clock.now().as_second().to_string();
        let good = gate.signature(&now, BEAT.as_bytes());

        let stranger = Device { id: "GATE_XXX_IN_01".to_owned(), secret: gate.secret.clone() };
        let reply = stranger.send_as(&test, "/heartbeats", &now, &good, BEAT).await;
        assert_eq!(reply.code(), (401, "unknown_gate".to_owned()));
        assert_eq!(reply.text("www-authenticate"), "GateSignature realm=\"nfcgate\"");
        // Planned, but nobody gave it a secret.
        let planned = Device { id: "GATE_GMB_IN_01".to_owned(), secret: String::new() };
        assert_eq!(planned.heartbeat(&test).await.code(), (401, "unknown_gate".to_owned()));
        let nameless = test.anonymous().post("/gate/v1/heartbeats", json!({})).await;
        assert_eq!(nameless.code(), (401, "unknown_gate".to_owned()));

        let zeros = format!("sha256={}", "0".repeat(64));
        let other = Device::at(app, "STN_GMB", GateDirection::In).await;
        for (signature, body) in [
            (zeros.as_str(), BEAT),
            ("", BEAT),
            (&good[7..], BEAT),
            (&good[..70], BEAT),
            (good.as_str(), "{}"),
            (&other.signature(&now, BEAT.as_bytes()), BEAT),
        ] {
            let reply = gate.send_as(&test, "/heartbeats", &now, signature, body).await;
            assert_eq!(reply.code(), (401, "bad_signature".to_owned()), "{signature} {body}");
        }
        assert_eq!(gate.send_as(&test, "/heartbeats", &now, &good, BEAT).await.status, 200);
    }
}

#[tokio::test]
async fn a_message_out_of_time_is_refused_before_its_body_is_read() {
    let test = TestApp::one().await;
    let gate = Device::at(&test.app, "STN_GMB", GateDirection::In).await;
    let now = test.app.clock.now().as_second();
    for (timestamp, taken) in [
        ((now - 121).to_string(), false),
        ((now + 121).to_string(), false),
        ((now - 120).to_string(), true),
        ((now + 120).to_string(), true),
        (format!("{now}.0"), false),
        (i64::MIN.to_string(), false),
        (String::new(), false),
    ] {
        let signature = gate.signature(&timestamp, BEAT.as_bytes());
        let reply = gate.send_as(&test, "/heartbeats", &timestamp, &signature, BEAT).await;
        if taken {
            assert_eq!(reply.status, 200, "{timestamp}");
        } else {
            assert_eq!(reply.code(), (401, "stale_timestamp".to_owned()), "{timestamp}");
        }
    }
}

#[tokio::test]
async fn a_retired_gate_may_send_nothing() {
    for test in TestApp::each().await {
        let app = &test.app;
        load(app).await.unwrap();
        let gate = Device::at(app, "STN_GMB", GateDirection::In).await;
        assert_eq!(gate.heartbeat(&test).await.status, 200);
        gates::retire(app, console(app), &gate.id).await.unwrap();
        assert_eq!(gate.heartbeat(&test).await.code(), (403, "gate_retired".to_owned()));
        let again = gates::retire(app, console(app), &gate.id).await;
        assert!(matches!(again, Err(gates::GateError::Retired)));
    }
}

#[tokio::test]
async fn an_earlier_secret_holds_until_its_time_is_over() {
    for test in TestApp::each().await {
        let app = &test.app;
        load(app).await.unwrap();
        let gate = Device::at(app, "STN_GMB", GateDirection::In).await;
        let new: Device = gates::rotate(app, console(app), &gate.id, Some(2)).await.unwrap().into();
        assert_ne!(new.secret, gate.secret);
        app.clock.advance(Duration::from_secs(2 * 3600 - 1));
        for secret in [&gate, &new] {
            assert_eq!(secret.heartbeat(&test).await.status, 200);
        }
        app.clock.advance(Duration::from_secs(1));
        assert_eq!(gate.heartbeat(&test).await.code(), (401, "bad_signature".to_owned()));
        assert_eq!(new.heartbeat(&test).await.status, 200);

        let newest: Device = gates::rotate(app, console(app), &gate.id, Some(0)).await.unwrap().into();
        assert_eq!(new.heartbeat(&test).await.code(), (401, "bad_signature".to_owned()));
        assert_eq!(newest.heartbeat(&test).await.status, 200);
        let long = gates::rotate(app, console(app), &gate.id, Some(25)).await;
        assert!(matches!(long, Err(gates::GateError::OverlapTooLong)));
        let absent = gates::rotate(app, console(app), "GATE_XXX_IN_01", None).await;
        assert!(matches!(absent, Err(gates::GateError::NotFound)));
    }
}

#[tokio::test]
async fn what_cannot_be_read_is_refused_and_named() {
    let test = TestApp::one().await;
    let gate = Device::at(&test.app, "STN_GMB", GateDirection::In).await;
    let now = test.app.clock.now().as_second().to_string();
    for (path, body, status, code, field) in [
        ("/heartbeats", "{", 400, "malformed_request", None),
        ("/heartbeats", "", 400, "malformed_request", None),
        ("/heartbeats", "{}", 422, "validation_failed", Some("firmware")),
        ("/heartbeats", r#"{"firmware":"1","sent_at":"noon"}"#, 422, "validation_failed", Some("sent_at")),
        (
            "/heartbeats",
            r#"{"firmware":"1\n2","sent_at":"2026-03-08T08:41:00Z"}"#,
            422,
            "validation_failed",
            Some("firmware"),
        ),
    ] {
        let signature = gate.signature(&now, body.as_bytes());
        let reply = gate.send_as(&test, path, &now, &signature, body).await;
        assert_eq!(reply.code(), (status, code.to_owned()), "{body}");
        assert_eq!(reply.problem().errors.first().map(|fault| fault.field.as_str()), field, "{body}");
    }
    let huge = " ".repeat(256 * 1024 + 1);
    let signature = gate.signature(&now, huge.as_bytes());
    let reply = gate.send_as(&test, "/heartbeats", &now, &signature, huge).await;
    assert_eq!(reply.code(), (413, "body_too_large".to_owned()));
    assert_eq!(
        test.anonymous().get("/gate/v1/heartbeats").await.code(),
        (405, "method_not_allowed".to_owned())
    );
    assert_eq!(test.anonymous().get("/gate/v1/nothing").await.code(), (404, "not_found".to_owned()));
}
