//! Signing in, and being kept from guessing.

use std::time::Duration;

use serde_json::json;

use super::support::{Browser, PASSWORD, owner};
use crate::testing::TestApp;

const EMAIL: &str = "rani@travelku.example";

#[tokio::test]
async fn a_known_and_an_unknown_account_are_refused_alike() {
    for test in TestApp::each().await {
        owner(&test.app, EMAIL).await;
        let mut stranger = Browser::at(&test.app, "203.0.113.66");
        let known = stranger.sign_in(EMAIL, "something else").await;
        let unknown = stranger.sign_in("nobody@travelku.example", "something else").await;
        assert_eq!((known.status, known.code), (401, "wrong_credentials"));
        assert_eq!(
            (known.status, known.code, known.set_cookie),
            (unknown.status, unknown.code, unknown.set_cookie)
        );
    }
}

#[tokio::test]
async fn ten_wrong_passwords_close_the_door_for_a_quarter_of_an_hour() {
    for test in TestApp::each().await {
        let app = &test.app;
        owner(app, EMAIL).await;
        // From as many addresses as there are tries, each claiming another one.
        for n in 0..10 {
            let mut guesser = Browser::at(app, &format!("198.51.100.{n}"));
            assert_eq!(guesser.sign_in(EMAIL, "something else").await.status, 401);
        }
        let mut guesser = Browser::at(app, "198.51.100.200");
        for password in ["something else", PASSWORD] {
            let reply = guesser.sign_in(EMAIL, password).await;
            assert_eq!((reply.status, reply.code, reply.retry_after), (429, "too_many_attempts", Some(900)));
        }
        // Others are not locked out with it, nor is an account that does not exist told apart.
        for n in 0..10 {
            let mut guesser = Browser::at(app, &format!("198.51.100.{n}"));
            assert_eq!(guesser.sign_in("nobody@travelku.example", "something else").await.status, 401);
        }
        assert_eq!(guesser.sign_in("nobody@travelku.example", "something else").await.status, 429);

        app.clock.advance(Duration::from_secs(900));
        assert_eq!(guesser.sign_in(EMAIL, PASSWORD).await.status, 200);
    }
}

#[tokio::test]
async fn one_client_cannot_try_many_accounts() {
    for test in TestApp::each().await {
        let mut guesser = Browser::at(&test.app, "198.51.100.1");
        let mut refused = 0;
        for n in 0..40 {
            let reply = guesser.sign_in(&format!("user{n}@travelku.example"), "something else").await;
            refused += usize::from(reply.status == 429);
        }
        assert_eq!(refused, 10);
    }
}

#[tokio::test]
async fn tries_made_at_once_do_not_slip_through_together() {
    for test in TestApp::each().await {
        let app = &test.app;
        owner(app, EMAIL).await;
        let tries = (0..40).map(|n| {
            let mut guesser = Browser::at(app, &format!("198.51.100.{n}"));
            tokio::spawn(async move { guesser.sign_in(EMAIL, "something else").await.status })
        });
        let mut verified = 0;
        for tried in tries.collect::<Vec<_>>() {
            verified += usize::from(tried.await.unwrap() == 401);
        }
        assert_eq!(verified, 10);
    }
}

#[tokio::test]
async fn signing_in_often_is_no_attack() {
    for test in TestApp::each().await {
        owner(&test.app, EMAIL).await;
        for _ in 0..25 {
            assert_eq!(Browser::new(&test.app).sign_in(EMAIL, PASSWORD).await.status, 200);
        }
    }
}

#[tokio::test]
async fn an_attempt_is_held_to_no_rules_that_would_tell_something() {
    for test in TestApp::each().await {
        let mut browser = Browser::new(&test.app);
        assert_eq!(browser.sign_in(EMAIL, "short").await.status, 401);
        let reply = browser.post("/sign-in", json!({"email": EMAIL, "password": "x".repeat(5000)})).await;
        assert_eq!((reply.status, reply.fault.unwrap().0.as_str()), (422, "password"));
    }
}
