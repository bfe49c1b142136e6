//! Signs of life and silence, on both engines.

use std::time::Duration;

use domain::{
    events::EventKind,
    gates::GateState,
    network::{GateDirection, StationDetail},
    realm::Realm,
};
use serde_json::json;

use super::Device;
use crate::{
    app::Environment,
    events,
    gates::{find, find_silent, keep_alive, load, refresh, seen},
    testing::TestApp,
};

async fn online(test: &TestApp) -> u32 {
    let gambir: StationDetail = test.anonymous().get("/open-api/v1/stations/STN_GMB").await.read();
    gambir.station.gates_online
}

async fn state(test: &TestApp, gate: &Device) -> GateState {
    find(&test.app, &gate.id).await.unwrap().unwrap().state
}

#[tokio::test]
async fn a_gate_is_offline_after_a_minute_of_silence_and_comes_back() {
    for test in TestApp::each().await {
        let app = &test.app;
        load(app).await.unwrap();
        let planned = online(&test).await;
        let gate = Device::at(app, "STN_GMB", GateDirection::In).await;
        assert_eq!((state(&test, &gate).await, online(&test).await), (GateState::Unheard, planned));

        assert!(
            gate.heartbeat(&test).await.json()["now"].as_str().unwrap().starts_with("2026-03-08T08:41:00")
        );
        assert_eq!((state(&test, &gate).await, online(&test).await), (GateState::Online, planned + 1));
        let seen = find(app, &gate.id).await.unwrap().unwrap();
        assert_eq!((seen.last_seen_at, seen.firmware.as_deref()), (Some(app.clock.now()), Some("1.4.2")));

        app.clock.advance(Duration::from_secs(60));
        assert_eq!(find_silent(app).await.unwrap(), 0, "sixty seconds of silence are allowed");
        app.clock.advance(Duration::from_secs(1));
        assert_eq!(find_silent(app).await.unwrap(), 1);
        assert_eq!(find_silent(app).await.unwrap(), 0, "an outage is told once");
        let told = events::latest(&app.live, &Realm::Live, 10).await.unwrap();
        assert_eq!(told.len(), 1);
        assert_eq!(
            (told[0].event, told[0].occurred_at, told[0].data.clone()),
            (
                EventKind::GateOffline,
                app.clock.now(),
                json!({"gate_id": gate.id, "station": "STN_GMB", "last_seen_at": "2026-03-08T08:41:00Z"})
            )
        );
        let silent = find(app, &gate.id).await.unwrap().unwrap();
        assert_eq!((silent.state, silent.offline_since), (GateState::Offline, Some(app.clock.now())));
        assert_eq!(online(&test).await, planned, "planned gates that never reported are not expected to");

        assert_eq!(gate.heartbeat(&test).await.status, 200);
        assert_eq!((state(&test, &gate).await, online(&test).await), (GateState::Online, planned + 1));
        refresh(app).await.unwrap();
        assert_eq!(online(&test).await, planned + 1);
        app.clock.advance(Duration::from_secs(61));
        assert_eq!(find_silent(app).await.unwrap(), 1, "the next outage is another one");
        assert_eq!(events::latest(&app.live, &Realm::Live, 10).await.unwrap().len(), 2);
    }
}

#[tokio::test]
async fn a_lively_gate_costs_a_write_every_ten_seconds() {
    let test = TestApp::one().await;
    let gate = Device::at(&test.app, "STN_GMB", GateDirection::Out).await;
    gate.heartbeat(&test).await;
    let before = test.app.live.statements_run();
    for _ in 0..9 {
        test.app.clock.advance(Duration::from_secs(1));
        assert_eq!(gate.heartbeat(&test).await.status, 200);
    }
    assert_eq!(test.app.live.statements_run(), before);
    test.app.clock.advance(Duration::from_secs(1));
    gate.heartbeat(&test).await;
    assert_eq!(test.app.live.statements_run(), before + 1);
}

#[tokio::test]
async fn the_demos_gates_are_kept_alive_until_somebody_sends_for_them() {
    for test in TestApp::each().await {
        let app = &test.app;
        load(app).await.unwrap();
        let (past, new) = (
            Device::at(app, "STN_GMB", GateDirection::In).await,
            Device::at(app, "STN_GMB", GateDirection::In).await,
        );
        past.heartbeat(&test).await;
        // As after a restart: what is in memory is only what was read.
        let again = test.app_with(|_| {});
        load(&again).await.unwrap();
        again.clock.advance(Duration::from_secs(3600));
        keep_alive(&again, |_| true).await.unwrap();
        assert_eq!(find_silent(&again).await.unwrap(), 0);
        assert_eq!(state(&test, &past).await, GateState::Online);
        assert_eq!(state(&test, &new).await, GateState::Unheard, "what never reported is not made up");

        let known = again.gates.find(Environment::Live, &past.id).unwrap();
        seen(&again, &known, None).await.unwrap();
        again.clock.advance(Duration::from_secs(61));
        keep_alive(&again, |_| true).await.unwrap();
        assert_eq!(find_silent(&again).await.unwrap(), 1, "it speaks for itself now");
    }
}
