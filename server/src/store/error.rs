//! How the store fails.

use std::sync::Arc;

/// A failure of the store. Cloneable, since one failed commit fails everything that waited for it.
#[derive(Debug, Clone, thiserror::Error)]
pub enum DbError {
    /// The engine refused a statement.
    #[error("statement {statement} failed")]
    Statement {
        statement: &'static str,
        #[source]
        cause: Arc<sqlx::Error>,
    },
    /// Opening, beginning, committing or closing failed.
    #[error("the database failed to {act}")]
    Engine {
        act: &'static str,
        #[source]
        cause: Arc<sqlx::Error>,
    },
    /// A migration could not be applied.
    #[error("the schema could not be brought up to date")]
    Migration(#[source] Arc<sqlx::migrate::MigrateError>),
    /// A stored value is not what the code expects there.
    #[error("column {column} holds a value that makes no sense")]
    Corrupt { column: String },
    /// Another process has the database open.
    #[error("{path} is in use by another process")]
    InUse { path: String },
    /// This engine must not be used.
    #[error("{0}")]
    Unfit(String),
    /// The closure given to `write` panicked; its changes were rolled back.
    #[error("a decision panicked and was rolled back")]
    Panicked,
    /// The store is shutting down.
    #[error("the store is closed")]
    Closed,
}

impl DbError {
    pub(super) fn engine(act: &'static str) -> impl Fn(sqlx::Error) -> Self {
        move |cause| Self::Engine { act, cause: Arc::new(cause) }
    }

    /// True when a row with the same key was there already.
    #[must_use]
    pub fn is_unique_violation(&self) -> bool {
        let Self::Statement { cause, .. } = self else { return false };
        cause.as_database_error().is_some_and(sqlx::error::DatabaseError::is_unique_violation)
    }

    /// True when waiting may help: the engine is away, full or overloaded rather than wrong.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Statement { cause, .. } | Self::Engine { cause, .. } => match &**cause {
                sqlx::Error::Io(_)
                | sqlx::Error::PoolTimedOut
                | sqlx::Error::PoolClosed
                | sqlx::Error::WorkerCrashed => true,
                sqlx::Error::Database(error) => error.code().is_some_and(|code| {
                    // PostgreSQL classes: connection, resources, operator intervention, deadlock,
                    // serialisation. SQLite primary codes: BUSY, LOCKED, IOERR, FULL.
                    ["08", "53", "57"].iter().any(|class| code.len() == 5 && code.starts_with(class))
                        || ["40001", "40P01", "5", "6", "10", "13"].contains(&&*code)
                }),
                _ => false,
            },
            Self::Closed => true,
            Self::Migration(_)
            | Self::Corrupt { .. }
            | Self::InUse { .. }
            | Self::Unfit(_)
            | Self::Panicked => false,
        }
    }
}
