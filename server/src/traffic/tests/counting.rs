//! Taps into hours.

use std::collections::BTreeMap;

use domain::{network::GateDirection, realm::Realm, time::JAKARTA};
use jiff::{Timestamp, civil::date};
use rand::{RngExt as _, SeedableRng, rngs::StdRng};

use super::{count, passed, sandbox, station};
use crate::{
    app::App,
    realms,
    store::{DbError, sql},
    testing::TestApp,
    traffic::{Passed, figures},
};

sql! {
    ALL_HOURS = "select realm, station_id, hour, direction, taps from traffic_hours";
}

/// What the table holds, by station, start of the hour and direction.
async fn table(app: &App, realm: &Realm) -> BTreeMap<(String, i64, String), u64> {
    let rows = realms::store(app, realm).rows(&ALL_HOURS, &[]).await.unwrap();
    let own = rows.iter().filter(|row| row.get::<String>("realm").unwrap() == realm.as_str());
    own.map(|row| {
        let cell = (row.get("station_id").unwrap(), row.get("hour").unwrap(), row.get("direction").unwrap());
        (cell, row.get("taps").unwrap())
    })
    .collect()
}

#[tokio::test]
async fn counts_are_those_of_the_taps_however_they_come_in() {
    for test in TestApp::each().await {
        let app = &test.app;
        let mut random = StdRng::seed_from_u64(41);
        let noon = app.clock.now().as_second();
        let taps: Vec<Passed> = (0..600)
            .map(|_| Passed {
                station: app.network.stations()[random.random_range(0..4)].ix,
                direction: if random.random_bool(0.5) { GateDirection::In } else { GateDirection::Out },
                tapped_at: Timestamp::from_second(noon - random.random_range(0..4 * 3_600)).unwrap(),
            })
            .collect();
        let mut expected = BTreeMap::new();
        for tap in &taps {
            let cell = (
                app.network.station(tap.station).id.to_string(),
                tap.tapped_at.as_second() / 3_600,
                tap.direction.as_str().to_owned(),
            );
            *expected.entry(cell).or_insert(0_u64) += 1;
        }
        // In parts, at the same time, each touching several stations.
        let parts = taps.chunks(37).map(|part| {
            let (app, part) = (app.clone(), part.to_vec());
            tokio::spawn(async move { count(&app, &Realm::Live, part).await })
        });
        for part in parts.collect::<Vec<_>>() {
            part.await.unwrap();
        }
        assert_eq!(table(app, &Realm::Live).await, expected);
    }
}

#[tokio::test]
async fn what_is_not_stored_is_not_counted() {
    for test in TestApp::each().await {
        let app = test.app.clone();
        let tap = passed(station(&app, "GMB"), GateDirection::In, "2026-03-08T01:00:00Z");
        let failed = app.live.write::<(), DbError, _>({
            let app = app.clone();
            move |tx| {
                Box::pin(async move {
                    crate::traffic::count(tx, &app, &Realm::Live, &[tap]).await?;
                    Err(DbError::Closed)
                })
            }
        });
        assert!(failed.await.is_err());
        assert!(table(&app, &Realm::Live).await.is_empty());
    }
}

#[tokio::test]
async fn a_tap_is_of_its_hour_in_jakarta_and_of_its_own_network() {
    for test in TestApp::each().await {
        let app = &test.app;
        let gambir = station(app, "GMB");
        let (mine, yours) = (sandbox(app), sandbox(app));
        let last = passed(gambir, GateDirection::Out, "2026-03-06T16:59:59.999999Z");
        let first = passed(gambir, GateDirection::Out, "2026-03-06T17:00:00Z");
        count(app, &mine, vec![last; 6]).await;
        count(app, &mine, vec![first; 7]).await;
        count(app, &Realm::Live, vec![first; 8]).await;
        assert_eq!(JAKARTA.to_datetime(first.tapped_at).hour(), 0);
        for (realm, day, hour, taps) in [
            (&mine, date(2026, 3, 6), 23, Some(6)),
            (&mine, date(2026, 3, 7), 0, Some(7)),
            (&Realm::Live, date(2026, 3, 7), 0, Some(8)),
            (&Realm::Live, date(2026, 3, 6), 23, Some(0)),
            (&yours, date(2026, 3, 7), 0, Some(0)),
        ] {
            let figures = figures(app, realm, day).await.unwrap();
            assert_eq!(figures.station(gambir).tap_out.hours[hour].shown(), taps, "{realm} {day}");
            assert_eq!(figures.station(gambir).tap_in.total.shown(), Some(0));
        }
    }
}
