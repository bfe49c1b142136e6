//! Who pays, and what must be known of them to settle.

use std::collections::{BTreeMap, BTreeSet};

use domain::{ids::RiderId, journeys::UserTypeHistory, media::MediaId, realm::Realm};

use super::{NewTap, RecordError};
use crate::{
    ledger::Wallet,
    riders,
    store::{LockEach, Tx},
};

/// Who pays for a tap. The text is what the stores keep.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Payer {
    Rider(RiderId),
    /// A medium that is nobody's, by its id.
    Medium(String),
}

impl Payer {
    pub fn as_str(&self) -> &str {
        match self {
            Self::Rider(rider) => rider.as_str(),
            Self::Medium(medium) => medium,
        }
    }

    pub fn rider(&self) -> Option<&RiderId> {
        match self {
            Self::Rider(rider) => Some(rider),
            Self::Medium(_) => None,
        }
    }

    /// Of what a store keeps.
    pub fn of(stored: &str) -> Self {
        stored.parse().map_or_else(|_| Self::Medium(stored.to_owned()), Self::Rider)
    }
}

/// A payer's account: what rating and posting need of it. One who is nobody has neither.
#[derive(Debug, Clone, Default)]
pub struct Account {
    pub user_types: UserTypeHistory,
    pub wallet: Option<Wallet>,
}

/// Holds these payers for this transaction alone. Media and riders that a transaction settles must be
/// held by one call, or media first.
pub async fn hold(tx: &mut Tx, realm: &Realm, payers: &[&Payer]) -> Result<(), RecordError> {
    let media = payers.iter().filter(|payer| payer.rider().is_none()).map(|payer| payer.as_str());
    hold_media(tx, realm, media).await?;
    let riders = payers.iter().filter_map(|payer| payer.rider()).map(RiderId::as_str);
    Ok(tx.lock_each(LockEach::Riders, riders).await?)
}

async fn hold_media<'n>(
    tx: &mut Tx,
    realm: &Realm,
    media: impl Iterator<Item = &'n str>,
) -> Result<(), RecordError> {
    // One card may tap in the networks of several partners.
    let names: Vec<_> = media.map(|medium| format!("{realm}/{medium}")).collect();
    Ok(tx.lock_each(LockEach::Media, names.iter().map(String::as_str)).await?)
}

/// Reads the accounts of payers, who are held.
pub async fn accounts(
    tx: &mut Tx,
    realm: &Realm,
    payers: impl Iterator<Item = &Payer>,
) -> Result<BTreeMap<Payer, Account>, RecordError> {
    let mut accounts: BTreeMap<Payer, Account> =
        payers.map(|payer| (payer.clone(), Account::default())).collect();
    let riders: Vec<_> = accounts.keys().filter_map(Payer::rider).cloned().collect();
    if riders.is_empty() {
        return Ok(accounts);
    }
    let mut user_types = riders::user_types(tx, &riders).await?;
    for wallet in Wallet::read_all(tx, realm, &riders).await? {
        let rider = wallet.rider_id().clone();
        let user_types = user_types.remove(&rider).unwrap_or_default();
        accounts.insert(Payer::Rider(rider), Account { user_types, wallet: Some(wallet) });
    }
    Ok(accounts)
}

/// Who pays for each of these taps, in their order, and their accounts. All of them are held then.
pub async fn of_taps(
    tx: &mut Tx,
    realm: &Realm,
    taps: &[NewTap],
) -> Result<(Vec<Payer>, BTreeMap<Payer, Account>), RecordError> {
    let media: BTreeSet<&MediaId> = taps.iter().map(|tap| &tap.media).collect();
    // Whose a medium is may change only while nobody holds it.
    hold_media(tx, realm, media.iter().map(|medium| medium.as_str())).await?;
    let media: Vec<MediaId> = media.into_iter().cloned().collect();
    let links = riders::links(tx, realm, &media).await?;
    let payer = |tap: &NewTap| match links.get(tap.media.as_str()) {
        Some(link) if tap.tapped_at >= link.linked_from => Payer::Rider(link.rider_id.clone()),
        _ => Payer::Medium(tap.media.as_str().to_owned()),
    };
    let payers: Vec<Payer> = taps.iter().map(payer).collect();
    tx.lock_each(LockEach::Riders, payers.iter().filter_map(Payer::rider).map(RiderId::as_str)).await?;
    let accounts = accounts(tx, realm, payers.iter()).await?;
    Ok((payers, accounts))
}
