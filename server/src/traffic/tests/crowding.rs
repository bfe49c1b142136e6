//! `station.crowded`: once per episode, with the fact.

use std::time::Duration;

use domain::{
    crowding::Crowding,
    events::{EventKind, RecordedEvent, StationCrowded},
    network::StationIx,
    realm::Realm,
};

use super::{sandbox, station};
use crate::{
    app::App,
    events, realms,
    store::{DbError, Tx, params, sql},
    testing::TestApp,
    traffic::{look_at_crowded, watch},
};

sql! {
    INSERT_TAP = "insert into taps (realm, gate_id, sequence, station_id, direction, media_id, payer,
            payment_method, tapped_at, received_at, denied)
        values ($1, 'GATE', $2, $3, 'in', 'm', 'm', 'qris_tap', $4, $4, $5)";
    LAST_TAP = "select coalesce(max(sequence), 0) as last from taps where realm = $1";
}

/// Stores taps of this instant.
async fn store(tx: &mut Tx, app: &App, realm: &Realm, station: StationIx, taps: u32, denied: bool) {
    let row = tx.row(&LAST_TAP, params![realm.as_str()]).await.unwrap().unwrap();
    let last: i64 = row.get("last").unwrap();
    let id = app.network.station(station).id.to_string();
    for tap in 1..=i64::from(taps) {
        let values = params![realm.as_str(), last + tap, &id, realms::now(app, realm), denied];
        tx.execute(&INSERT_TAP, values).await.unwrap();
    }
}

/// Taps of this instant, and a look at the station, in one transaction.
async fn tap(app: &App, realm: &Realm, station: StationIx, taps: u32) -> Crowding {
    let (app, realm) = (app.clone(), realm.clone());
    realms::store(&app.clone(), &realm)
        .write::<_, DbError, _>(move |tx| {
            Box::pin(async move {
                store(tx, &app, &realm, station, taps, false).await;
                watch(tx, &app, &realm, station, realms::now(&app, &realm)).await
            })
        })
        .await
        .unwrap()
}

async fn told(app: &App, realm: &Realm) -> Vec<RecordedEvent> {
    events::since(realms::store(app, realm), realm, 0, 100).await.unwrap()
}

/// A station that few taps fill: 15 minutes of it, and the taps that are 80 % and 70 % of that.
fn small(app: &App) -> (StationIx, u32) {
    let open = app.network.stations().iter().filter(|station| station.is_open());
    let station = open.min_by_key(|station| station.capacity_per_hour).unwrap();
    assert_eq!(station.capacity_per_hour % 40, 0, "whole percents of a quarter hour");
    (station.ix, station.capacity_per_hour / 4)
}

#[tokio::test]
async fn a_station_is_told_crowded_once_until_it_was_calm_again() {
    for test in TestApp::each().await {
        let app = &test.app;
        let (station, full) = small(app);
        let live = &Realm::Live;
        assert_eq!(tap(app, live, station, full * 8 / 10).await, Crowding::Calm);
        assert!(told(app, live).await.is_empty());
        assert_eq!(tap(app, live, station, 1).await, Crowding::Crowded);
        assert_eq!(tap(app, live, station, full).await, Crowding::Crowded);
        let events = told(app, live).await;
        assert_eq!(events.len(), 1);
        assert_eq!(events[0].event, EventKind::StationCrowded);
        let id = app.network.station(station).id;
        assert_eq!((events[0].station_id, events[0].occurred_at), (Some(id), app.clock.now()));
        let body: StationCrowded = serde_json::from_value(events[0].data.clone()).unwrap();
        assert_eq!((body.station, body.taps_15min), (id, u64::from(full * 8 / 10 + 1)));
        assert_eq!((body.capacity_15min, body.since), (full, app.clock.now()));
        assert!((80..=81).contains(&body.occupancy_percent));
        assert_eq!(serde_json::to_value(body.level).unwrap(), "critical");
        // 15 minutes later all those have passed. 75 % is between the two limits: told nothing.
        app.clock.advance(Duration::from_secs(900));
        assert_eq!(tap(app, live, station, full * 3 / 4).await, Crowding::Crowded);
        app.clock.advance(Duration::from_secs(900));
        assert_eq!(tap(app, live, station, full * 3 / 4 - full / 10).await, Crowding::Calm);
        assert_eq!(tap(app, live, station, full / 10).await, Crowding::Calm);
        assert_eq!(told(app, live).await.len(), 1);
        assert_eq!(tap(app, live, station, full).await, Crowding::Crowded);
        assert_eq!(told(app, live).await.len(), 2);
    }
}

#[tokio::test]
async fn a_station_empties_without_a_tap() {
    for test in TestApp::each().await {
        let app = &test.app;
        let (station, full) = small(app);
        for realm in [Realm::Live, sandbox(app)] {
            assert_eq!(tap(app, &realm, station, full).await, Crowding::Crowded);
            look_at_crowded(app).await.unwrap();
            assert_eq!(tap(app, &realm, station, full).await, Crowding::Crowded);
            app.clock.advance(Duration::from_secs(900));
            look_at_crowded(app).await.unwrap();
            // The next rush is another one, though all its taps come at once.
            assert_eq!(tap(app, &realm, station, full).await, Crowding::Crowded);
            assert_eq!(told(app, &realm).await.len(), 2);
        }
    }
}

#[tokio::test]
async fn networks_fill_up_each_by_itself_and_by_its_own_clock() {
    for test in TestApp::each().await {
        let app = &test.app;
        let (station, full) = small(app);
        let (mine, yours) = (sandbox(app), sandbox(app));
        tap(app, &mine, station, full / 2).await;
        tap(app, &yours, station, full / 2).await;
        assert_eq!(tap(app, &Realm::Live, station, full / 2).await, Crowding::Calm);
        let Realm::Sandbox(partner) = &mine else { unreachable!() };
        realms::advance(app, partner, Duration::from_secs(900)).await.unwrap();
        assert_eq!(tap(app, &mine, station, full / 2).await, Crowding::Calm, "the first half has passed");
        assert_eq!(tap(app, &yours, station, full / 2).await, Crowding::Crowded);
        for (realm, events) in [(&mine, 0), (&yours, 1), (&Realm::Live, 0)] {
            assert_eq!(told(app, realm).await.len(), events, "{realm}");
        }
    }
}

#[tokio::test]
async fn a_fact_that_is_not_stored_is_not_told_and_refused_taps_fill_nothing() {
    for test in TestApp::each().await {
        let app = test.app.clone();
        let (filling, full) = small(&app);
        let failed = app.live.write::<(), DbError, _>({
            let app = app.clone();
            move |tx| {
                Box::pin(async move {
                    store(tx, &app, &Realm::Live, filling, full, false).await;
                    let now = app.clock.now();
                    assert_eq!(watch(tx, &app, &Realm::Live, filling, now).await?, Crowding::Crowded);
                    Err(DbError::Closed)
                })
            }
        });
        assert!(failed.await.is_err());
        let refused = app.live.write::<_, DbError, _>({
            let app = app.clone();
            move |tx| {
                Box::pin(async move {
                    store(tx, &app, &Realm::Live, filling, full, true).await;
                    let now = app.clock.now();
                    watch(tx, &app, &Realm::Live, filling, now).await
                })
            }
        });
        assert_eq!(refused.await.unwrap(), Crowding::Calm);
        assert!(told(&app, &Realm::Live).await.is_empty());
        assert_eq!(tap(&app, &Realm::Live, station(&app, "MGR"), 1).await, Crowding::Calm);
    }
}
