//! What this node keeps of test networks in memory.

use std::{
    collections::HashMap,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
};

use domain::{
    ids::PartnerId,
    sandbox::{PeakState, PeakView},
};
use jiff::Timestamp;

/// See the module. A peak's progress is known to the node that runs it, and gone when it stops.
#[derive(Debug, Default)]
pub struct TestingGrounds {
    last_sequence: AtomicI64,
    last_run: AtomicU64,
    peaks: Mutex<HashMap<PartnerId, (Run, PeakView)>>,
}

/// One run of a peak: a later one, or a reset, takes its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Run(u64);

impl TestingGrounds {
    /// A sequence number that no gate of a test network has had: the microsecond, and more where one
    /// microsecond sees more than one tap.
    pub fn next_sequence(&self, now: Timestamp) -> i64 {
        let now = now.as_microsecond();
        let next = |last: i64| Some(now.max(last.saturating_add(1)));
        match self.last_sequence.fetch_update(Ordering::Relaxed, Ordering::Relaxed, next) {
            Ok(last) | Err(last) => now.max(last.saturating_add(1)),
        }
    }

    /// Begins a run, unless one is under way.
    pub fn begin(&self, partner: &PartnerId, peak: PeakView) -> Option<Run> {
        let mut peaks = self.peaks.lock().unwrap_or_else(PoisonError::into_inner);
        if peaks.get(partner).is_some_and(|(_, peak)| peak.state == PeakState::Running) {
            return None;
        }
        let run = Run(self.last_run.fetch_add(1, Ordering::Relaxed));
        peaks.insert(partner.clone(), (run, peak));
        Some(run)
    }

    /// Notes how far a run has come; false if it is to stop.
    pub fn note(&self, partner: &PartnerId, run: Run, state: PeakState, sent: u32) -> bool {
        let mut peaks = self.peaks.lock().unwrap_or_else(PoisonError::into_inner);
        match peaks.get_mut(partner) {
            Some((current, peak)) if *current == run => {
                (peak.state, peak.sent) = (state, sent);
                true
            }
            Some(_) | None => false,
        }
    }

    /// The latest run of a test network.
    pub fn peak(&self, partner: &PartnerId) -> Option<PeakView> {
        let peaks = self.peaks.lock().unwrap_or_else(PoisonError::into_inner);
        peaks.get(partner).map(|(_, peak)| peak.clone())
    }

    /// A test network was emptied: its run stops before the next message.
    pub fn forget(&self, partner: &PartnerId) {
        self.peaks.lock().unwrap_or_else(PoisonError::into_inner).remove(partner);
    }
}
