//! Journeys: taps come in; journeys, charges, findings and what is told of them come out.
//!
//! Owns `taps` (the facts), `journeys` and `fraud_findings` (what they amount to). Whoever has taps
//! (gates, test keys) hands them to [`record`]; operators link media and change kinds of riders
//! ([`link_medium`], [`resettle`]); the [worker] closes journeys that nobody ended. All of them settle
//! the payers concerned: load the taps that can matter, rate them with [`domain::journeys::rate`],
//! compare with what was posted, write the difference, and post it to the [ledger](crate::ledger).
//!
//! **Payer**: the rider that a medium is linked to, from the link's beginning on; the medium itself
//! before, and where it is nobody's.
//!
//! **Promise.** What [`record`] has answered is durable. Taps may come late, doubled, shuffled, in
//! batches of any size, to several nodes at once: journeys, charges, balances, counts and findings end
//! the same. A journey that a late tap takes back stays as superseded, and charges are corrected by
//! new transfers. Of two different taps with one gate and sequence, the one stored first counts.
//!
//! **Told once each**: every tap-in, when it is stored, however late (`journey.tap_in`); a journey when
//! it first has both ends (`journey.completed`; its fare as it stands then); a cap when it is first
//! used up; a finding when it is first found. What a later tap corrects is not told again.
//!
//! **Deny.** Only a tap-in by kci_pay of a rider, reported within 30 s, whose wallet holds less than
//! the lowest fare (or than what a cap leaves to pay). It is stored, and nothing is made of it. Wallets
//! are judged as they stood before the message.
//!
//! **One at a time.** On PostgreSQL a transaction holds the media and riders it settles, media first;
//! SQLite has one writer. Ratings happen in memory before a payer's first write, so a payer that cannot
//! be rated keeps its taps, is logged, and keeps nobody else from being settled.

mod answers;
mod batch;
mod denial;
mod findings;
mod forget;
mod payers;
mod posted;
pub mod queries;
mod relink;
mod routes;
mod settle;
mod tell;
#[cfg(test)]
mod tests;
mod views;
pub mod worker;

use std::sync::Arc;

use domain::{
    fares::PaymentMethod,
    gates::TapAnswer,
    media::MediaId,
    network::{GateDirection, StationIx},
    realm::Realm,
};
use jiff::Timestamp;

pub use self::{
    forget::forget_media,
    relink::{link_begins, link_medium, resettle},
    routes::portal_routes,
    views::{Spent, erase, findings, journeys_after, journeys_of, latest_journeys, read, spent},
    worker::settle_due,
};
use crate::{app::App, ledger::LedgerError, realms, store::DbError};

/// A tap as it came in: well-formed, from a gate that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewTap {
    pub gate: Arc<str>,
    pub station: StationIx,
    /// With the gate it is the tap's identity.
    pub sequence: i64,
    pub direction: GateDirection,
    pub media: MediaId,
    pub payment_method: PaymentMethod,
    /// By the gate's clock.
    pub tapped_at: Timestamp,
}

/// Why taps were not recorded. None of the batch was; it may be sent again.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    #[error(transparent)]
    Db(#[from] DbError),
    #[error("a charge could not be posted")]
    Ledger(#[source] LedgerError),
    /// A journey stands with a payer whose taps it is not made of.
    #[error("journey {0} is another payer's")]
    HeldByAnother(domain::ids::JourneyId),
}

impl From<LedgerError> for RecordError {
    fn from(error: LedgerError) -> Self {
        match error {
            LedgerError::Db(error) => Self::Db(error),
            error => Self::Ledger(error),
        }
    }
}

/// Stores taps of one realm and makes of them what they amount to, in one transaction. The answers
/// come in the order of the taps, after everything is durable.
///
/// # Errors
/// When the store fails. A tap that cannot be taken is no error: its answer says so.
pub async fn record(app: &App, realm: &Realm, taps: Vec<NewTap>) -> Result<Vec<TapAnswer>, RecordError> {
    if taps.is_empty() {
        return Ok(Vec::new());
    }
    let db = realms::store(app, realm);
    let (app, realm) = (app.clone(), realm.clone());
    db.write(move |tx| Box::pin(async move { batch::record(tx, &app, &realm, &taps).await })).await
}
