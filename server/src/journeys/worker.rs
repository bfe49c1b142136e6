//! Closes journeys that nobody ended: what is open past its limit becomes incomplete, and is charged.
//!
//! Looks every few seconds, and whenever a clock is moved, at what is due in any realm. Rating decides
//! as everywhere; the worker only says that it is time. Two nodes that see the same journey settle its
//! payer twice, and the second finds nothing to do.

use std::{collections::BTreeMap, error::Error, time::Duration};

use domain::{
    ids::JourneyId, keys::Environment, ledger::TransferReason, realm::Realm, time::day_from_number,
};
use jiff::{Timestamp, civil::Date};

use super::{
    RecordError,
    payers::{self, Payer},
    queries,
    settle::Settling,
};
use crate::{
    app::App,
    realms,
    store::{Db, params},
};

/// How often it looks, by the product's clock.
const ROUND: Duration = Duration::from_secs(10);
/// Journeys closed in one transaction at most, so that taps do not wait long.
const BATCH: i64 = 50;

/// Starts the worker.
pub fn spawn(app: &App) {
    let app = app.clone();
    app.tasks.clone().spawn(async move {
        let mut moves = realms::moves(&app);
        loop {
            // From before the look, so that a clock moved during it is not missed.
            let next = app.clock.now().checked_add(ROUND).unwrap_or(Timestamp::MAX);
            if let Err(error) = settle_due(&app).await {
                tracing::error!(error = &error as &dyn Error, "journeys that are due could not be closed");
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

/// Closes every journey that is due now, in both stores. Says how many there were.
///
/// # Errors
/// When a store fails; what was closed before stays closed.
pub async fn settle_due(app: &App) -> Result<usize, RecordError> {
    let mut closed = 0;
    for environment in [Environment::Live, Environment::Test] {
        let db = app.store(environment);
        for row in db.rows(&queries::DUE_REALMS, &[]).await? {
            let realm: Realm = row.parse("realm")?;
            let first: Timestamp = row.get("due_at")?;
            if first <= realms::now(app, &realm) {
                closed += settle_realm(app, db, &realm).await?;
            }
        }
    }
    Ok(closed)
}

/// A place in the list of what is due, so that a payer that cannot be rated keeps nobody waiting.
type Place = (Timestamp, String);

async fn settle_realm(app: &App, db: &Db, realm: &Realm) -> Result<usize, RecordError> {
    let mut place: Place = (Timestamp::MIN, String::new());
    let mut closed = 0;
    loop {
        let rows =
            db.rows(&queries::DUE, params![realm, realms::now(app, realm), place.0, &place.1, BATCH]).await?;
        let mut from: BTreeMap<Payer, Date> = BTreeMap::new();
        for row in &rows {
            let day = day_from_number(row.get("day")?);
            let payer = Payer::of(&row.get::<String>("payer")?);
            from.entry(payer).and_modify(|earliest| *earliest = day.min(*earliest)).or_insert(day);
            let id: JourneyId = row.parse("id")?;
            place = (row.get("due_at")?, id.to_string());
        }
        if from.is_empty() {
            return Ok(closed);
        }
        settle(app, db, realm, from).await?;
        closed += rows.len();
    }
}

async fn settle(app: &App, db: &Db, realm: &Realm, from: BTreeMap<Payer, Date>) -> Result<(), RecordError> {
    let (app, realm) = (app.clone(), realm.clone());
    db.write(move |tx| {
        Box::pin(async move {
            let due: Vec<_> = from.keys().collect();
            payers::hold(tx, &realm, &due).await?;
            let mut accounts = payers::accounts(tx, &realm, from.keys()).await?;
            let now = realms::now(&app, &realm);
            let settling = Settling { app: &app, realm: &realm, now, reason: TransferReason::LateTap };
            for (payer, &from) in &from {
                let account = accounts.entry(payer.clone()).or_default();
                settling.settle(tx, payer, account, from).await?;
            }
            Ok::<_, RecordError>(())
        })
    })
    .await
}
