//! Sessions: their cookie, their end.

use std::time::Duration;

use axum::http::Method;
use serde_json::json;

use super::support::{Browser, PASSWORD, owner};
use crate::testing::TestApp;

const EMAIL: &str = "rani@travelku.example";

#[tokio::test]
async fn the_cookie_is_one_that_only_this_host_gets_over_tls_and_no_script_reads() {
    for test in TestApp::each().await {
        owner(&test.app, EMAIL).await;
        let reply = Browser::new(&test.app).sign_in(EMAIL, PASSWORD).await;
        let cookie = reply.set_cookie.unwrap();
        let (pair, flags) = cookie.split_once("; ").unwrap();
        assert!(pair.starts_with("__Host-nfcg_session=") && pair.len() > 60, "{pair}");
        assert_eq!(flags, "Path=/; Max-Age=43200; Secure; HttpOnly; SameSite=Lax");
    }
}

#[tokio::test]
async fn signing_in_makes_a_new_id_and_ends_the_old_one() {
    for test in TestApp::each().await {
        let mut first = owner(&test.app, EMAIL).await;
        let mut second = first.clone();
        assert_eq!(second.sign_in(EMAIL, PASSWORD).await.status, 200);
        assert_ne!(first.cookie, second.cookie);
        assert!(!first.is_signed_in().await && second.is_signed_in().await);
        // A planted cookie is not taken over.
        let mut fixed = Browser::new(&test.app);
        fixed.cookie = Some("__Host-nfcg_session=planted".to_owned());
        fixed.sign_in(EMAIL, PASSWORD).await;
        assert_ne!(fixed.cookie.as_deref(), Some("__Host-nfcg_session=planted"));
    }
}

#[tokio::test]
async fn a_session_ends_half_an_hour_after_its_last_use() {
    for test in TestApp::each().await {
        let mut browser = owner(&test.app, EMAIL).await;
        for _ in 0..4 {
            test.app.clock.advance(Duration::from_secs(29 * 60));
            assert!(browser.is_signed_in().await);
        }
        test.app.clock.advance(Duration::from_secs(30 * 60));
        let reply = browser.get("/session").await;
        assert_eq!((reply.status, reply.code), (401, "not_signed_in"));
    }
}

#[tokio::test]
async fn a_session_ends_after_twelve_hours_however_much_it_is_used() {
    for test in TestApp::each().await {
        let mut browser = owner(&test.app, EMAIL).await;
        for _ in 0..35 {
            test.app.clock.advance(Duration::from_secs(20 * 60));
            assert!(browser.is_signed_in().await);
        }
        test.app.clock.advance(Duration::from_secs(20 * 60));
        assert!(!browser.is_signed_in().await);
    }
}

#[tokio::test]
async fn sessions_are_listed_and_ended_one_by_one_or_all() {
    for test in TestApp::each().await {
        let mut first = owner(&test.app, EMAIL).await;
        let mut others: Vec<_> = (0..3).map(|_| Browser::new(&test.app)).collect();
        for other in &mut others {
            other.sign_in(EMAIL, PASSWORD).await;
        }
        let list = first.get("/sessions").await.body;
        assert_eq!(list["meta"]["total"], 4);
        let rows = list["data"].as_array().unwrap();
        assert_eq!(rows.iter().filter(|row| row["current"] == true).count(), 1);
        assert!(
            rows.iter().all(|row| row["ip"] == "203.0.113.5" && row["user_agent"] == "Firefoxunder test"),
            "{rows:?}"
        );

        // A stranger's session looks absent.
        let foreign =
            owner(&test.app, "other@example.id").await.get("/sessions").await.body["data"][0]["id"].clone();
        let foreign = foreign.as_str().unwrap();
        for id in [foreign, "ses_00000000000000000000000000", "nonsense"] {
            let reply = first.send(Method::DELETE, &format!("/sessions/{id}"), None).await;
            assert_eq!((reply.status, reply.code), (404, "not_found"), "{id}");
        }

        let theirs = others[0].get("/sessions").await.body;
        let current = theirs["data"].as_array().unwrap().iter().find(|row| row["current"] == true).unwrap();
        let id = current["id"].as_str().unwrap();
        assert_eq!(first.send(Method::DELETE, &format!("/sessions/{id}"), None).await.status, 204);
        assert!(!others[0].is_signed_in().await && others[1].is_signed_in().await);

        assert_eq!(first.post("/sessions/sign-out-everywhere", json!({})).await.status, 204);
        for browser in std::iter::once(&mut first).chain(&mut others) {
            assert!(!browser.is_signed_in().await);
        }
    }
}

#[tokio::test]
async fn signing_out_ends_the_session_and_works_for_anybody() {
    for test in TestApp::each().await {
        let mut browser = owner(&test.app, EMAIL).await;
        let mut copy = browser.clone();
        let reply = browser.post("/sign-out", json!({})).await;
        assert_eq!(reply.status, 204);
        assert!(reply.set_cookie.unwrap().contains("Max-Age=0"));
        assert!(!copy.is_signed_in().await);
        assert_eq!(copy.post("/sign-out", json!({})).await.status, 204);
    }
}
