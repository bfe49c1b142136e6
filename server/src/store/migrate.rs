//! The schema's history, one folder per engine with the same file names.

use std::sync::Arc;

use sqlx::migrate::Migrator;

use super::DbError;

static SQLITE: Migrator = sqlx::migrate!("../migrations/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("../migrations/postgres");

pub(super) async fn sqlite(connection: &mut sqlx::SqliteConnection) -> Result<(), DbError> {
    SQLITE.run(connection).await.map_err(|cause| DbError::Migration(Arc::new(cause)))
}

pub(super) async fn postgres(pool: &sqlx::PgPool) -> Result<(), DbError> {
    POSTGRES.run(pool).await.map_err(|cause| DbError::Migration(Arc::new(cause)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_engines_have_the_same_history() {
        let names = |migrator: &Migrator| -> Vec<_> {
            migrator.iter().map(|step| (step.version, step.description.to_string())).collect()
        };
        assert_eq!(names(&SQLITE), names(&POSTGRES));
    }
}
