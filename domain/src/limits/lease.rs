//! A node's share of a partner's daily quota: blocks of calls, taken from the store and spent in
//! memory. The store counts a block when it is taken, so nodes together never spend more than the
//! quota; what a node shows as remaining is what the store had left, plus its own unspent calls.

use super::{Standing, day_end_s};

/// What a node holds of one partner's quota, for one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lease {
    day: i64,
    /// Quota that the block was taken under.
    limit: u64,
    /// What the store has counted that day, this node's unspent calls included, as far as known.
    counted: u64,
    /// Unspent calls of this node.
    left: u64,
    /// The smallest figure told that day: what is shown never rises.
    shown: u64,
    /// The store had nothing more to give.
    dry: bool,
}

impl Default for Lease {
    fn default() -> Self {
        Self { day: i64::MIN, limit: 0, counted: 0, left: 0, shown: u64::MAX, dry: false }
    }
}

/// Answer to [`Lease::take`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Take {
    /// One call was spent; this is what is left.
    Taken(Standing),
    /// The store has to be asked for another block.
    Empty,
    /// The day's quota is used up.
    Exhausted(Standing),
}

impl Lease {
    /// Spends one call of `day` under a quota of `limit` calls.
    ///
    /// A `day` before the lease's own (two threads read the clock around midnight) counts as the
    /// lease's.
    pub fn take(&mut self, day: i64, limit: u64) -> Take {
        if day > self.day || limit != self.limit {
            return Take::Empty;
        }
        if self.left > 0 {
            self.left -= 1;
            return Take::Taken(self.told());
        }
        if self.dry { Take::Exhausted(self.told()) } else { Take::Empty }
    }

    /// The store granted `granted` calls more and has counted `counted` now. Granting none means
    /// that the quota is used up.
    pub fn grant(&mut self, day: i64, limit: u64, granted: u64, counted: u64) {
        self.turn_to(day, limit);
        if day < self.day {
            return;
        }
        self.left = if granted == 0 { 0 } else { self.left + granted };
        self.dry = granted == 0;
        self.counted = counted;
    }

    /// Learns what the store has counted, without taking any of it.
    pub fn learn(&mut self, day: i64, limit: u64, counted: u64) {
        self.turn_to(day, limit);
        self.counted = self.counted.max(counted);
    }

    fn turn_to(&mut self, day: i64, limit: u64) {
        if day > self.day {
            *self = Self { day, limit, ..Self::default() };
        } else if limit != self.limit {
            // Another quota is another window as far as anybody was told.
            *self = Self { limit, shown: u64::MAX, dry: false, ..*self };
        }
    }

    /// How the day stands, if the store was heard of for it. Shows, so it is never more than before.
    pub fn standing(&mut self, day: i64, limit: u64) -> Option<Standing> {
        (day <= self.day && limit == self.limit).then(|| self.told())
    }

    /// The day to ask the store about, if a call would find this lease empty. It is the lease's own
    /// where the caller's clock reads a little earlier.
    #[must_use]
    pub fn wants_block(&self, day: i64, limit: u64) -> Option<i64> {
        let turns = day > self.day || limit != self.limit;
        (turns || (self.left == 0 && !self.dry)).then_some(day.max(self.day))
    }

    /// How the lease's own day stands.
    pub fn told(&mut self) -> Standing {
        let remaining = (self.limit.saturating_sub(self.counted) + self.left).min(self.limit);
        self.shown = self.shown.min(remaining);
        Standing { limit: self.limit, remaining: self.shown, resets_at_s: day_end_s(self.day) }
    }

    /// True while unspent calls would be lost with this value. Those of days before `today` are
    /// worth nothing.
    #[must_use]
    pub fn holds_calls(&self, today: i64) -> bool {
        self.left > 0 && self.day >= today
    }

    /// Takes the unspent calls out, to hand them back to the store: the day and how many.
    pub fn give_back(&mut self) -> Option<(i64, u64)> {
        let unspent = std::mem::take(&mut self.left);
        if unspent == 0 {
            return None;
        }
        self.counted = self.counted.saturating_sub(unspent);
        Some((self.day, unspent))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::{super::lease_size, *};

    /// A store as plain as can be.
    #[derive(Default)]
    struct Store(BTreeMap<i64, u64>);

    impl Store {
        fn lease(&mut self, day: i64, limit: u64) -> (u64, u64) {
            let used = self.0.entry(day).or_default();
            let granted = lease_size(limit).min(limit.saturating_sub(*used));
            *used += granted;
            (granted, *used)
        }
    }

    fn call(lease: &mut Lease, store: &mut Store, day: i64, limit: u64) -> Result<Standing, Standing> {
        loop {
            match lease.take(day, limit) {
                Take::Taken(standing) => return Ok(standing),
                Take::Exhausted(standing) => return Err(standing),
                Take::Empty => {
                    let day = lease.wants_block(day, limit).expect("an empty lease wants a block");
                    let (granted, counted) = store.lease(day, limit);
                    lease.grant(day, limit, granted, counted);
                }
            }
        }
    }

    #[test]
    fn one_node_serves_exactly_the_quota_and_counts_down_one_by_one() {
        for limit in [1, 7, 199, 1_000, 10_001] {
            let (mut lease, mut store) = (Lease::default(), Store::default());
            for left in (0..limit).rev() {
                assert_eq!(call(&mut lease, &mut store, 20_520, limit).map(|s| s.remaining), Ok(left));
            }
            let refused = call(&mut lease, &mut store, 20_520, limit).unwrap_err();
            assert_eq!((refused.remaining, refused.resets_at_s), (0, day_end_s(20_520)));
        }
    }

    #[test]
    fn a_new_day_brings_a_new_quota_and_late_readers_of_the_clock_do_no_harm() {
        let (mut lease, mut store) = (Lease::default(), Store::default());
        let calls: Vec<_> = [5, 5, 6, 5, 6].map(|day| call(&mut lease, &mut store, day, 2).is_ok()).into();
        assert_eq!(calls, [true, true, true, true, false]);
    }

    #[test]
    fn another_quota_holds_at_once() {
        let (mut lease, mut store) = (Lease::default(), Store::default());
        for _ in 0..40 {
            call(&mut lease, &mut store, 9, 1_000).unwrap();
        }
        assert!(call(&mut lease, &mut store, 9, 30).is_err());
        assert_eq!(call(&mut lease, &mut store, 9, 50).map(|s| s.remaining), Ok(9));
    }

    proptest! {
        /// Several nodes, days that pass, blocks handed back: nobody over-serves, nothing shown rises.
        #[test]
        fn nodes_together_never_serve_more_than_the_quota(
            limit in 1_u64..2_000,
            steps in prop::collection::vec((0_usize..3, 0_u8..100), 1..3_000),
        ) {
            let mut store = Store::default();
            let mut nodes = [Lease::default(); 3];
            let mut served: BTreeMap<i64, u64> = BTreeMap::new();
            let mut shown = [(0_i64, u64::MAX); 3];
            let mut day = 1;
            for (node, act) in steps {
                match act {
                    0 => day += 1,
                    1 => {
                        if let Some((of, unspent)) = nodes[node].give_back() {
                            *store.0.entry(of).or_default() -= unspent;
                        }
                    }
                    _ => {
                        let answer = call(&mut nodes[node], &mut store, day, limit);
                        *served.entry(day).or_default() += u64::from(answer.is_ok());
                        let told = answer.unwrap_or_else(|standing| standing).remaining;
                        if shown[node].0 == day {
                            prop_assert!(told <= shown[node].1);
                        }
                        shown[node] = (day, told);
                    }
                }
            }
            prop_assert!(served.values().all(|served| *served <= limit));
        }
    }
}
