//! The store: one set of SQL texts on two engines.
//!
//! A concept's `queries.rs` registers its statements with [`sql!`]; a test prepares every one of
//! them on SQLite and on PostgreSQL. Reads go to [`Db`]; writes go through [`Db::write`], one
//! closure per decision:
//!
//! * SQLite: one task owns the only connection that can write. It runs the closures that wait, each
//!   inside a savepoint, commits them together (`synchronous=FULL`) and only then answers. Readers
//!   are opened read-only, so a write can't slip past the writer.
//! * PostgreSQL: each closure runs in a transaction in a task of its own, so that a caller who hangs
//!   up cannot leave a transaction open in the pool.
//!
//! Promise: when `write` returns `Ok`, the change is durable; when it returns `Err`, nothing of it
//! happened.

pub mod bare;
mod dialect;
mod error;
mod migrate;
mod postgres;
pub mod registry;
mod row;
mod sqlite;
mod value;

#[cfg(test)]
mod tests;

use std::{
    future::Future,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use tokio::sync::Notify;

pub use self::{
    error::DbError,
    row::{Column, Row},
    sqlite::Durability,
    value::Value,
};
use self::{postgres::PostgresDb, sqlite::SqliteDb};

/// A future that borrows the transaction it works in.
pub type TxFuture<'t, T, E> = Pin<Box<dyn Future<Output = Result<T, E>> + Send + 't>>;

/// One registered SQL text, with `$1..$n` for its parameters.
#[derive(Debug)]
pub struct Statement {
    /// `concept::queries::NAME`: names the statement in errors and traces.
    pub name: &'static str,
    pub sql: &'static str,
}

/// Registers the statements of a module: makes a constant of each and lists them in `STATEMENTS`,
/// which [`registry`] collects.
macro_rules! sql {
    ($($(#[$doc:meta])* $name:ident = $sql:literal;)*) => {
        $(
            $(#[$doc])*
            pub const $name: $crate::store::Statement = $crate::store::Statement {
                name: concat!(module_path!(), "::", stringify!($name)),
                sql: $sql,
            };
        )*

        /// All statements of this module, for the registry.
        #[allow(dead_code, reason = "a test's own statements are not registered")]
        pub const STATEMENTS: &[&$crate::store::Statement] = &[$(&$name,)*];
    };
}
pub(crate) use sql;

/// Values for the parameters of a statement, in order.
macro_rules! params {
    ($($value:expr),* $(,)?) => { &[$($crate::store::Value::from($value)),*] };
}
pub(crate) use params;

/// A database: cheap to clone, shared by everybody.
#[derive(Clone, Debug)]
pub struct Db {
    engine: Engine,
    /// Statements run so far, so that a test can prove that a path runs none.
    statements: Arc<AtomicU64>,
    /// Rings after a commit that announced something.
    bell: Arc<Notify>,
}

#[derive(Clone, Debug)]
enum Engine {
    Sqlite(SqliteDb),
    Postgres(PostgresDb),
}

impl Db {
    /// Opens (and makes, if need be) the SQLite database at `path` and brings its schema up to date.
    ///
    /// # Errors
    /// When another process has it open, when SQLite is too old, or when a migration fails.
    pub async fn open_sqlite(path: &std::path::Path, durability: Durability) -> Result<Self, DbError> {
        let statements = Arc::new(AtomicU64::new(0));
        let bell = Arc::new(Notify::new());
        let sqlite = SqliteDb::open(path, durability, statements.clone(), bell.clone()).await?;
        Ok(Self { engine: Engine::Sqlite(sqlite), statements, bell })
    }

    /// Connects to PostgreSQL, using (and making, if need be) `schema`, and brings it up to date.
    ///
    /// # Errors
    /// When the server can't be reached, or when a migration fails.
    pub async fn open_postgres(url: &str, schema: &str, connections_max: u32) -> Result<Self, DbError> {
        let engine = Engine::Postgres(PostgresDb::open(url, schema, connections_max).await?);
        Ok(Self { engine, statements: Arc::new(AtomicU64::new(0)), bell: Arc::new(Notify::new()) })
    }

    /// Runs one decision as one transaction. See the module's promise.
    ///
    /// # Errors
    /// Whatever `work` fails with; a [`DbError`] when the engine fails to commit.
    pub async fn write<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: for<'t> FnOnce(&'t mut Tx) -> TxFuture<'t, T, E> + Send + 'static,
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        match &self.engine {
            Engine::Sqlite(sqlite) => sqlite.write(work).await,
            Engine::Postgres(postgres) => {
                postgres.write(work, self.statements.clone(), self.bell.clone()).await
            }
        }
    }

    /// All rows that a reading statement gives.
    ///
    /// # Errors
    /// When the engine refuses the statement or can't be reached.
    pub async fn rows(&self, statement: &Statement, params: &[Value]) -> Result<Vec<Row>, DbError> {
        self.statements.fetch_add(1, Ordering::Relaxed);
        match &self.engine {
            Engine::Sqlite(sqlite) => row::sqlite_rows(sqlite.readers(), statement, params).await,
            Engine::Postgres(postgres) => row::postgres_rows(postgres.pool(), statement, params).await,
        }
    }

    /// The first row, if there is one.
    ///
    /// # Errors
    /// As [`Self::rows`].
    pub async fn row(&self, statement: &Statement, params: &[Value]) -> Result<Option<Row>, DbError> {
        Ok(self.rows(statement, params).await?.into_iter().next())
    }

    /// Has the engine read a statement, without running it.
    #[cfg(test)]
    async fn prepare(&self, statement: &Statement) -> Result<(), sqlx::Error> {
        use sqlx::{Executor, SqlSafeStr};
        match &self.engine {
            Engine::Sqlite(sqlite) => sqlite.readers().prepare(statement.sql.into_sql_str()).await.map(drop),
            Engine::Postgres(postgres) => {
                postgres.pool().prepare(statement.sql.into_sql_str()).await.map(drop)
            }
        }
    }

    /// Resolves after a commit in this process that announced something ([`Tx::announce`]), at once if
    /// there was one since the last time. For one listener.
    pub async fn announced(&self) {
        self.bell.notified().await;
    }

    /// Has the engine read a statement of its own, without running it.
    #[cfg(test)]
    pub async fn prepare_of_engine(&self, statement: &ByEngine) -> Result<(), sqlx::Error> {
        self.prepare(match self.engine {
            Engine::Sqlite(_) => &statement.sqlite,
            Engine::Postgres(_) => &statement.postgres,
        })
        .await
    }

    /// How many statements this database has been asked to run.
    #[must_use]
    pub fn statements_run(&self) -> u64 {
        self.statements.load(Ordering::Relaxed)
    }

    /// Name of the engine, for start-up lines and metrics.
    #[must_use]
    pub fn engine_name(&self) -> &'static str {
        match self.engine {
            Engine::Sqlite(_) => "sqlite",
            Engine::Postgres(_) => "postgres",
        }
    }

    /// Finishes what waits and closes. Later calls fail.
    pub async fn close(&self) {
        match &self.engine {
            Engine::Sqlite(sqlite) => sqlite.close().await,
            Engine::Postgres(postgres) => postgres.pool().close().await,
        }
    }
}

/// An open transaction, lent to the closure given to [`Db::write`].
#[derive(Debug)]
pub struct Tx {
    connection: Connection,
    statements: Arc<AtomicU64>,
    /// Whether somebody waits for the commit.
    announces: bool,
}

#[derive(Debug)]
enum Connection {
    Sqlite(sqlx::SqliteConnection),
    Postgres(sqlx::Transaction<'static, sqlx::Postgres>),
}

impl Tx {
    /// Runs a statement and tells how many rows it touched.
    ///
    /// # Errors
    /// When the engine refuses it; see [`DbError::is_unique_violation`].
    pub async fn execute(&mut self, statement: &Statement, params: &[Value]) -> Result<u64, DbError> {
        self.statements.fetch_add(1, Ordering::Relaxed);
        match &mut self.connection {
            Connection::Sqlite(connection) => row::sqlite_execute(connection, statement, params).await,
            Connection::Postgres(tx) => row::postgres_execute(&mut **tx, statement, params).await,
        }
    }

    /// All rows that a statement gives (`select`, or anything with `returning`).
    ///
    /// # Errors
    /// As [`Self::execute`].
    pub async fn rows(&mut self, statement: &Statement, params: &[Value]) -> Result<Vec<Row>, DbError> {
        self.statements.fetch_add(1, Ordering::Relaxed);
        match &mut self.connection {
            Connection::Sqlite(connection) => row::sqlite_rows(connection, statement, params).await,
            Connection::Postgres(tx) => row::postgres_rows(&mut **tx, statement, params).await,
        }
    }

    /// The first row, if there is one.
    ///
    /// # Errors
    /// As [`Self::execute`].
    pub async fn row(&mut self, statement: &Statement, params: &[Value]) -> Result<Option<Row>, DbError> {
        Ok(self.rows(statement, params).await?.into_iter().next())
    }

    /// As [`Self::execute`], in the words of the engine.
    ///
    /// # Errors
    /// As [`Self::execute`].
    pub async fn execute_of_engine(
        &mut self,
        statement: &ByEngine,
        params: &[Value],
    ) -> Result<u64, DbError> {
        let statement = self.words(statement);
        self.execute(statement, params).await
    }

    /// As [`Self::rows`], in the words of the engine.
    ///
    /// # Errors
    /// As [`Self::execute`].
    pub async fn rows_of_engine(
        &mut self,
        statement: &ByEngine,
        params: &[Value],
    ) -> Result<Vec<Row>, DbError> {
        let statement = self.words(statement);
        self.rows(statement, params).await
    }

    fn words<'s>(&self, statement: &'s ByEngine) -> &'s Statement {
        match self.connection {
            Connection::Sqlite(_) => &statement.sqlite,
            Connection::Postgres(_) => &statement.postgres,
        }
    }

    /// Rings for whoever waits at [`Db::announced`], once this transaction is committed.
    pub fn announce(&mut self) {
        self.announces = true;
    }

    /// Makes the rows of `lock` wait for each other until this transaction ends. SQLite has one
    /// writer, so there it does nothing.
    ///
    /// # Errors
    /// As [`Self::execute`].
    pub async fn lock(&mut self, lock: dialect::Lock) -> Result<(), DbError> {
        if matches!(self.connection, Connection::Postgres(_)) {
            self.execute(&dialect::ADVISORY_LOCK, params![lock as i64]).await?;
        }
        Ok(())
    }

    /// As [`Self::lock`], beside others that share it: only who locks it waits.
    ///
    /// # Errors
    /// As [`Self::execute`].
    pub async fn share(&mut self, lock: dialect::Lock) -> Result<(), DbError> {
        if matches!(self.connection, Connection::Postgres(_)) {
            self.execute(&dialect::ADVISORY_LOCK_SHARED, params![lock as i64]).await?;
        }
        Ok(())
    }

    /// As [`Self::lock`], for each of these names. All that a decision needs of a kind must be asked
    /// for at once.
    ///
    /// # Errors
    /// As [`Self::execute`].
    pub async fn lock_each<'n>(
        &mut self,
        kind: dialect::LockEach,
        names: impl Iterator<Item = &'n str>,
    ) -> Result<(), DbError> {
        if matches!(self.connection, Connection::Postgres(_)) {
            let hashes = dialect::hashes(names);
            if !hashes.is_empty() {
                self.execute(&dialect::ADVISORY_LOCKS, params![kind as i64, hashes]).await?;
            }
        }
        Ok(())
    }
}

pub(crate) use dialect::sql_by_engine;
pub use dialect::{ByEngine, Lock, LockEach};
