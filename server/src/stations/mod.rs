//! Stations and lines for partners, and the gates at the stations.
//!
//! Stations and lines are data that is part of the program ([`domain::network`]). Gates live in a
//! table of their own, in each store: provisioned from the data when it is empty, counted as online
//! until gates report for themselves. Requests see a copy held in memory ([`Gates`]), refreshed
//! every few seconds, so that answering never waits for a database.

mod gates;
pub mod queries;
mod routes;
#[cfg(test)]
mod tests;

use std::time::Duration;

pub use self::{
    gates::Gates,
    routes::{examples, routes},
};
use crate::{
    app::{App, Environment},
    store::DbError,
};

/// The copy in memory may be so old.
const REFRESHED_EVERY: Duration = Duration::from_secs(10);

/// Provisions the gates of both stores, reads them, and keeps the copies fresh until shutdown.
///
/// # Errors
/// When a store fails.
pub async fn spawn(app: &App) -> Result<(), DbError> {
    load(app).await?;
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
        gates::provision(app.store(environment), &app.network).await?;
    }
    refresh(app).await
}

/// Reads both stores' gates into memory.
///
/// # Errors
/// When a store fails.
pub async fn refresh(app: &App) -> Result<(), DbError> {
    for environment in [Environment::Live, Environment::Test] {
        let gates = gates::read(app.store(environment), &app.network).await?;
        app.gates.replace(environment, gates);
    }
    Ok(())
}
