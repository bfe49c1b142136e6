//! The outbox's promises, on both engines.

use std::time::Duration;

use domain::identity::EmailAddress;

use super::{Delivered, Letter, deliver_pending, letter::Text, queries, queue};
use crate::{
    app::App,
    store::{DbError, params, sql},
    testing::TestApp,
};

sql! {
    BODIES = "select body from mails where body is not null";
    SPOIL_RECIPIENT = "update mails set recipient = 'nobody at all'";
}

fn letter(to: &str) -> Letter {
    let to: EmailAddress = to.parse().unwrap();
    let text = |subject: &str| Text {
        subject: subject.to_owned(),
        paragraphs: vec!["https://example.id/?token=s3cret".to_owned()],
    };
    Letter::new(&to, &text("Halo – apa kabar?"), &text("Hello"))
}

async fn post(app: &App, letter: Letter) {
    let held = app.clone();
    app.live
        .write::<_, DbError, _>(move |tx| Box::pin(async move { queue(tx, &held, &letter).await.map(drop) }))
        .await
        .unwrap();
}

async fn waiting(app: &App) -> i64 {
    app.live.row(&queries::WAITING, &[]).await.unwrap().unwrap().get("waiting").unwrap()
}

fn files(app: &App) -> Vec<std::path::PathBuf> {
    let Ok(folder) = std::fs::read_dir(app.config.mail_dir()) else { return Vec::new() };
    folder.map(|entry| entry.unwrap().path()).collect()
}

#[tokio::test]
async fn a_mail_becomes_one_readable_file_and_is_sent_once() {
    for test in TestApp::each().await {
        let app = &test.app;
        post(app, letter("rani@example.id")).await;
        assert_eq!(deliver_pending(app).await.unwrap(), Delivered { sent: 1, failed: 0 });
        assert_eq!(deliver_pending(app).await.unwrap(), Delivered::default());
        let files = files(app);
        assert_eq!(files.len(), 1);
        let name = files[0].file_name().unwrap().to_str().unwrap();
        assert!(
            name.starts_with("20260308T084100Z_rani@example.id_mail_") && name.ends_with(".eml"),
            "{name}"
        );
        let text = std::fs::read_to_string(&files[0]).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        assert!(
            head.contains("To: rani@example.id\r\n")
                && head.contains("Date: Sun, 08 Mar 2026 08:41:00 +0000"),
            "{head}"
        );
        assert!(head.contains("charset=utf-8") && head.contains("8bit"), "{head}");
        assert!(
            body.contains("https://example.id/?token=s3cret\r\n") && body.contains("KAI Commuter"),
            "{body}"
        );
    }
}

#[tokio::test]
async fn the_text_is_sealed_while_it_waits_and_gone_once_sent() {
    for test in TestApp::each().await {
        let app = &test.app;
        post(app, letter("rani@example.id")).await;
        let bodies = app.live.rows(&BODIES, &[]).await.unwrap();
        let body: Vec<u8> = bodies[0].get("body").unwrap();
        assert!(!body.windows(6).any(|window| window == b"s3cret"));
        deliver_pending(app).await.unwrap();
        assert!(app.live.rows(&BODIES, params![]).await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn a_decision_that_fails_sends_nothing() {
    for test in TestApp::each().await {
        let app = test.app.clone();
        let outcome = test
            .app
            .live
            .write::<(), DbError, _>(move |tx| {
                Box::pin(async move {
                    queue(tx, &app, &letter("rani@example.id")).await?;
                    Err(DbError::Closed)
                })
            })
            .await;
        assert!(outcome.is_err());
        assert_eq!(deliver_pending(&test.app).await.unwrap(), Delivered::default());
    }
}

#[tokio::test]
async fn what_cannot_be_sent_is_tried_again_later_and_given_up_in_the_end() {
    for test in TestApp::each().await {
        let app = &test.app;
        // A file stands where the folder should be.
        std::fs::write(app.config.mail_dir(), "in the way").unwrap();
        post(app, letter("rani@example.id")).await;
        assert_eq!(deliver_pending(app).await.unwrap(), Delivered { sent: 0, failed: 1 });
        assert_eq!(deliver_pending(app).await.unwrap(), Delivered::default());
        app.clock.advance(Duration::from_secs(60));
        assert_eq!(deliver_pending(app).await.unwrap(), Delivered { sent: 0, failed: 1 });

        std::fs::remove_file(app.config.mail_dir()).unwrap();
        app.clock.advance(Duration::from_secs(5 * 60));
        assert_eq!(deliver_pending(app).await.unwrap(), Delivered { sent: 1, failed: 0 });

        post(app, letter("rani@example.id")).await;
        std::fs::remove_dir_all(app.config.mail_dir()).unwrap();
        let mut tries = 0;
        while waiting(app).await > 0 {
            tries += deliver_pending(app).await.unwrap().failed;
            app.clock.advance(Duration::from_secs(12 * 3600));
        }
        assert_eq!(tries, 9);
        assert!(app.live.rows(&BODIES, &[]).await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn a_mail_that_can_never_be_sent_does_not_hold_up_the_others() {
    for test in TestApp::each().await {
        let app = &test.app;
        post(app, letter("rani@example.id")).await;
        app.live
            .write::<_, DbError, _>(|tx| Box::pin(async move { tx.execute(&SPOIL_RECIPIENT, &[]).await }))
            .await
            .unwrap();
        post(app, letter("budi@example.id")).await;
        assert_eq!(deliver_pending(app).await.unwrap(), Delivered { sent: 1, failed: 1 });
        assert_eq!(waiting(app).await, 0);
    }
}
