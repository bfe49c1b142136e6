//! What operators and test keys change about the past: whose a medium is, and what a rider is.

use domain::{
    ids::RiderId,
    journeys::window::first_day_changed,
    ledger::TransferReason,
    media::MediaId,
    realm::Realm,
    time::{day_number, jakarta_day},
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
    store::{DbError, Tx, params},
};

/// From when on a medium's taps go over to a rider who is to have them from `wanted` on: a journey that
/// was on its way then goes over as a whole. Only who holds the medium may rely on the answer.
///
/// # Errors
/// When the store fails.
pub async fn link_begins(
    tx: &mut Tx,
    realm: &Realm,
    medium: &MediaId,
    wanted: Timestamp,
) -> Result<Timestamp, DbError> {
    let day_before = day_number(jakarta_day(wanted)) - 1;
    for day in [day_before, day_before + 1] {
        let row = tx.row(&queries::ON_THE_WAY, params![realm, medium.as_str(), day, wanted]).await?;
        let since: Option<Timestamp> = row.map_or(Ok(None), |row| row.get("since"))?;
        if let Some(since) = since {
            return Ok(since);
        }
    }
    Ok(wanted)
}

/// Hands a medium's taps since an instant to the rider it was just linked to, and settles both: what
/// the medium was charged for them is given back, and the rider is charged. Call it in the transaction
/// that links, with the link's beginning; see [`link_begins`].
///
/// # Errors
/// When the store fails.
pub async fn link_medium(
    tx: &mut Tx,
    app: &App,
    realm: &Realm,
    medium: &MediaId,
    rider: &RiderId,
    linked_from: Timestamp,
) -> Result<(), RecordError> {
    let payers = [Payer::Medium(medium.as_str().to_owned()), Payer::Rider(rider.clone())];
    payers::hold(tx, realm, &payers.each_ref()).await?;
    let moved = params![realm, payers[0].as_str(), payers[1].as_str(), linked_from];
    if tx.execute(&queries::MOVE_TAPS, moved).await? == 0 {
        return Ok(());
    }
    let from = first_day_changed(&app.tariffs, linked_from);
    // The medium first: a journey goes over to the rider only when the medium has let go of it.
    settle(tx, app, realm, &payers, from, TransferReason::RiderChanged).await
}

/// Rates a rider again from a day on, because something other than taps has changed: the kind of rider
/// since that day.
///
/// # Errors
/// When the store fails.
pub async fn resettle(
    tx: &mut Tx,
    app: &App,
    realm: &Realm,
    rider: &RiderId,
    from: Date,
    reason: TransferReason,
) -> Result<(), RecordError> {
    let payers = [Payer::Rider(rider.clone())];
    payers::hold(tx, realm, &payers.each_ref()).await?;
    settle(tx, app, realm, &payers, from, reason).await
}

/// Settles payers, who are held, in their order.
async fn settle(
    tx: &mut Tx,
    app: &App,
    realm: &Realm,
    payers: &[Payer],
    from: Date,
    reason: TransferReason,
) -> Result<(), RecordError> {
    let mut accounts = payers::accounts(tx, realm, payers.iter()).await?;
    let settling = Settling { app, realm, now: realms::now(app, realm), reason };
    for payer in payers {
        let account = accounts.entry(payer.clone()).or_default();
        settling.settle(tx, payer, account, from).await?;
    }
    Ok(())
}
