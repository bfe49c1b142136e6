//! PostgreSQL: conditional statements in short transactions, each in a task of its own.

use std::{
    panic::AssertUnwindSafe,
    str::FromStr,
    sync::{Arc, atomic::AtomicU64},
};

use futures_util::FutureExt;
use sqlx::{
    AssertSqlSafe, ConnectOptions, Executor, PgPool,
    postgres::{PgConnectOptions, PgPoolOptions, PgSslMode},
};

use tokio::sync::Notify;

use super::{Connection, DbError, Tx, TxFuture, migrate};

#[derive(Clone, Debug)]
pub(super) struct PostgresDb {
    pool: PgPool,
}

impl PostgresDb {
    pub(super) async fn open(url: &str, schema: &str, connections_max: u32) -> Result<Self, DbError> {
        if schema.is_empty()
            || !schema.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
        {
            return Err(DbError::Unfit(format!("{schema:?} is no schema name: use a-z, 0-9 and _")));
        }
        let options = PgConnectOptions::from_str(url).map_err(DbError::engine("read its address"))?;
        let options = demand_tls_beyond_this_machine(options)
            .options([
                ("search_path", schema),
                ("timezone", "UTC"),
                ("statement_timeout", "15s"),
                ("idle_in_transaction_session_timeout", "5s"),
            ])
            .disable_statement_logging();
        let pool = PgPoolOptions::new()
            .max_connections(connections_max)
            .acquire_timeout(std::time::Duration::from_secs(5))
            .connect_with(options)
            .await
            .map_err(DbError::engine("connect"))?;
        // The name was checked above: it can hold nothing but a-z, 0-9 and _.
        pool.execute(AssertSqlSafe(format!("create schema if not exists {schema}")))
            .await
            .map_err(DbError::engine("make its schema"))?;
        migrate::postgres(&pool).await?;
        Ok(Self { pool })
    }

    pub(super) fn pool(&self) -> &PgPool {
        &self.pool
    }

    pub(super) async fn write<T, E, F>(
        &self,
        work: F,
        statements: Arc<AtomicU64>,
        bell: Arc<Notify>,
    ) -> Result<T, E>
    where
        F: for<'t> FnOnce(&'t mut Tx) -> TxFuture<'t, T, E> + Send + 'static,
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        let pool = self.pool.clone();
        // A task, so that a dropped caller can't cancel `begin` half way (the pool would then lend
        // out a connection with an open transaction).
        let decision = tokio::spawn(async move {
            let transaction = pool.begin().await.map_err(DbError::engine("begin"))?;
            let mut tx = Tx { connection: Connection::Postgres(transaction), statements, announces: false };
            let outcome = AssertUnwindSafe(async { work(&mut tx).await }).catch_unwind().await;
            let announces = tx.announces;
            let Connection::Postgres(transaction) = tx.connection else { return Err(DbError::Closed.into()) };
            match outcome {
                Ok(Ok(value)) => {
                    transaction.commit().await.map_err(DbError::engine("commit"))?;
                    if announces {
                        bell.notify_one();
                    }
                    Ok(value)
                }
                Ok(Err(error)) => {
                    if let Err(cause) = transaction.rollback().await {
                        tracing::warn!(%cause, "rolling back failed");
                    }
                    Err(error)
                }
                Err(panic) => {
                    tracing::error!(
                        panic = super::sqlite::panic_text(&*panic),
                        "a decision panicked; rolled back"
                    );
                    drop(transaction);
                    Err(DbError::Panicked.into())
                }
            }
        });
        decision.await.unwrap_or_else(|_| Err(DbError::Closed.into()))
    }
}

/// sqlx would fall back to plain text silently. Beyond this machine that is never wanted.
fn demand_tls_beyond_this_machine(options: PgConnectOptions) -> PgConnectOptions {
    let host = options.get_host();
    let local = options.get_socket().is_some()
        || host.starts_with('/')
        || host == "localhost"
        || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback());
    if local { options } else { options.ssl_mode(PgSslMode::VerifyFull) }
}
