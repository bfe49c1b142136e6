//! Calls without a key, counted per client address in memory.
//!
//! A client is its IPv4 address or its IPv6 /64, kept as a hash under a key of this process, so an
//! entry is 32 bytes. At most 800,000 are remembered; when that many come, those who have
//! called least are forgotten first.

use std::{
    collections::HashMap,
    hash::{BuildHasher, BuildHasherDefault, Hasher, RandomState},
    net::IpAddr,
    sync::{Mutex, MutexGuard, PoisonError},
};

use domain::limits::{BurstWindow, Standing, Standings, Terms, day_end_s, day_of};

use crate::keys::client_of;

const SHARDS: usize = 16;
/// Clients that a shard remembers: 800,000 in all.
const SHARD_CLIENTS_MAX: usize = 50_000;
/// Calls of a day that are forgotten rather than refuse memory to others.
const FEW_CALLS: u32 = 20;

/// The hash is the key already.
#[derive(Default)]
struct Identity(u64);

impl Hasher for Identity {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        // Not reached: keys are u64.
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = number;
    }
}

/// One client. Times are whole and small, so that a million fit.
#[derive(Debug, Clone, Copy, Default)]
struct Client {
    burst: BurstWindow,
    day: u32,
    used: u32,
}

type Clients = HashMap<u64, Client, BuildHasherDefault<Identity>>;

/// See the module.
#[derive(Default)]
pub struct Anonymous {
    shards: [Mutex<Clients>; SHARDS],
    hasher: RandomState,
}

impl Anonymous {
    fn shard(&self, hash: u64) -> MutexGuard<'_, Clients> {
        // The map places by the low bits, so the shard goes by the high ones.
        self.shards[(hash >> 60) as usize % SHARDS].lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts a call.
    ///
    /// # Errors
    /// The windows, one of which is used up; nothing was counted against the day.
    pub fn take(&self, ip: IpAddr, now_s: i64, terms: &Terms) -> Result<Standings, Standings> {
        let hash = self.hasher.hash_one(client_of(ip));
        let mut clients = self.shard(hash);
        if clients.len() >= SHARD_CLIENTS_MAX && !clients.contains_key(&hash) {
            make_room(&mut clients, now_s);
        }
        let client = clients.entry(hash).or_default();
        client.turn(now_s);
        let day = client.standing_of_day(terms);
        if day.is_some_and(|day| day.remaining == 0) {
            return Err(Standings { burst: client.burst.standing(now_s, terms.burst_per_minute), day });
        }
        match client.burst.take(now_s, terms.burst_per_minute) {
            Ok(burst) => {
                client.used += 1;
                Ok(Standings { burst, day: client.standing_of_day(terms) })
            }
            Err(burst) => Err(Standings { burst, day }),
        }
    }

    /// How a client's windows stand.
    #[must_use]
    pub fn standings(&self, ip: IpAddr, now_s: i64, terms: &Terms) -> Standings {
        let hash = self.hasher.hash_one(client_of(ip));
        let mut client = self.shard(hash).get(&hash).copied().unwrap_or_default();
        client.turn(now_s);
        Standings {
            burst: client.burst.standing(now_s, terms.burst_per_minute),
            day: client.standing_of_day(terms),
        }
    }

    /// Forgets clients whose windows are over.
    pub fn sweep(&self, now_s: i64) {
        for shard in &self.shards {
            let mut clients = shard.lock().unwrap_or_else(PoisonError::into_inner);
            clients.retain(|_, client| client.day >= day_u32(now_s) || client.burst.runs_at(now_s));
            if clients.len() > SHARD_CLIENTS_MAX / 2 {
                forget_the_quiet(&mut clients, now_s);
            }
            if clients.len() < clients.capacity() / 4 {
                clients.shrink_to_fit();
            }
        }
    }

    #[cfg(test)]
    fn len(&self) -> usize {
        self.shards.iter().map(|shard| shard.lock().unwrap_or_else(PoisonError::into_inner).len()).sum()
    }
}

impl std::fmt::Debug for Anonymous {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Anonymous")
    }
}

fn day_u32(now_s: i64) -> u32 {
    u32::try_from(day_of(now_s)).unwrap_or(0)
}

impl Client {
    /// Begins a new day, if it is one. A clock that reads a little earlier changes nothing.
    fn turn(&mut self, now_s: i64) {
        let today = day_u32(now_s);
        if today > self.day {
            (self.day, self.used) = (today, 0);
        }
    }

    fn standing_of_day(&self, terms: &Terms) -> Option<Standing> {
        terms.requests_per_day.map(|limit| Standing {
            limit,
            remaining: limit.saturating_sub(self.used.into()),
            resets_at_s: day_end_s(self.day.into()),
        })
    }
}

fn forget_the_quiet(clients: &mut Clients, now_s: i64) {
    clients.retain(|_, client| client.used > FEW_CALLS || client.burst.runs_at(now_s));
}

fn make_room(clients: &mut Clients, now_s: i64) {
    let today = day_u32(now_s);
    clients.retain(|_, client| client.day >= today);
    if clients.len() >= SHARD_CLIENTS_MAX {
        forget_the_quiet(clients, now_s);
    }
    if clients.len() >= SHARD_CLIENTS_MAX {
        // A flood within the minute: those on their way to a limit are worth remembering most.
        clients.retain(|_, client| client.used > FEW_CALLS);
    }
    if clients.len() >= SHARD_CLIENTS_MAX {
        clients.clear();
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use domain::tiers::ANONYMOUS;

    use super::*;

    /// 2026-03-08T15:41:00+07:00.
    const NOW_S: i64 = 1_772_959_260;

    fn terms() -> Terms {
        Terms::of(ANONYMOUS, None, None)
    }

    fn ip(n: u32) -> IpAddr {
        Ipv4Addr::from_bits(n).into()
    }

    #[test]
    fn sixty_a_minute_and_a_thousand_a_day() {
        let anonymous = Anonymous::default();
        let mut served = 0_u64;
        for second in 0..3600 {
            let taken = anonymous.take(ip(1), NOW_S + second, &terms());
            served += u64::from(taken.is_ok());
            let standings = taken.unwrap_or_else(|standings| standings);
            assert_eq!(standings, anonymous.standings(ip(1), NOW_S + second, &terms()));
            assert_eq!(standings.day.unwrap().remaining, 1_000 - served);
        }
        assert_eq!(served, 1_000);
        let in_one_second = (0..100).filter(|_| anonymous.take(ip(2), NOW_S, &terms()).is_ok()).count();
        assert_eq!(in_one_second, 60);
        // 17:00 UTC is midnight in Jakarta.
        let midnight_s = NOW_S - NOW_S.rem_euclid(86_400) + 17 * 3600;
        assert!(anonymous.take(ip(1), midnight_s - 1, &terms()).is_err());
        assert_eq!(anonymous.take(ip(1), midnight_s, &terms()).unwrap().day.unwrap().remaining, 999);
    }

    #[test]
    fn a_million_addresses_fit_into_bounded_memory_which_shrinks() {
        let anonymous = Anonymous::default();
        for n in 0..1_000_000 {
            let _ = anonymous.take(ip(n), NOW_S, &terms());
        }
        assert!(anonymous.len() <= SHARDS * SHARD_CLIENTS_MAX);
        assert!(std::mem::size_of::<(u64, Client)>() <= 32);
        anonymous.sweep(NOW_S + 120);
        assert!(anonymous.len() <= SHARDS * SHARD_CLIENTS_MAX / 2);
        anonymous.sweep(NOW_S + 86_400);
        assert_eq!(anonymous.len(), 0);
    }

    #[test]
    fn who_has_called_much_is_remembered_in_a_flood() {
        let anonymous = Anonymous::default();
        for second in 0..100 {
            anonymous.take(ip(0), NOW_S + second, &terms()).unwrap();
        }
        for n in 1..2_000_000 {
            let _ = anonymous.take(ip(n), NOW_S + 100, &terms());
        }
        assert_eq!(anonymous.standings(ip(0), NOW_S + 100, &terms()).day.unwrap().remaining, 900);
    }
}
