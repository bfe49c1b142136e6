//! Usage: counting every answered call of the public API, and telling what was counted.
//!
//! Owns `usage_minutes` (48 hours), `usage_days`, `usage_totals` and `usage_flushes`, in the store of
//! each environment; calls without a key are live. [`Meter`] counts in memory, [`flush`] writes once a
//! second. Quota pages, charts, headline figures and, later, invoices and status all read the same
//! rollups: one meter.
//!
//! What the figures mean stands in [`domain::usage`].
//!
//! Promise: figures add up to the calls that were answered. A crash loses at most the calls since the
//! last flush; nothing is ever counted twice.

mod flush;
mod latencies;
mod meter;
pub mod queries;
mod routes;
#[cfg(test)]
mod tests;
mod views;

use std::time::Duration;

use jiff::Timestamp;

pub use self::{
    flush::{OTHER, try_flush},
    meter::{Measure, Meter},
    routes::portal_routes,
    views::{admin_usage, calls_today, overview, usage_of_partner},
};
use crate::{
    app::App,
    store::{DbError, params},
};

/// How long minutes are kept.
const MINUTES_KEPT: i64 = 48 * 60;

/// Writes what was counted. A failure is logged, and what could not be written waits for the next
/// time.
pub async fn flush(app: &App) {
    if let Err(error) = try_flush(app).await {
        tracing::warn!(error = %error, "usage could not be written; it is kept for the next time");
    }
}

/// Starts the flusher.
pub fn spawn(app: &App) {
    app.tasks.spawn(flush_for_ever(app.clone()));
}

async fn flush_for_ever(app: App) {
    const EVERY: Duration = Duration::from_secs(1);
    const ROUNDS_PER_PRUNE: u32 = 600;
    let mut rounds = 0_u32;
    loop {
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            () = app.shutdown.cancelled() => return,
        }
        flush(&app).await;
        if rounds.is_multiple_of(ROUNDS_PER_PRUNE)
            && let Err(error) = prune(&app).await
        {
            tracing::warn!(error = %error, "old usage minutes could not be deleted");
        }
        rounds = rounds.wrapping_add(1);
    }
}

/// Deletes minutes that are no longer kept.
///
/// # Errors
/// When a store fails.
pub async fn prune(app: &App) -> Result<(), DbError> {
    let before = minute_of(app.clock.now()) - MINUTES_KEPT;
    for db in [&app.live, &app.sandbox] {
        db.write::<_, DbError, _>(move |tx| {
            Box::pin(async move { tx.execute(&queries::PRUNE_MINUTES, params![before]).await })
        })
        .await?;
    }
    Ok(())
}

fn minute_of(at: Timestamp) -> i64 {
    at.as_second().div_euclid(60)
}
