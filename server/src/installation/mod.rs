//! What a database is for: production, or the demo. Decided once, when it is first served.
//!
//! Made-up figures must never pass for real ones, nor a demo's movable clock meet real partners; so
//! the mark is in the data, not in a flag of whoever starts the server.

pub mod queries;
#[cfg(test)]
mod tests;

use jiff::Timestamp;

use self::queries::{INSERT_MODE, SELECT_MODE};
use crate::{
    config::Mode,
    store::{Db, DbError, params},
};

/// Why this database can't be served this way.
#[derive(Debug, thiserror::Error)]
pub enum InstallationError {
    #[error(transparent)]
    Db(#[from] DbError),
    #[error("this database holds the demo; serve it with --demo, or choose another folder with --data-dir")]
    IsDemo,
    #[error("this database is in production use; choose another folder for the demo with --data-dir")]
    IsProduction,
}

/// Whether the database has been marked, and as what.
///
/// # Errors
/// When the store fails.
pub async fn mode(db: &Db) -> Result<Option<Mode>, DbError> {
    let Some(row) = db.row(&SELECT_MODE, &[]).await? else { return Ok(None) };
    match row.get::<String>("mode")?.as_str() {
        "demo" => Ok(Some(Mode::Demo)),
        "production" => Ok(Some(Mode::Production)),
        _ => Err(DbError::Corrupt { column: "mode".to_owned() }),
    }
}

/// Marks a fresh database for `wanted`, or checks that it is marked so.
///
/// # Errors
/// [`InstallationError::IsDemo`] or [`InstallationError::IsProduction`] when it is the other.
pub async fn claim(db: &Db, wanted: Mode, now: Timestamp) -> Result<(), InstallationError> {
    db.write::<_, DbError, _>(move |tx| {
        Box::pin(async move {
            let name = match wanted {
                Mode::Production => "production",
                Mode::Demo => "demo",
            };
            tx.execute(&INSERT_MODE, params![name, now]).await
        })
    })
    .await?;
    match (mode(db).await?, wanted) {
        (Some(Mode::Demo), Mode::Production) => Err(InstallationError::IsDemo),
        (Some(Mode::Production), Mode::Demo) => Err(InstallationError::IsProduction),
        _ => Ok(()),
    }
}
