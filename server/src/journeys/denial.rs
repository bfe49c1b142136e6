//! Who is not let in: the only answer that keeps a gate shut.

use domain::{
    fares::{CapPeriod, PaymentMethod},
    ledger::Balances,
    money::Rupiah,
    network::GateDirection,
    time::{day_number, jakarta_day},
};
use jiff::{SignedDuration, Timestamp};

use super::{
    NewTap,
    payers::{Account, Payer},
    queries,
};
use crate::{
    app::App,
    store::{DbError, Tx, params},
};

/// A tap that is reported later was decided on by the gate itself.
const ONLINE: SignedDuration = SignedDuration::from_secs(30);

/// Whether a tap is to be denied for want of money.
pub async fn is_denied(
    tx: &mut Tx,
    app: &App,
    realm: &domain::realm::Realm,
    now: Timestamp,
    tap: &NewTap,
    payer: &Payer,
    account: &Account,
) -> Result<bool, DbError> {
    let is_online = tap.tapped_at.duration_since(now) >= -ONLINE;
    let pays_by_wallet = tap.payment_method == PaymentMethod::KciPay && tap.direction == GateDirection::In;
    let Some(wallet) = account.wallet.as_ref().filter(|_| is_online && pays_by_wallet) else {
        return Ok(false);
    };
    let Balances { balance, .. } = wallet.balances();
    let day = jakarta_day(tap.tapped_at);
    let Some(tariff) = app.tariffs.in_force(day) else { return Ok(false) };
    let user_type = account.user_types.on(day);
    // Fares never fall with distance.
    let lowest = tariff.base_fare(1).and_then(|fare| tariff.discounted(fare, user_type));
    if lowest.is_none_or(|lowest| balance >= lowest) {
        return Ok(false);
    }
    // Who has paid all that the day can cost rides on for nothing.
    let starts = [CapPeriod::Weekly, CapPeriod::Monthly].map(|period| day_number(period.start(day)));
    let params = params![realm, payer.as_str(), day_number(day), starts[0], starts[1]];
    let Some(spent) = tx.row(&queries::SPENT, params).await? else { return Ok(true) };
    for &period in CapPeriod::ALL {
        let Some(limit) = tariff.caps.limit(period) else { continue };
        let left = limit.0.saturating_sub(spent.get(period.as_str())?);
        if balance >= Rupiah(left) {
            return Ok(false);
        }
    }
    Ok(true)
}
