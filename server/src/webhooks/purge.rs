//! Forgetting: deliveries after 30 days, and all of a test network when it is emptied.
//!
//! The events themselves are facts and stay; pulling shows those of 30 days. Days are the realm's: a
//! test clock that is moved on ages a partner's log with everything else.

use std::{error::Error, time::Duration};

use domain::{realm::Realm, webhooks::KEPT_DAYS};
use jiff::{SignedDuration, Timestamp};

use super::queries;
use crate::{
    app::{App, Environment},
    realms,
    store::{DbError, Lock, Tx, params},
};

const ROUND: Duration = Duration::from_secs(60 * 60);
/// Rows deleted in one transaction, so that none holds up other writers for long.
const BATCH: i64 = 500;

/// Starts the worker.
pub fn spawn(app: &App) {
    let app = app.clone();
    app.tasks.clone().spawn(async move {
        loop {
            for environment in Environment::ALL {
                if let Err(error) = purge(&app, environment).await {
                    tracing::error!(error = &error as &dyn Error, %environment, "old deliveries cannot be deleted");
                }
            }
            tokio::select! {
                () = app.shutdown.cancelled() => return,
                () = app.clock.wait(ROUND) => {}
            }
        }
    });
}

/// Deletes what is older than is kept, in every realm of a store; says how many deliveries.
///
/// # Errors
/// When the store fails.
pub async fn purge(app: &App, environment: Environment) -> Result<u64, DbError> {
    let db = app.store(environment);
    let mut deleted = 0;
    for row in db.rows(&queries::OLDEST_OF_REALMS, &[]).await? {
        let (realm, oldest): (Realm, Timestamp) = (row.parse("realm")?, row.get("oldest")?);
        let kept = SignedDuration::from_hours(24 * KEPT_DAYS);
        let before = realms::now(app, &realm).checked_sub(kept).unwrap_or(Timestamp::MIN);
        if oldest >= before {
            continue;
        }
        loop {
            if app.shutdown.is_cancelled() {
                return Ok(deleted);
            }
            let of = realm.clone();
            let (deliveries, messages) = db
                .write::<_, DbError, _>(move |tx| Box::pin(async move { batch(tx, &of, before).await }))
                .await?;
            deleted += deliveries;
            if deliveries + messages == 0 {
                break;
            }
        }
    }
    Ok(deleted)
}

/// One transaction of [`purge`]: how many deliveries and bodies it has deleted.
pub(super) async fn batch(tx: &mut Tx, realm: &Realm, before: Timestamp) -> Result<(u64, u64), DbError> {
    // Nobody sends one of these bodies again at the same time.
    tx.lock(Lock::Messages).await?;
    tx.execute(&queries::PURGE_ATTEMPTS, params![realm, before, BATCH]).await?;
    let deliveries = tx.execute(&queries::PURGE_DELIVERIES, params![realm, before, BATCH]).await?;
    // A body stays as long as a delivery of it does, be it a replay made later.
    let messages = tx.execute(&queries::PURGE_MESSAGES, params![realm, before, BATCH]).await?;
    Ok((deliveries, messages))
}

/// Deletes what is kept of a test network's deliveries. Its endpoints stay, as its keys do; how their
/// receivers did is forgotten, and what lies ahead of the clock that is put back counts as now.
///
/// # Errors
/// When the store fails.
pub async fn erase(tx: &mut Tx, realm: &Realm, now: Timestamp) -> Result<(), DbError> {
    tx.lock(Lock::Messages).await?;
    tx.execute(&queries::ERASE_ATTEMPTS, params![realm]).await?;
    tx.execute(&queries::ERASE_DELIVERIES, params![realm]).await?;
    tx.execute(&queries::ERASE_MESSAGES, params![realm]).await?;
    tx.execute(&queries::BEGIN_ANEW, params![realm, now]).await.map(drop)
}
