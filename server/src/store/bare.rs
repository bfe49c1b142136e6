//! What this machine can do at most: the rows that taps become, inserted with nothing around them.
//!
//! For the bench only. Per tap a row of `taps` and one of `events`, per two taps a journey and a
//! transfer, per message a row of traffic: the same tables, indexes and durability as the product,
//! the same concurrent messages, committed in groups. No reading, no rating, no HTTP. On SQLite one
//! writer commits what waits; on PostgreSQL each client has its own transaction, and the engine
//! groups the commits.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use sqlx::{AssertSqlSafe, Executor, PgPool, SqliteConnection, sqlite::SqliteConnectOptions};
use sqlx::{ConnectOptions as _, Connection as _};
use tokio::sync::{mpsc, oneshot};

use super::{Db, DbError, Durability};

/// How much of it.
#[derive(Debug, Clone, Copy)]
pub struct Load {
    pub duration: Duration,
    pub clients: u16,
    /// Taps in a message.
    pub batch: u16,
}

const TAP: &str = "insert into taps (realm, gate_id, sequence, station_id, direction, media_id, payer,
    payment_method, tapped_at, received_at, denied)
    values ('live', 'GATE_BOO_IN_01', $1, 'STN_BOO', 'in', $2, $4, 'kci_pay', $3, $3, 0)";
const JOURNEY: &str = "insert into journeys (realm, id, payer, media_id, payment_method, status,
    opening_gate_id, opening_sequence, closing_gate_id, closing_sequence, from_station_id, to_station_id,
    tapped_in_at, tapped_out_at, opened_at, day, tariff_id, user_type, base_fare, fare, charge, changed_at)
    values ('live', $4, $2, $2, 'kci_pay', 'completed', 'GATE_BOO_IN_01', $1, 'GATE_SUD_OUT_02', $1,
    'STN_BOO', 'STN_SUD', $3, $3, $3, 20000, 'nfc-gate-2026', 'adult', 12500, 12500, 10000, $3)";
const TRANSFER: &str =
    "insert into ledger_transfers (id, realm, at, debit, credit, amount, reason, payer, journey_id)
    values ($4, 'live', $3, 'receivable:kci_pay', 'fare_revenue', $1, 'fare', $2, $4)";
const EVENT: &str = "insert into events (id, realm, kind, fact, journey_id, occurred_at, recorded_at, data)
    values ($4, 'live', 'journey.completed', $4, $2, $3, $1, '{\"journey_id\":\"jrn_0123456789abcdefghjkmnpqrs\",\"tap_in\":{\"station\":\"STN_BOO\",\"time\":\"2026-03-10T00:01:02Z\"},\"tap_out\":{\"station\":\"STN_SUD\",\"time\":\"2026-03-10T01:01:02Z\"},\"fare\":10000,\"payment_method\":\"kci_pay\",\"fare_cap_applied\":true}')";
const TRAFFIC: &str = "insert into traffic_hours (realm, station_id, hour, direction, taps)
    values ('live', 'STN_BOO', $1, 'in', 50)
    on conflict (realm, station_id, hour, direction) do update set taps = traffic_hours.taps + 50";

/// One tap's figures. Each statement takes all four, so that one loop serves them; what they mean does
/// not matter here, how long they are does.
struct Figures {
    sequence: i64,
    media: String,
    at_us: i64,
    id: String,
}

impl Figures {
    fn of(sequence: i64) -> Self {
        // Scattered, as real media and ids are.
        let scattered = sequence.wrapping_mul(0x5851_f42d_4c95_7f2d);
        Self {
            sequence,
            media: format!("med_{:032x}", scattered & 0xffff_ffff),
            at_us: 1_773_100_000_000_000 + sequence * 20_000,
            id: format!("jrn_{sequence:010x}{scattered:016x}"),
        }
    }

    fn statements(&self) -> impl Iterator<Item = &'static str> + use<> {
        let second = (self.sequence % 2 == 0).then_some([JOURNEY, TRANSFER]);
        [TAP, EVENT].into_iter().chain(second.into_iter().flatten())
    }
}

/// Taps per second on SQLite, in a new file at `path`.
///
/// # Errors
/// When the engine fails.
pub async fn sqlite(path: &Path, load: Load) -> Result<f64, DbError> {
    Db::open_sqlite(path, Durability::Full).await?.close().await;
    let options = SqliteConnectOptions::new()
        .filename(path)
        .journal_mode(sqlx::sqlite::SqliteJournalMode::Wal)
        .synchronous(sqlx::sqlite::SqliteSynchronous::Full)
        .disable_statement_logging();
    let mut connection = options.connect().await.map_err(DbError::engine("open"))?;
    let (queue, mut waiting) = mpsc::channel::<oneshot::Sender<()>>(usize::from(load.clients));
    let writer = tokio::spawn(async move {
        let (mut group, mut sequence) = (Vec::new(), 0);
        while waiting.recv_many(&mut group, usize::from(load.clients)).await > 0 {
            begin_and_insert(&mut connection, group.len() as i64, &mut sequence, load).await?;
            for answer in group.drain(..) {
                let _ = answer.send(());
            }
        }
        connection.close().await.map_err(DbError::engine("close"))
    });
    let send = move || {
        let queue = queue.clone();
        async move {
            let (answer, answered) = oneshot::channel();
            queue.send(answer).await.map_err(|_| DbError::Closed)?;
            answered.await.map_err(|_| DbError::Closed)
        }
    };
    let rate = clients(load, send).await?;
    writer.await.map_err(|_| DbError::Panicked)??;
    Ok(rate)
}

async fn begin_and_insert(
    connection: &mut SqliteConnection,
    messages: i64,
    sequence: &mut i64,
    load: Load,
) -> Result<(), DbError> {
    let failed = DbError::engine("insert");
    let mut tx = connection.begin().await.map_err(DbError::engine("begin"))?;
    for _ in 0..messages {
        for _ in 0..load.batch {
            *sequence += 1;
            let figures = Figures::of(*sequence);
            for statement in figures.statements() {
                let query = sqlx::query(statement).bind(figures.sequence).bind(&figures.media);
                let query = query.bind(figures.at_us).bind(&figures.id);
                query.execute(&mut *tx).await.map_err(&failed)?;
            }
        }
        let hour = *sequence / 100_000;
        sqlx::query(TRAFFIC).bind(hour).execute(&mut *tx).await.map_err(&failed)?;
    }
    tx.commit().await.map_err(DbError::engine("commit"))
}

/// Taps per second on PostgreSQL, in a schema that is made for it and dropped.
///
/// # Errors
/// When the engine fails.
pub async fn postgres(url: &str, schema: &str, load: Load) -> Result<f64, DbError> {
    let db = Db::open_postgres(url, schema, u32::from(load.clients)).await?;
    let super::Engine::Postgres(postgres) = &db.engine else { return Err(DbError::Closed) };
    let pool = postgres.pool().clone();
    let next = Arc::new(AtomicI64::new(1));
    let send = {
        let (pool, next) = (pool.clone(), next.clone());
        move || one_message(pool.clone(), next.clone(), load)
    };
    let rate = clients(load, send).await;
    // The name was checked when the schema was made.
    let drop = AssertSqlSafe(format!("drop schema {schema} cascade"));
    pool.execute(drop).await.map_err(DbError::engine("drop its schema"))?;
    db.close().await;
    rate
}

async fn one_message(pool: PgPool, next: Arc<AtomicI64>, load: Load) -> Result<(), DbError> {
    let failed = DbError::engine("insert");
    let first = next.fetch_add(i64::from(load.batch), Ordering::Relaxed);
    let mut tx = pool.begin().await.map_err(DbError::engine("begin"))?;
    for sequence in first..first + i64::from(load.batch) {
        let figures = Figures::of(sequence);
        for statement in figures.statements() {
            let query = sqlx::query(statement).bind(figures.sequence).bind(&figures.media);
            let query = query.bind(figures.at_us).bind(&figures.id);
            query.execute(&mut *tx).await.map_err(&failed)?;
        }
    }
    // One row per message: clients must not wait for each other here.
    sqlx::query(TRAFFIC).bind(first).execute(&mut *tx).await.map_err(&failed)?;
    tx.commit().await.map_err(DbError::engine("commit"))
}

/// Lets all clients send until the time is over; taps per second.
async fn clients<F, S>(load: Load, send: S) -> Result<f64, DbError>
where
    F: Future<Output = Result<(), DbError>> + Send + 'static,
    S: Fn() -> F + Clone + Send + 'static,
{
    let (started, messages) = (Instant::now(), Arc::new(AtomicU64::new(0)));
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..load.clients {
        let (send, messages) = (send.clone(), messages.clone());
        tasks.spawn(async move {
            while started.elapsed() < load.duration {
                send().await?;
                messages.fetch_add(1, Ordering::Relaxed);
            }
            Ok::<_, DbError>(())
        });
    }
    drop(send);
    while let Some(ended) = tasks.join_next().await {
        ended.map_err(|_| DbError::Panicked)??;
    }
    let taps = messages.load(Ordering::Relaxed) * u64::from(load.batch);
    Ok(taps as f64 / started.elapsed().as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOAD: Load = Load { duration: Duration::from_millis(50), clients: 3, batch: 10 };

    #[tokio::test]
    async fn the_yardstick_inserts_rows_that_fit_the_schema() {
        let folder = tempfile::tempdir().unwrap();
        assert!(sqlite(&folder.path().join("bare.db"), LOAD).await.unwrap() > 0.0);
        if let Ok(url) = std::env::var("NFCGATE_TEST_POSTGRES_URL") {
            let schema = format!("bare_{}", std::process::id());
            assert!(postgres(&url, &schema, LOAD).await.unwrap() > 0.0);
        }
    }
}
