//! What a gate is told about each tap.

use std::sync::Arc;

use domain::{
    fares::PaymentMethod,
    gates::{GateDecision, TapAnswer, TapReason, TapStatus},
    ids::JourneyId,
    journeys::{TapId, window::first_day_changed},
    money::Rupiah,
    realm::Realm,
    time::day_number,
};

use super::{NewTap, payers::Payer, posted::Earlier, queries, settle::ByTap};
use crate::{
    app::App,
    ledger::Wallet,
    store::{DbError, Tx, params},
};

pub fn rejected(tap: &NewTap, reason: TapReason) -> TapAnswer {
    TapAnswer { status: TapStatus::Rejected, reason: Some(reason), ..open(tap) }
}

pub fn denied(tap: &NewTap, wallet: Option<&Wallet>) -> TapAnswer {
    TapAnswer {
        decision: GateDecision::Deny,
        reason: Some(TapReason::InsufficientBalance),
        balance: balance(tap, wallet),
        ..open(tap)
    }
}

pub fn stored(tap: &NewTap, wallet: Option<&Wallet>, by_tap: &ByTap) -> TapAnswer {
    let id = TapId { gate: Arc::clone(&tap.gate), sequence: tap.sequence };
    let (journey_id, fare) = by_tap.get(&id).cloned().unzip();
    TapAnswer { journey_id, fare: fare.flatten(), balance: balance(tap, wallet), ..open(tap) }
}

/// A tap that was stored before is answered as things stand: whoever sends it again did not hear the
/// first answer.
pub async fn duplicate(
    tx: &mut Tx,
    app: &App,
    realm: &Realm,
    tap: &NewTap,
    wallet: Option<&Wallet>,
) -> Result<TapAnswer, DbError> {
    let answer = TapAnswer { status: TapStatus::Duplicate, balance: balance(tap, wallet), ..open(tap) };
    let stored = tx.row(&queries::FIND_TAP, params![realm, &*tap.gate, tap.sequence]).await?;
    let Some(stored) = stored else { return Ok(answer) };
    if stored.get("denied")? {
        return Ok(TapAnswer { status: TapStatus::Duplicate, ..denied(tap, wallet) });
    }
    let payer = Payer::of(&stored.get::<String>("payer")?);
    let from = first_day_changed(&app.tariffs, stored.get("tapped_at")?);
    let (journey_id, fare) = journey(tx, realm, &payer, tap, day_number(from)).await?.unzip();
    Ok(TapAnswer { journey_id, fare: fare.flatten(), ..answer })
}

/// The journey that a tap opened or ended, and what that is charged.
async fn journey(
    tx: &mut Tx,
    realm: &Realm,
    payer: &Payer,
    tap: &NewTap,
    from: i64,
) -> Result<Option<(JourneyId, Option<Rupiah>)>, DbError> {
    for row in tx.rows(&queries::POSTED, params![realm, payer.as_str(), from]).await? {
        let earlier = Earlier::read(&row)?;
        if earlier.is_of(&tap.gate, tap.sequence) {
            return Ok(earlier.stands().then(|| (earlier.id, earlier.posted.fare())));
        }
    }
    Ok(None)
}

fn open(tap: &NewTap) -> TapAnswer {
    TapAnswer {
        sequence: Some(tap.sequence),
        status: TapStatus::Accepted,
        decision: GateDecision::Open,
        reason: None,
        journey_id: None,
        fare: None,
        balance: None,
    }
}

fn balance(tap: &NewTap, wallet: Option<&Wallet>) -> Option<Rupiah> {
    let pays = wallet.filter(|_| tap.payment_method == PaymentMethod::KciPay);
    pays.map(|wallet| wallet.balances().balance)
}
