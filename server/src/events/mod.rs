//! Events: the record of what happened and is to be told.
//!
//! Owns `events`. Journeys, traffic and gates write here, in the transaction of the fact they report,
//! so that an event is there exactly if its fact is; delivery reads from here afterwards.
//!
//! Promise: one fact of a realm is one event, however often it is reported. An event is never changed:
//! a journey whose fare a late tap corrects is not told twice.

pub mod queries;
mod routes;
#[cfg(test)]
mod tests;

use domain::{
    events::{EventKind, RecordedEvent},
    ids::{EventId, JourneyId, RiderId},
    network::StationId,
    realm::Realm,
};
use jiff::Timestamp;

pub use self::routes::portal_routes;
use crate::store::{Db, DbError, Row, Tx, params};

/// Most events that are read at once.
pub const READ_MAX: u32 = 500;

/// Events that a list of one kind looks through: bounded, for there is no index by kind.
pub const LOOKED_AT_MAX: u32 = 2_000;

/// Something to tell.
#[derive(Debug)]
pub struct NewEvent<'a> {
    pub id: EventId,
    pub realm: &'a Realm,
    pub kind: EventKind,
    /// What happened, in a form that is the same whenever it is found again; with realm and kind it
    /// is the event's identity.
    pub fact: &'a str,
    /// Whom it is about.
    pub rider_id: Option<&'a RiderId>,
    pub journey_id: Option<&'a JourneyId>,
    pub station_id: Option<StationId>,
    pub occurred_at: Timestamp,
    pub recorded_at: Timestamp,
    /// The body of its kind in [`domain::events`].
    pub data: serde_json::Value,
}

/// Writes an event; false if that fact was told before.
///
/// # Errors
/// When the store fails.
pub async fn record(tx: &mut Tx, event: &NewEvent<'_>) -> Result<bool, DbError> {
    let station_id = event.station_id.map(|station| station.to_string());
    let params = params![
        &event.id,
        event.realm.as_str(),
        event.kind.as_str(),
        event.fact,
        event.rider_id,
        event.journey_id,
        station_id,
        event.occurred_at,
        event.recorded_at,
        event.data.to_string(),
    ];
    let is_new = tx.execute(&queries::INSERT, params).await? > 0;
    if is_new {
        tx.announce();
    }
    Ok(is_new)
}

/// Events of a realm after one that was read before, oldest first; `limit` is cut to [`READ_MAX`].
///
/// On PostgreSQL two transactions may commit in another order than they drew their numbers, so who
/// must not miss any reads a little way back.
///
/// # Errors
/// When the store fails.
pub async fn since(
    db: &Db,
    realm: &Realm,
    after_sequence: i64,
    limit: u32,
) -> Result<Vec<RecordedEvent>, DbError> {
    let params = params![realm.as_str(), after_sequence, limit.min(READ_MAX)];
    db.rows(&queries::SINCE, params).await?.iter().map(read).collect()
}

/// The latest events of a realm, newest first; `limit` is cut to [`READ_MAX`].
///
/// # Errors
/// When the store fails.
pub async fn latest(db: &Db, realm: &Realm, limit: u32) -> Result<Vec<RecordedEvent>, DbError> {
    let params = params![realm.as_str(), limit.min(READ_MAX)];
    db.rows(&queries::LATEST, params).await?.iter().map(read).collect()
}

/// Among the latest `looked_at` events of a realm those of a kind, newest first; of all kinds if none
/// is named.
///
/// # Errors
/// When the store fails.
pub async fn latest_of(
    db: &Db,
    realm: &Realm,
    kind: Option<EventKind>,
    looked_at: u32,
) -> Result<Vec<RecordedEvent>, DbError> {
    let looked_at = looked_at.min(LOOKED_AT_MAX);
    let rows = match kind {
        None => db.rows(&queries::LATEST, params![realm.as_str(), looked_at]).await?,
        Some(kind) => {
            let params = params![realm.as_str(), kind.as_str(), looked_at];
            db.rows(&queries::LATEST_OF_KIND, params).await?
        }
    };
    rows.iter().map(read).collect()
}

/// Forgets all events of a realm: for the reset of a test network.
///
/// # Errors
/// When the store fails.
pub async fn erase(tx: &mut Tx, realm: &Realm) -> Result<(), DbError> {
    tx.execute(&queries::ERASE, params![realm.as_str()]).await.map(drop)
}

fn read(row: &Row) -> Result<RecordedEvent, DbError> {
    let data: String = row.get("data")?;
    Ok(RecordedEvent {
        sequence: row.get("sequence")?,
        id: row.parse("id")?,
        event: row.parse("kind")?,
        rider_id: row.parse_opt("rider_id")?,
        journey_id: row.parse_opt("journey_id")?,
        station_id: row.parse_opt("station_id")?,
        occurred_at: row.get("occurred_at")?,
        recorded_at: row.get("recorded_at")?,
        data: serde_json::from_str(&data).map_err(|_| DbError::Corrupt { column: "data".to_owned() })?,
    })
}
