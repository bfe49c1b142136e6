//! Realms: in which store a network lives, and what time it is there.
//!
//! Owns `realm_clocks`: how far each partner's test clock runs ahead of the product's clock. The
//! live realm has the product's clock itself. Reading a realm's time takes a lock for as long as it
//! takes to look into a map; it is on the path of every call with a test key.
//!
//! Promise: a test clock never runs back, but for a reset of the whole test network. Who moves one
//! sees it moved when the answer comes; other nodes see it within a second. Whatever goes by a
//! realm's time (taps, caps, quotas, journeys that become incomplete) goes by this one.

mod clocks;
pub mod queries;
#[cfg(test)]
mod tests;

use std::time::Duration;

use domain::{ids::PartnerId, keys::Environment, realm::Realm};
use jiff::Timestamp;
use tokio::sync::watch;

pub use self::clocks::RealmClocks;
use crate::{
    app::App,
    store::{Db, DbError, Tx, params},
};

/// How far a test clock may run ahead.
pub const AHEAD_MAX: Duration = Duration::from_secs(2 * 366 * 24 * 3600);
/// How often other nodes' changes are read. Two rounds fit into the second that is promised.
const READ_EVERY: Duration = Duration::from_millis(400);

/// Why a test clock was not moved.
#[derive(Debug, thiserror::Error)]
pub enum ClockError {
    #[error(transparent)]
    Db(#[from] DbError),
    /// Clocks move forward only.
    #[error("the clock stands at {now} already")]
    NotForward { now: Timestamp },
    #[error("a test clock may run {} days ahead at most", AHEAD_MAX.as_secs() / 86_400)]
    TooFar,
}

/// The realm that a partner's keys of an environment act on.
#[must_use]
pub fn of(environment: Environment, partner: &PartnerId) -> Realm {
    match environment {
        Environment::Live => Realm::Live,
        Environment::Test => Realm::Sandbox(partner.clone()),
    }
}

/// The store that a realm's rows are in.
#[must_use]
pub fn store<'a>(app: &'a App, realm: &Realm) -> &'a Db {
    match realm {
        Realm::Live => &app.live,
        Realm::Sandbox(_) => &app.sandbox,
    }
}

/// What time it is in a realm.
#[must_use]
pub fn now(app: &App, realm: &Realm) -> Timestamp {
    app.realms.at(realm, app.clock.now())
}

/// How far a realm's clock runs ahead of the product's.
#[must_use]
pub fn ahead(app: &App, realm: &Realm) -> Duration {
    app.realms.ahead(realm)
}

/// The latest time in any realm of a store: nothing is due anywhere that lies after it.
#[must_use]
pub fn furthest(app: &App, environment: Environment) -> Timestamp {
    let now = app.clock.now();
    match environment {
        Environment::Live => now,
        Environment::Test => later(now, app.realms.furthest()),
    }
}

/// Tells of every move of a test clock: what waits for an instant in a realm looks again. None is
/// missed between two looks.
#[must_use]
pub fn moves(app: &App) -> watch::Receiver<u64> {
    app.realms.moves()
}

/// Moves a partner's test clock on; says what time it is then.
///
/// # Errors
/// [`ClockError::NotForward`] for nothing at all, [`ClockError::TooFar`].
pub async fn advance(app: &App, partner: &PartnerId, by: Duration) -> Result<Timestamp, ClockError> {
    let realm = Realm::Sandbox(partner.clone());
    if by.is_zero() {
        return Err(ClockError::NotForward { now: now(app, &realm) });
    }
    if by > AHEAD_MAX {
        return Err(ClockError::TooFar);
    }
    let (at, row_of) = (app.clock.now(), partner.clone());
    let offset_us = app
        .sandbox
        .write::<_, DbError, _>(move |tx| {
            Box::pin(async move {
                let params = params![&row_of, micros(by), at, micros(AHEAD_MAX)];
                let row = tx.row(&queries::ADVANCE, params).await?;
                row.map(|row| row.get::<i64>("offset_us")).transpose()
            })
        })
        .await?;
    moved_to(app, partner, offset_us.ok_or(ClockError::TooFar)?)
}

/// Moves a partner's test clock on to an instant; says what time it is then.
///
/// # Errors
/// [`ClockError::NotForward`] for an instant that has passed, [`ClockError::TooFar`].
pub async fn advance_to(app: &App, partner: &PartnerId, to: Timestamp) -> Result<Timestamp, ClockError> {
    let realm = Realm::Sandbox(partner.clone());
    let at = app.clock.now();
    let not_forward = || ClockError::NotForward { now: now(app, &realm) };
    let by = Duration::try_from(to.duration_since(at)).map_err(|_| not_forward())?;
    if by.is_zero() {
        return Err(not_forward());
    }
    if by > AHEAD_MAX {
        return Err(ClockError::TooFar);
    }
    let row_of = partner.clone();
    let offset_us = app
        .sandbox
        .write::<_, DbError, _>(move |tx| {
            Box::pin(async move {
                let row = tx.row(&queries::ADVANCE_TO, params![&row_of, micros(by), at]).await?;
                row.map(|row| row.get::<i64>("offset_us")).transpose()
            })
        })
        .await?;
    moved_to(app, partner, offset_us.ok_or_else(not_forward)?)
}

/// Puts a partner's test clock back to the product's time, in the transaction of a reset. After the
/// commit call [`forgotten`].
///
/// # Errors
/// When the store fails.
pub async fn forget(tx: &mut Tx, partner: &PartnerId) -> Result<(), DbError> {
    tx.execute(&queries::DELETE, params![partner]).await.map(drop)
}

/// A partner's test clock was put back.
pub fn forgotten(app: &App, partner: &PartnerId) {
    app.realms.set(partner, 0);
    app.keys.forget_quota(Environment::Test, partner);
}

fn moved_to(app: &App, partner: &PartnerId, offset_us: i64) -> Result<Timestamp, ClockError> {
    app.realms.set(partner, offset_us);
    Ok(now(app, &Realm::Sandbox(partner.clone())))
}

/// Reads all test clocks.
///
/// # Errors
/// When the sandbox store fails.
pub async fn refresh(app: &App) -> Result<(), DbError> {
    let asked = app.realms.count_moves();
    let rows = app.sandbox.rows(&queries::ALL, &[]).await?;
    let read = rows.iter().map(|row| Ok((row.parse("realm")?, row.get("offset_us")?)));
    let put_back = app.realms.replace(asked, read.collect::<Result<_, DbError>>()?);
    for partner in put_back {
        app.keys.forget_quota(Environment::Test, &partner);
    }
    Ok(())
}

/// Reads the clocks, and follows what other nodes do to them until the server stops.
///
/// # Errors
/// When the sandbox store fails.
pub async fn spawn(app: &App) -> Result<(), DbError> {
    refresh(app).await?;
    // With SQLite there is one process, and it knows what it did.
    if app.sandbox.engine_name() == "sqlite" {
        return Ok(());
    }
    let app = app.clone();
    app.tasks.clone().spawn(async move {
        loop {
            // The promise is in real seconds, whatever the product's clock is told.
            tokio::select! {
                () = tokio::time::sleep(READ_EVERY) => {}
                () = app.shutdown.cancelled() => return,
            }
            if let Err(error) = refresh(&app).await {
                tracing::warn!(%error, "test clocks could not be read; the last known ones stand");
            }
        }
    });
    Ok(())
}

fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}

fn later(at: Timestamp, by: Duration) -> Timestamp {
    at.checked_add(by).unwrap_or(Timestamp::MAX)
}
