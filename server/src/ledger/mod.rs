//! The ledger: every rupiah that moved, between two accounts, with its reason.
//!
//! Owns `ledger_transfers` and what stands in `wallets`. Journeys post what riders are charged;
//! operators and test keys top up. A row is one transfer with both its sides, so that the whole sums
//! to zero by its shape; rows are added, never changed.
//!
//! **Accounts.** `wallet:<rider>` is the money of a rider with an account (kci_pay): its balance is
//! minus the sum of its entries. `due:<rider>` is what the wallet could not pay. All other methods
//! are `receivable:<method>`, settled by whoever runs the method. Against them stand `fare_revenue`
//! for first charges, `fare_adjustments` for corrections of charges, `top_ups` for money that came in,
//! `pay_outs` for money that went back to riders.
//!
//! **Promise.** A wallet is never below zero, never above its limit by a top-up, and always the sum of
//! its entries: its row is written in the same transaction, from the values that were read, by one
//! who holds the rider for itself alone. A refund pays what is due first; so does a top-up. So a
//! rider never has both, and in what order charges, corrections and top-ups came does not show.

mod charges;
pub mod queries;
#[cfg(test)]
mod tests;

use std::fmt;

use domain::{
    fares::PaymentMethod,
    ids::{JourneyId, RiderId, TransferId},
    ledger::{Transfer, TransferReason},
    money::Rupiah,
    realm::Realm,
};
use jiff::Timestamp;

pub use self::charges::{Charge, Wallet, post};
use crate::{
    random::Random,
    store::{Db, DbError, LockEach, Row, Tx, params},
};

pub use domain::ledger::Balances;

/// Most transfers that are read at once.
pub const READ_MAX: u32 = 500;

/// Why money did not move.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    #[error(transparent)]
    Db(#[from] DbError),
    #[error("an amount must be more than nothing")]
    NotPositive,
    /// More than the rider's wallet may hold.
    #[error("the wallet would hold more than {limit}")]
    LimitPassed { limit: Rupiah, balance: Rupiah },
    /// More than the wallet holds.
    #[error("the wallet holds {balance}")]
    NotInWallet { balance: Rupiah },
    #[error("an amount does not fit")]
    Overflow,
    /// The wallet was changed by somebody who did not hold it.
    #[error("the wallet of {0} changed meanwhile")]
    Raced(RiderId),
}

/// One side of a transfer.
#[derive(Debug, Clone, Copy)]
pub enum Account<'a> {
    Wallet(&'a RiderId),
    Due(&'a RiderId),
    Receivable(PaymentMethod),
    FareRevenue,
    FareAdjustments,
    TopUps,
    PayOuts,
}

impl fmt::Display for Account<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Wallet(rider) => write!(f, "wallet:{rider}"),
            Self::Due(rider) => write!(f, "due:{rider}"),
            Self::Receivable(method) => write!(f, "receivable:{}", method.as_str()),
            Self::FareRevenue => f.write_str("fare_revenue"),
            Self::FareAdjustments => f.write_str("fare_adjustments"),
            Self::TopUps => f.write_str("top_ups"),
            Self::PayOuts => f.write_str("pay_outs"),
        }
    }
}

/// Money that a rider puts into the wallet.
#[derive(Debug, Clone, Copy)]
pub struct TopUp<'a> {
    pub realm: &'a Realm,
    pub rider_id: &'a RiderId,
    pub amount: Rupiah,
    /// Who took the money: an operator, a test key.
    pub actor: &'a str,
    pub now: Timestamp,
    /// Most that this rider's wallet may hold.
    pub limit: Rupiah,
    pub random: &'a Random,
}

/// Tops a wallet up; what was due is paid first. Says what stands there afterwards. The rider must be
/// one of that realm.
///
/// # Errors
/// An amount that is not positive, or that the wallet may not hold.
pub async fn top_up(tx: &mut Tx, top_up: &TopUp<'_>) -> Result<Balances, LedgerError> {
    let &TopUp { realm, rider_id, amount, actor, now, limit, random } = top_up;
    if amount <= Rupiah::ZERO {
        return Err(LedgerError::NotPositive);
    }
    hold_rider(tx, rider_id).await?;
    let mut wallet = Wallet::read(tx, realm, rider_id).await?;
    let before = wallet.balances();
    let after = wallet.put_in(amount)?;
    if after.balance > limit {
        return Err(LedgerError::LimitPassed { limit, balance: before.balance });
    }
    let paid = Rupiah(before.due.0 - after.due.0);
    let rest = Rupiah(after.balance.0 - before.balance.0);
    for (credit, amount) in [(Account::Due(rider_id), paid), (Account::Wallet(rider_id), rest)] {
        let transfer = NewTransfer {
            realm,
            at: now,
            debit: Account::TopUps,
            credit,
            amount,
            reason: TransferReason::TopUp,
            payer: rider_id.as_str(),
            journey_id: None,
            actor: Some(actor),
        };
        transfer.write(tx, random).await?;
    }
    wallet.keep(tx).await?;
    Ok(after)
}

/// Money that a rider is handed out of the wallet.
#[derive(Debug, Clone, Copy)]
pub struct PayOut<'a> {
    pub realm: &'a Realm,
    pub rider_id: &'a RiderId,
    pub amount: Rupiah,
    /// Who handed it out: an operator.
    pub actor: &'a str,
    pub now: Timestamp,
    pub random: &'a Random,
}

/// Pays out of a wallet, and says what stands there afterwards. The rider must be one of that realm.
///
/// # Errors
/// An amount that is not positive, or more than the wallet holds.
pub async fn pay_out(tx: &mut Tx, pay_out: &PayOut<'_>) -> Result<Balances, LedgerError> {
    let &PayOut { realm, rider_id, amount, actor, now, random } = pay_out;
    if amount <= Rupiah::ZERO {
        return Err(LedgerError::NotPositive);
    }
    hold_rider(tx, rider_id).await?;
    let mut wallet = Wallet::read(tx, realm, rider_id).await?;
    let balance = wallet.balances().balance;
    if amount > balance {
        return Err(LedgerError::NotInWallet { balance });
    }
    let after = wallet.take_out(amount)?;
    let transfer = NewTransfer {
        realm,
        at: now,
        debit: Account::Wallet(rider_id),
        credit: Account::PayOuts,
        amount,
        reason: TransferReason::PaidOut,
        payer: rider_id.as_str(),
        journey_id: None,
        actor: Some(actor),
    };
    transfer.write(tx, random).await?;
    wallet.keep(tx).await?;
    Ok(after)
}

/// Keeps everybody else from a rider's wallet and taps until the transaction ends.
async fn hold_rider(tx: &mut Tx, rider_id: &RiderId) -> Result<(), DbError> {
    tx.lock_each(LockEach::Riders, std::iter::once(rider_id.as_str())).await
}

/// What a rider's wallet holds; none: it was never used.
///
/// # Errors
/// When the store fails.
pub async fn balances(db: &Db, rider_id: &RiderId) -> Result<Option<Balances>, DbError> {
    let row = db.row(&queries::WALLET, params![rider_id]).await?;
    row.as_ref().map(charges::read_balances).transpose()
}

/// As [`balances`], inside a transaction.
///
/// # Errors
/// When the store fails.
pub async fn balances_in(tx: &mut Tx, rider_id: &RiderId) -> Result<Option<Balances>, DbError> {
    let row = tx.row(&queries::WALLET, params![rider_id]).await?;
    row.as_ref().map(charges::read_balances).transpose()
}

/// The latest transfers of a payer (id of a rider, or of a medium that is nobody's), newest first;
/// `limit` is cut to [`READ_MAX`].
///
/// # Errors
/// When the store fails.
pub async fn transfers(db: &Db, realm: &Realm, payer: &str, limit: u32) -> Result<Vec<Transfer>, DbError> {
    let params = params![realm.as_str(), payer, limit.min(READ_MAX)];
    db.rows(&queries::TRANSFERS_OF, params).await?.iter().map(transfer).collect()
}

/// The transfers of a payer after the one of this instant and id (none: from the first), oldest first;
/// [`READ_MAX`] at most.
///
/// # Errors
/// When the store fails.
pub async fn transfers_after(
    db: &Db,
    realm: &Realm,
    payer: &str,
    last: Option<(Timestamp, &TransferId)>,
) -> Result<Vec<Transfer>, DbError> {
    let (at, id) = last.map_or((Timestamp::UNIX_EPOCH, ""), |(at, id)| (at, id.as_str()));
    let params = params![realm.as_str(), payer, at, id, READ_MAX];
    db.rows(&queries::TRANSFERS_AFTER, params).await?.iter().map(transfer).collect()
}

fn transfer(row: &Row) -> Result<Transfer, DbError> {
    Ok(Transfer {
        id: row.parse("id")?,
        at: row.get("at")?,
        debit: row.get("debit")?,
        credit: row.get("credit")?,
        amount: Rupiah(row.get("amount")?),
        reason: row.parse("reason")?,
        journey_id: row.parse_opt("journey_id")?,
        actor: row.get("actor")?,
    })
}

/// Forgets all transfers of a realm: for the reset of a test network, whose riders and wallets go too.
///
/// # Errors
/// When the store fails.
pub async fn erase(tx: &mut Tx, realm: &Realm) -> Result<(), DbError> {
    tx.execute(&queries::ERASE, params![realm.as_str()]).await.map(drop)
}

/// A transfer to be written.
struct NewTransfer<'a> {
    realm: &'a Realm,
    at: Timestamp,
    debit: Account<'a>,
    credit: Account<'a>,
    amount: Rupiah,
    reason: TransferReason,
    payer: &'a str,
    journey_id: Option<&'a JourneyId>,
    actor: Option<&'a str>,
}

impl NewTransfer<'_> {
    /// Writes it, unless it moves nothing.
    async fn write(&self, tx: &mut Tx, random: &Random) -> Result<(), DbError> {
        if self.amount == Rupiah::ZERO {
            return Ok(());
        }
        let id = random.id(self.at, TransferId::new);
        let params = params![
            &id,
            self.realm.as_str(),
            self.at,
            self.debit.to_string(),
            self.credit.to_string(),
            self.amount.0,
            self.reason.as_str(),
            self.payer,
            self.journey_id,
            self.actor,
        ];
        tx.execute(&queries::INSERT_TRANSFER, params).await.map(drop)
    }
}
