//! Traffic: how many riders passed a station's gates, hour by hour, and how crowded it is.
//!
//! Owns `traffic_hours` and `station_crowding`, in each realm. Whoever stores taps
//! ([`journeys`](crate::journeys)) hands those that passed a gate to [`count`] and the stations
//! touched to [`watch`], in the transaction that stores them: what is counted is what is stored, once.
//! A tap that was refused at the gate, or sent again, is not counted.
//!
//! Readers see figures that give nobody away: the rule is [`domain::traffic`]'s. They are read from
//! the store at most once a minute per realm and day ([`Traffic`]); the API, the pages and the map
//! all show the same ones.

mod crowding;
mod figures;
mod pages;
pub mod queries;
mod routes;
#[cfg(test)]
mod tests;
mod views;

use std::collections::BTreeMap;

use domain::{
    network::{GateDirection, StationIx},
    realm::Realm,
};
use jiff::Timestamp;

use self::queries::ADD_TO_HOUR;
pub use self::{
    crowding::{look_at_crowded, spawn, watch},
    figures::{Figures, Traffic, figures, forget},
    routes::{examples, portal_routes, routes},
};
use crate::{
    app::App,
    store::{DbError, Tx, params},
};

/// A tap that was stored for the first time and let its rider through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Passed {
    pub station: StationIx,
    pub direction: GateDirection,
    /// By the gate's clock: decides the hour.
    pub tapped_at: Timestamp,
}

/// Forgets a realm's traffic: for the reset of a test network.
///
/// # Errors
/// When the store fails.
pub async fn erase(tx: &mut Tx, realm: &Realm) -> Result<(), DbError> {
    for statement in [&queries::ERASE_HOURS, &queries::ERASE_CROWDING] {
        tx.execute(statement, params![realm]).await?;
    }
    Ok(())
}

/// Adds taps to their stations' hours: one statement per station, hour and direction, in one order
/// for everybody, so that two who count at the same stations wait for each other in turn.
///
/// On PostgreSQL an hour's row is held until the transaction ends; call this late in it.
///
/// # Errors
/// When the store fails.
pub async fn count(tx: &mut Tx, app: &App, realm: &Realm, passed: &[Passed]) -> Result<(), DbError> {
    let mut cells: BTreeMap<(StationIx, i64, &'static str), u64> = BTreeMap::new();
    for tap in passed {
        let cell = (tap.station, hour_of(tap.tapped_at), tap.direction.as_str());
        *cells.entry(cell).or_default() += 1;
    }
    for ((station, hour, direction), taps) in cells {
        let station = app.network.station(station).id.to_string();
        let values = params![realm.as_str(), station, hour, direction, taps];
        tx.execute(&ADD_TO_HOUR, values).await?;
    }
    Ok(())
}

/// Hours since 1970-01-01 UTC; Jakarta's hours are whole ones.
fn hour_of(at: Timestamp) -> i64 {
    at.as_second().div_euclid(3_600)
}
