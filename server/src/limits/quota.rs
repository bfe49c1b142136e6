//! A partner's daily quota: leased from the store in blocks, spent in memory.

use domain::{
    ids::PartnerId,
    keys::Environment,
    limits::{Standing, Take, day_of, lease_size},
};

use super::queries::{GIVE_BACK, LEASE, PRUNE, USED};
use crate::{
    app::App,
    keys::Credential,
    store::{Db, DbError, params},
};

/// Spends one call, if memory holds one.
pub(super) fn take(credential: &Credential, now_s: i64, limit: u64) -> Take {
    credential.quota.lease(|lease| lease.take(day_of(now_s), limit))
}

/// Asks the store for a block, unless somebody else just did.
///
/// # Errors
/// When the store fails.
pub(super) async fn refill(
    app: &App,
    credential: &Credential,
    now_s: i64,
    limit: u64,
) -> Result<(), DbError> {
    let quota = &credential.quota;
    let _one_at_a_time = quota.refill.lock().await;
    let Some(day) = quota.lease(|lease| lease.wants_block(day_of(now_s), limit)) else { return Ok(()) };
    let (granted, counted) = match limit {
        0 => (0, 0),
        _ => lease(app.store(credential.environment), credential.partner_id.clone(), day, limit).await?,
    };
    quota.lease(|lease| lease.grant(day, limit, granted, counted));
    Ok(())
}

/// Calls granted, and calls counted by then.
async fn lease(db: &Db, partner: PartnerId, day: i64, limit: u64) -> Result<(u64, u64), DbError> {
    let wanted = lease_size(limit).min(limit);
    db.write(move |tx| {
        Box::pin(async move {
            match tx.row(&LEASE, params![&partner, day, wanted, limit]).await? {
                Some(row) => Ok((row.get("granted")?, row.get("used")?)),
                None => Ok((0, limit)),
            }
        })
    })
    .await
}

/// How a partner's day stands, asking the store if this node has not heard of it yet. Takes nothing.
///
/// # Errors
/// When the store fails.
pub(super) async fn standing(
    app: &App,
    environment: Environment,
    partner: &PartnerId,
    now_s: i64,
    limit: u64,
) -> Result<Standing, DbError> {
    let day = day_of(now_s);
    let quota = app.keys.quota(environment, partner);
    if let Some(standing) = quota.lease(|lease| lease.standing(day, limit)) {
        return Ok(standing);
    }
    let _one_at_a_time = quota.refill.lock().await;
    let row = app.store(environment).row(&USED, params![partner, day]).await?;
    let used = row.map_or(Ok(0), |row| row.get("used"))?;
    Ok(quota.lease(|lease| {
        lease.learn(day, limit, used);
        lease.told()
    }))
}

/// Hands unspent calls back to the store.
///
/// # Errors
/// When a store fails; what it would have got back stays counted.
pub(super) async fn give_back(app: &App) -> Result<(), DbError> {
    for ((environment, partner), quota) in app.keys.quotas() {
        let _one_at_a_time = quota.refill.lock().await;
        let Some((day, unspent)) = quota.lease(domain::limits::Lease::give_back) else { continue };
        app.store(environment)
            .write::<_, DbError, _>(move |tx| {
                Box::pin(async move { tx.execute(&GIVE_BACK, params![&partner, day, unspent]).await })
            })
            .await?;
    }
    Ok(())
}

/// Deletes days long over.
pub(super) async fn prune(app: &App, now_s: i64) -> Result<(), DbError> {
    const KEEP_DAYS: i64 = 7;
    let before = day_of(now_s) - KEEP_DAYS;
    for environment in Environment::ALL {
        app.store(environment)
            .write::<_, DbError, _>(move |tx| {
                Box::pin(async move { tx.execute(&PRUNE, params![before]).await })
            })
            .await?;
    }
    Ok(())
}
