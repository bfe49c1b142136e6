//! The whole product in a test: fresh stores, a clock that stands still, seeded randomness, no
//! network. With `NFCGATE_TEST_POSTGRES_URL` set, the suite runs on PostgreSQL too.

pub mod client;

use std::sync::{
    OnceLock,
    atomic::{AtomicU32, Ordering},
};

use axum::Router;
use jiff::Timestamp;
use sqlx::{Connection as _, Executor as _};

use crate::{
    app::App,
    clock::Clock,
    config::{Config, Mode},
    random::Random,
    store::{Db, Durability},
};

/// Sunday 8 March 2026, 15:41 in Jakarta: the moment the portal's pages show.
pub const NOON: &str = "2026-03-08T08:41:00Z";

/// Cleans up after a test's databases.
pub struct Scratch {
    _folder: tempfile::TempDir,
    schemas: Option<(String, Vec<String>)>,
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let Some((url, schemas)) = self.schemas.take() else { return };
        // Own thread and runtime: the test's runtime is on its way out.
        let _ = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(async move {
                let mut connection = sqlx::PgConnection::connect(&url).await?;
                for schema in schemas {
                    let drop = format!("drop schema if exists {schema} cascade");
                    connection.execute(sqlx::AssertSqlSafe(drop)).await?;
                }
                Ok::<_, Box<dyn std::error::Error + Send + Sync>>(())
            })
        })
        .join();
    }
}

/// URL of the PostgreSQL server that tests may use.
fn postgres_url() -> Option<String> {
    std::env::var("NFCGATE_TEST_POSTGRES_URL").ok()
}

fn schema_name(store: &str) -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    format!("t{}_{}_{store}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed))
}

async fn sqlite(folder: &tempfile::TempDir, store: &str) -> Db {
    let path = folder.path().join(format!("{store}.db"));
    Db::open_sqlite(&path, Durability::None).await.expect("a fresh SQLite database opens")
}

async fn postgres(url: &str, schema: &str) -> Db {
    Db::open_postgres(url, schema, 4).await.expect("the test PostgreSQL answers")
}

/// One fresh database on each engine at hand.
pub async fn databases() -> Vec<(Db, Scratch)> {
    let mut databases = Vec::new();
    let folder = tempfile::tempdir().expect("a temporary folder");
    databases.push((sqlite(&folder, "probe").await, Scratch { _folder: folder, schemas: None }));
    if let Some(url) = postgres_url() {
        let schema = schema_name("probe");
        let db = postgres(&url, &schema).await;
        let folder = tempfile::tempdir().expect("a temporary folder");
        databases.push((db, Scratch { _folder: folder, schemas: Some((url, vec![schema])) }));
    }
    databases
}

/// The product over fresh stores, once per engine at hand.
pub struct TestApp {
    pub app: App,
    /// Made when the first client wants it.
    router: OnceLock<Router>,
    _scratch: Scratch,
}

impl TestApp {
    /// Runs a test on every engine at hand.
    pub async fn each() -> Vec<Self> {
        Self::in_mode(Mode::Demo).await
    }

    /// As [`Self::each`], in a mode of one's own choice.
    pub async fn in_mode(mode: Mode) -> Vec<Self> {
        let mut apps = Vec::new();
        let folder = tempfile::tempdir().expect("a temporary folder");
        let (live, sandbox) = (sqlite(&folder, "live").await, sqlite(&folder, "sandbox").await);
        apps.push(Self::over(mode, live, sandbox, Scratch { _folder: folder, schemas: None }));
        if let Some(url) = postgres_url() {
            let schemas = vec![schema_name("live"), schema_name("sandbox")];
            let live = postgres(&url, &schemas[0]).await;
            let sandbox = postgres(&url, &schemas[1]).await;
            let folder = tempfile::tempdir().expect("a temporary folder");
            let scratch = Scratch { _folder: folder, schemas: Some((url, schemas)) };
            apps.push(Self::over(mode, live, sandbox, scratch));
        }
        apps
    }

    fn over(mode: Mode, live: Db, sandbox: Db, scratch: Scratch) -> Self {
        let clock = Clock::still(NOON.parse::<Timestamp>().expect("a constant instant"));
        let config = Config { data_dir: scratch._folder.path().to_owned(), mode, ..Config::default() };
        let app = App::with_stores(config.finished(), clock, Random::from_seed([7; 32]), live, sandbox)
            .expect("the built-in data is sound");
        Self { app, router: OnceLock::new(), _scratch: scratch }
    }
}
