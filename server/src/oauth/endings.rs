//! How grants end, and what ends with them: tokens, and what was about to be told.
//!
//! A consent that has run out allows nothing from that instant on, wherever it is looked at. The
//! [`worker`](super::worker) clears it away soon after, so that what waits for a receiver is not sent.

use std::collections::BTreeSet;

use domain::{
    ids::{ApplicationId, GrantId, RiderId},
    oauth::{Ending, Scope, Scopes},
    realm::Realm,
};
use jiff::Timestamp;

use super::{grants::GrantRecord, queries};
use crate::{
    app::{App, Environment},
    realms,
    store::{DbError, LockEach, Row, Tx, params},
    webhooks::{self, dispatch},
};

/// Grants cleared away in one transaction, so that none holds up other writers for long.
const BATCH: usize = 100;

/// Ends what came of grants that were just withdrawn.
pub(super) async fn end(tx: &mut Tx, withdrawn: &[Row], now: Timestamp) -> Result<(), DbError> {
    for row in withdrawn {
        let grant: GrantId = row.parse("id")?;
        let ending = Ending::Withdrawn.as_str();
        tx.execute(&queries::END_FAMILIES_OF_GRANT, params![&grant, ending, now]).await?;
        let (application, rider) = (row.parse("application_id")?, row.parse("rider_id")?);
        webhooks::deliveries::rider_withdrew(tx, &application, &rider, now).await?;
    }
    Ok(())
}

/// An application may ask for these scopes only from now on: riders' consents to others end, in the
/// transaction that takes the scopes away. Call [`dispatch::recall`] after it.
///
/// # Errors
/// When the store fails.
pub async fn narrow(
    tx: &mut Tx,
    application: &ApplicationId,
    kept: Scopes,
    now: Timestamp,
) -> Result<(), DbError> {
    let [journey, profile, balance] = Scope::ALL.map(|scope| kept.contains(scope));
    tx.execute(&queries::NARROW_GRANTS, params![application, journey, profile, balance]).await?;
    let ended = tx.rows(&queries::WITHDRAW_EMPTY_OF, params![application, now]).await?;
    if !journey {
        webhooks::deliveries::application_ended(tx, application, now).await?;
    }
    if !ended.is_empty() {
        tx.execute(&queries::END_FAMILIES_OF_WITHDRAWN, params![application, now]).await?;
    }
    Ok(())
}

/// Clears away what has run out by the clocks of the realms. Says how many grants that were.
///
/// # Errors
/// When a store fails; what was cleared away before stays so.
pub async fn clear_lapsed(app: &App) -> Result<usize, DbError> {
    let mut cleared = 0;
    for environment in [Environment::Live, Environment::Test] {
        let realms = match environment {
            Environment::Live => vec![Realm::Live],
            Environment::Test => {
                let rows = app.store(environment).rows(&queries::REALMS_OF_GRANTS, &[]).await?;
                rows.iter().map(|row| row.parse("realm")).collect::<Result<_, _>>()?
            }
        };
        for realm in realms {
            cleared += clear_realm(app, &realm).await?;
        }
    }
    if cleared > 0 {
        dispatch::recall(app);
    }
    Ok(cleared)
}

async fn clear_realm(app: &App, realm: &Realm) -> Result<usize, DbError> {
    let (db, now) = (realms::store(app, realm), realms::now(app, realm));
    let mut cleared = 0;
    loop {
        let found = db.rows(&queries::LAPSED, params![realm, now, BATCH as u64]).await?;
        let found = found.iter().map(|row| GrantRecord::read(row, now)).collect::<Result<Vec<_>, _>>()?;
        let count = found.len();
        if count > 0 {
            db.write::<_, DbError, _>(move |tx| Box::pin(async move { clear(tx, &found, now).await }))
                .await?;
        }
        cleared += count;
        if count < BATCH {
            return Ok(cleared);
        }
    }
}

async fn clear(tx: &mut Tx, found: &[GrantRecord], now: Timestamp) -> Result<(), DbError> {
    let name = |grant: &GrantRecord| format!("{} {}", grant.application_id, grant.rider_id);
    let names: BTreeSet<String> = found.iter().map(name).collect();
    tx.lock_each(LockEach::Grants, names.iter().map(String::as_str)).await?;
    for grant in found {
        // What was prolonged a moment ago stays.
        let row = tx.row(&queries::CLEAR_LAPSED, params![&grant.id, now]).await?;
        let Some(left) = row.map(|row| GrantRecord::read(&row, now)).transpose()? else { continue };
        if left.scopes.is_empty() {
            let values = params![&grant.id, &grant.realm, &grant.rider_id, now];
            let rows = tx.rows(&queries::WITHDRAW, values).await?;
            end(tx, &rows, now).await?;
        } else if grant.allowed.span(Scope::JourneyRead).is_some()
            && left.allowed.span(Scope::JourneyRead).is_none()
        {
            let (application, rider): (&ApplicationId, &RiderId) = (&grant.application_id, &grant.rider_id);
            webhooks::deliveries::rider_withdrew(tx, application, rider, now).await?;
        }
    }
    Ok(())
}
