//! How far each test clock runs ahead, in memory.

use std::{
    collections::HashMap,
    sync::{PoisonError, RwLock},
    time::Duration,
};

use domain::{ids::PartnerId, realm::Realm};
use jiff::Timestamp;
use tokio::sync::watch;

use super::later;

/// See the module.
#[derive(Debug, Default)]
pub struct RealmClocks {
    ahead: RwLock<HashMap<PartnerId, Duration>>,
    /// How often a clock was moved, as far as this node knows: so that what was read before a move is
    /// not put over it, and whoever waits for an instant looks again.
    moves: watch::Sender<u64>,
}

impl RealmClocks {
    /// How far a realm's clock runs ahead.
    #[must_use]
    pub fn ahead(&self, realm: &Realm) -> Duration {
        match realm {
            Realm::Live => Duration::ZERO,
            Realm::Sandbox(partner) => self.of_partner(partner),
        }
    }

    /// A realm's time when the product's clock shows `at`.
    #[must_use]
    pub fn at(&self, realm: &Realm, at: Timestamp) -> Timestamp {
        later(at, self.ahead(realm))
    }

    /// As [`Self::at`], for a partner's test network.
    #[must_use]
    pub fn test_time(&self, partner: &PartnerId, at: Timestamp) -> Timestamp {
        later(at, self.of_partner(partner))
    }

    pub(super) fn furthest(&self) -> Duration {
        let ahead = self.ahead.read().unwrap_or_else(PoisonError::into_inner);
        ahead.values().copied().max().unwrap_or_default()
    }

    fn of_partner(&self, partner: &PartnerId) -> Duration {
        let ahead = self.ahead.read().unwrap_or_else(PoisonError::into_inner);
        ahead.get(partner).copied().unwrap_or_default()
    }

    pub(super) fn moves(&self) -> watch::Receiver<u64> {
        self.moves.subscribe()
    }

    pub(super) fn count_moves(&self) -> u64 {
        *self.moves.borrow()
    }

    /// A clock was moved by this node; zero puts it back. Of two moves at once the further one
    /// stands, whichever is noted last.
    pub(super) fn set(&self, partner: &PartnerId, offset_us: i64) {
        let mut ahead = self.ahead.write().unwrap_or_else(PoisonError::into_inner);
        match duration(offset_us) {
            Duration::ZERO => {
                ahead.remove(partner);
            }
            offset => {
                let known = ahead.entry(partner.clone()).or_default();
                *known = offset.max(*known);
            }
        }
        // Still under the lock: who sees the count as it was sees the clocks as they were.
        self.moves.send_modify(|moves| *moves += 1);
    }

    /// Takes over what the store says, unless a clock was moved here since it was asked. Tells whose
    /// clocks were put back.
    pub(super) fn replace(&self, asked: u64, read: Vec<(PartnerId, i64)>) -> Vec<PartnerId> {
        let read: HashMap<_, _> =
            read.into_iter().map(|(partner, offset_us)| (partner, duration(offset_us))).collect();
        let mut ahead = self.ahead.write().unwrap_or_else(PoisonError::into_inner);
        if self.count_moves() != asked || *ahead == read {
            return Vec::new();
        }
        let is_back = |(partner, was): (&PartnerId, &Duration)| read.get(partner).is_none_or(|is| is < was);
        let put_back =
            ahead.iter().filter(|clock| is_back(*clock)).map(|(partner, _)| partner.clone()).collect();
        *ahead = read;
        self.moves.send_modify(|moves| *moves += 1);
        put_back
    }
}

fn duration(offset_us: i64) -> Duration {
    Duration::from_micros(u64::try_from(offset_us).unwrap_or(0))
}
