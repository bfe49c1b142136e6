//! A password forgotten, and a password changed.

use std::time::Duration;

use serde_json::json;

use super::support::{Browser, PASSWORD, mails_to, newest_token, owner};
use crate::{app::App, testing::TestApp};

const EMAIL: &str = "rani@travelku.example";
const NEW: &str = "kereta terakhir malam ini";

async fn forget(app: &App, email: &str) -> u16 {
    let status = Browser::new(app).post("/password/forgot", json!({"email": email})).await.status;
    // The answer comes before the work; wait for that.
    app.tasks.close();
    app.tasks.wait().await;
    app.tasks.reopen();
    status
}

#[tokio::test]
async fn a_link_sets_a_new_password_once_and_ends_every_session() {
    for test in TestApp::each().await {
        let app = &test.app;
        let mut browser = owner(app, EMAIL).await;
        app.clock.advance(Duration::from_secs(1));
        assert_eq!(forget(app, EMAIL).await, 202);
        let token = newest_token(app, EMAIL).await;
        let mut visitor = Browser::new(app);
        let reset = json!({"token": token, "password": NEW});
        let reply = visitor.post("/password/reset", reset.clone()).await;
        assert_eq!((reply.status, visitor.cookie.is_some()), (200, false));
        assert!(!browser.is_signed_in().await);
        assert_eq!(visitor.sign_in(EMAIL, PASSWORD).await.status, 401);
        assert_eq!(visitor.sign_in(EMAIL, NEW).await.status, 200);
        let again = visitor.post("/password/reset", reset).await;
        assert_eq!((again.status, again.fault.unwrap().0.as_str()), (422, "token"));
    }
}

#[tokio::test]
async fn a_reset_link_lasts_an_hour_and_only_the_newest_counts() {
    for test in TestApp::each().await {
        let app = &test.app;
        owner(app, EMAIL).await;
        app.clock.advance(Duration::from_secs(1));
        forget(app, EMAIL).await;
        let first = newest_token(app, EMAIL).await;
        app.clock.advance(Duration::from_secs(1));
        forget(app, EMAIL).await;
        let second = newest_token(app, EMAIL).await;
        let mut visitor = Browser::new(app);
        let mut reset = async |token: &str| {
            visitor.post("/password/reset", json!({"token": token, "password": NEW})).await.status
        };
        assert_eq!(reset(&first).await, 422);
        app.clock.advance(Duration::from_secs(3600));
        assert_eq!(reset(&second).await, 422);
        // A link for one thing opens nothing else.
        forget(app, EMAIL).await;
        let third = newest_token(app, EMAIL).await;
        assert_eq!(Browser::new(app).post("/verify-email", json!({"token": third})).await.status, 422);
        assert_eq!(reset(&third).await, 200);
    }
}

#[tokio::test]
async fn an_unknown_address_is_answered_alike_and_gets_nothing() {
    for test in TestApp::each().await {
        assert_eq!(forget(&test.app, "nobody@travelku.example").await, 202);
        assert!(mails_to(&test.app, "nobody@travelku.example").await.is_empty());
    }
}

#[tokio::test]
async fn a_reset_lets_a_locked_out_owner_in_at_once() {
    for test in TestApp::each().await {
        let app = &test.app;
        owner(app, EMAIL).await;
        for _ in 0..10 {
            Browser::at(app, "198.51.100.9").sign_in(EMAIL, "something else").await;
        }
        assert_eq!(Browser::new(app).sign_in(EMAIL, PASSWORD).await.status, 429);
        app.clock.advance(Duration::from_secs(1));
        forget(app, EMAIL).await;
        let token = newest_token(app, EMAIL).await;
        let mut browser = Browser::new(app);
        browser.post("/password/reset", json!({"token": token, "password": NEW})).await;
        assert_eq!(browser.sign_in(EMAIL, NEW).await.status, 200);
    }
}

#[tokio::test]
async fn changing_the_password_keeps_this_browser_alone_with_a_new_id() {
    for test in TestApp::each().await {
        let app = &test.app;
        let mut browser = owner(app, EMAIL).await;
        let mut other = Browser::new(app);
        other.sign_in(EMAIL, PASSWORD).await;
        let mut old = browser.clone();
        let change = |current: &str, new: &str| json!({"current_password": current, "password": new});

        let reply = browser.post("/password/change", change("something else", NEW)).await;
        assert_eq!(reply.fault, Some(("current_password".to_owned(), "wrong_password".to_owned())));
        assert!(other.is_signed_in().await);

        assert_eq!(browser.post("/password/change", change(PASSWORD, NEW)).await.status, 204);
        assert_ne!(browser.cookie, old.cookie);
        assert!(browser.is_signed_in().await && !old.is_signed_in().await && !other.is_signed_in().await);
        assert_eq!(other.sign_in(EMAIL, NEW).await.status, 200);
        app.clock.advance(Duration::from_secs(1));
        assert!(mails_to(app, EMAIL).await.pop().unwrap().contains("password was changed"));
    }
}
