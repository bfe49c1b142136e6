//! Hashing passwords: argon2id, off the runtime's threads, a few at a time.
//!
//! A hash takes 19 MiB and some milliseconds of a whole core. Two at once keep both cores busy;
//! more would only let strangers take the machine away from those who are signed in.

use std::sync::Arc;

use argon2::{
    Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version,
    password_hash::{self, phc::PasswordHash},
};
use data_encoding::BASE32_NOPAD;
use domain::identity::{Password, PasswordAttempt};
use tokio::sync::Semaphore;

use super::IdentityError;
use crate::random::Random;

const RUNNING_MAX: usize = 2;
/// Waiting for their turn; whoever comes after is asked to come back.
const WAITING_MAX: usize = 64;

/// A password of 80 random bits that can be typed and read out: four groups of four.
#[must_use]
pub fn made_up(random: &Random) -> String {
    let text = BASE32_NOPAD.encode(&random.bytes::<10>()).to_ascii_lowercase();
    format!("{}-{}-{}-{}", &text[..4], &text[4..8], &text[8..12], &text[12..])
}

#[derive(Debug)]
pub(crate) struct Passwords {
    running: Arc<Semaphore>,
    waiting: Semaphore,
    cost: Cost,
}

#[derive(Debug, Clone, Copy)]
struct Cost {
    memory_kib: u32,
    passes: u32,
}

impl Cost {
    /// OWASP's first choice for argon2id: 19 MiB, two passes.
    const FULL: Self = Self { memory_kib: 19 * 1024, passes: 2 };
    /// For tests, which hash a lot and protect nobody.
    const LEAST: Self = Self { memory_kib: 64, passes: 1 };

    fn argon2(self) -> Argon2<'static> {
        let params = Params::new(self.memory_kib, self.passes, 1, Some(32))
            .expect("constant parameters within argon2's bounds");
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
    }

    /// A hash that no password has, and that takes as long to find that out.
    fn nobodys(self) -> String {
        let (salt, hash) = ("A".repeat(22), "A".repeat(43));
        format!("$argon2id$v=19$m={},t={},p=1${salt}${hash}", self.memory_kib, self.passes)
    }
}

impl Default for Passwords {
    fn default() -> Self {
        Self {
            running: Arc::new(Semaphore::new(RUNNING_MAX)),
            waiting: Semaphore::new(WAITING_MAX),
            cost: if cfg!(test) { Cost::LEAST } else { Cost::FULL },
        }
    }
}

impl Passwords {
    /// The hash to keep, as a PHC string.
    pub async fn hash(&self, random: &Random, password: Password) -> Result<String, IdentityError> {
        let (salt, cost) = (random.bytes::<16>(), self.cost);
        self.run(move || {
            let hash = cost.argon2().hash_password_with_salt(password.expose().as_bytes(), &salt)?;
            Ok(hash.to_string())
        })
        .await
    }

    /// Whether `attempt` is the password that `hash` is of. Without a hash the answer is no, after
    /// the same work.
    pub async fn verify(
        &self,
        attempt: PasswordAttempt,
        hash: Option<String>,
    ) -> Result<bool, IdentityError> {
        let cost = self.cost;
        self.run(move || {
            let known = hash.is_some();
            let hash = hash.unwrap_or_else(|| cost.nobodys());
            let parsed = PasswordHash::new(&hash)?;
            match cost.argon2().verify_password(attempt.expose().as_bytes(), &parsed) {
                Ok(()) => Ok(known),
                Err(password_hash::Error::PasswordInvalid) => Ok(false),
                Err(error) => Err(error),
            }
        })
        .await
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, password_hash::Error> + Send + 'static,
    ) -> Result<T, IdentityError> {
        let _place = self.waiting.try_acquire().map_err(|_| IdentityError::Busy)?;
        let turn = self.running.clone().acquire_owned().await.map_err(|_| IdentityError::Busy)?;
        // The turn goes along: a caller who hangs up does not make room before the work is done.
        let done = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            work()
        });
        done.await
            .map_err(|cause| IdentityError::crypto("hashing a password", cause))?
            .map_err(|cause| IdentityError::crypto("hashing a password", cause))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn password(text: &str) -> Password {
        text.parse().unwrap()
    }

    #[tokio::test]
    async fn only_the_password_itself_fits_its_hash() {
        let (passwords, random) = (Passwords::default(), Random::from_seed([3; 32]));
        let hash = passwords.hash(&random, password("hujan di bulan juni")).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m="));
        let check = |text: &str, hash: Option<String>| passwords.verify(password(text).into(), hash);
        assert!(check("hujan di bulan juni", Some(hash.clone())).await.unwrap());
        assert!(!check("hujan di bulan juli", Some(hash.clone())).await.unwrap());
        assert!(!check("hujan di bulan juni", None).await.unwrap());
        assert_ne!(hash, passwords.hash(&random, password("hujan di bulan juni")).await.unwrap());
    }

    /// The contract's cost, as it stands in a stored hash; nobody's hash must cost the same.
    #[test]
    fn the_full_cost_is_the_one_agreed() {
        assert!(Cost::FULL.nobodys().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(PasswordHash::new(&Cost::FULL.nobodys()).is_ok());
    }

    #[tokio::test]
    async fn a_flood_is_turned_away_instead_of_queued() {
        let passwords = Passwords { waiting: Semaphore::new(0), ..Passwords::default() };
        let outcome = passwords.verify(password("hujan di bulan juni").into(), None).await;
        assert!(matches!(outcome, Err(IdentityError::Busy)));
    }
}
