//! Chance that is the same everywhere: SplitMix64 (Steele, Lea, Flood 2014) in whole numbers.
//!
//! Not from a crate, whose next version may draw other numbers: one seed must give the same taps for
//! as long as the model stands. Not fit for secrets.

/// A sequence of draws.
#[derive(Debug, Clone)]
pub struct Chance(u64);

/// Scrambles a number so that neighbours have nothing in common.
#[must_use]
pub const fn mix(number: u64) -> u64 {
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

impl Chance {
    /// The sequence that belongs to these numbers, in this order.
    #[must_use]
    pub fn of(parts: &[u64]) -> Self {
        let mut chance = Self(0);
        for &part in parts {
            chance.0 ^= mix(part.wrapping_add(0x51_7c_c1_b7_27_22_0a_95));
            chance.0 = chance.draw();
        }
        chance
    }

    /// Any number.
    pub fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.0)
    }

    /// A number below `limit`; zero where there is none.
    pub fn below(&mut self, limit: u64) -> u64 {
        u64::try_from((u128::from(self.draw()) * u128::from(limit)) >> 64).unwrap_or(0)
    }

    /// A number from `first` to `last`, both included.
    pub fn between(&mut self, first: i64, last: i64) -> i64 {
        let span = u64::try_from(last.saturating_sub(first)).unwrap_or(0).saturating_add(1);
        first.saturating_add(i64::try_from(self.below(span)).unwrap_or(0))
    }

    /// True so many times in a thousand.
    pub fn per_mille(&mut self, share: u64) -> bool {
        self.below(1_000) < share
    }

    /// A place, as often as its weight says. Zero where no weight is.
    pub fn weighted(&mut self, weights: &Weights) -> usize {
        let point = self.below(weights.0.last().copied().unwrap_or(0));
        weights.0.partition_point(|&sum| sum <= point)
    }
}

/// Weights as running sums.
#[derive(Debug, Clone)]
pub struct Weights(Vec<u64>);

impl Weights {
    #[must_use]
    pub fn of(weights: impl IntoIterator<Item = u64>) -> Self {
        let running = weights.into_iter().scan(0_u64, |sum, weight| {
            *sum = sum.saturating_add(weight);
            Some(*sum)
        });
        Self(running.collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sequence_is_the_published_one() {
        // First outputs of SplitMix64 for seed 1234567, as listed at rosettacode.org.
        let mut chance = Chance(1_234_567);
        assert_eq!(chance.draw(), 6_457_827_717_110_365_317);
        assert_eq!(chance.draw(), 3_203_168_211_198_807_973);
        assert_eq!(chance.draw(), 9_817_491_932_198_370_423);
    }

    #[test]
    fn places_come_as_often_as_they_weigh() {
        let weights = Weights::of([0, 1, 0, 3]);
        let mut chance = Chance::of(&[1]);
        let mut counts = [0; 4];
        for _ in 0..10_000 {
            counts[chance.weighted(&weights)] += 1;
        }
        assert_eq!((counts[0], counts[2]), (0, 0));
        assert!((2_300..2_700).contains(&counts[1]), "{counts:?}");
    }
}
