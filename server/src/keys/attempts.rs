//! How often a client may be wrong in a minute. Memory is bounded.

use std::{
    collections::HashMap,
    hash::Hash,
    net::{IpAddr, Ipv6Addr},
    sync::{Mutex, MutexGuard, PoisonError},
};

use domain::limits::BurstWindow;

/// Clients remembered at once.
const CLIENTS_MAX: usize = 20_000;

/// Whom an address stands for: whoever has one IPv6 address has the /64 around it.
#[must_use]
pub fn client_of(ip: IpAddr) -> IpAddr {
    match ip.to_canonical() {
        IpAddr::V4(v4) => IpAddr::V4(v4),
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() >> 64 << 64)),
    }
}

/// Counts per client and minute. A client is an address, or whatever else it is known by.
#[derive(Debug)]
pub struct Attempts<C = IpAddr> {
    per_minute: u64,
    clients: Mutex<HashMap<C, BurstWindow>>,
}

impl Attempts {
    /// Whether the client has attempts left.
    ///
    /// # Errors
    /// Seconds until it has.
    pub fn check(&self, ip: IpAddr, now_s: i64) -> Result<(), u64> {
        let clients = self.clients();
        let Some(window) = clients.get(&client_of(ip)) else { return Ok(()) };
        let standing = window.standing(now_s, self.per_minute);
        if standing.remaining > 0 { Ok(()) } else { Err(seconds(standing.resets_at_s - now_s)) }
    }

    /// Counts one attempt.
    ///
    /// # Errors
    /// Seconds until the client has attempts again; then nothing was counted.
    pub fn count(&self, ip: IpAddr, now_s: i64) -> Result<(), u64> {
        self.count_of(client_of(ip), now_s)
    }
}

impl<C: Eq + Hash> Attempts<C> {
    #[must_use]
    pub fn new(per_minute: u64) -> Self {
        Self { per_minute, clients: Mutex::default() }
    }

    fn clients(&self) -> MutexGuard<'_, HashMap<C, BurstWindow>> {
        self.clients.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts one attempt of a client that is known by something else than its address.
    ///
    /// # Errors
    /// As [`Attempts::count`].
    pub fn count_of(&self, client: C, now_s: i64) -> Result<(), u64> {
        let mut clients = self.clients();
        if clients.len() >= CLIENTS_MAX && !clients.contains_key(&client) {
            clients.retain(|_, window| window.runs_at(now_s));
            if clients.len() >= CLIENTS_MAX {
                // A flood from everywhere: who was wrong most is worth remembering most.
                clients.retain(|_, window| window.standing(now_s, self.per_minute).remaining == 0);
            }
            if clients.len() >= CLIENTS_MAX {
                clients.clear();
            }
        }
        let taken = clients.entry(client).or_default().take(now_s, self.per_minute);
        taken.map(drop).map_err(|standing| seconds(standing.resets_at_s - now_s))
    }

    /// Forgets windows that are over.
    pub fn sweep(&self, now_s: i64) {
        let mut clients = self.clients();
        clients.retain(|_, window| window.runs_at(now_s));
        if clients.len() < clients.capacity() / 4 {
            clients.shrink_to_fit();
        }
    }
}

fn seconds(left: i64) -> u64 {
    u64::try_from(left).unwrap_or(0).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_thirty_first_attempt_waits_for_the_minutes_end() {
        let attempts = Attempts::new(30);
        let ip = "203.0.113.9".parse().unwrap();
        for second in 0..30 {
            assert_eq!(attempts.check(ip, 1_000 + second), Ok(()));
            assert_eq!(attempts.count(ip, 1_000 + second), Ok(()));
        }
        assert_eq!((attempts.check(ip, 1_030), attempts.count(ip, 1_059)), (Err(30), Err(1)));
        assert_eq!(attempts.count("203.0.113.10".parse().unwrap(), 1_030), Ok(()));
        assert_eq!(attempts.count(ip, 1_060), Ok(()));
    }

    #[test]
    fn neighbours_in_one_ipv6_network_are_one_client() {
        let attempts = Attempts::new(1);
        attempts.count("2001:db8::1".parse().unwrap(), 0).unwrap();
        attempts.count("2001:db8::2".parse().unwrap(), 0).unwrap_err();
        attempts.count("2001:db8:0:1::1".parse().unwrap(), 0).unwrap();
    }

    #[test]
    fn memory_is_bounded_and_shrinks() {
        let attempts = Attempts::new(30);
        for n in 0..100_000_u32 {
            let _ = attempts.count(std::net::Ipv4Addr::from_bits(n).into(), 0);
        }
        assert!(attempts.clients().len() <= CLIENTS_MAX);
        attempts.sweep(61);
        assert_eq!(attempts.clients().capacity(), 0);
    }
}
