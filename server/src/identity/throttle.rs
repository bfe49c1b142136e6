//! How often somebody may try: counted in memory, per account, per address, per client.
//!
//! A try is counted before its outcome is known, so that tries made at once cannot slip through
//! together; one that turned out right is taken back. Memory is bounded: keys are hashes, and when
//! there are too many the ones without a recent try go first.

use std::{
    collections::{HashMap, VecDeque},
    net::IpAddr,
    sync::{Mutex, PoisonError},
};

use domain::{identity::EmailAddress, ids::PartnerId};
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};

const KEYS_MAX: usize = 50_000;

/// Something that may be tried only so often.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Limited {
    /// Wrong passwords and codes for one account.
    Account,
    /// Wrong passwords and codes from one client.
    Client,
    /// Sign-ups from one client.
    SignUp,
    /// Mails to one address that somebody not signed in can cause.
    MailTo,
    /// Mails that one client or one partner can cause.
    MailFrom,
}

impl Limited {
    /// Tries allowed, and in which time.
    fn rate(self) -> (usize, SignedDuration) {
        match self {
            Self::Account => (10, SignedDuration::from_mins(15)),
            Self::Client => (30, SignedDuration::from_mins(15)),
            Self::SignUp => (20, SignedDuration::from_hours(1)),
            Self::MailTo => (5, SignedDuration::from_hours(1)),
            Self::MailFrom => (20, SignedDuration::from_hours(1)),
        }
    }
}

/// What is counted, for whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Key(Limited, [u8; 16]);

impl Key {
    fn new(limited: Limited, text: &str) -> Self {
        let hash: [u8; 32] = Sha256::digest(text).into();
        let (key, _) = hash.split_first_chunk().expect("32 bytes begin with 16");
        Self(limited, *key)
    }

    pub fn account(email: &EmailAddress) -> Self {
        Self::new(Limited::Account, &email.folded())
    }

    /// A rider's account, or what was typed where there is none. Apart from a user's of the same
    /// address.
    pub fn rider(id: &str) -> Self {
        Self::new(Limited::Account, &format!("rider {id}"))
    }

    pub fn mail_to(email: &EmailAddress) -> Self {
        Self::new(Limited::MailTo, &email.folded())
    }

    pub fn client(limited: Limited, ip: IpAddr) -> Self {
        // Whoever has one IPv6 address has the /64 around it.
        let ip = match ip {
            IpAddr::V4(_) => ip,
            IpAddr::V6(v6) => IpAddr::V6((u128::from(v6) >> 64 << 64).into()),
        };
        Self::new(limited, &ip.to_string())
    }

    pub fn partner(limited: Limited, id: &PartnerId) -> Self {
        Self::new(limited, id.as_str())
    }
}

#[derive(Debug, Default)]
pub(crate) struct Throttle(Mutex<HashMap<Key, VecDeque<Timestamp>>>);

/// Tries that were counted, for taking them back.
#[derive(Debug)]
#[must_use]
pub(crate) struct Counted {
    keys: Vec<Key>,
    at: Timestamp,
}

impl Throttle {
    /// Counts one try for each key, or, if one of them has none left, for none.
    ///
    /// # Errors
    /// How long until the next try is allowed.
    pub fn count(&self, keys: &[Key], now: Timestamp) -> Result<Counted, SignedDuration> {
        let mut tries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let wait = keys
            .iter()
            .filter_map(|key| {
                let (allowed, within) = key.0.rate();
                let recent = tries.get_mut(key)?;
                forget_old(recent, within, now);
                let full = recent.len() >= allowed;
                full.then(|| within - now.duration_since(recent.front().copied().unwrap_or(now)))
            })
            .max();
        if let Some(wait) = wait {
            return Err(wait);
        }
        if tries.len() + keys.len() > KEYS_MAX {
            make_room(&mut tries, now);
        }
        for key in keys {
            tries.entry(*key).or_default().push_back(now);
        }
        Ok(Counted { keys: keys.to_vec(), at: now })
    }

    /// Takes tries back that turned out right.
    pub fn take_back(&self, counted: &Counted) {
        let mut tries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for key in &counted.keys {
            let Some(recent) = tries.get_mut(key) else { continue };
            if let Some(place) = recent.iter().rposition(|at| *at == counted.at) {
                recent.remove(place);
            }
            if recent.is_empty() {
                tries.remove(key);
            }
        }
    }

    /// Forgets the tries of one key: its owner has shown who they are.
    pub fn forget(&self, key: &Key) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(key);
    }
}

fn forget_old(recent: &mut VecDeque<Timestamp>, within: SignedDuration, now: Timestamp) {
    while recent.front().is_some_and(|at| now.duration_since(*at) >= within) {
        recent.pop_front();
    }
}

fn make_room(tries: &mut HashMap<Key, VecDeque<Timestamp>>, now: Timestamp) {
    tries.retain(|key, recent| {
        forget_old(recent, key.0.rate().1, now);
        !recent.is_empty()
    });
    if tries.len() > KEYS_MAX * 3 / 4 {
        // All of them recent: a flood from many addresses. Those with one try only know least.
        tries.retain(|_, recent| recent.len() > 1);
    }
    if tries.len() > KEYS_MAX * 3 / 4 {
        tries.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_000_000 + second).unwrap()
    }

    #[test]
    fn the_eleventh_wrong_try_waits_until_the_first_is_fifteen_minutes_old() {
        let (throttle, key) = (Throttle::default(), Key::account(&"a@b.id".parse().unwrap()));
        for second in 0..10 {
            let _ = throttle.count(&[key], at(second)).unwrap();
        }
        let refused = |second| throttle.count(&[key], at(second)).unwrap_err().as_secs();
        assert_eq!(refused(10), 890);
        assert_eq!(refused(899), 1);
        let _ = throttle.count(&[key], at(900)).unwrap();
        assert_eq!(refused(900), 1);
    }

    #[test]
    fn right_tries_are_not_held_against_anybody() {
        let (throttle, key) = (Throttle::default(), Key::account(&"a@b.id".parse().unwrap()));
        for second in 0..100 {
            let counted = throttle.count(&[key], at(second)).unwrap();
            throttle.take_back(&counted);
        }
        assert!(throttle.0.lock().unwrap().is_empty());
    }

    #[test]
    fn a_refused_try_counts_for_nobody_else() {
        let (account, client) = (
            Key::account(&"a@b.id".parse().unwrap()),
            Key::client(Limited::Client, "203.0.113.9".parse().unwrap()),
        );
        let throttle = Throttle::default();
        for _ in 0..10 {
            let _ = throttle.count(&[account], at(0)).unwrap();
        }
        for _ in 0..100 {
            throttle.count(&[account, client], at(1)).unwrap_err();
        }
        let _ = throttle.count(&[client], at(1)).unwrap();
    }

    #[test]
    fn neighbours_in_one_ipv6_network_count_as_one_client() {
        let key = |ip: &str| Key::client(Limited::Client, ip.parse().unwrap());
        assert_eq!(key("2001:db8::1"), key("2001:db8::ffff:2"));
        assert_ne!(key("2001:db8::1"), key("2001:db8:0:1::1"));
        assert_ne!(key("203.0.113.1"), key("203.0.113.2"));
    }

    #[test]
    fn memory_is_bounded() {
        let throttle = Throttle::default();
        for n in 0..(KEYS_MAX * 2) {
            let _ = throttle.count(&[Key::new(Limited::Account, &n.to_string())], at(0)).unwrap();
        }
        assert!(throttle.0.lock().unwrap().len() <= KEYS_MAX);
    }
}
