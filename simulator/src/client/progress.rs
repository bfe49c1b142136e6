//! What a run has come to so far.

use std::{
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    time::Duration,
};

use domain::gates::{GateDecision, TapAnswers, TapStatus};
use jiff::Timestamp;
use serde::Serialize;

/// Counts as they run.
#[derive(Debug, Default)]
pub struct Progress {
    planned: usize,
    known: AtomicUsize,
    ahead: AtomicUsize,
    messages: AtomicUsize,
    accepted: AtomicUsize,
    duplicates: AtomicUsize,
    rejected: AtomicUsize,
    denied: AtomicUsize,
    retries: AtomicUsize,
    /// Of each acknowledged message, in microseconds.
    latencies_us: Mutex<Vec<u32>>,
}

/// What a run has come to.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Summary {
    /// Taps that this run set out to send.
    pub planned: usize,
    /// Taps that earlier runs had an answer for.
    pub known: usize,
    /// Taps that lie ahead of the clock and were not sent.
    pub ahead: usize,
    pub messages: usize,
    pub accepted: usize,
    pub duplicates: usize,
    pub rejected: usize,
    /// Of the accepted and duplicate ones: not let through.
    pub denied: usize,
    /// Messages sent again for want of an answer.
    pub retries: usize,
    pub elapsed_s: f64,
    pub taps_per_s: f64,
    pub p50_ms: f64,
    pub p99_ms: f64,
    /// How far the simulated day has come.
    pub simulated_at: Timestamp,
}

impl Progress {
    pub(super) fn new(planned: usize) -> Self {
        Self { planned, ..Self::default() }
    }

    pub(super) fn known(&self, taps: usize) {
        self.known.store(taps, Relaxed);
    }

    pub(super) fn ahead(&self, taps: usize) {
        self.ahead.store(taps, Relaxed);
    }

    pub(super) fn tried_again(&self) {
        self.retries.fetch_add(1, Relaxed);
    }

    pub(super) fn acknowledged(&self, answers: &TapAnswers, after: Duration) {
        for answer in &answers.results {
            let count = match answer.status {
                TapStatus::Accepted => &self.accepted,
                TapStatus::Duplicate => &self.duplicates,
                TapStatus::Rejected => &self.rejected,
            };
            count.fetch_add(1, Relaxed);
            if answer.decision == GateDecision::Deny && answer.status != TapStatus::Rejected {
                self.denied.fetch_add(1, Relaxed);
            }
        }
        self.messages.fetch_add(1, Relaxed);
        let us = u32::try_from(after.as_micros()).unwrap_or(u32::MAX);
        self.latencies_us.lock().unwrap_or_else(PoisonError::into_inner).push(us);
    }

    pub(super) fn summary(&self, elapsed: Duration, simulated_at: Timestamp) -> Summary {
        let (accepted, duplicates) = (self.accepted.load(Relaxed), self.duplicates.load(Relaxed));
        let rejected = self.rejected.load(Relaxed);
        let answered = (accepted + duplicates + rejected) as f64;
        let mut latencies = self.latencies_us.lock().unwrap_or_else(PoisonError::into_inner).clone();
        latencies.sort_unstable();
        let at_ms = |per_cent: usize| {
            let place = (latencies.len() * per_cent).div_ceil(100).saturating_sub(1);
            latencies.get(place).map_or(0.0, |&us| f64::from(us) / 1_000.0)
        };
        Summary {
            planned: self.planned,
            known: self.known.load(Relaxed),
            ahead: self.ahead.load(Relaxed),
            messages: self.messages.load(Relaxed),
            accepted,
            duplicates,
            rejected,
            denied: self.denied.load(Relaxed),
            retries: self.retries.load(Relaxed),
            elapsed_s: elapsed.as_secs_f64(),
            taps_per_s: answered / elapsed.as_secs_f64().max(0.001),
            p50_ms: at_ms(50),
            p99_ms: at_ms(99),
            simulated_at,
        }
    }
}
