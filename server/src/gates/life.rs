//! Which gates live: signs of life, and silence.

use std::time::Duration;

use domain::{
    events::{EventKind, GateOffline},
    gates::OFFLINE_AFTER_S,
    ids::EventId,
    network::StationId,
    realm::Realm,
};
use futures_util::future::join_all;
use jiff::{SignedDuration, Timestamp};

use super::{KnownGate, queries, refresh};
use crate::{
    app::{App, Environment},
    demo,
    events::{self, NewEvent},
    realms,
    store::{DbError, params},
};

/// How often silence is looked for.
const ROUND: Duration = Duration::from_secs(5);
const SILENCE: SignedDuration = SignedDuration::from_secs(OFFLINE_AFTER_S);

/// A gate that has fallen silent.
struct Silent {
    id: String,
    station_id: StationId,
    last_seen_at: Timestamp,
}

/// Notes a sign of life. Most cost nothing: what the store has is recent enough.
///
/// # Errors
/// When the store fails.
pub async fn seen(app: &App, gate: &KnownGate, firmware: Option<&str>) -> Result<(), DbError> {
    gate.life.speaks();
    write_down(app, gate, firmware).await
}

/// Stands in for gates that are not there: those `which` names and that have sent nothing since the
/// server runs, though they had before.
///
/// # Errors
/// When the store fails.
pub async fn keep_alive(app: &App, which: impl Fn(&str) -> bool) -> Result<(), DbError> {
    let now = realms::now(app, &Realm::Live);
    // Well before they would be offline, and not more often: each is a write.
    let then = now.saturating_sub(SILENCE / 2).unwrap_or(Timestamp::MIN);
    let mut gates = app.gates.all(Environment::Live);
    gates.retain(|gate| !gate.retired && gate.life.is_of_the_past(then) && which(&gate.id));
    // At once, so that they are committed together.
    let written = join_all(gates.iter().map(|gate| write_down(app, gate, None))).await;
    written.into_iter().collect()
}

async fn write_down(app: &App, gate: &KnownGate, firmware: Option<&str>) -> Result<(), DbError> {
    let now = realms::now(app, &Realm::Live);
    if !gate.life.is_news(now, firmware) {
        return Ok(());
    }
    let (id, told) = (gate.id.clone(), firmware.map(str::to_owned));
    let known = app
        .live
        .write::<_, DbError, _>(move |tx| {
            Box::pin(async move { tx.execute(&queries::SEEN, params![&*id, now, told]).await })
        })
        .await?;
    if known == 1 && gate.life.note(now, firmware) {
        // Not while the copy is being read anew: that reading may be from before.
        let _renewing = app.gates.renewing.lock().await;
        app.gates.show_online(Environment::Live, gate, now);
    }
    Ok(())
}

/// Starts looking for silent gates. Nobody could report while the server was down, so the first
/// look is after as long a time as a gate may be silent.
pub(super) fn spawn(app: &App) {
    let app = app.clone();
    let mut wait = Duration::from_secs(OFFLINE_AFTER_S.unsigned_abs());
    app.tasks.clone().spawn(async move {
        loop {
            tokio::select! {
                () = app.shutdown.cancelled() => return,
                () = app.clock.wait(wait) => {}
            }
            wait = ROUND;
            if let Err(error) = round(&app).await {
                tracing::warn!(%error, "silent gates could not be looked for");
            }
        }
    });
}

async fn round(app: &App) -> Result<(), DbError> {
    if app.config.is_demo() {
        keep_alive(app, demo::is_tapped_by_the_demo).await?;
    }
    find_silent(app).await.map(drop)
}

/// Marks the gates that have fallen silent as offline and tells of each; returns how many.
///
/// # Errors
/// When the store fails.
pub async fn find_silent(app: &App) -> Result<usize, DbError> {
    let now = realms::now(app, &Realm::Live);
    let silent_since = now.saturating_sub(SILENCE).unwrap_or(Timestamp::MIN);
    let mut told = 0;
    for row in app.live.rows(&queries::SILENT, params![silent_since]).await? {
        let silent = Silent {
            id: row.get("id")?,
            station_id: row.parse("station_id")?,
            last_seen_at: row.get("last_seen_at")?,
        };
        told += usize::from(set_offline(app, silent, now).await?);
    }
    if told > 0 {
        refresh(app).await?;
    }
    Ok(told)
}

/// False when the gate has been heard of since.
async fn set_offline(app: &App, silent: Silent, now: Timestamp) -> Result<bool, DbError> {
    let event_id = app.random.id(now, EventId::new);
    app.live
        .write(move |tx| {
            Box::pin(async move {
                let values = params![&silent.id, silent.last_seen_at, now];
                if tx.execute(&queries::SET_OFFLINE, values).await? == 0 {
                    return Ok(false);
                }
                let Silent { id, station_id, last_seen_at } = silent;
                // One sign of life is the last before one outage only.
                let fact = format!("{id}@{}", last_seen_at.as_microsecond());
                let data = GateOffline { gate_id: id, station: station_id, last_seen_at };
                let event = NewEvent {
                    id: event_id,
                    realm: &Realm::Live,
                    kind: EventKind::GateOffline,
                    fact: &fact,
                    rider_id: None,
                    journey_id: None,
                    station_id: Some(station_id),
                    occurred_at: now,
                    recorded_at: now,
                    data: serde_json::json!(data),
                };
                events::record(tx, &event).await?;
                Ok(true)
            })
        })
        .await
}
