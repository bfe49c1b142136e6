//! A batch of taps in one transaction: who pays, what is new, what it amounts to, what to answer.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    gates::{CLOCK_SKEW_MAX_S, TAP_AGE_MAX_DAYS, TapAnswer, TapReason},
    journeys::window::first_day_changed,
    ledger::TransferReason,
    realm::Realm,
    time::jakarta_day,
};
use jiff::{SignedDuration, Timestamp, civil::Date};

use super::{
    NewTap, RecordError, answers, denial,
    payers::{self, Payer},
    queries,
    settle::{ByTap, Settling},
};
use crate::{
    app::App,
    realms,
    store::{DbError, Tx, params},
    traffic::{self, Passed},
};

/// What was done with a tap.
enum Fate {
    Rejected(TapReason),
    Denied,
    Stored,
    Duplicate,
}

/// See [`super::record`].
pub async fn record(
    tx: &mut Tx,
    app: &App,
    realm: &Realm,
    taps: &[NewTap],
) -> Result<Vec<TapAnswer>, RecordError> {
    let (payers, mut accounts) = payers::of_taps(tx, realm, taps).await?;
    // Not before: whoever was settled while this transaction waited was settled at an earlier instant.
    let now = realms::now(app, realm);
    let mut fates = Vec::with_capacity(taps.len());
    let mut from: BTreeMap<&Payer, Date> = BTreeMap::new();
    let mut passed = Vec::new();
    for (tap, payer) in taps.iter().zip(&payers) {
        let fate = match rejection(app, now, tap) {
            Some(reason) => Fate::Rejected(reason),
            None => {
                let account = accounts.entry(payer.clone()).or_default();
                let denied = denial::is_denied(tx, app, realm, now, tap, payer, account).await?;
                match store(tx, app, realm, now, tap, payer, denied).await? {
                    false => Fate::Duplicate,
                    true if denied => Fate::Denied,
                    true => Fate::Stored,
                }
            }
        };
        if let Fate::Stored = fate {
            let day = first_day_changed(&app.tariffs, tap.tapped_at);
            from.entry(payer).and_modify(|earliest| *earliest = day.min(*earliest)).or_insert(day);
            passed.push(Passed { station: tap.station, direction: tap.direction, tapped_at: tap.tapped_at });
        }
        fates.push(fate);
    }

    let settling = Settling { app, realm, now, reason: TransferReason::LateTap };
    let mut by_tap = ByTap::new();
    for (payer, from) in from {
        let account = accounts.entry(payer.clone()).or_default();
        by_tap.extend(settling.settle(tx, payer, account, from).await?);
    }
    count(tx, app, realm, now, &passed).await?;

    let mut results = Vec::with_capacity(taps.len());
    for ((tap, payer), fate) in taps.iter().zip(&payers).zip(fates) {
        let wallet = accounts.get(payer).and_then(|account| account.wallet.as_ref());
        results.push(match fate {
            Fate::Rejected(reason) => answers::rejected(tap, reason),
            Fate::Denied => answers::denied(tap, wallet),
            Fate::Stored => answers::stored(tap, wallet, &by_tap),
            Fate::Duplicate => answers::duplicate(tx, app, realm, tap, wallet).await?,
        });
    }
    Ok(results)
}

/// Why a tap is not taken, at this time or ever.
fn rejection(app: &App, now: Timestamp, tap: &NewTap) -> Option<TapReason> {
    let age = now.duration_since(tap.tapped_at);
    if age > SignedDuration::from_hours(24 * TAP_AGE_MAX_DAYS) {
        Some(TapReason::TooOld)
    } else if age < SignedDuration::from_secs(-CLOCK_SKEW_MAX_S) {
        Some(TapReason::InFuture)
    } else if app.tariffs.in_force(jakarta_day(tap.tapped_at)).is_none() {
        Some(TapReason::NoTariff)
    } else {
        None
    }
}

/// Stores a tap; false if it is there already.
async fn store(
    tx: &mut Tx,
    app: &App,
    realm: &Realm,
    now: Timestamp,
    tap: &NewTap,
    payer: &Payer,
    denied: bool,
) -> Result<bool, DbError> {
    let values = params![
        realm,
        &*tap.gate,
        tap.sequence,
        app.network.station(tap.station).id.to_string(),
        tap.direction.as_str(),
        tap.media.as_str(),
        payer.as_str(),
        tap.payment_method.as_str(),
        tap.tapped_at,
        now,
        denied,
    ];
    Ok(tx.execute(&queries::INSERT_TAP, values).await? > 0)
}

/// Counts those who passed, and looks whether their stations are crowded. Comes last: on PostgreSQL
/// an hour's row is held from here on.
async fn count(
    tx: &mut Tx,
    app: &App,
    realm: &Realm,
    now: Timestamp,
    passed: &[Passed],
) -> Result<(), DbError> {
    traffic::count(tx, app, realm, passed).await?;
    let stations: BTreeSet<_> = passed.iter().map(|tap| tap.station).collect();
    for station in stations {
        traffic::watch(tx, app, realm, station, now).await?;
    }
    Ok(())
}
