//! An endpoint that does not answer: sparing it, warning its owner, and giving it up.
//!
//! Two clocks run beside each other. The **breaker** is short: while an endpoint fails, one attempt at
//! a time goes out now and then instead of all that wait, and what was held back does not count as an
//! attempt. **Failing** is long: since the first failure without a success after it. Its owner is
//! warned after one day and after four; after five the endpoint is disabled.

use jiff::{SignedDuration, Timestamp};

use super::schedule::ASKED_WAIT_MAX_S;

/// An endpoint that fails for so long is disabled.
pub const FAILING_MAX: SignedDuration = SignedDuration::from_hours(5 * 24);
/// When its owner is warned before.
pub const WARN_AFTER: [SignedDuration; 2] =
    [SignedDuration::from_hours(24), SignedDuration::from_hours(4 * 24)];

/// A time of failing without any success.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Failing {
    /// End of the first failed attempt.
    pub since: Timestamp,
    /// Warnings that were sent.
    pub warnings: u8,
}

/// What is to be done about an endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    Nothing,
    /// Tell its owner, and keep that they were told.
    Warn(Failing),
    Disable,
}

impl Failing {
    /// After another failure: the time goes on, or begins.
    #[must_use]
    pub fn after_failure(before: Option<Self>, now: Timestamp) -> Self {
        before.unwrap_or(Self { since: now, warnings: 0 })
    }

    /// What is due at `now`. Warnings that were missed are sent as one.
    #[must_use]
    pub fn measure(self, now: Timestamp) -> Measure {
        let lasted = now.duration_since(self.since);
        if lasted >= FAILING_MAX {
            return Measure::Disable;
        }
        let due = WARN_AFTER.iter().map(|&after| u8::from(lasted >= after)).sum();
        if due > self.warnings { Measure::Warn(Self { warnings: due, ..self }) } else { Measure::Nothing }
    }
}

/// Failures in a row that open a breaker.
pub const FAILURES_MAX: u32 = 5;
/// First wait of an open breaker, in seconds; each failed probe doubles it.
pub const WAIT_FIRST_S: i64 = 30;
/// Longest wait after failures, in seconds. One that was asked for may be longer.
pub const WAIT_MAX_S: i64 = 300;
/// A probe that has not ended after so many seconds was lost with its server.
pub const PROBE_LOST_S: i64 = 30;

/// Whether an endpoint is called.
///
/// ```text
/// Closed ── 5 failures in a row, or asked to wait ──▶ Open ── wait over ──▶ Probing
///   ▲                                                  ▲──── failure ─────────┤
///   └──────────────────────── success ───────────────────────────────────────┘
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Breaker {
    Closed { failures: u32 },
    Open { until: Timestamp, wait_s: i64 },
    Probing { lost_at: Timestamp, wait_s: i64 },
}

/// Whether an attempt may begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admission {
    Go,
    /// Held back; it does not count as an attempt.
    NotBefore(Timestamp),
}

impl Default for Breaker {
    fn default() -> Self {
        Self::Closed { failures: 0 }
    }
}

impl Breaker {
    /// Asks to begin an attempt. Once the wait is over one is let through, as a probe.
    #[must_use]
    pub fn admit(self, now: Timestamp) -> (Self, Admission) {
        match self {
            Self::Closed { .. } => (self, Admission::Go),
            Self::Open { until: at, .. } | Self::Probing { lost_at: at, .. } if now < at => {
                (self, Admission::NotBefore(at))
            }
            Self::Open { wait_s, .. } | Self::Probing { wait_s, .. } => {
                (Self::Probing { lost_at: after(now, PROBE_LOST_S), wait_s }, Admission::Go)
            }
        }
    }

    /// The endpoint's owner asks for an attempt: the next one is let through at once, as a probe.
    #[must_use]
    pub fn hurried(self, now: Timestamp) -> Self {
        match self {
            Self::Closed { .. } => self,
            Self::Open { until, wait_s } => Self::Open { until: until.min(now), wait_s },
            Self::Probing { lost_at, wait_s } => Self::Probing { lost_at: lost_at.min(now), wait_s },
        }
    }

    /// After an attempt that was answered with 2xx.
    #[must_use]
    pub fn after_success(self) -> Self {
        Self::default()
    }

    /// After an attempt that failed. Those that had begun before it opened change nothing.
    #[must_use]
    pub fn after_failure(self, now: Timestamp) -> Self {
        match self {
            Self::Closed { failures } if failures + 1 < FAILURES_MAX => {
                Self::Closed { failures: failures + 1 }
            }
            Self::Closed { .. } => Self::Open { until: after(now, WAIT_FIRST_S), wait_s: WAIT_FIRST_S },
            Self::Open { .. } => self,
            Self::Probing { wait_s, .. } => {
                let wait_s = wait_s.saturating_mul(2).clamp(WAIT_FIRST_S, WAIT_MAX_S);
                Self::Open { until: after(now, wait_s), wait_s }
            }
        }
    }

    /// After an answer that asked to wait (429 or 503 with `Retry-After`): opens at once, for as long as
    /// was asked and at most [`ASKED_WAIT_MAX_S`], as for a delivery. What happens meanwhile waits too.
    #[must_use]
    pub fn after_asked_to_wait(self, asked: Timestamp, now: Timestamp) -> Self {
        let until = asked.clamp(now, after(now, ASKED_WAIT_MAX_S));
        match self.after_failure(now) {
            Self::Open { until: before, wait_s } => Self::Open { until: before.max(until), wait_s },
            Self::Closed { .. } | Self::Probing { .. } => Self::Open { until, wait_s: WAIT_FIRST_S },
        }
    }
}

fn after(now: Timestamp, seconds: i64) -> Timestamp {
    now.saturating_add(SignedDuration::from_secs(seconds)).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_772_900_000 + seconds).unwrap()
    }

    #[test]
    fn an_owner_is_warned_twice_and_the_endpoint_disabled_after_five_days() {
        const DAY: i64 = 86_400;
        let failing = Failing::after_failure(None, at(0));
        assert_eq!(Failing::after_failure(Some(failing), at(DAY)), failing, "the first failure counts");
        assert_eq!(failing.measure(at(DAY - 1)), Measure::Nothing);
        let once = Failing { warnings: 1, ..failing };
        assert_eq!(failing.measure(at(DAY)), Measure::Warn(once));
        assert_eq!(once.measure(at(4 * DAY - 1)), Measure::Nothing);
        let twice = Failing { warnings: 2, ..failing };
        assert_eq!(once.measure(at(4 * DAY)), Measure::Warn(twice));
        assert_eq!(failing.measure(at(4 * DAY)), Measure::Warn(twice), "one mail, not two");
        assert_eq!(twice.measure(at(5 * DAY - 1)), Measure::Nothing);
        assert_eq!(twice.measure(at(5 * DAY)), Measure::Disable);
    }

    #[test]
    fn five_failures_open_the_breaker_and_one_probe_at_a_time_goes_out() {
        let mut breaker = Breaker::default();
        for _ in 0..4 {
            breaker = breaker.after_failure(at(0));
            assert_eq!(breaker.admit(at(0)).1, Admission::Go);
        }
        breaker = breaker.after_failure(at(0));
        assert_eq!(breaker.admit(at(29)).1, Admission::NotBefore(at(30)));
        let (probing, admission) = breaker.admit(at(30));
        assert_eq!(admission, Admission::Go);
        assert_eq!(probing.admit(at(31)).1, Admission::NotBefore(at(60)), "one probe");
        assert_eq!(probing.admit(at(60)).1, Admission::Go, "the first was lost");
        assert_eq!(probing.after_success(), Breaker::default());
        assert_eq!(probing.after_failure(at(40)).admit(at(41)).1, Admission::NotBefore(at(100)));
    }

    #[test]
    fn waits_double_up_to_five_minutes() {
        let mut breaker = (0..5).fold(Breaker::default(), |breaker, _| breaker.after_failure(at(0)));
        let mut waits = Vec::new();
        let mut now = at(0);
        for _ in 0..6 {
            let (_, Admission::NotBefore(until)) = breaker.admit(now) else { panic!("open") };
            waits.push(until.as_second() - now.as_second());
            now = until;
            breaker = breaker.admit(now).0.after_failure(now);
        }
        assert_eq!(waits, [30, 60, 120, 240, 300, 300]);
    }

    #[test]
    fn attempts_that_were_under_way_do_not_lengthen_the_wait() {
        let open = (0..5).fold(Breaker::default(), |breaker, _| breaker.after_failure(at(0)));
        assert_eq!(open.after_failure(at(10)), open);
        assert_eq!(open.after_success(), Breaker::default());
    }

    #[test]
    fn a_receiver_that_asks_to_wait_is_left_alone_at_once() {
        let asked = |until| Breaker::default().after_asked_to_wait(at(until), at(0)).admit(at(0)).1;
        assert_eq!(asked(100), Admission::NotBefore(at(100)));
        assert_eq!(asked(3_600), Admission::NotBefore(at(3_600)), "as long as it asked for");
        assert_eq!(asked(7 * 86_400), Admission::NotBefore(at(86_400)), "as a delivery: a day at most");
        assert_eq!(asked(-5), Admission::Go);
    }

    #[test]
    fn an_owner_who_asks_ends_the_wait_for_one_probe() {
        let open = Breaker::default().after_asked_to_wait(at(3_600), at(0));
        let (probing, admission) = open.hurried(at(10)).admit(at(10));
        assert_eq!(admission, Admission::Go);
        assert_eq!(probing.admit(at(11)).1, Admission::NotBefore(at(40)), "one probe");
        assert_eq!(probing.hurried(at(11)).admit(at(11)).1, Admission::Go, "asked once more");
        // What is over already does not begin again.
        assert_eq!(open.hurried(at(4_000)), open);
        let closed = Breaker::Closed { failures: 3 };
        assert_eq!(closed.hurried(at(0)), closed);
    }

    proptest! {
        /// Whatever happens, an endpoint is asked again within the longest wait, or when it said.
        #[test]
        fn no_endpoint_is_held_back_for_ever(steps in proptest::collection::vec((0_u8..4, 0_i64..400), 0..60)) {
            let mut breaker = Breaker::default();
            let (mut now, mut asked) = (0, 0);
            for (step, seconds) in steps {
                now += seconds;
                breaker = match step {
                    0 => breaker.after_failure(at(now)),
                    1 => breaker.after_success(),
                    2 => {
                        asked = now + 9_000;
                        breaker.after_asked_to_wait(at(asked), at(now))
                    }
                    _ => breaker.admit(at(now)).0,
                };
                if let Admission::NotBefore(until) = breaker.admit(at(now)).1 {
                    let longest = WAIT_MAX_S.max(asked - now);
                    prop_assert!(at(now) < until && until <= at(now + longest));
                }
            }
        }
    }
}
