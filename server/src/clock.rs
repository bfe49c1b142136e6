//! The only place that reads the wall clock.
//!
//! Everything else is handed a [`Clock`], so that tests, the demo's fast-forward and the operator's
//! `/internal/clock` move time for all parts alike.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};
use tokio::sync::Notify;

/// A clock that can be read by everybody and moved forward by whoever was given the right.
#[derive(Clone, Debug)]
pub struct Clock(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    /// A still clock stands at its offset; a running one adds its offset to the system's time.
    running: bool,
    /// Microseconds.
    offset_us: AtomicI64,
    moved: Notify,
}

impl Clock {
    /// The system's time, plus whatever it is advanced by.
    #[must_use]
    pub fn system() -> Self {
        Self::new(true, 0)
    }

    /// Stands still at `start` until it is moved.
    #[must_use]
    pub fn still(start: Timestamp) -> Self {
        Self::new(false, start.as_microsecond())
    }

    fn new(running: bool, offset_us: i64) -> Self {
        Self(Arc::new(Inner { running, offset_us: AtomicI64::new(offset_us), moved: Notify::new() }))
    }

    #[must_use]
    pub fn now(&self) -> Timestamp {
        let offset_us = self.0.offset_us.load(Ordering::Relaxed);
        let base_us = if self.0.running { Timestamp::now().as_microsecond() } else { 0 };
        Timestamp::from_microsecond(base_us.saturating_add(offset_us)).unwrap_or(Timestamp::MAX)
    }

    /// Moves time forward and wakes everything that waits for an instant now past.
    pub fn advance(&self, by: Duration) {
        let by_us = i64::try_from(by.as_micros()).unwrap_or(i64::MAX / 4).min(i64::MAX / 4);
        self.0.offset_us.fetch_add(by_us, Ordering::Relaxed);
        self.0.moved.notify_waiters();
    }

    /// Puts a still clock to `at`; earlier instants are ignored, time does not run back.
    pub fn advance_to(&self, at: Timestamp) {
        if let Ok(gap) = Duration::try_from(at.duration_since(self.now())) {
            self.advance(gap);
        }
    }

    /// Waits until this clock has passed `deadline`.
    pub async fn wait_until(&self, deadline: Timestamp) {
        loop {
            let moved = self.0.moved.notified();
            tokio::pin!(moved);
            moved.as_mut().enable();
            let left = deadline.duration_since(self.now());
            if left <= SignedDuration::ZERO {
                return;
            }
            match Duration::try_from(left) {
                Ok(left) if self.0.running => {
                    // Either the time has passed or the clock was moved: look again.
                    let _ = tokio::time::timeout(left, moved).await;
                }
                _ => moved.await,
            }
        }
    }

    /// Waits for `duration` of this clock's time.
    pub async fn wait(&self, duration: Duration) {
        let deadline = self.now().checked_add(duration).unwrap_or(Timestamp::MAX);
        self.wait_until(deadline).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_still_clock_wakes_waiters_only_when_it_is_moved_far_enough() {
        let clock = Clock::still(Timestamp::UNIX_EPOCH);
        let waiting = tokio::spawn({
            let clock = clock.clone();
            async move { clock.wait(Duration::from_secs(10)).await }
        });
        // It begins to wait before time moves.
        tokio::task::yield_now().await;
        clock.advance(Duration::from_secs(9));
        tokio::task::yield_now().await;
        assert!(!waiting.is_finished());
        clock.advance(Duration::from_secs(1));
        waiting.await.unwrap();
        assert_eq!(clock.now().as_second(), 10);
    }
}
