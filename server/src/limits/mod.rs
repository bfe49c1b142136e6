//! Limits: who may call what, how often, and what the answer's headers say about it.
//!
//! Owns `quota_days`. [`layer`] is the door of the public API: it knows the caller by their key (or by
//! their address, if there is none), asks whether they may call this operation, counts the call
//! against the burst window and the day's quota, lets it through, and meters the answer. Every
//! answer carries the windows as they stand.
//!
//! Promises: never more calls than the burst limit before the reset that was told; never more than
//! the daily quota, however many threads and nodes serve a partner; what is left never rises inside a
//! window. While a block of quota lasts, a call with a key runs no database statement, and neither
//! does one that is refused for a limit.
//!
//! What the door refuses (401, 403, 429) counts in neither window. Windows of test keys go by their
//! partner's test clock ([`crate::realms`]).

mod anonymous;
mod door;
mod headers;
mod layer;
pub mod queries;
mod quota;
mod routes;
#[cfg(test)]
mod tests;

use std::{sync::LazyLock, time::Duration};

use domain::{
    keys::Environment,
    limits::{Standing, Terms, tier_in},
    tiers::ANONYMOUS,
};

use self::anonymous::Anonymous;
pub use self::{
    layer::{LimitsLayer, layer},
    routes::{examples, routes},
};
use crate::{app::App, keys::LimitTexts, partners::PartnerRecord, realms, store::DbError};

/// What calls without a key are held to.
static ANONYMOUS_TERMS: LazyLock<(Terms, LimitTexts)> = LazyLock::new(|| {
    let terms = Terms::of(ANONYMOUS, None, None);
    (terms, LimitTexts::new(&terms))
});

/// What the limits keep in memory: calls without a key. Those with one are counted at the key.
#[derive(Debug, Default)]
pub struct Limits {
    anonymous: Anonymous,
}

/// How a partner's day stands in an environment; `None` is unlimited.
///
/// # Errors
/// When the store fails.
pub async fn day_of_partner(
    app: &App,
    environment: Environment,
    partner: &PartnerRecord,
) -> Result<Option<Standing>, DbError> {
    let Some(limit) = terms_of(environment, partner).requests_per_day else { return Ok(None) };
    let now_s = realms::now(app, &realms::of(environment, &partner.id)).as_second();
    quota::standing(app, environment, &partner.id, now_s, limit).await.map(Some)
}

/// The limits that hold for a partner in an environment.
#[must_use]
pub fn terms_of(environment: Environment, partner: &PartnerRecord) -> Terms {
    let tier = tier_in(environment, partner.tier);
    Terms::of(tier.terms(), partner.quota_per_day, partner.burst_per_minute)
}

/// Hands back what was leased and not spent: when the server stops.
pub async fn give_back(app: &App) {
    if let Err(error) = quota::give_back(app).await {
        tracing::warn!(error = %error, "unspent quota could not be handed back");
    }
}

/// Starts the sweeper.
pub fn spawn(app: &App) {
    app.tasks.spawn(sweep(app.clone()));
}

async fn sweep(app: App) {
    const EVERY: Duration = Duration::from_secs(60);
    const ROUNDS_PER_PRUNE: u32 = 60;
    let mut rounds = 0_u32;
    loop {
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            () = app.shutdown.cancelled() => return,
        }
        let now_s = app.clock.now().as_second();
        app.limits.anonymous.sweep(now_s);
        app.keys.sweep_quotas(domain::limits::day_of(now_s));
        if rounds.is_multiple_of(ROUNDS_PER_PRUNE)
            && let Err(error) = quota::prune(&app, now_s).await
        {
            tracing::warn!(error = %error, "old quota days could not be deleted");
        }
        rounds = rounds.wrapping_add(1);
    }
}
