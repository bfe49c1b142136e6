//! Watching stations fill up: `station.crowded`, told once per episode.
//!
//! The rule is [`domain::crowding`]'s. It is looked at whenever a station's taps are stored, in the
//! same transaction, at the realm's now: a batch that comes hours late does not fill a station today.
//! Stations empty without a tap, too, so those that are crowded are looked at every half minute.

use std::time::Duration;

use domain::{
    crowding::{CROWDING_WINDOW_S, CrowdLevel, Crowding},
    events::{EventKind, StationCrowded},
    ids::EventId,
    keys::Environment,
    network::{StationIx, StationRecord},
    realm::Realm,
};
use jiff::{SignedDuration, Timestamp};

use super::queries::{CHANGE_CROWDING, CROWDED, CROWDING};
use crate::{
    app::App,
    events::{self, NewEvent},
    realms,
    store::{DbError, Tx, params},
};

/// How often stations that are crowded are looked at while no taps come.
const LOOKED_AT_EVERY: Duration = Duration::from_secs(30);

/// Looks whether a station has become crowded, or calm again, and tells `station.crowded` if it has
/// become so. Call it once per station touched, in the order of stations, after its taps are stored.
///
/// # Errors
/// When the store fails.
pub async fn watch(
    tx: &mut Tx,
    app: &App,
    realm: &Realm,
    station: StationIx,
    now: Timestamp,
) -> Result<Crowding, DbError> {
    let station = app.network.station(station);
    let id = station.id.to_string();
    let window = SignedDuration::from_secs(i64::from(CROWDING_WINDOW_S));
    let after = now.checked_sub(window).unwrap_or(Timestamp::MIN);
    let Some(row) = tx.row(&CROWDING, params![realm.as_str(), &id, after, now]).await? else {
        return Ok(Crowding::Calm);
    };
    let taps: u64 = row.get("taps")?;
    let was = match row.get::<Option<i64>>("crowded")? {
        Some(1) => Crowding::Crowded,
        _ => Crowding::Calm,
    };
    let is = was.next(taps, station.capacity_per_hour);
    if is == was {
        return Ok(is);
    }
    let change = params![realm.as_str(), &id, is == Crowding::Crowded, now];
    let changed = tx.execute(&CHANGE_CROWDING, change).await? > 0;
    if changed && is == Crowding::Crowded {
        tell(tx, app, realm, station, taps, now).await?;
    }
    Ok(is)
}

async fn tell(
    tx: &mut Tx,
    app: &App,
    realm: &Realm,
    station: &StationRecord,
    taps_15min: u64,
    now: Timestamp,
) -> Result<(), DbError> {
    let capacity = station.capacity_per_hour;
    let occupancy =
        (taps_15min * 100 * 3_600).checked_div(u64::from(capacity) * u64::from(CROWDING_WINDOW_S));
    let data = StationCrowded {
        station: station.id,
        level: CrowdLevel::of(taps_15min, CROWDING_WINDOW_S, capacity),
        occupancy_percent: occupancy.unwrap_or(100),
        taps_15min,
        capacity_15min: capacity / (3_600 / CROWDING_WINDOW_S),
        since: now,
    };
    let event = NewEvent {
        id: app.random.id(now, EventId::new),
        realm,
        kind: EventKind::StationCrowded,
        fact: &format!("{}@{}", station.id, now.as_microsecond()),
        rider_id: None,
        journey_id: None,
        station_id: Some(station.id),
        occurred_at: now,
        recorded_at: now,
        data: serde_json::to_value(data).unwrap_or_default(),
    };
    events::record(tx, &event).await.map(drop)
}

/// Starts looking at crowded stations.
pub fn spawn(app: &App) {
    app.tasks.spawn(look_for_ever(app.clone()));
}

async fn look_for_ever(app: App) {
    let mut moves = realms::moves(&app);
    loop {
        tokio::select! {
            () = app.shutdown.cancelled() => return,
            () = app.clock.wait(LOOKED_AT_EVERY) => {}
            _ = moves.changed() => {}
        }
        if let Err(error) = look_at_crowded(&app).await {
            tracing::warn!(%error, "crowded stations could not be looked at; they are again in half a minute");
        }
    }
}

/// Looks at every station that counts as crowded: those that have emptied are calm again.
///
/// # Errors
/// When a store fails.
pub async fn look_at_crowded(app: &App) -> Result<(), DbError> {
    for environment in Environment::ALL {
        let db = app.store(environment);
        for row in db.rows(&CROWDED, &[]).await? {
            let realm: Realm = row.parse("realm")?;
            // A station that the data no longer has stays as it is: nobody asks for it.
            let Some(station) = app.network.find(&row.get::<String>("station_id")?) else { continue };
            let (app, station) = (app.clone(), station.ix);
            db.write::<_, DbError, _>(move |tx| {
                Box::pin(async move {
                    let now = realms::now(&app, &realm);
                    watch(tx, &app, &realm, station, now).await
                })
            })
            .await?;
        }
    }
    Ok(())
}
