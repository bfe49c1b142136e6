//! Where calls are counted while they happen.
//!
//! A call writes one small record into the list of its thread's shard, and nothing more. Lists are
//! folded into cells (minute × key × operation × outcome) when they grow long and before each flush.
//! Cells are bounded: if the store is away for so long that there are too many, further ones of a key
//! share the first minute of their day, so that no count is lost and days stay exact.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use domain::{
    ids::PartnerId,
    keys::Environment,
    limits::{day_end_s, day_of},
    operations::Operation,
    usage::Outcome,
};

use super::{flush::Outbox, latencies::Latencies, views::Remembered};
use crate::keys::{Credential, CredentialId, Trail};

const SHARDS: usize = 16;
/// Records that a shard holds before they are folded.
const RECORDS_MAX: usize = 4096;
/// Cells that are kept by the minute; beyond, by the day.
const CELLS_MAX: usize = 20_000;

/// One answered call.
#[derive(Debug, Clone)]
pub struct Measure {
    pub credential: Option<Arc<Credential>>,
    /// When it came, seconds since 1970.
    pub at_s: i64,
    /// None: the address fits no operation.
    pub operation: Option<Operation>,
    pub outcome: Outcome,
    pub latency_us: u32,
}

impl Measure {
    fn minute(&self) -> i64 {
        self.at_s.div_euclid(60)
    }

    /// Orders records so that those of one cell stand together.
    fn order(&self) -> (usize, i64, Option<Operation>, Outcome, u32) {
        let credential = self.credential.as_ref().map_or(0, |credential| Arc::as_ptr(credential) as usize);
        (credential, self.minute(), self.operation, self.outcome, self.latency_us)
    }
}

/// What is counted together.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct CellKey {
    /// Key or application, and partner; none for calls without either.
    pub key: Option<(CredentialId, PartnerId)>,
    /// Minutes since 1970.
    pub minute: i64,
    pub operation: Option<Operation>,
    pub outcome: Outcome,
}

/// The calls of a cell.
#[derive(Debug, Clone, Default)]
pub struct Cell {
    pub calls: u64,
    pub sum_us: u64,
    pub latencies: Latencies,
}

impl Cell {
    pub fn merge(&mut self, other: &Self) {
        self.calls += other.calls;
        self.sum_us += other.sum_us;
        self.latencies.merge(&other.latencies);
    }
}

/// What waits to be flushed into one environment's store.
#[derive(Debug, Default)]
pub struct Folded {
    pub cells: HashMap<CellKey, Cell>,
    /// Keys that were used.
    pub used: HashMap<CredentialId, Arc<Trail>>,
}

impl Folded {
    fn add(&mut self, mut key: CellKey, cell: &Cell) {
        if self.cells.len() >= CELLS_MAX && !self.cells.contains_key(&key) {
            let day = day_of(key.minute * 60);
            key.minute = day_end_s(day - 1).div_euclid(60);
        }
        self.cells.entry(key).or_default().merge(cell);
    }
}

/// See the module.
#[derive(Default)]
pub struct Meter {
    shards: [Mutex<Vec<Measure>>; SHARDS],
    folded: [Mutex<Folded>; 2],
    /// What was taken out to be written, until the store has it.
    pub(super) outbox: tokio::sync::Mutex<Outbox>,
    /// Figures that are costly to compute and that many ask for.
    pub(super) remembered: Remembered,
}

impl std::fmt::Debug for Meter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Meter")
    }
}

/// A shard of its own for each of the first threads.
fn shard_of_thread() -> usize {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    thread_local!(static MINE: usize = NEXT.fetch_add(1, Ordering::Relaxed) % SHARDS);
    MINE.with(|mine| *mine)
}

impl Meter {
    /// Counts a call.
    pub fn record(&self, measure: Measure) {
        let mut records = lock(&self.shards[shard_of_thread()]);
        if records.capacity() == 0 {
            records.reserve(RECORDS_MAX);
        }
        records.push(measure);
        if records.len() >= RECORDS_MAX {
            let full = std::mem::take(&mut *records);
            drop(records);
            self.fold(full);
        }
    }

    /// Takes out everything counted so far for an environment, unless the calls already there have
    /// to wait: then they stay and grow.
    pub(super) fn take(&self, environment: Environment) -> Folded {
        std::mem::take(&mut *lock(&self.folded[place(environment)]))
    }

    /// Folds what stands in the shards.
    pub(super) fn fold_all(&self) {
        for shard in &self.shards {
            let records = std::mem::take(&mut *lock(shard));
            self.fold(records);
        }
    }

    fn fold(&self, mut records: Vec<Measure>) {
        records.sort_unstable_by_key(Measure::order);
        for cell in records.chunk_by(|a, b| {
            let (a, b) = (a.order(), b.order());
            (a.0, a.1, a.2, a.3) == (b.0, b.1, b.2, b.3)
        }) {
            let Some(first) = cell.first() else { continue };
            let credential = first.credential.as_deref();
            let key = CellKey {
                key: credential.map(|credential| (credential.id.clone(), credential.partner_id.clone())),
                minute: first.minute(),
                operation: first.operation,
                outcome: first.outcome,
            };
            let counted = Cell {
                calls: cell.len() as u64,
                sum_us: cell.iter().map(|measure| u64::from(measure.latency_us)).sum(),
                latencies: Latencies::from_sorted(cell.iter().map(|measure| measure.latency_us)),
            };
            let environment = credential.map_or(Environment::Live, |credential| credential.environment);
            let mut folded = lock(&self.folded[place(environment)]);
            folded.add(key, &counted);
            if let Some(credential) = credential {
                folded.used.entry(credential.id.clone()).or_insert_with(|| credential.trail.clone());
            }
        }
    }
}

fn place(environment: Environment) -> usize {
    match environment {
        Environment::Live => 0,
        Environment::Test => 1,
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measure(at_s: i64, latency_us: u32) -> Measure {
        Measure {
            credential: None,
            at_s,
            operation: Some(Operation::ListLines),
            outcome: Outcome::Fine,
            latency_us,
        }
    }

    #[test]
    fn calls_of_many_threads_are_all_there() {
        let meter = Meter::default();
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for n in 0..10_000 {
                        meter.record(measure(60 * i64::from(n % 3), n));
                    }
                });
            }
        });
        meter.fold_all();
        let folded = meter.take(Environment::Live);
        assert_eq!(folded.cells.len(), 3);
        assert_eq!(folded.cells.values().map(|cell| cell.calls).sum::<u64>(), 80_000);
        assert!(
            meter.take(Environment::Live).cells.is_empty() && meter.take(Environment::Test).cells.is_empty()
        );
    }

    /// The store is away for weeks: memory stays bounded, days stay exact.
    #[test]
    fn too_many_minutes_become_days() {
        let meter = Meter::default();
        for minute in 0..(CELLS_MAX as i64 * 2) {
            meter.record(measure(minute * 60, 100));
        }
        meter.fold_all();
        let folded = meter.take(Environment::Live);
        assert!(folded.cells.len() <= CELLS_MAX + 30);
        let mut by_day: HashMap<i64, u64> = HashMap::new();
        for (key, cell) in &folded.cells {
            *by_day.entry(day_of(key.minute * 60)).or_default() += cell.calls;
        }
        // 1970-01-01 begins at 07:00 in Jakarta.
        assert_eq!((by_day[&0], by_day[&1], by_day[&20]), (1_020, 1_440, 1_440));
    }
}
