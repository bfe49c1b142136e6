//! Changing an endpoint's secret without a gap.
//!
//! | place | during the overlap | afterwards |
//! | --- | --- | --- |
//! | `webhook-signature` | one signature for each secret, newest first | the newest |
//! | `X-NFCG-Signature`, the body's `signature` | the oldest still valid | the newest |
//!
//! So a receiver that holds any valid secret can check every delivery by `webhook-signature`, and one
//! that checks the single header changes over when the overlap ends.

use jiff::{SignedDuration, Timestamp};

use super::secret::SigningSecret;

/// How long an old secret stays valid, at most.
pub const OVERLAP: SignedDuration = SignedDuration::from_hours(24);
/// Old secrets that are valid at the same time, at most.
pub const OLD_SECRETS_MAX: usize = 3;

/// A secret that was replaced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OldSecret {
    pub secret: SigningSecret,
    /// From then on nothing is signed with it.
    pub valid_until: Timestamp,
}

/// The secrets of one endpoint at some instant. Never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecretSet {
    current: SigningSecret,
    /// Newest first.
    old: Vec<OldSecret>,
}

/// Too many old secrets are valid still.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{OLD_SECRETS_MAX} old secrets are still valid, the next until {try_again_at}")]
pub struct TooManySecrets {
    /// When the first of them stops being valid.
    pub try_again_at: Timestamp,
}

impl SecretSet {
    #[must_use]
    pub fn new(current: SigningSecret) -> Self {
        Self { current, old: Vec::new() }
    }

    /// As stored: `old` newest first. What is no longer valid at `now` is left out.
    #[must_use]
    pub fn at(current: SigningSecret, mut old: Vec<OldSecret>, now: Timestamp) -> Self {
        old.retain(|old| now < old.valid_until);
        Self { current, old }
    }

    /// The secret that is to stay.
    #[must_use]
    pub fn current(&self) -> &SigningSecret {
        &self.current
    }

    #[must_use]
    pub fn old(&self) -> &[OldSecret] {
        &self.old
    }

    /// All valid ones, newest first.
    pub fn all(&self) -> impl Iterator<Item = &SigningSecret> {
        std::iter::once(&self.current).chain(self.old.iter().map(|old| &old.secret))
    }

    /// The one that signs where only one signature fits.
    #[must_use]
    pub fn single(&self) -> &SigningSecret {
        self.old.last().map_or(&self.current, |old| &old.secret)
    }

    /// Puts `new` in the place of the current secret, which stays valid for `overlap` (at most
    /// [`OVERLAP`]; zero or less: not at all).
    ///
    /// # Errors
    /// [`TooManySecrets`] when [`OLD_SECRETS_MAX`] old ones are valid still.
    pub fn rotated(
        self,
        new: SigningSecret,
        now: Timestamp,
        overlap: SignedDuration,
    ) -> Result<Self, TooManySecrets> {
        let Self { current, mut old } = Self::at(self.current, self.old, now);
        let valid_until = now.saturating_add(overlap.min(OVERLAP)).unwrap_or(Timestamp::MAX);
        if valid_until > now {
            if old.len() >= OLD_SECRETS_MAX {
                let first = old.iter().map(|old| old.valid_until).min();
                return Err(TooManySecrets { try_again_at: first.unwrap_or(now) });
            }
            old.insert(0, OldSecret { secret: current, valid_until });
        }
        Ok(Self { current: new, old })
    }

    /// The overlap ended by the partner: only the newest is left.
    #[must_use]
    pub fn without_old(self) -> Self {
        Self::new(self.current)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(n: u8) -> SigningSecret {
        format!("secret_number_{n}_of_this_endpoint").parse().unwrap()
    }

    fn at(hours: i64) -> Timestamp {
        Timestamp::from_second(1_772_900_000 + hours * 3_600).unwrap()
    }

    fn later(set: &SecretSet, hours: i64) -> SecretSet {
        SecretSet::at(set.current.clone(), set.old.clone(), at(hours))
    }

    #[test]
    fn the_old_secret_signs_alone_until_the_overlap_ends_and_the_new_one_beside_it_at_once() {
        let set = SecretSet::new(secret(1)).rotated(secret(2), at(0), OVERLAP).unwrap();
        assert_eq!(set.single(), &secret(1));
        assert_eq!(set.all().collect::<Vec<_>>(), [&secret(2), &secret(1)]);
        assert_eq!(later(&set, 23).single(), &secret(1));
        let after = later(&set, 24);
        assert_eq!((after.single(), after.all().count()), (&secret(2), 1));
        assert_eq!(set.without_old(), SecretSet::new(secret(2)));
    }

    #[test]
    fn three_rotations_in_a_day_leave_every_secret_valid_for_24_hours() {
        let mut set = SecretSet::new(secret(0));
        for n in 1..=3 {
            set = set.rotated(secret(n), at(i64::from(n)), OVERLAP).unwrap();
        }
        for (hours, single, count) in [(4, 0, 4), (24, 0, 4), (25, 1, 3), (26, 2, 2), (27, 3, 1)] {
            let set = later(&set, hours);
            assert_eq!((set.single(), set.all().count()), (&secret(single), count), "{hours} h");
        }
        let refused = set.clone().rotated(secret(4), at(5), OVERLAP);
        assert_eq!(refused, Err(TooManySecrets { try_again_at: at(25) }));
        assert_eq!(set.clone().rotated(secret(4), at(25), OVERLAP).unwrap().all().count(), 4);
        // Without an overlap nothing is added, so nothing stands in the way; a leak can always be met.
        assert_eq!(set.rotated(secret(4), at(5), SignedDuration::ZERO).unwrap().current(), &secret(4));
    }

    #[test]
    fn an_overlap_has_an_end() {
        let set = SecretSet::new(secret(1)).rotated(secret(2), at(0), SignedDuration::MAX).unwrap();
        assert_eq!(set.old()[0].valid_until, at(24));
    }
}
