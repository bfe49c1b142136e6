//! The burst window, and the day in whole seconds.

use super::Standing;

/// Length of the burst window.
pub const BURST_WINDOW_S: i64 = 60;

/// WIB is seven hours ahead of UTC, always.
pub const WIB_OFFSET_S: i64 = 7 * 3600;

const DAY_S: i64 = 24 * 3600;

/// Day in Jakarta that `unix_s` falls on, as days since 1970-01-01: the quota's day.
#[must_use]
pub const fn day_of(unix_s: i64) -> i64 {
    unix_s.saturating_add(WIB_OFFSET_S).div_euclid(DAY_S)
}

/// First second after the day: when its quota ends, seconds since 1970.
#[must_use]
pub const fn day_end_s(day: i64) -> i64 {
    (day + 1) * DAY_S - WIB_OFFSET_S
}

/// A fixed window of 60 seconds that begins with the whole second of the first call. Within it at
/// most `limit` calls are let in, so what is left never grows before the window's end.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct BurstWindow {
    begins_at_s: i64,
    used: u64,
}

impl BurstWindow {
    /// Counts a call at `now_s`, if the window admits one more.
    ///
    /// # Errors
    /// The exhausted window as it stands; nothing was counted.
    pub fn take(&mut self, now_s: i64, limit: u64) -> Result<Standing, Standing> {
        if !self.runs_at(now_s) {
            *self = Self { begins_at_s: now_s, used: 0 };
        }
        if self.used >= limit {
            return Err(self.standing(now_s, limit));
        }
        self.used += 1;
        Ok(self.standing(now_s, limit))
    }

    /// How it stands at `now_s`. One that is over, or never began, would begin now.
    #[must_use]
    pub fn standing(&self, now_s: i64, limit: u64) -> Standing {
        let (begins_at_s, used) =
            if self.runs_at(now_s) { (self.begins_at_s, self.used) } else { (now_s, 0) };
        Standing {
            limit,
            remaining: limit.saturating_sub(used),
            resets_at_s: begins_at_s.saturating_add(BURST_WINDOW_S),
        }
    }

    /// True while calls at `now_s` fall into it. A clock set back by more than a window's length
    /// ends it too, so that nobody is locked out until the old time comes again.
    #[must_use]
    pub fn runs_at(&self, now_s: i64) -> bool {
        self.used > 0 && now_s.abs_diff(self.begins_at_s) < BURST_WINDOW_S as u64
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use proptest::prelude::*;

    use super::*;
    use crate::time::{day_number, jakarta_day, next_midnight};

    /// The rule again, slow and plain: all admitted calls are kept, windows are found by walking them.
    struct Reference {
        admitted: Vec<i64>,
    }

    impl Reference {
        fn window(&self, now_s: i64) -> Option<(i64, u64)> {
            let mut begin: Option<i64> = None;
            let mut count = 0;
            for at in &self.admitted {
                if begin.is_none_or(|begin| *at >= begin + 60) {
                    (begin, count) = (Some(*at), 0);
                }
                count += 1;
            }
            begin.filter(|begin| now_s < begin + 60).map(|begin| (begin, count))
        }

        fn take(&mut self, now_s: i64, limit: u64) -> (bool, u64, i64) {
            let (begin, used) = self.window(now_s).unwrap_or((now_s, 0));
            let admitted = used < limit;
            if admitted {
                self.admitted.push(now_s);
            }
            (admitted, limit - used - u64::from(admitted), begin + 60)
        }
    }

    proptest! {
        #[test]
        fn the_window_is_the_reference(limit in 1_u64..12, gaps in prop::collection::vec(0_i64..40, 1..120)) {
            let mut window = BurstWindow::default();
            let mut reference = Reference { admitted: Vec::new() };
            let mut now_s = 1_772_959_260;
            for gap in gaps {
                now_s += gap;
                let taken = window.take(now_s, limit);
                let standing = taken.unwrap_or_else(|standing| standing);
                let expected = reference.take(now_s, limit);
                prop_assert_eq!((taken.is_ok(), standing.remaining, standing.resets_at_s), expected);
                prop_assert_eq!(window.standing(now_s, limit), standing);
            }
        }

        #[test]
        fn never_more_than_the_limit_before_the_reset(limit in 1_u64..50, gaps in prop::collection::vec(0_i64..3, 1..300)) {
            let mut window = BurstWindow::default();
            let mut now_s = 0;
            let (mut reset, mut admitted) = (0, 0);
            for gap in gaps {
                now_s += gap;
                if let Ok(standing) = window.take(now_s, limit) {
                    if standing.resets_at_s != reset {
                        prop_assert!(now_s >= reset);
                        (reset, admitted) = (standing.resets_at_s, 0);
                    }
                    admitted += 1;
                    prop_assert_eq!(standing.remaining, limit - admitted);
                }
            }
        }

        #[test]
        fn days_are_those_of_the_calendar_in_jakarta(unix_s in -30_000_000_000_i64..100_000_000_000) {
            let at = Timestamp::from_second(unix_s).unwrap();
            prop_assert_eq!(day_of(unix_s), day_number(jakarta_day(at)));
            prop_assert_eq!(day_end_s(day_of(unix_s)), next_midnight(at).as_second());
        }
    }

    #[test]
    fn a_clock_set_back_locks_nobody_out() {
        let mut window = BurstWindow::default();
        window.take(10_000, 1).unwrap();
        assert!(window.take(10_059, 1).is_err());
        assert!(window.take(9_950, 1).is_err());
        assert!(window.take(9_400, 1).is_ok());
    }
}
