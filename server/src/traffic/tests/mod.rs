//! What traffic promises, on both engines.

mod api;
mod counting;
mod crowding;

use domain::{
    ids::PartnerId,
    network::{GateDirection, StationIx},
    realm::Realm,
};
use jiff::Timestamp;

use super::Passed;
use crate::{app::App, realms, store::DbError};

pub(super) fn station(app: &App, spelling: &str) -> StationIx {
    app.network.find(spelling).unwrap().ix
}

/// A test network.
pub(super) fn sandbox(app: &App) -> Realm {
    Realm::Sandbox(app.random.id(app.clock.now(), PartnerId::new))
}

pub(super) fn passed(station: StationIx, direction: GateDirection, tapped_at: &str) -> Passed {
    Passed { station, direction, tapped_at: tapped_at.parse::<Timestamp>().unwrap() }
}

/// Counts in a transaction of its own.
pub(super) async fn count(app: &App, realm: &Realm, passed: Vec<Passed>) {
    let (app, realm) = (app.clone(), realm.clone());
    realms::store(&app.clone(), &realm)
        .write::<_, DbError, _>(move |tx| {
            Box::pin(async move { super::count(tx, &app, &realm, &passed).await })
        })
        .await
        .unwrap();
}
