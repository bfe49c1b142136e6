//! `GET /stats/traffic` through the whole router.

use std::time::Duration;

use domain::{
    keys::Environment,
    network::GateDirection,
    realm::Realm,
    tiers::Tier,
    traffic::{CrowdingView, NetworkDaysView, StationPageView, StationsView, TrafficRow, TrafficView},
};
use rand::{RngExt as _, SeedableRng, rngs::StdRng};
use serde_json::{Value, json};

use super::{count, passed, station};
use crate::{
    app::App,
    keys::tests::support::{key_with, live_key, partner},
    testing::{TestApp, client::Client},
    traffic::Passed,
};

const TRAFFIC: &str = "/open-api/v1/stats/traffic";

/// A partner's program with a live key.
async fn program(test: &TestApp, tier: Tier) -> Client {
    let partner = partner(&test.app, tier).await;
    test.with_key(&live_key(&test.app, &partner).await)
}

/// So many taps at a moment.
fn taps(app: &App, at: &str, direction: GateDirection, moment: &str, taps: usize) -> Vec<Passed> {
    vec![passed(station(app, at), direction, moment); taps]
}

#[tokio::test]
async fn the_answer_is_as_printed() {
    for test in TestApp::each().await {
        let app = &test.app;
        let client = program(&test, Tier::Pro).await;
        for (direction, moment, number) in [
            (GateDirection::In, "2026-03-07T00:10:00Z", 1_284),
            (GateDirection::Out, "2026-03-07T00:59:59Z", 892),
            (GateDirection::In, "2026-03-07T01:00:00Z", 3),
            (GateDirection::Out, "2026-03-07T01:30:00Z", 5),
        ] {
            count(app, &Realm::Live, taps(app, "MGR", direction, moment, number)).await;
        }
        let hourly = client.get(&format!("{TRAFFIC}?station_id=MRI&date=2026-03-07")).await;
        let body = hourly.json();
        assert_eq!((&body["station_id"], &body["date"]), (&json!("STN_MGR"), &json!("2026-03-07")));
        assert_eq!((&body["granularity"], body.get("stations")), (&json!("hourly"), None));
        let data = body["data"].as_array().unwrap();
        assert_eq!(data.len(), 24);
        assert_eq!(data[0], json!({ "hour": 0, "tap_in": 0, "tap_out": 0, "crowd_level": "low" }));
        assert_eq!(
            (&data[7]["hour"], &data[7]["tap_in"], &data[7]["tap_out"]),
            (&json!(7), &json!(1284), &json!(892))
        );
        assert_eq!(
            data[8],
            json!({ "hour": 8, "tap_in": null, "tap_out": 5, "crowd_level": "low", "suppressed": true })
        );
        let daily =
            client.get(&format!("{TRAFFIC}?station_id=STN_MGR&date=2026-03-07&granularity=daily")).await;
        let row = &daily.json()["data"];
        assert_eq!(row.as_array().map(Vec::len), Some(1));
        assert_eq!(
            (&row[0]["hour"], &row[0]["tap_in"], &row[0]["tap_out"]),
            (&Value::Null, &Value::Null, &json!(897))
        );
        // Unchanged: the validator says so.
        let again = client.clone().header("if-none-match", hourly.text("etag"));
        assert_eq!(again.get(&format!("{TRAFFIC}?station_id=MRI&date=2026-03-07")).await.status, 304);
    }
}

#[tokio::test]
async fn without_a_station_all_of_them_come_page_by_page() {
    let test = TestApp::one().await;
    let app = &test.app;
    let client = program(&test, Tier::Pro).await;
    count(app, &Realm::Live, taps(app, "GMB", GateDirection::In, "2026-03-08T01:00:00Z", 9)).await;
    let first: TrafficView = client.get(TRAFFIC).await.read();
    assert_eq!((first.station_id, first.date.to_string()), (None, "2026-03-08".to_owned()));
    let open = app.network.open_count() as u64;
    let meta = first.meta.unwrap();
    assert_eq!((meta.total, meta.page, meta.limit), (open, 1, 20));
    // 15:41: sixteen hours have begun.
    assert!(first.stations.unwrap().iter().all(|station| station.data.len() == 16));
    let all: TrafficView = client.get(&format!("{TRAFFIC}?limit=1000&granularity=daily")).await.read();
    let stations = all.stations.unwrap();
    assert_eq!(stations.len() as u64, open);
    let busy: Vec<_> = stations.iter().filter(|station| station.data[0].tap_in != Some(0)).collect();
    assert_eq!(busy.len(), 1);
    assert_eq!((busy[0].station_id.to_string(), busy[0].data[0].tap_in), ("STN_GMB".to_owned(), Some(9)));
    let beyond: TrafficView = client.get(&format!("{TRAFFIC}?page=99")).await.read();
    assert_eq!(beyond.stations, Some(Vec::new()));
}

#[tokio::test]
async fn what_cannot_be_answered_is_named() {
    let test = TestApp::one().await;
    let client = program(&test, Tier::Pro).await;
    for (query, status, field, code) in [
        ("date=yesterday", 400, "date", "unreadable"),
        ("date=2026-02-30", 400, "date", "unreadable"),
        ("date=2026-3-8", 400, "date", "unreadable"),
        ("date=", 400, "date", "unreadable"),
        ("limit=0", 400, "limit", "not_a_positive_integer"),
        ("page=-1", 400, "page", "not_a_positive_integer"),
        ("date=2026-03-09", 422, "date", "in_future"),
        ("station_id=STN_XXX", 422, "station_id", "unknown_station"),
        ("station_id=", 422, "station_id", "unknown_station"),
        ("station_id=STN_KAT", 422, "station_id", "closed_station"),
        ("granularity=weekly", 422, "granularity", "not_one_of"),
    ] {
        let reply = client.get(&format!("{TRAFFIC}?{query}")).await;
        assert_eq!(reply.fault(), (status, field.to_owned(), code.to_owned()), "{query}");
    }
    let all = client.get(&format!("{TRAFFIC}?station_id=x&date=9999-12-31&granularity=x")).await.problem();
    assert_eq!(all.errors.len(), 3, "all that is wrong at once");
    assert!(client.get(&format!("{TRAFFIC}?date=0001-01-01")).await.status.is_success());
}

#[tokio::test]
async fn it_begins_with_pro_and_test_keys_see_their_own_network() {
    for test in TestApp::each().await {
        let app = &test.app;
        assert_eq!(test.anonymous().get(TRAFFIC).await.code(), (401, "missing_credential".to_owned()));
        let free = partner(app, Tier::Free).await;
        let live = test.with_key(&live_key(app, &free).await);
        assert_eq!(live.get(TRAFFIC).await.code(), (403, "tier_insufficient".to_owned()));
        // In the sandbox everybody may try.
        let other = partner(app, Tier::Pro).await;
        let mine = test.with_key(&key_with(app, &free, Environment::Test, json!({})).await.1);
        let yours = test.with_key(&key_with(app, &other, Environment::Test, json!({})).await.1);
        let theirs = test.with_key(&live_key(app, &other).await);
        let own = Realm::Sandbox(free.id.clone());
        count(app, &own, taps(app, "GMB", GateDirection::In, "2026-03-08T01:00:00Z", 12)).await;
        for (client, tap_in) in [(&mine, 12), (&yours, 0), (&theirs, 0)] {
            let view: TrafficView =
                client.get(&format!("{TRAFFIC}?station_id=GMB&granularity=daily")).await.read();
            assert_eq!(view.data.unwrap()[0].tap_in, Some(tap_in));
        }
        // Today is what the network's own clock says.
        crate::realms::advance(app, &free.id, Duration::from_secs(86_400)).await.unwrap();
        let tomorrow: TrafficView = mine.get(TRAFFIC).await.read();
        assert_eq!(tomorrow.date.to_string(), "2026-03-09");
        assert_eq!(yours.get(&format!("{TRAFFIC}?date=2026-03-09")).await.status, 422);
    }
}

#[tokio::test]
async fn figures_are_read_once_a_minute_and_the_running_hour_tells_no_single_tap() {
    for test in TestApp::each().await {
        let app = &test.app;
        let client = program(&test, Tier::Pro).await;
        let now = async || {
            let view: TrafficView = client.get(&format!("{TRAFFIC}?station_id=GMB")).await.read();
            view.data.unwrap().last().unwrap().tap_in
        };
        let tap = async |number| {
            let moment = app.clock.now().to_string();
            count(app, &Realm::Live, taps(app, "GMB", GateDirection::In, &moment, number)).await;
        };
        tap(7).await;
        assert_eq!(now().await, Some(7));
        tap(20).await;
        let before = app.live.statements_run();
        assert_eq!(now().await, Some(7), "until a minute is over");
        assert_eq!(app.live.statements_run(), before);
        app.clock.advance(Duration::from_secs(60));
        assert_eq!(now().await, Some(27));
        tap(3).await;
        app.clock.advance(Duration::from_secs(60));
        assert_eq!(now().await, Some(27), "three more are not told");
        tap(2).await;
        app.clock.advance(Duration::from_secs(60));
        assert_eq!(now().await, Some(32));
        tap(1).await;
        app.clock.advance(Duration::from_secs(3_600));
        let view: TrafficView = client.get(&format!("{TRAFFIC}?station_id=GMB")).await.read();
        assert_eq!(view.data.unwrap()[15].tap_in, Some(33), "all of them, once the hour is over");
    }
}

/// One direction of a day: hours by station, totals by station, the network's total.
struct Asked {
    hours: Vec<Vec<Option<u64>>>,
    totals: Vec<Option<u64>>,
    network: Option<u64>,
}

/// What a hidden part of a table may have in each cell, for a reader who knows the sum.
fn leaves_all_possible(cells: u64, sum: u64) -> bool {
    // One of them may be 1: the others have 4 at most. One may be 4: the others have 1 at least.
    cells == 0 || (sum >= cells + 3 && sum < 4 * (cells - 1) + 2)
}

impl Asked {
    fn new(
        hours: &[TrafficView],
        days: &[TrafficView],
        network: Option<u64>,
        of: fn(&TrafficRow) -> Option<u64>,
    ) -> Self {
        let rows = |view: &TrafficView| view.data.as_deref().unwrap().iter().map(of).collect::<Vec<_>>();
        let totals = days.iter().map(|view| rows(view)[0]).collect();
        Self { hours: hours.iter().map(rows).collect(), totals, network }
    }

    /// Subtracts everything from everything that contains it.
    fn gives_nothing_away(&self) {
        let shown = |hours: &[Option<u64>]| hours.iter().flatten().sum::<u64>();
        let hidden = |hours: &[Option<u64>]| hours.iter().filter(|hour| hour.is_none()).count() as u64;
        let (mut cells, mut rest) = (0, self.network);
        for (hours, total) in self.hours.iter().zip(&self.totals) {
            assert!(hours.iter().flatten().all(|taps| *taps == 0 || *taps >= 5), "{hours:?}");
            rest = rest.map(|rest| rest - shown(hours));
            match total {
                Some(total) => {
                    let sum = total - shown(hours);
                    assert!(leaves_all_possible(hidden(hours), sum), "{hours:?} {total}");
                    rest = rest.map(|rest| rest - sum);
                }
                None => cells += hidden(hours),
            }
        }
        if let Some(rest) = rest {
            assert!(leaves_all_possible(cells, rest), "{cells} hidden hours with {rest} taps");
        }
    }
}

#[tokio::test]
async fn no_combination_of_calls_tells_a_count_under_five() {
    for test in TestApp::each().await {
        let app = &test.app;
        let client = program(&test, Tier::Enterprise).await;
        let mut random = StdRng::seed_from_u64(9);
        let places = ["GMB", "MGR", "BOO", "JAKK"];
        let (mut shown_totals, mut shown_networks) = (0, 0);
        for round in 0..14_i64 {
            // A day each, the last one running; few taps, so that most hours are withheld.
            let day =
                domain::time::jakarta_day(app.clock.now()).saturating_sub(jiff::Span::new().days(13 - round));
            let mut all = Vec::new();
            for place in places {
                for hour in [6, 7, 8] {
                    for direction in [GateDirection::In, GateDirection::Out] {
                        let moment = format!("{day}T{hour:02}:30:00+07:00");
                        all.extend(taps(app, place, direction, &moment, random.random_range(0..7)));
                    }
                }
            }
            count(app, &Realm::Live, all).await;
            let ask = async |station: &str, granularity: &str| -> TrafficView {
                let query = format!("station_id={station}&date={day}&granularity={granularity}");
                client.get(&format!("{TRAFFIC}?{query}")).await.read()
            };
            let (mut hours, mut days) = (Vec::new(), Vec::new());
            for place in places {
                hours.push(ask(place, "hourly").await);
                days.push(ask(place, "daily").await);
            }
            // The list of all stations says the same as each of them.
            for (granularity, single) in [("hourly", &hours), ("daily", &days)] {
                let list: TrafficView = client
                    .get(&format!("{TRAFFIC}?date={day}&granularity={granularity}&limit=100"))
                    .await
                    .read();
                let list = list.stations.unwrap();
                for view in single {
                    let own = list.iter().find(|rows| Some(rows.station_id) == view.station_id).unwrap();
                    assert_eq!(Some(&own.data), view.data.as_ref());
                }
            }
            // The portal's network totals are public.
            let public: NetworkDaysView = test.anonymous().get("/portal-api/v1/traffic/days").await.read();
            let network = public.days.iter().find(|network| network.day == day).unwrap();
            let tap_in = Asked::new(&hours, &days, network.tap_in, |row| row.tap_in);
            let tap_out = Asked::new(&hours, &days, network.tap_out, |row| row.tap_out);
            for asked in [&tap_in, &tap_out] {
                asked.gives_nothing_away();
                let hidden = asked.hours.iter().flatten().any(Option::is_none);
                shown_totals += usize::from(asked.totals.iter().any(Option::is_some));
                shown_networks += usize::from(hidden && asked.network.is_some());
            }
            let least: u64 = tap_in.hours.iter().flatten().flatten().sum();
            assert_eq!(network.tap_in_min, least, "what is shown, and nothing else");
            app.clock.advance(Duration::from_secs(61));
        }
        assert!(shown_totals > 3 && shown_networks > 3, "the rule shows what it can");
    }
}

#[tokio::test]
async fn everybody_may_see_how_full_stations_are_but_no_counts() {
    for test in TestApp::each().await {
        let app = &test.app;
        let crowding =
            async || -> CrowdingView { test.anonymous().get("/portal-api/v1/traffic/crowding").await.read() };
        let level = |view: &CrowdingView| {
            let gambir = view.stations.iter().find(|station| station.station_id.to_string() == "STN_GMB");
            gambir.unwrap().crowd_level.as_str()
        };
        let capacity = app.network.station(station(app, "GMB")).capacity_per_hour as usize;
        let hour_before = taps(app, "GMB", GateDirection::In, "2026-03-08T07:30:00Z", capacity / 2);
        count(app, &Realm::Live, hour_before).await;
        let this_hour = taps(app, "GMB", GateDirection::Out, "2026-03-08T08:20:00Z", capacity / 2 + 5);
        count(app, &Realm::Live, this_hour).await;
        // 15:41: of this hour's rate, half the capacity in 41 minutes.
        let view = crowding().await;
        assert_eq!((view.hour, view.running, level(&view)), (15, true, "high"));
        assert_eq!(view.stations.len(), app.network.open_count());
        // 16:10: the hour that is over.
        app.clock.advance(Duration::from_secs(29 * 60));
        let view = crowding().await;
        assert_eq!((view.hour, view.running, level(&view)), (15, false, "medium"));
        // 00:05: yesterday's last.
        app.clock.advance(Duration::from_secs(7 * 3_600 + 55 * 60));
        let view = crowding().await;
        assert_eq!((view.hour, view.running, level(&view)), (23, false, "low"));
    }
}

#[tokio::test]
async fn a_stations_page_has_its_neighbours_fares_and_gates() {
    let test = TestApp::one().await;
    let page = async |id: &str| test.anonymous().get(&format!("/portal-api/v1/network/stations/{id}")).await;
    let gambir: StationPageView = page("GMR").await.read();
    let neighbours: Vec<_> =
        gambir.neighbours.iter().map(|next| (next.id.to_string(), next.line.id.as_str())).collect();
    assert_eq!(neighbours, [("STN_JDA".to_owned(), "bogor"), ("STN_GDD".to_owned(), "bogor")]);
    // As the pages print it.
    let depok = gambir.fares.iter().find(|to| to.id.to_string() == "STN_DPK").unwrap();
    assert_eq!((depok.fare.0, depok.distance_km.metres()), (8_000, 27_062));
    assert_eq!(gambir.crowd_level.map(|level| level.as_str()), Some("low"));
    assert!(!gambir.detail.gates.is_empty());
    // The loop closes: Matraman lies before Jatinegara.
    let jatinegara: StationPageView = page("STN_JNG").await.read();
    assert!(jatinegara.neighbours.iter().any(|next| next.id.to_string() == "STN_MTR"));
    let karet: StationPageView = page("STN_KAT").await.read();
    assert!(karet.fares.is_empty() && karet.tariff.is_none() && karet.crowd_level.is_none());
    assert_eq!(page("STN_XXX").await.code(), (404, "not_found".to_owned()));
    let found: StationsView =
        test.anonymous().get("/portal-api/v1/network/stations?line=nambo&q=cibinong").await.read();
    let found: Vec<_> = found.stations.iter().map(|one| one.station.name.as_str()).collect();
    assert_eq!(found, ["Cibinong"]);
}
