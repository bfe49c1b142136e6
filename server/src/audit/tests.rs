//! The audit log's promises, on both engines.

use super::{Actor, AuditContext, Chain, record, verify_chain};
use crate::{
    app::App,
    store::{DbError, params, sql},
    testing::TestApp,
};

sql! {
    ALTER_DETAIL = "update audit_log set detail = 'nothing happened' where sequence = $1";
    DELETE_ROW = "delete from audit_log where sequence = $1";
    SWAP_ACTOR = "update audit_log set actor = 'system' where sequence = $1";
}

async fn act(app: &App, times: usize) {
    for n in 0..times {
        let context = AuditContext::local(app, Actor::Console);
        app.live
            .write::<_, DbError, _>(move |tx| {
                Box::pin(async move {
                    record(tx, &context, "test.act", &format!("thing {n}"), "it happened").await
                })
            })
            .await
            .unwrap();
    }
}

async fn tamper(app: &App, statement: &'static crate::store::Statement, sequence: i64) {
    app.live
        .write::<_, DbError, _>(move |tx| {
            Box::pin(async move { tx.execute(statement, params![sequence]).await })
        })
        .await
        .unwrap();
}

#[tokio::test]
async fn an_untouched_log_is_whole() {
    for test in TestApp::each().await {
        assert_eq!(verify_chain(&test.app.live).await.unwrap(), Chain::Intact { rows: 0, newest: [0; 32] });
        act(&test.app, 7).await;
        assert!(matches!(verify_chain(&test.app.live).await.unwrap(), Chain::Intact { rows: 7, .. }));
    }
}

#[tokio::test]
async fn an_altered_a_removed_and_a_reattributed_row_show() {
    for (statement, sequence) in [(&ALTER_DETAIL, 3), (&DELETE_ROW, 4), (&SWAP_ACTOR, 1)] {
        for test in TestApp::each().await {
            act(&test.app, 7).await;
            tamper(&test.app, statement, sequence).await;
            assert_eq!(
                verify_chain(&test.app.live).await.unwrap(),
                Chain::Broken { sequence },
                "{}",
                statement.name
            );
        }
    }
}

#[tokio::test]
async fn acts_at_the_same_moment_make_one_chain() {
    for test in TestApp::each().await {
        let acts = (0..20).map(|_| {
            let app = test.app.clone();
            tokio::spawn(async move { act(&app, 3).await })
        });
        for done in acts.collect::<Vec<_>>() {
            done.await.unwrap();
        }
        assert!(matches!(verify_chain(&test.app.live).await.unwrap(), Chain::Intact { rows: 60, .. }));
    }
}

#[tokio::test]
async fn an_act_that_is_rolled_back_leaves_no_row() {
    for test in TestApp::each().await {
        let context = AuditContext::local(&test.app, Actor::System);
        let outcome = test
            .app
            .live
            .write::<(), DbError, _>(move |tx| {
                Box::pin(async move {
                    record(tx, &context, "test.act", "thing", "").await?;
                    Err(DbError::Closed)
                })
            })
            .await;
        assert!(outcome.is_err());
        assert!(matches!(verify_chain(&test.app.live).await.unwrap(), Chain::Intact { rows: 0, .. }));
    }
}
