//! Passwords lost, changed, and given to those who never had one.

use std::time::Duration;

use domain::realm::Realm;
use serde_json::json;

use super::support::{EMAIL, is_signed_in, made, rider, sign_in};
use crate::{
    app::App,
    identity::tests::support::{Browser, PASSWORD, mails_to, newest_token, owner},
    testing::TestApp,
};

const OTHER: &str = "kereta terakhir ke Bogor";

/// Asks for a link and waits until it is on its way: the answer goes out before.
async fn forgot(app: &App, email: &str) {
    app.clock.advance(Duration::from_secs(1));
    let reply = Browser::new(app).post("/rider/password/forgot", json!({"email": email})).await;
    assert_eq!(reply.status, 202);
    app.tasks.close();
    app.tasks.wait().await;
    app.tasks.reopen();
}

#[tokio::test]
async fn whom_the_operator_put_on_the_books_takes_the_account_over_by_mail() {
    for test in TestApp::each().await {
        let app = &test.app;
        let id =
            made(app, &Realm::Live, json!({"name": "Citra", "email": EMAIL, "user_type": "student"})).await;
        let mut browser = Browser::new(app);
        assert_eq!(sign_in(&mut browser, EMAIL, PASSWORD).await, 401);
        forgot(app, EMAIL).await;
        let token = newest_token(app, EMAIL).await;
        let reset = json!({"token": token, "password": PASSWORD});
        assert_eq!(browser.post("/rider/password/reset", reset.clone()).await.status, 200);
        assert!(!is_signed_in(&mut browser).await);
        assert_eq!(sign_in(&mut browser, EMAIL, PASSWORD).await, 200);
        assert_eq!(browser.get("/rider/session").await.body["id"], id.as_str());
        let view = browser.get("/rider/overview").await.body;
        assert_eq!(view["rider"]["user_type"], "student");
        assert_eq!(browser.post("/rider/password/reset", reset).await.status, 422);
    }
}

#[tokio::test]
async fn a_link_of_riders_is_none_of_partners_and_nobody_else_gets_one() {
    for test in TestApp::each().await {
        let app = &test.app;
        owner(app, EMAIL).await;
        let before = mails_to(app, EMAIL).await.len();
        forgot(app, EMAIL).await;
        assert_eq!(mails_to(app, EMAIL).await.len(), before, "a partner's address is no rider's");
        rider(app, EMAIL).await;
        forgot(app, EMAIL).await;
        let token = newest_token(app, EMAIL).await;
        let reset = json!({"token": token, "password": OTHER});
        assert_eq!(Browser::new(app).post("/password/reset", reset).await.status, 422);
        assert_eq!(Browser::new(app).sign_in(EMAIL, PASSWORD).await.status, 200);
        // A rider of a test network has no account to take over.
        let realm = Realm::Sandbox(domain::ids::PartnerId::new(1, [7; 10]));
        made(app, &realm, json!({"name": "Uji", "email": "uji@riders.example"})).await;
        forgot(app, "uji@riders.example").await;
        assert!(mails_to(app, "uji@riders.example").await.is_empty());
    }
}

#[tokio::test]
async fn a_new_password_ends_all_other_sessions_at_once() {
    for test in TestApp::each().await {
        let app = &test.app;
        let mut browser = rider(app, EMAIL).await;
        let mut other = Browser::at(app, "203.0.113.9");
        assert_eq!(sign_in(&mut other, EMAIL, PASSWORD).await, 200);
        let change = |current: &str| json!({"current_password": current, "password": OTHER});
        let refused = browser.post("/rider/password/change", change("something else")).await;
        assert_eq!((refused.status, refused.fault.unwrap().0.as_str()), (422, "current_password"));
        assert!(is_signed_in(&mut other).await);
        let earlier = browser.clone();
        assert_eq!(browser.post("/rider/password/change", change(PASSWORD)).await.status, 204);
        assert!(is_signed_in(&mut browser).await);
        assert!(!is_signed_in(&mut earlier.clone()).await && !is_signed_in(&mut other).await);
        assert_eq!(sign_in(&mut other, EMAIL, PASSWORD).await, 401);
        assert_eq!(sign_in(&mut other, EMAIL, OTHER).await, 200);
        assert!(mails_to(app, EMAIL).await.pop().unwrap().contains("rider/forgot-password"));
    }
}
