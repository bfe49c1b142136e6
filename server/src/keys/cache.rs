//! The keys in use, in memory: found by the hash of what was sent, in one look-up.
//!
//! Filled from the store on a miss. A change of a key or its partner takes the facts out before the
//! change is acknowledged, and every other node hears of it within a second ([`super::changes`]); the
//! key's burst window and its partner's quota stay. A fill that began before a change is not kept,
//! so that no stale fact survives it.
//!
//! Hashes nobody has are remembered briefly as absent. All is bounded.

use std::{
    collections::HashMap,
    hash::{BuildHasherDefault, Hasher},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use domain::{ids::PartnerId, keys::Environment};

use super::{
    attempts::Attempts,
    credential::{Credential, Quota, Trail},
};

const SHARDS: usize = 64;
/// Keys held by one shard: 32,768 in all.
const KEYS_MAX: usize = 512;
/// Absent hashes held by one shard: 16,384 in all.
const ABSENT_MAX: usize = 256;
/// How long a hash is known to be absent. A new key's hash can't be among them: nobody could have
/// sent it before.
const ABSENT_US: i64 = 10_000_000;

/// SHA-256 of a secret.
pub type SecretHash = [u8; 32];

/// A hash needs no hashing.
#[derive(Default)]
struct Prefix(u64);

impl Hasher for Prefix {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        // Slices announce their length first; the last eight bytes written are of the hash itself.
        if let Some(last) = bytes.last_chunk() {
            self.0 = u64::from_le_bytes(*last);
        }
    }
}

type ByHash<T> = HashMap<SecretHash, T, BuildHasherDefault<Prefix>>;

#[derive(Default)]
struct Shard {
    keys: ByHash<Slot>,
    /// Until when (microseconds) a hash is known to be absent.
    absent: ByHash<i64>,
}

enum Slot {
    Known(Arc<Credential>),
    /// The facts have changed; the trail goes on.
    Stale(Arc<Trail>),
}

/// What the cache knows of a hash.
pub enum Found {
    Known(Arc<Credential>),
    Absent,
    /// The store has to be asked.
    Miss,
}

/// A moment before the store was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Generation(u64);

/// See the module.
pub struct KeyCache {
    shards: Vec<Mutex<Shard>>,
    /// Rises with every change that is heard of.
    generation: AtomicU64,
    quotas: Mutex<HashMap<(Environment, PartnerId), Arc<Quota>>>,
    /// Tries with keys that do not exist, by client.
    pub(super) attempts: Attempts,
    /// Reports of leaked keys, by client.
    pub(super) reports: Attempts,
}

impl Default for KeyCache {
    fn default() -> Self {
        Self {
            shards: std::iter::repeat_with(Mutex::default).take(SHARDS).collect(),
            generation: AtomicU64::new(0),
            quotas: Mutex::default(),
            attempts: Attempts::new(super::UNKNOWN_PER_MINUTE),
            reports: Attempts::new(super::REPORTS_PER_MINUTE),
        }
    }
}

impl std::fmt::Debug for KeyCache {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("KeyCache")
    }
}

impl KeyCache {
    fn shard(&self, hash: &SecretHash) -> MutexGuard<'_, Shard> {
        // Not one of the bytes that place the hash inside its shard.
        self.shards[usize::from(hash[0]) % SHARDS].lock().unwrap_or_else(PoisonError::into_inner)
    }

    #[must_use]
    pub fn find(&self, hash: &SecretHash, now_us: i64) -> Found {
        let shard = self.shard(hash);
        match shard.keys.get(hash) {
            Some(Slot::Known(credential)) => Found::Known(credential.clone()),
            Some(Slot::Stale(_)) => Found::Miss,
            None => match shard.absent.get(hash) {
                Some(until) if (now_us..=now_us + ABSENT_US).contains(until) => Found::Absent,
                Some(_) | None => Found::Miss,
            },
        }
    }

    /// To be noted before the store is asked.
    #[must_use]
    pub fn generation(&self) -> Generation {
        Generation(self.generation.load(Ordering::SeqCst))
    }

    /// The trail a key already has here, or a new one.
    #[must_use]
    pub fn trail(&self, hash: &SecretHash) -> Arc<Trail> {
        self.shard(hash).keys.get(hash).map_or_else(Arc::default, |slot| slot.trail().clone())
    }

    /// What the keys of a partner share here.
    #[must_use]
    pub fn quota(&self, environment: Environment, partner: &PartnerId) -> Arc<Quota> {
        let mut quotas = self.quotas.lock().unwrap_or_else(PoisonError::into_inner);
        quotas.entry((environment, partner.clone())).or_default().clone()
    }

    /// Every quota that this node has a share of.
    #[must_use]
    pub fn quotas(&self) -> Vec<((Environment, PartnerId), Arc<Quota>)> {
        let quotas = self.quotas.lock().unwrap_or_else(PoisonError::into_inner);
        quotas.iter().map(|(of, quota)| (of.clone(), quota.clone())).collect()
    }

    /// A partner's clock was put back: its days are counted anew, from what the store has.
    pub fn forget_quota(&self, environment: Environment, partner: &PartnerId) {
        let mut quotas = self.quotas.lock().unwrap_or_else(PoisonError::into_inner);
        quotas.remove(&(environment, partner.clone()));
        drop(quotas);
        self.forget_partner(partner);
    }

    /// Lets go of quotas that no key in memory uses and that hold no calls.
    pub fn sweep_quotas(&self, today: i64) {
        let mut quotas = self.quotas.lock().unwrap_or_else(PoisonError::into_inner);
        quotas
            .retain(|_, quota| Arc::strong_count(quota) > 1 || quota.lease(|lease| lease.holds_calls(today)));
        if quotas.len() < quotas.capacity() / 4 {
            quotas.shrink_to_fit();
        }
    }

    /// Keeps what the store said, unless something has changed since it was asked. Gives back what
    /// this call goes by; whoever asked at the same time shares its trail.
    pub fn keep(
        &self,
        asked: Generation,
        hash: &SecretHash,
        mut credential: Credential,
        now_s: i64,
    ) -> Arc<Credential> {
        let mut shard = self.shard(hash);
        match shard.keys.get(hash) {
            Some(slot) => credential.trail = slot.trail().clone(),
            None if shard.keys.len() >= KEYS_MAX => make_room(&mut shard.keys, now_s),
            None => {}
        }
        let credential = Arc::new(credential);
        let slot = if self.generation() == asked {
            Slot::Known(credential.clone())
        } else {
            Slot::Stale(credential.trail.clone())
        };
        shard.keys.insert(*hash, slot);
        credential
    }

    /// Remembers that nobody has this hash.
    pub fn keep_absent(&self, hash: &SecretHash, now_us: i64) {
        let mut shard = self.shard(hash);
        if shard.absent.len() >= ABSENT_MAX {
            shard.absent.clear();
        }
        shard.absent.insert(*hash, now_us + ABSENT_US);
    }

    /// A key has changed: its facts must be read again.
    pub fn forget_key(&self, hash: &SecretHash) {
        self.generation.fetch_add(1, Ordering::SeqCst);
        if let Some(slot) = self.shard(hash).keys.get_mut(hash) {
            slot.forget();
        }
    }

    /// A partner has changed: the facts of all its keys must be read again.
    pub fn forget_partner(&self, partner: &PartnerId) {
        self.forget_where(|credential| credential.partner_id == *partner);
    }

    /// Nobody knows what has changed.
    pub fn forget_all(&self) {
        self.forget_where(|_| true);
    }

    fn forget_where(&self, concerned: impl Fn(&Credential) -> bool) {
        self.generation.fetch_add(1, Ordering::SeqCst);
        for shard in &self.shards {
            let mut shard = shard.lock().unwrap_or_else(PoisonError::into_inner);
            for slot in shard.keys.values_mut() {
                if matches!(slot, Slot::Known(credential) if concerned(credential)) {
                    slot.forget();
                }
            }
        }
    }
}

impl Slot {
    fn forget(&mut self) {
        if let Self::Known(credential) = self {
            *self = Self::Stale(credential.trail.clone());
        }
    }

    fn trail(&self) -> &Arc<Trail> {
        match self {
            Self::Known(credential) => &credential.trail,
            Self::Stale(trail) => trail,
        }
    }

    fn is_idle(&self, now_s: i64) -> bool {
        self.trail().burst(|burst| !burst.runs_at(now_s))
    }
}

/// Drops keys whose burst window is over; if all of them are in use this minute, every other one,
/// whose windows then begin anew.
fn make_room(keys: &mut ByHash<Slot>, now_s: i64) {
    keys.retain(|_, slot| !slot.is_idle(now_s));
    if keys.len() >= KEYS_MAX {
        let mut keep = false;
        keys.retain(|_, _| {
            keep = !keep;
            keep
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn absent_hashes_are_known_for_a_moment_and_take_bounded_memory() {
        let cache = KeyCache::default();
        let hash = |n: u64| {
            let mut hash = [0; 32];
            hash[..8].copy_from_slice(&n.wrapping_mul(0x9E37_79B9_7F4A_7C15).to_be_bytes());
            hash[24..].copy_from_slice(&n.to_be_bytes());
            hash
        };
        cache.keep_absent(&hash(1), 1_000);
        assert!(matches!(cache.find(&hash(1), 1_000 + ABSENT_US), Found::Absent));
        assert!(matches!(cache.find(&hash(1), 1_001 + ABSENT_US), Found::Miss));
        // A clock set back does not make it absent for long.
        assert!(matches!(cache.find(&hash(1), 0), Found::Miss));
        for n in 0..1_000_000 {
            cache.keep_absent(&hash(n), 0);
        }
        let held: usize = cache.shards.iter().map(|shard| shard.lock().unwrap().absent.len()).sum();
        assert!(held <= SHARDS * ABSENT_MAX);
    }
}
