//! What journeys cost, posted: from a wallet as far as it goes, or as a receivable.

use std::collections::HashMap;

use domain::{
    fares::PaymentMethod,
    ids::{JourneyId, RiderId},
    ledger::{Balances, TransferReason},
    money::Rupiah,
    realm::Realm,
};
use jiff::Timestamp;

use super::{Account, LedgerError, NewTransfer, queries};
use crate::{
    random::Random,
    store::{DbError, Row, Tx, Value, params},
};

/// Wallets read by one statement.
const AT_ONCE: usize = 16;

/// A rider's wallet in a transaction that holds the rider for itself alone.
#[derive(Debug, Clone)]
pub struct Wallet {
    realm: Realm,
    rider_id: RiderId,
    /// As it stands in the store.
    read: Balances,
    /// As it will stand once it is kept.
    now: Balances,
}

/// A difference to what a journey was charged so far.
#[derive(Debug, Clone, Copy)]
pub struct Charge<'a> {
    pub realm: &'a Realm,
    /// Id of the rider, or of the medium that is nobody's.
    pub payer: &'a str,
    pub method: PaymentMethod,
    pub journey_id: &'a JourneyId,
    /// What is charged more; below zero: what is given back.
    pub difference: Rupiah,
    /// [`TransferReason::Fare`] for the first charge; all others correct one.
    pub reason: TransferReason,
    pub at: Timestamp,
}

/// Posts what a journey is charged more, or less. The `wallet` is that of the payer, if the payer is a
/// rider; it pays for kci_pay. Keep it afterwards.
///
/// # Errors
/// When an amount does not fit, or the store fails.
pub async fn post(
    tx: &mut Tx,
    random: &Random,
    charge: &Charge<'_>,
    wallet: Option<&mut Wallet>,
) -> Result<(), LedgerError> {
    let Rupiah(difference) = charge.difference;
    let against = match charge.reason {
        TransferReason::Fare => Account::FareRevenue,
        TransferReason::LateTap
        | TransferReason::JourneySuperseded
        | TransferReason::RiderChanged
        | TransferReason::UserTypeChanged
        | TransferReason::TopUp
        | TransferReason::PaidOut => Account::FareAdjustments,
    };
    let Some(wallet) = wallet.filter(|_| charge.method == PaymentMethod::KciPay) else {
        return transfer(tx, random, charge, Account::Receivable(charge.method), against, difference).await;
    };
    let before = wallet.now;
    let after = match difference {
        0.. => wallet.take_out(charge.difference)?,
        _ => wallet.put_in(Rupiah(difference.checked_neg().ok_or(LedgerError::Overflow)?))?,
    };
    let rider_id = wallet.rider_id.clone();
    let from_wallet = before.balance.0 - after.balance.0;
    let as_due = after.due.0 - before.due.0;
    transfer(tx, random, charge, Account::Wallet(&rider_id), against, from_wallet).await?;
    transfer(tx, random, charge, Account::Due(&rider_id), against, as_due).await
}

/// Debits `account` against `against`; the other way round for an amount below zero.
async fn transfer(
    tx: &mut Tx,
    random: &Random,
    charge: &Charge<'_>,
    account: Account<'_>,
    against: Account<'_>,
    amount: i64,
) -> Result<(), LedgerError> {
    let (debit, credit) = if amount < 0 { (against, account) } else { (account, against) };
    let transfer = NewTransfer {
        realm: charge.realm,
        at: charge.at,
        debit,
        credit,
        amount: Rupiah(amount.checked_abs().ok_or(LedgerError::Overflow)?),
        reason: charge.reason,
        payer: charge.payer,
        journey_id: Some(charge.journey_id),
        actor: None,
    };
    Ok(transfer.write(tx, random).await?)
}

impl Wallet {
    /// Reads a rider's wallet; one that was never used is empty. The transaction must hold the rider.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn read(tx: &mut Tx, realm: &Realm, rider_id: &RiderId) -> Result<Self, DbError> {
        let row = tx.row(&queries::WALLET, params![rider_id]).await?;
        let read = row.as_ref().map(read_balances).transpose()?.unwrap_or_default();
        Ok(Self { realm: realm.clone(), rider_id: rider_id.clone(), read, now: read })
    }

    /// As [`Self::read`], for many riders: one statement for sixteen of them.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn read_all(tx: &mut Tx, realm: &Realm, riders: &[RiderId]) -> Result<Vec<Self>, DbError> {
        let mut wallets = Vec::with_capacity(riders.len());
        for riders in riders.chunks(AT_ONCE) {
            let mut names: Vec<Value> = riders.iter().map(Value::from).collect();
            // One that is asked for twice is found once all the same.
            names.resize(AT_ONCE, Value::from(&riders[0]));
            let mut found = HashMap::with_capacity(riders.len());
            for row in tx.rows(&queries::WALLETS, &names).await? {
                found.insert(row.get::<String>("rider_id")?, read_balances(&row)?);
            }
            wallets.extend(riders.iter().map(|rider_id| {
                let read = found.get(rider_id.as_str()).copied().unwrap_or_default();
                Self { realm: realm.clone(), rider_id: rider_id.clone(), read, now: read }
            }));
        }
        Ok(wallets)
    }

    #[must_use]
    pub fn rider_id(&self) -> &RiderId {
        &self.rider_id
    }

    #[must_use]
    pub fn balances(&self) -> Balances {
        self.now
    }

    /// Pays `amount` as far as the balance goes; the rest is due.
    pub(super) fn take_out(&mut self, amount: Rupiah) -> Result<Balances, LedgerError> {
        let Balances { balance, due } = self.now;
        let paid = balance.min(amount);
        let rest = amount.checked_sub(paid).ok_or(LedgerError::Overflow)?;
        let due = due.checked_add(rest).ok_or(LedgerError::Overflow)?;
        self.now = Balances { balance: Rupiah(balance.0 - paid.0), due };
        Ok(self.now)
    }

    /// Takes `amount` in; what is due is paid first.
    pub(super) fn put_in(&mut self, amount: Rupiah) -> Result<Balances, LedgerError> {
        let Balances { balance, due } = self.now;
        let paid = due.min(amount);
        let rest = amount.checked_sub(paid).ok_or(LedgerError::Overflow)?;
        let balance = balance.checked_add(rest).ok_or(LedgerError::Overflow)?;
        self.now = Balances { balance, due: Rupiah(due.0 - paid.0) };
        Ok(self.now)
    }

    /// Writes what has changed.
    ///
    /// # Errors
    /// [`LedgerError::Raced`] when somebody changed the wallet without holding the rider.
    pub async fn keep(&mut self, tx: &mut Tx) -> Result<(), LedgerError> {
        if self.now == self.read {
            return Ok(());
        }
        let params = params![
            &self.rider_id,
            self.realm.as_str(),
            self.now.balance.0,
            self.now.due.0,
            self.read.balance.0,
            self.read.due.0,
        ];
        if tx.execute(&queries::PUT_WALLET, params).await? != 1 {
            return Err(LedgerError::Raced(self.rider_id.clone()));
        }
        self.read = self.now;
        Ok(())
    }
}

pub(super) fn read_balances(row: &Row) -> Result<Balances, DbError> {
    Ok(Balances { balance: Rupiah(row.get("balance")?), due: Rupiah(row.get("due")?) })
}
