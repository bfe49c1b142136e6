//! Latencies as they are gathered and kept: an HDR histogram of microseconds with two significant
//! digits, in sparse form.
//!
//! A cell of a rollup often holds a handful of calls; so cells keep only the buckets that have calls,
//! in order. Bytes in the store: for each bucket, as LEB128 numbers, its distance from the one before
//! and its calls. Percentiles are read from [`hdrhistogram`], which has the same buckets.

use hdrhistogram::Histogram;

use crate::store::DbError;

/// Buckets below this value are one microsecond wide; above, they are as wide as keeps two digits.
const EXACT_BELOW: u64 = 256;
/// Longer calls count as this long: ten minutes.
const MAX_US: u64 = 600_000_000;

/// The smallest value of the bucket that `us` falls into, as the HDR histogram has it.
fn bucket(us: u64) -> u64 {
    let us = us.min(MAX_US);
    if us < EXACT_BELOW {
        return us;
    }
    // 128 buckets to each doubling.
    let shift = us.ilog2() - 7;
    us >> shift << shift
}

/// Calls by bucket, in order of the bucket.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Latencies(Vec<(u64, u64)>);

impl Latencies {
    /// From single calls, sorted.
    pub fn from_sorted(calls_us: impl Iterator<Item = u32>) -> Self {
        let mut buckets: Vec<(u64, u64)> = Vec::new();
        for us in calls_us {
            let value = bucket(us.into());
            match buckets.last_mut() {
                Some((last, calls)) if *last == value => *calls += 1,
                _ => buckets.push((value, 1)),
            }
        }
        debug_assert!(buckets.is_sorted());
        Self(buckets)
    }

    /// Adds the calls of another one.
    pub fn merge(&mut self, other: &Self) {
        if other.0.is_empty() {
            return;
        }
        let mine = std::mem::take(&mut self.0);
        let mut merged = Vec::with_capacity(mine.len() + other.0.len());
        let (mut mine, mut theirs) = (mine.into_iter().peekable(), other.0.iter().copied().peekable());
        loop {
            let next = match (mine.peek(), theirs.peek()) {
                (Some(a), Some(b)) if a.0 == b.0 => {
                    let sum = (a.0, a.1 + b.1);
                    mine.next();
                    theirs.next();
                    Some(sum)
                }
                (Some(a), Some(b)) if a.0 < b.0 => mine.next(),
                (Some(_), None) => mine.next(),
                (_, Some(_)) => theirs.next(),
                (None, None) => None,
            };
            match next {
                Some(bucket) => merged.push(bucket),
                None => break,
            }
        }
        self.0 = merged;
    }

    /// As the store keeps it.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.0.len() * 3);
        let mut before = 0;
        for (value, calls) in &self.0 {
            write_number(&mut bytes, value - before);
            write_number(&mut bytes, *calls);
            before = *value;
        }
        bytes
    }

    /// # Errors
    /// [`DbError::Corrupt`] when the bytes are not what [`Self::to_bytes`] writes.
    pub fn from_bytes(mut bytes: &[u8]) -> Result<Self, DbError> {
        let corrupt = || DbError::Corrupt { column: "latencies".to_owned() };
        let mut buckets = Vec::new();
        let mut value = 0_u64;
        while !bytes.is_empty() {
            let step = read_number(&mut bytes).ok_or_else(corrupt)?;
            let calls = read_number(&mut bytes).ok_or_else(corrupt)?;
            value = value.checked_add(step).filter(|value| *value <= MAX_US).ok_or_else(corrupt)?;
            if calls == 0 || (step == 0 && !buckets.is_empty()) {
                return Err(corrupt());
            }
            buckets.push((value, calls));
        }
        Ok(Self(buckets))
    }

    /// The histogram to read percentiles from.
    #[must_use]
    pub fn histogram(&self) -> Histogram<u64> {
        let mut histogram =
            Histogram::new_with_bounds(1, MAX_US, 2).expect("constant bounds that HDR histograms take");
        for (value, calls) in &self.0 {
            histogram.saturating_record_n(*value, *calls);
        }
        histogram
    }
}

fn write_number(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 128 {
        bytes.push((number % 128) as u8 | 128);
        number /= 128;
    }
    bytes.push(number as u8);
}

fn read_number(bytes: &mut &[u8]) -> Option<u64> {
    let mut number = 0_u64;
    for shift in (0..63).step_by(7) {
        let (&byte, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= u64::from(byte & 127) << shift;
        if byte < 128 {
            return Some(number);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(mut calls_us: Vec<u32>) -> Latencies {
        calls_us.sort_unstable();
        Latencies::from_sorted(calls_us.into_iter())
    }

    proptest! {
        /// The library's histogram of the same calls says the same at every percentile.
        #[test]
        fn percentiles_are_those_of_all_single_calls(
            one in prop::collection::vec(0_u32..20_000_000, 1..200),
            other in prop::collection::vec(0_u32..3_000, 0..200),
        ) {
            let mut reference = Histogram::<u64>::new_with_bounds(1, MAX_US, 2).unwrap();
            for us in one.iter().chain(&other) {
                reference.record(u64::from(*us)).unwrap();
            }
            let mut merged = of(one);
            merged.merge(&of(other));
            let found = Latencies::from_bytes(&merged.to_bytes()).unwrap();
            prop_assert_eq!(&found, &merged);
            let found = found.histogram();
            prop_assert_eq!(found.len(), reference.len());
            for percentile in [0.0, 1.0, 25.0, 50.0, 90.0, 99.0, 99.9, 100.0] {
                prop_assert_eq!(found.value_at_percentile(percentile), reference.value_at_percentile(percentile));
            }
        }

        #[test]
        fn merging_is_the_same_in_any_order(a in prop::collection::vec(0_u32..5_000, 0..60), b in prop::collection::vec(0_u32..5_000, 0..60)) {
            let (mut ab, mut ba) = (of(a.clone()), of(b.clone()));
            ab.merge(&of(b.clone()));
            ba.merge(&of(a.clone()));
            prop_assert_eq!(&ab, &ba);
            prop_assert_eq!(ab, of([a, b].concat()));
        }

        #[test]
        fn no_bytes_make_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
            let _ = Latencies::from_bytes(&bytes);
        }
    }
}
