//! The only source of randomness: a cryptographic generator, seeded by the system, or by a test.

use std::sync::{Arc, Mutex, PoisonError};

use domain::ids::IdEntropy;
use jiff::Timestamp;
use rand::{Rng, SeedableRng, rngs::StdRng};

/// Hands out random bytes. Cloning shares the generator.
#[derive(Clone)]
pub struct Random(Arc<Mutex<StdRng>>);

impl std::fmt::Debug for Random {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Random")
    }
}

impl Random {
    /// Seeded from the operating system.
    ///
    /// # Errors
    /// When the system has no randomness to give.
    pub fn system() -> Result<Self, getrandom::Error> {
        let mut seed = [0; 32];
        getrandom::fill(&mut seed)?;
        Ok(Self::from_seed(seed))
    }

    /// Repeatable: for tests and the demo only.
    #[must_use]
    pub fn from_seed(seed: [u8; 32]) -> Self {
        Self(Arc::new(Mutex::new(StdRng::from_seed(seed))))
    }

    pub fn fill(&self, bytes: &mut [u8]) {
        // A poisoned lock only means that another thread died between two bytes.
        self.0.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(bytes);
    }

    #[must_use]
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.fill(&mut bytes);
        bytes
    }

    /// A new id: `random.id(now, PartnerId::new)`.
    #[must_use]
    pub fn id<T>(&self, now: Timestamp, make: impl FnOnce(u64, IdEntropy) -> T) -> T {
        make(u64::try_from(now.as_millisecond()).unwrap_or(0), self.bytes())
    }
}
