//! Gates: which there are, what they sign with, whether they live, and what they send.
//!
//! Owns `gates`, in each store. Planned gates are provisioned from the network's data where the
//! table is empty; they count as online until they report. An operator makes further ones, gives
//! them secrets, rotates and retires them; each such act is audited. A gate with a secret sends
//! signed messages ([`routes`]): taps, which [`crate::journeys`] records, and signs of life.
//!
//! Requests see a copy held in memory ([`Gates`]), refreshed every few seconds and at once by what
//! changes here, so that neither a station's page nor the check of a signature waits for a database.
//!
//! Promises: a gate that has reported and then is silent for 60 s is offline, and `gate.offline` is
//! told once per outage, in the transaction that says so. A retired gate, or a secret whose time is
//! over, is refused from the acknowledgement on by this node, and within ten seconds by all others.
//!
//! The sandbox's gates send nothing: partners name them when they make test taps.

mod admin;
mod copy;
mod life;
mod manage;
pub mod queries;
mod record;
mod routes;
mod signature;
#[cfg(test)]
mod tests;

use std::time::Duration;

use domain::gates::{GateId, OVERLAP_HOURS_MAX};

pub use self::{
    admin::portal_routes,
    copy::{ByStation, Gates, KnownGate, counts, planned},
    life::{find_silent, keep_alive, seen},
    manage::{GateFilter, NewGate, create, find, list, list_all, overview, provision_all, retire, rotate},
    record::GateRecord,
    routes::routes,
};
use crate::{
    app::{App, Environment},
    store::DbError,
};

/// The copy in memory may be so old.
const REFRESHED_EVERY: Duration = Duration::from_secs(10);

/// Why a gate can't be made or changed.
#[derive(Debug, thiserror::Error)]
pub enum GateError {
    #[error(transparent)]
    Db(#[from] DbError),
    #[error("no such gate")]
    NotFound,
    #[error("the network has no station {0}")]
    NoSuchStation(String),
    #[error("there is a gate {0} already")]
    Taken(GateId),
    #[error("the gate is retired")]
    Retired,
    #[error("an earlier secret may hold for {OVERLAP_HOURS_MAX} hours at most")]
    OverlapTooLong,
}

/// Provisions the gates of both stores, reads them, keeps the copies fresh and looks out for silent
/// gates until shutdown.
///
/// # Errors
/// When a store fails.
pub async fn spawn(app: &App) -> Result<(), DbError> {
    load(app).await?;
    life::spawn(app);
    let app = app.clone();
    app.tasks.clone().spawn(async move {
        loop {
            tokio::select! {
                () = app.shutdown.cancelled() => return,
                () = app.clock.wait(REFRESHED_EVERY) => {}
            }
            if let Err(error) = refresh(&app).await {
                tracing::warn!(%error, "gates could not be read; the last known state stands");
            }
        }
    });
    Ok(())
}

/// Provisions the gates where there are none, and reads them.
///
/// # Errors
/// When a store fails.
pub async fn load(app: &App) -> Result<(), DbError> {
    for environment in [Environment::Live, Environment::Test] {
        manage::provision_planned(app.store(environment), &app.network).await?;
    }
    refresh(app).await
}

/// Reads both stores' gates into memory.
///
/// # Errors
/// When a store fails.
pub async fn refresh(app: &App) -> Result<(), DbError> {
    let _renewing = app.gates.renewing.lock().await;
    for environment in [Environment::Live, Environment::Test] {
        let records = manage::read_all(app.store(environment)).await?;
        app.gates.replace(environment, &records, &app.network, &app.vault);
    }
    Ok(())
}
