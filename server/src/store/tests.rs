//! The store's promises, on both engines.

use super::{Db, DbError, Durability, params, registry, sql};

sql! {
    CREATE_PROBE = "create table store_probe (id bigint primary key, note text not null)";
    INSERT_NOTE = "insert into store_probe (id, note) values ($1, $2)";
    COUNT_NOTES = "select count(*) as notes from store_probe where note = $1";
}

/// A fresh database on each engine at hand.
async fn databases() -> Vec<(Db, crate::testing::Scratch)> {
    let databases = crate::testing::databases().await;
    for (db, _scratch) in &databases {
        db.write::<_, DbError, _>(|tx| Box::pin(async move { tx.execute(&CREATE_PROBE, &[]).await }))
            .await
            .unwrap();
    }
    databases
}

async fn notes(db: &Db, note: &str) -> i64 {
    db.row(&COUNT_NOTES, params![note]).await.unwrap().unwrap().get("notes").unwrap()
}

#[tokio::test]
async fn every_statement_prepares_on_every_engine() {
    for (db, _scratch) in databases().await {
        for (module, statements) in registry::MODULES {
            for statement in *statements {
                if let Err(error) = db.prepare(statement).await {
                    panic!("{module} {} on {}: {error:?}", statement.name, db.engine_name());
                }
            }
        }
    }
}

#[test]
fn every_queries_file_is_in_the_registry() {
    let source = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut missing = Vec::new();
    for entry in std::fs::read_dir(source).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        if entry.path().join("queries.rs").exists()
            && !registry::MODULES.iter().any(|(module, _)| *module == name)
        {
            missing.push(name);
        }
    }
    assert!(missing.is_empty(), "not in store::registry: {missing:?}");
}

#[tokio::test]
async fn a_failed_decision_leaves_nothing_and_its_neighbours_stand() {
    for (db, _scratch) in databases().await {
        let writes = (0..20_i64).map(|n| {
            let db = db.clone();
            tokio::spawn(async move {
                db.write(move |tx| {
                    Box::pin(async move {
                        tx.execute(&INSERT_NOTE, params![n, "batch"]).await?;
                        if n % 2 == 0 { Err(DbError::Closed) } else { Ok(n) }
                    })
                })
                .await
            })
        });
        for (n, write) in writes.collect::<Vec<_>>().into_iter().enumerate() {
            assert_eq!(write.await.unwrap().is_ok(), n % 2 == 1);
        }
        assert_eq!(notes(&db, "batch").await, 10);
    }
}

#[tokio::test]
async fn a_panicking_decision_is_rolled_back_and_the_store_lives_on() {
    for (db, _scratch) in databases().await {
        let outcome: Result<(), DbError> = db
            .write(|tx| {
                Box::pin(async move {
                    tx.execute(&INSERT_NOTE, params![1_i64, "panic"]).await?;
                    panic!("boom")
                })
            })
            .await;
        assert!(matches!(outcome, Err(DbError::Panicked)));
        assert_eq!(notes(&db, "panic").await, 0);
        db.write::<_, DbError, _>(|tx| {
            Box::pin(async move { tx.execute(&INSERT_NOTE, params![1_i64, "after"]).await })
        })
        .await
        .unwrap();
        assert_eq!(notes(&db, "after").await, 1);
    }
}

#[tokio::test]
async fn a_row_that_is_there_already_is_told_apart_from_other_failures() {
    for (db, _scratch) in databases().await {
        let insert = || {
            db.write::<_, DbError, _>(|tx| {
                Box::pin(async move { tx.execute(&INSERT_NOTE, params![7_i64, "twice"]).await })
            })
        };
        insert().await.unwrap();
        assert!(insert().await.unwrap_err().is_unique_violation());
    }
}

#[tokio::test]
async fn a_caller_who_hangs_up_does_not_stop_the_decision() {
    for (db, _scratch) in databases().await {
        for n in 0..50_i64 {
            let write = db.write::<_, DbError, _>(move |tx| {
                Box::pin(async move { tx.execute(&INSERT_NOTE, params![n, "hung up"]).await })
            });
            let _ = tokio::time::timeout(std::time::Duration::from_micros(1), write).await;
        }
        // The queue is served in order, so this one comes after all that were accepted.
        db.write::<_, DbError, _>(|tx| {
            Box::pin(async move { tx.execute(&INSERT_NOTE, params![1000_i64, "last"]).await })
        })
        .await
        .unwrap();
        assert_eq!(notes(&db, "last").await, 1);
    }
}

#[tokio::test]
async fn a_second_process_on_the_same_file_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("one.db");
    let first = Db::open_sqlite(&path, Durability::None).await.unwrap();
    let second = Db::open_sqlite(&path, Durability::None).await;
    assert!(matches!(second, Err(DbError::InUse { .. })));
    first.close().await;
    drop(first);
    Db::open_sqlite(&path, Durability::Full).await.unwrap();
}

#[tokio::test]
async fn readers_cannot_write() {
    for (db, _scratch) in databases().await {
        if db.engine_name() == "sqlite" {
            assert!(db.rows(&INSERT_NOTE, params![1_i64, "sneaked in"]).await.is_err());
        }
    }
}
