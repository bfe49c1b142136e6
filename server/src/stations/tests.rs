//! Stations and lines through the whole router.

use domain::{
    network::{Line, Station, StationDetail, StationStatus},
    page::Page,
};
use serde_json::json;

use crate::{
    app::Environment,
    gates::load,
    store::{DbError, Statement, params},
    testing::TestApp,
};

const SWITCH_OFF: Statement =
    Statement { name: "switch_off", sql: "update gates set online = 0, last_seen_at = $2 where id = $1" };

const STATIONS: &str = "/open-api/v1/stations";

async fn page(test: &TestApp, query: &str) -> Page<Station> {
    test.anonymous().get(&format!("{STATIONS}?{query}")).await.read()
}

#[tokio::test]
async fn a_station_looks_as_on_the_pages() {
    for test in TestApp::each().await {
        load(&test.app).await.unwrap();
        let found = test.anonymous().get(&format!("{STATIONS}?q=gambir&limit=1")).await.json();
        assert_eq!(found["meta"], json!({ "total": 1, "page": 1, "limit": 1 }));
        let station = &found["data"][0];
        for (member, value) in [
            ("id", json!("STN_GMB")),
            ("name", json!("Gambir")),
            ("code", json!("GMB")),
            ("line", json!(["bogor"])),
            ("aliases", json!(["GMR", "STN_GMR"])),
            ("status", json!("open")),
        ] {
            assert_eq!(station[member], value, "{member}");
        }
        assert_eq!(station["operating_hours"]["timezone"], "Asia/Jakarta");
        assert_eq!(station["gates_online"], station["gates_total"]);
        assert!(station["gates_total"].as_u64() > Some(0));
        assert!(station["lat"].is_f64() && station["lng"].is_f64() && station["facilities"].is_array());
    }
}

#[tokio::test]
async fn lists_are_paged_and_limits_clamped() {
    let test = TestApp::one().await;
    let open = test.app.network.open_count() as u64;
    for (query, page_number, limit, items) in [
        ("", 1, 20, 20),
        ("limit=1000", 1, open.max(81), open),
        ("limit=99999999999999999999999", 1, open.max(81), open),
        ("page=2&limit=50", 2, 50, open - 50),
        ("page=900", 900, 20, 0),
    ] {
        let found = page(&test, query).await;
        assert_eq!(
            (found.meta.page, found.meta.limit, found.data.len() as u64),
            (page_number, limit, items),
            "{query}"
        );
        assert_eq!(found.meta.total, open, "{query}: the total counts all pages");
    }
}

#[tokio::test]
async fn a_number_that_is_none_is_400_and_named() {
    let test = TestApp::one().await;
    for (query, field) in [
        ("limit=-1", "limit"),
        ("limit=0", "limit"),
        ("limit=abc", "limit"),
        ("limit=", "limit"),
        ("limit=1.5", "limit"),
        ("page=0", "page"),
        ("page=-3", "page"),
    ] {
        let reply = test.anonymous().get(&format!("{STATIONS}?{query}")).await;
        assert_eq!(reply.code(), (400, "invalid_parameter".to_owned()), "{query}");
        assert_eq!(reply.fault().1, field, "{query}");
    }
    let twice = test.anonymous().get(&format!("{STATIONS}?limit=1&limit=2")).await;
    assert_eq!(twice.fault(), (400, "limit".to_owned(), "duplicate".to_owned()));
}

#[tokio::test]
async fn a_line_filters_and_an_unknown_one_is_empty_not_an_error() {
    let test = TestApp::one().await;
    let bogor = page(&test, "line=bogor&limit=100").await;
    assert!(
        bogor.meta.total > 20 && bogor.data.iter().all(|station| station.line.contains(&"bogor".to_owned()))
    );
    assert_eq!(page(&test, "line=BOGOR").await.meta.total, bogor.meta.total);
    let unknown = page(&test, "line=shinkansen").await;
    assert_eq!((unknown.meta.total, unknown.data.len()), (0, 0));
    let both = page(&test, "line=bogor&q=manggarai").await;
    assert_eq!(both.data[0].id.to_string(), "STN_MGR");
}

#[tokio::test]
async fn a_name_is_found_with_slips_and_in_any_case() {
    let test = TestApp::one().await;
    for q in ["manggarai", "MANGGARAI", "mangarai", "stasiun+manggarai", "m%C3%A1nggarai"] {
        assert_eq!(page(&test, &format!("q={q}")).await.data[0].id.to_string(), "STN_MGR", "{q}");
    }
    assert_eq!(page(&test, "q=xyzzyxyzzy").await.meta.total, 0);
}

#[tokio::test]
async fn one_station_has_gates_neighbours_and_accessibility() {
    let test = TestApp::one().await;
    let gambir: StationDetail = test.anonymous().get(&format!("{STATIONS}/STN_GMB")).await.read();
    assert_eq!(gambir.gates.len(), gambir.station.gates_total as usize);
    assert!(gambir.gates.iter().all(|gate| gate.online && gate.last_seen_at.is_none()));
    assert!(gambir.nearby.is_sorted_by_key(|near| near.distance_km) && !gambir.nearby.is_empty());
    for spelling in ["STN_GMR", "GMR", "gmb", "stn_gmb"] {
        let same: StationDetail = test.anonymous().get(&format!("{STATIONS}/{spelling}")).await.read();
        assert_eq!(same, gambir, "{spelling}");
    }
}

#[tokio::test]
async fn an_unknown_station_is_404_and_a_closed_one_is_told_as_closed() {
    let test = TestApp::one().await;
    for unknown in ["STN_XXX", "%20", "STN_GMB%00x"] {
        let reply = test.anonymous().get(&format!("{STATIONS}/{unknown}")).await;
        assert!([404, 400].contains(&reply.status.as_u16()), "{unknown}");
        reply.problem();
    }
    let karet: StationDetail = test.anonymous().get(&format!("{STATIONS}/STN_KAT")).await.read();
    assert_eq!(karet.station.status, StationStatus::Closed);
    assert!(page(&test, "limit=100").await.data.iter().all(|station| station.status == StationStatus::Open));
}

#[tokio::test]
async fn lines_hold_their_stations_in_order() {
    let test = TestApp::one().await;
    let found: Page<Line> = test.anonymous().get("/open-api/v1/lines").await.read();
    assert_eq!((found.meta.total, found.meta.page), (found.data.len() as u64, 1));
    let bogor = found.data.iter().find(|line| line.id == "bogor").unwrap();
    let names: Vec<_> = bogor.stations.iter().map(|stop| stop.name.as_str()).collect();
    assert_eq!((names.first(), names.last()), (Some(&"Jakarta Kota"), Some(&"Bogor")));
    assert!(bogor.stations.is_sorted_by_key(|stop| stop.distance_km));
    assert!(bogor.colour.starts_with('#'));
}

#[tokio::test]
async fn gates_are_provisioned_once_and_then_tell_their_own_state() {
    for test in TestApp::each().await {
        load(&test.app).await.unwrap();
        let seen_at = test.app.clock.now();
        let write = test.app.live.write::<_, DbError, _>(move |tx| {
            Box::pin(async move { tx.execute(&SWITCH_OFF, params!["GATE_GMB_IN_01", seen_at]).await })
        });
        assert_eq!(write.await.unwrap(), 1);
        load(&test.app).await.unwrap();
        let gambir: StationDetail = test.anonymous().get(&format!("{STATIONS}/STN_GMB")).await.read();
        assert_eq!(gambir.station.gates_online + 1, gambir.station.gates_total);
        let gate = gambir.gates.iter().find(|gate| gate.id == "GATE_GMB_IN_01").unwrap();
        assert_eq!((gate.online, gate.last_seen_at), (false, Some(seen_at)));
        let sandbox = test.app.gates.of(Environment::Test);
        assert!(sandbox.values().flatten().all(|gate| gate.online), "the sandbox has gates of its own");
    }
}

#[tokio::test]
async fn a_list_asks_no_database() {
    let test = TestApp::one().await;
    let before = test.app.live.statements_run() + test.app.sandbox.statements_run();
    for _ in 0..10 {
        page(&test, "line=bogor").await;
        test.anonymous().get(&format!("{STATIONS}/STN_GMB")).await;
    }
    assert_eq!(test.app.live.statements_run() + test.app.sandbox.statements_run(), before);
}
