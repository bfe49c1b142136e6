//! SQLite: one writer task with group commit, a few read-only connections.

use std::{
    any::Any,
    fs::File,
    panic::AssertUnwindSafe,
    path::Path,
    sync::{Arc, atomic::AtomicU64},
};

use futures_util::FutureExt;
use sqlx::{
    ConnectOptions, Connection as _, SqlitePool,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use tokio::sync::{Notify, mpsc, oneshot};

use super::{Connection, DbError, Tx, TxFuture, migrate};

/// Older ones can corrupt a database in WAL mode (fixed in 3.51.3).
const VERSION_MIN: (u32, u32, u32) = (3, 51, 3);
/// Decisions committed together at most: bounds how long the first of them waits.
const BATCH_MAX: usize = 128;
/// Decisions that may wait for the writer; beyond that, callers wait to enqueue.
const QUEUE_MAX: usize = 4096;
const READERS: u32 = 4;

/// What an acknowledged write survives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// Power loss.
    Full,
    /// Nothing: for tests and for stores that can be made again.
    None,
}

#[derive(Clone, Debug)]
pub(super) struct SqliteDb {
    readers: SqlitePool,
    writer: mpsc::Sender<Box<dyn Job>>,
    /// Held as long as the database is open.
    _lock: Arc<File>,
}

impl SqliteDb {
    pub(super) async fn open(
        path: &Path,
        durability: Durability,
        statements: Arc<AtomicU64>,
        bell: Arc<Notify>,
    ) -> Result<Self, DbError> {
        let lock = lock(path)?;
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(match durability {
                Durability::Full => SqliteSynchronous::Full,
                Durability::None => SqliteSynchronous::Off,
            })
            .foreign_keys(true)
            .busy_timeout(std::time::Duration::from_secs(5))
            .disable_statement_logging();
        let mut connection = options.connect().await.map_err(DbError::engine("open"))?;
        check_version(&mut connection).await?;
        migrate::sqlite(&mut connection).await?;

        let readers = SqlitePoolOptions::new()
            .max_connections(READERS)
            .connect_with(options.read_only(true).create_if_missing(false))
            .await
            .map_err(DbError::engine("open for reading"))?;
        let (writer, jobs) = mpsc::channel(QUEUE_MAX);
        let tx = Tx { connection: Connection::Sqlite(connection), statements, announces: false };
        tokio::spawn(write_batches(tx, jobs, bell));
        Ok(Self { readers, writer, _lock: Arc::new(lock) })
    }

    pub(super) fn readers(&self) -> &SqlitePool {
        &self.readers
    }

    pub(super) async fn write<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: for<'t> FnOnce(&'t mut Tx) -> TxFuture<'t, T, E> + Send + 'static,
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let job = Decision { work: Some(work), outcome: None, answer: Some(answer) };
        self.writer.send(Box::new(job)).await.map_err(|_| DbError::Closed)?;
        answered.await.unwrap_or_else(|_| Err(DbError::Closed.into()))
    }

    pub(super) async fn close(&self) {
        let (done, closed) = oneshot::channel();
        if self.writer.send(Box::new(Close { done: Some(done) })).await.is_ok() {
            let _ = closed.await;
        }
        self.readers.close().await;
    }
}

/// Two processes on one file would each believe to be the only writer.
fn lock(path: &Path) -> Result<File, DbError> {
    let lock_path = path.with_extension("lock");
    let in_use = || DbError::InUse { path: path.display().to_string() };
    let file = File::create(&lock_path)
        .map_err(|error| DbError::Unfit(format!("cannot write {}: {error}", lock_path.display())))?;
    file.try_lock().map_err(|_| in_use())?;
    Ok(file)
}

async fn check_version(connection: &mut sqlx::SqliteConnection) -> Result<(), DbError> {
    let version: String = sqlx::query_scalar("select sqlite_version()")
        .fetch_one(connection)
        .await
        .map_err(DbError::engine("tell its version"))?;
    let mut parts = version.split('.').map(|part| part.parse().unwrap_or(0));
    let found = (parts.next().unwrap_or(0), parts.next().unwrap_or(0), parts.next().unwrap_or(0));
    if found < VERSION_MIN {
        let (major, minor, patch) = VERSION_MIN;
        return Err(DbError::Unfit(format!(
            "SQLite {version} is too old: {major}.{minor}.{patch} or newer is needed"
        )));
    }
    Ok(())
}

/// One decision in the writer's queue.
trait Job: Send {
    /// Does the work in the open transaction; true when its changes are to be kept.
    fn run<'t>(&'t mut self, tx: &'t mut Tx) -> std::pin::Pin<Box<dyn Future<Output = bool> + Send + 't>>;
    /// Tells the caller, once it is known whether the batch is durable.
    fn answer(self: Box<Self>, committed: &Result<(), DbError>);
    /// True for the request to stop.
    fn is_close(&self) -> bool {
        false
    }
}

struct Decision<F, T, E> {
    work: Option<F>,
    outcome: Option<Result<T, E>>,
    answer: Option<oneshot::Sender<Result<T, E>>>,
}

impl<F, T, E> Job for Decision<F, T, E>
where
    F: for<'t> FnOnce(&'t mut Tx) -> TxFuture<'t, T, E> + Send,
    T: Send,
    E: From<DbError> + Send,
{
    fn run<'t>(&'t mut self, tx: &'t mut Tx) -> std::pin::Pin<Box<dyn Future<Output = bool> + Send + 't>> {
        Box::pin(async move {
            let Some(work) = self.work.take() else { return false };
            let outcome = AssertUnwindSafe(async { work(tx).await }).catch_unwind().await;
            let outcome = outcome.unwrap_or_else(|panic| {
                tracing::error!(panic = panic_text(&*panic), "a decision panicked; rolled back");
                Err(DbError::Panicked.into())
            });
            let keep = outcome.is_ok();
            self.outcome = Some(outcome);
            keep
        })
    }

    fn answer(mut self: Box<Self>, committed: &Result<(), DbError>) {
        let outcome = match (self.outcome.take(), committed) {
            (Some(Ok(value)), Ok(())) => Ok(value),
            (Some(Ok(_)) | None, Err(error)) => Err(error.clone().into()),
            (Some(Err(error)), _) => Err(error),
            (None, Ok(())) => Err(DbError::Closed.into()),
        };
        if let Some(answer) = self.answer.take() {
            // The caller may have hung up; the decision stands all the same.
            let _ = answer.send(outcome);
        }
    }
}

struct Close {
    done: Option<oneshot::Sender<()>>,
}

impl Job for Close {
    fn run<'t>(&'t mut self, _: &'t mut Tx) -> std::pin::Pin<Box<dyn Future<Output = bool> + Send + 't>> {
        Box::pin(async { true })
    }

    fn answer(mut self: Box<Self>, _: &Result<(), DbError>) {
        if let Some(done) = self.done.take() {
            let _ = done.send(());
        }
    }

    fn is_close(&self) -> bool {
        true
    }
}

pub(super) fn panic_text(panic: &(dyn Any + Send)) -> &str {
    panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("a panic without words")
}

/// Commits in groups: while one group waits for the disk, the next one gathers in the queue.
async fn write_batches(mut tx: Tx, mut jobs: mpsc::Receiver<Box<dyn Job>>, bell: Arc<Notify>) {
    let mut batch = Vec::with_capacity(BATCH_MAX);
    let mut closing = false;
    while !closing && jobs.recv_many(&mut batch, BATCH_MAX).await > 0 {
        closing = batch.iter().any(|job| job.is_close());
        let committed = write_batch(&mut tx, &mut batch).await;
        if let Err(error) = &committed {
            tracing::error!(error = %error, cause = ?error, "a batch of {} decisions was not committed", batch.len());
        }
        if std::mem::take(&mut tx.announces) && committed.is_ok() {
            bell.notify_one();
        }
        for job in batch.drain(..) {
            job.answer(&committed);
        }
    }
    let Connection::Sqlite(connection) = tx.connection else { return };
    if let Err(error) = connection.close().await {
        tracing::warn!(%error, "closing the writer's connection failed");
    }
}

async fn write_batch(tx: &mut Tx, batch: &mut [Box<dyn Job>]) -> Result<(), DbError> {
    control(tx, "begin immediate").await?;
    for job in batch {
        control(tx, "savepoint decision").await?;
        if !job.run(tx).await {
            control(tx, "rollback to decision").await?;
        }
        control(tx, "release decision").await?;
    }
    match control(tx, "commit").await {
        Ok(()) => Ok(()),
        Err(error) => {
            // So that the next batch can begin; the failure itself is what callers hear of.
            let _ = control(tx, "rollback").await;
            Err(error)
        }
    }
}

async fn control(tx: &mut Tx, act: &'static str) -> Result<(), DbError> {
    let Connection::Sqlite(connection) = &mut tx.connection else { return Err(DbError::Closed) };
    sqlx::query(act).execute(connection).await.map(drop).map_err(DbError::engine(act))
}
