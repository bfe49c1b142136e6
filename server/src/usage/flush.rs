//! From memory into the store.
//!
//! What was counted is taken out as numbered batches. A batch and its number are written in one
//! transaction; a batch whose commit failed, or whose answer was lost, is sent again under the same
//! number and skipped if it is there already. So nothing is lost while the process lives, and nothing
//! counts twice. A crash loses what was counted since the last flush: a second.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
};

use domain::{ids::PartnerId, keys::Environment, limits::day_of, operations::Operation, usage::Outcome};
use jiff::Timestamp;

use super::{
    latencies::Latencies,
    meter::{Cell, CellKey},
    queries::{
        ADD_TO_DAY, ADD_TO_MINUTE, ADD_TO_TOTAL, DAY_LATENCIES, FLUSHED, MINUTE_LATENCIES, SET_FLUSHED,
        TOTAL_LATENCIES,
    },
};
use crate::{
    app::App,
    keys::{self, CredentialId, Trail},
    store::{DbError, Statement, Tx, Value, params},
};

/// Cells written in one transaction, so that none holds up other writers for long.
const BATCH_CELLS_MAX: usize = 500;

/// Name of what fits no operation.
pub const OTHER: &str = "other";

/// Batches that the store does not have yet.
#[derive(Debug, Default)]
pub struct Outbox {
    /// This process among others that write to the same store.
    node: Option<Arc<str>>,
    stores: [Waiting; 2],
}

/// Of one environment.
#[derive(Debug, Default)]
struct Waiting {
    sequence: i64,
    batches: VecDeque<Arc<Batch>>,
}

#[derive(Debug, Default)]
struct Batch {
    sequence: i64,
    cells: Vec<(CellKey, Cell)>,
    used: Vec<(CredentialId, Arc<Trail>)>,
}

/// Writes everything counted so far.
///
/// # Errors
/// When a store fails; what could not be written is kept for the next time.
pub async fn try_flush(app: &App) -> Result<(), DbError> {
    let mut outbox = app.meter.outbox.lock().await;
    app.meter.fold_all();
    let node = outbox
        .node
        .get_or_insert_with(|| {
            let bytes: [u8; 8] = app.random.bytes();
            format!("{:016x}", u64::from_be_bytes(bytes)).into()
        })
        .clone();
    let mut outcome = Ok(());
    for (environment, waiting) in Environment::ALL.into_iter().zip(&mut outbox.stores) {
        // One store's trouble does not hold up the other.
        outcome = outcome.and(write_all(app, environment, waiting, &node).await);
    }
    outcome
}

async fn write_all(
    app: &App,
    environment: Environment,
    waiting: &mut Waiting,
    node: &Arc<str>,
) -> Result<(), DbError> {
    if waiting.batches.is_empty() {
        waiting.fill(app, environment);
    }
    while let Some(batch) = waiting.batches.front() {
        let (node, batch, now) = (node.clone(), batch.clone(), app.clock.now());
        app.store(environment)
            .write::<_, DbError, _>(move |tx| Box::pin(async move { write(tx, &node, &batch, now).await }))
            .await?;
        waiting.batches.pop_front();
    }
    Ok(())
}

impl Waiting {
    fn fill(&mut self, app: &App, environment: Environment) {
        let folded = app.meter.take(environment);
        let mut cells = folded.cells.into_iter();
        let mut used: Vec<_> = folded.used.into_iter().collect();
        loop {
            let cells: Vec<_> = cells.by_ref().take(BATCH_CELLS_MAX).collect();
            let used = std::mem::take(&mut used);
            if cells.is_empty() && used.is_empty() {
                return;
            }
            self.sequence += 1;
            self.batches.push_back(Arc::new(Batch { sequence: self.sequence, cells, used }));
        }
    }
}

/// A cell of `usage_days`, without the node.
type DayCell<'b> = (&'b str, i64, &'b str, Option<Operation>, Outcome);

async fn write(tx: &mut Tx, node: &str, batch: &Batch, now: Timestamp) -> Result<(), DbError> {
    let flushed = tx.row(&FLUSHED, params![node]).await?;
    if flushed.map_or(Ok(0), |row| row.get::<i64>("sequence"))? >= batch.sequence {
        return Ok(());
    }
    let mut days: BTreeMap<DayCell<'_>, Cell> = BTreeMap::new();
    let mut totals: BTreeMap<(i64, Option<Operation>, Outcome), Cell> = BTreeMap::new();
    for (key, cell) in &batch.cells {
        let (key_id, partner_id) = ids(key.key.as_ref());
        let (operation, class) = (operation_id(key.operation), key.outcome.class());
        let place = params![key.minute, node, key_id, operation, class].to_vec();
        add(tx, &MINUTE_LATENCIES, &ADD_TO_MINUTE, place, vec![partner_id.into()], cell).await?;
        let day = day_of(key.minute * 60);
        days.entry((partner_id, day, key_id, key.operation, key.outcome)).or_default().merge(cell);
        totals.entry((day, key.operation, key.outcome)).or_default().merge(cell);
    }
    for ((partner_id, day, key_id, operation, outcome), cell) in &days {
        let place =
            params![*partner_id, *day, *key_id, operation_id(*operation), outcome.class(), node].to_vec();
        add(tx, &DAY_LATENCIES, &ADD_TO_DAY, place, Vec::new(), cell).await?;
    }
    for ((day, operation, outcome), cell) in &totals {
        let place = params![*day, operation_id(*operation), outcome.class(), node].to_vec();
        add(tx, &TOTAL_LATENCIES, &ADD_TO_TOTAL, place, Vec::new(), cell).await?;
    }
    for (id, trail) in &batch.used {
        if let CredentialId::Key(key) = id {
            keys::record_use(tx, key, trail).await?;
        }
    }
    tx.execute(&SET_FLUSHED, params![node, batch.sequence, now]).await.map(drop)
}

/// Adds a cell to the row at `place`. Only this node writes that row, so its histogram can be read
/// and written back.
async fn add(
    tx: &mut Tx,
    read: &Statement,
    write: &Statement,
    place: Vec<Value>,
    beside: Vec<Value>,
    cell: &Cell,
) -> Result<(), DbError> {
    let mut latencies = cell.latencies.clone();
    if let Some(row) = tx.row(read, &place).await? {
        latencies.merge(&Latencies::from_bytes(&row.get::<Vec<u8>>("latencies")?)?);
    }
    let counted = params![cell.calls, cell.sum_us, latencies.to_bytes()].to_vec();
    let params: Vec<Value> = [place, beside, counted].concat();
    tx.execute(write, &params).await.map(drop)
}

fn ids(key: Option<&(CredentialId, PartnerId)>) -> (&str, &str) {
    key.map_or(("", ""), |(key, partner)| (key.as_str(), partner.as_str()))
}

fn operation_id(operation: Option<Operation>) -> &'static str {
    operation.map_or(OTHER, Operation::id)
}

/// As [`try_flush`], with every batch sent again after its commit.
#[cfg(test)]
pub async fn flush_twice(app: &App) -> Result<(), DbError> {
    {
        let mut outbox = app.meter.outbox.lock().await;
        app.meter.fold_all();
        outbox.node = Some("twice".into());
        outbox.stores[0].fill(app, Environment::Live);
        let batches: Vec<_> = outbox.stores[0].batches.iter().cloned().collect();
        for batch in batches {
            let now = app.clock.now();
            app.live
                .write::<_, DbError, _>(move |tx| {
                    Box::pin(async move { write(tx, "twice", &batch, now).await })
                })
                .await?;
        }
    }
    try_flush(app).await
}
