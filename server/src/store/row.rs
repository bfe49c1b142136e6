//! Running a statement on either driver, and reading what comes back.

use std::{str::FromStr, sync::Arc};

use jiff::Timestamp;
use sqlx::{
    ColumnIndex, Decode, Executor, Postgres, Row as _, Sqlite, Type, postgres::PgRow, sqlite::SqliteRow,
};

use super::{DbError, Statement, Value, value::arguments};

/// A row of either engine.
#[derive(Debug)]
pub enum Row {
    Sqlite(SqliteRow),
    Postgres(PgRow),
}

impl Row {
    /// The value of a column by name.
    ///
    /// # Errors
    /// [`DbError::Corrupt`] when the column is absent or holds something else than a `T`.
    pub fn get<T: Column>(&self, column: &str) -> Result<T, DbError> {
        T::read(self, column)
    }

    /// A text column read into a type that checks it: an id, a state, a role.
    ///
    /// # Errors
    /// As [`Self::get`].
    pub fn parse<T: FromStr>(&self, column: &str) -> Result<T, DbError> {
        self.get::<String>(column)?.parse().map_err(|_| corrupt(column))
    }

    /// As [`Self::parse`], for a column that may be null.
    ///
    /// # Errors
    /// As [`Self::get`].
    pub fn parse_opt<T: FromStr>(&self, column: &str) -> Result<Option<T>, DbError> {
        let text: Option<String> = self.get(column)?;
        text.map(|text| text.parse().map_err(|_| corrupt(column))).transpose()
    }
}

fn corrupt(column: &str) -> DbError {
    DbError::Corrupt { column: column.to_owned() }
}

/// What a column can be read as.
pub trait Column: Sized {
    /// # Errors
    /// [`DbError::Corrupt`] when the column does not hold such a value.
    fn read(row: &Row, column: &str) -> Result<Self, DbError>;
}

fn read<T>(row: &Row, column: &str) -> Result<T, DbError>
where
    T: for<'r> Decode<'r, Sqlite> + Type<Sqlite> + for<'r> Decode<'r, Postgres> + Type<Postgres>,
    for<'c> &'c str: ColumnIndex<SqliteRow> + ColumnIndex<PgRow>,
{
    match row {
        Row::Sqlite(row) => row.try_get(column),
        Row::Postgres(row) => row.try_get(column),
    }
    .map_err(|_| corrupt(column))
}

macro_rules! column {
    ($($type:ty),*) => {$(
        impl Column for $type {
            fn read(row: &Row, column: &str) -> Result<Self, DbError> {
                read::<$type>(row, column)
            }
        }

        impl Column for Option<$type> {
            fn read(row: &Row, column: &str) -> Result<Self, DbError> {
                read::<Option<$type>>(row, column)
            }
        }
    )*};
}

column!(i64, String, Vec<u8>);

impl Column for bool {
    fn read(row: &Row, column: &str) -> Result<Self, DbError> {
        read::<i64>(row, column).map(|value| value != 0)
    }
}

impl Column for u64 {
    fn read(row: &Row, column: &str) -> Result<Self, DbError> {
        read::<i64>(row, column)?.try_into().map_err(|_| corrupt(column))
    }
}

impl Column for Timestamp {
    fn read(row: &Row, column: &str) -> Result<Self, DbError> {
        Self::from_microsecond(read(row, column)?).map_err(|_| corrupt(column))
    }
}

impl Column for Option<Timestamp> {
    fn read(row: &Row, column: &str) -> Result<Self, DbError> {
        read::<Option<i64>>(row, column)?
            .map(|us| Timestamp::from_microsecond(us).map_err(|_| corrupt(column)))
            .transpose()
    }
}

impl Column for [u8; 32] {
    fn read(row: &Row, column: &str) -> Result<Self, DbError> {
        read::<Vec<u8>>(row, column)?.try_into().map_err(|_| corrupt(column))
    }
}

impl Column for Option<[u8; 32]> {
    fn read(row: &Row, column: &str) -> Result<Self, DbError> {
        let bytes: Option<Vec<u8>> = read(row, column)?;
        bytes.map(|bytes| bytes.try_into().map_err(|_| corrupt(column))).transpose()
    }
}

macro_rules! driver {
    ($database:ty, $rows:ident, $execute:ident, $wrap:expr) => {
        pub(super) async fn $rows<'c>(
            executor: impl Executor<'c, Database = $database>,
            statement: &Statement,
            params: &[Value],
        ) -> Result<Vec<Row>, DbError> {
            let arguments = arguments::<$database>(statement, params)?;
            let rows = sqlx::query_with(statement.sql, arguments)
                .fetch_all(executor)
                .await
                .map_err(|cause| DbError::Statement { statement: statement.name, cause: Arc::new(cause) })?;
            Ok(rows.into_iter().map($wrap).collect())
        }

        pub(super) async fn $execute<'c>(
            executor: impl Executor<'c, Database = $database>,
            statement: &Statement,
            params: &[Value],
        ) -> Result<u64, DbError> {
            let arguments = arguments::<$database>(statement, params)?;
            sqlx::query_with(statement.sql, arguments)
                .execute(executor)
                .await
                .map(|done| done.rows_affected())
                .map_err(|cause| DbError::Statement { statement: statement.name, cause: Arc::new(cause) })
        }
    };
}

driver!(Sqlite, sqlite_rows, sqlite_execute, Row::Sqlite);
driver!(Postgres, postgres_rows, postgres_execute, Row::Postgres);
