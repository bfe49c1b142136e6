//! Ends consents that have run out, by the clocks of their realms; and deletes what is over: codes,
//! tokens, pushed requests, proofs, old lines of the access log.
//!
//! Deleting goes by the product's clock, behind which no realm's runs: nothing is deleted before its time, and
//! a test network whose clock is far ahead keeps its rows a while longer.

use std::time::Duration;

use domain::keys::Environment;
use jiff::{SignedDuration, Timestamp};

use super::{clear_lapsed, queries};
use crate::{
    app::App,
    realms,
    store::{Db, DbError, Statement, params},
};

const EVERY: Duration = Duration::from_secs(60);
/// Rows deleted in one transaction, so that none holds up other writers for long.
const BATCH: i64 = 500;
/// A code that was used is remembered for as long as what came of it can live, to notice a replay.
const CODES_KEPT: SignedDuration = SignedDuration::from_hours(31 * 24);
/// What is over stays a day, for whoever looks into a complaint.
const TOKENS_KEPT: SignedDuration = SignedDuration::from_hours(24);
/// Longer than they can be used by any clock.
const PUSHED_KEPT: SignedDuration = SignedDuration::from_mins(3);
/// Riders see who read what for thirteen months.
const ACCESS_KEPT: SignedDuration = SignedDuration::from_hours(400 * 24);

/// How often it looks for consents that have run out.
const LAPSED_EVERY: SignedDuration = SignedDuration::from_secs(10);

/// Starts the workers.
pub fn spawn(app: &App) {
    spawn_lapses(app);
    let app = app.clone();
    app.tasks.clone().spawn(async move {
        loop {
            tokio::select! {
                () = app.shutdown.cancelled() => return,
                () = tokio::time::sleep(EVERY) => {}
            }
            if let Err(error) = purge(&app).await {
                tracing::warn!(%error, "what is over of OAuth could not be deleted");
            }
        }
    });
}

fn spawn_lapses(app: &App) {
    let app = app.clone();
    app.tasks.clone().spawn(async move {
        let mut moves = realms::moves(&app);
        loop {
            // From before the look, so that a clock moved during it is not missed.
            let next = app.clock.now().checked_add(LAPSED_EVERY).unwrap_or(Timestamp::MAX);
            if let Err(error) = clear_lapsed(&app).await {
                tracing::warn!(%error, "consents that have run out could not be ended");
            }
            tokio::select! {
                () = app.shutdown.cancelled() => return,
                () = app.clock.wait_until(next) => {}
                // The sender lives as long as the app.
                _ = moves.changed() => {}
            }
        }
    });
}

/// Deletes all that is over by now; says how many rows.
///
/// # Errors
/// When a store fails; what was deleted before stays deleted.
pub async fn purge(app: &App) -> Result<u64, DbError> {
    let now = app.clock.now();
    let mut deleted = 0;
    for environment in Environment::ALL {
        // Refresh tokens before the families by which they are found.
        for (statement, kept) in [
            (&queries::PURGE_CODES, CODES_KEPT),
            (&queries::PURGE_ACCESS_TOKENS, TOKENS_KEPT),
            (&queries::PURGE_REFRESH_TOKENS, TOKENS_KEPT),
            (&queries::PURGE_FAMILIES, TOKENS_KEPT),
            (&queries::PURGE_PUSHED, PUSHED_KEPT),
            (&queries::PURGE_PROOFS, SignedDuration::ZERO),
            (&queries::PURGE_ACCESS, ACCESS_KEPT),
        ] {
            let before = now.checked_sub(kept).unwrap_or(Timestamp::MIN);
            deleted += delete(app.store(environment), statement, before).await?;
        }
    }
    Ok(deleted)
}

async fn delete(db: &Db, statement: &'static Statement, before: Timestamp) -> Result<u64, DbError> {
    let mut deleted = 0;
    loop {
        let rows = db
            .write::<_, DbError, _>(move |tx| {
                Box::pin(async move { tx.execute(statement, params![before, BATCH]).await })
            })
            .await?;
        deleted += rows;
        if rows < BATCH.unsigned_abs() {
            return Ok(deleted);
        }
    }
}
