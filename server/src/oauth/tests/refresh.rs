//! Refresh tokens: rotated at every use, worthless once stolen, ended after thirty days.

use std::time::Duration;

use domain::keys::Environment;
use serde_json::Value;

use super::support::{ALL, Stage, call, post, refusal, text, with};
use crate::testing::{TestApp, client::Reply};

const LIMITS: &str = "/open-api/v1/limits";
const DAY: Duration = Duration::from_secs(86_400);

async fn refresh(test: &TestApp, stage: &Stage, token: &str) -> Reply {
    post(&test.anonymous(), "/oauth/token", &stage.refresh_form(token)).await
}

async fn is_good(test: &TestApp, tokens: &Value) -> bool {
    call(test, LIMITS, text(tokens, "access_token")).await.status == 200
}

#[track_caller]
fn assert_invalid_grant(reply: &Reply) {
    assert_eq!(refusal(reply), (400, "invalid_grant".to_owned()));
}

/// O6.
#[tokio::test]
async fn a_replayed_refresh_token_ends_its_family() {
    for test in TestApp::each().await {
        let stage = Stage::new(&test.app, Environment::Live, "confidential").await;
        let first = stage.tokens(&test).await;
        let second = refresh(&test, &stage, text(&first, "refresh_token")).await.json();
        assert_ne!(first["refresh_token"], second["refresh_token"]);
        assert!(is_good(&test, &second).await);
        // The thief comes second; or the owner does. Nobody can tell, so both lose.
        assert_invalid_grant(&refresh(&test, &stage, text(&first, "refresh_token")).await);
        assert_invalid_grant(&refresh(&test, &stage, text(&second, "refresh_token")).await);
        assert!(!is_good(&test, &first).await && !is_good(&test, &second).await);
        // Another family of the same rider and application lives on.
        let other = stage.tokens(&test).await;
        assert!(is_good(&test, &other).await);
    }
}

#[tokio::test]
async fn a_lost_answer_is_given_again_for_ten_seconds_unless_it_arrived() {
    for test in TestApp::each().await {
        let stage = Stage::new(&test.app, Environment::Live, "public").await;
        let first = stage.tokens(&test).await;
        let lost = refresh(&test, &stage, text(&first, "refresh_token")).await.json();
        test.app.clock.advance(Duration::from_secs(10));
        let again = refresh(&test, &stage, text(&first, "refresh_token")).await;
        assert_eq!(again.status, 200);
        let again = again.json();
        assert!(!is_good(&test, &lost).await, "the lost one was retired");
        assert!(is_good(&test, &again).await);
        // That call shows that the answer arrived.
        assert_invalid_grant(&refresh(&test, &stage, text(&first, "refresh_token")).await);
        assert!(!is_good(&test, &again).await);

        let first = stage.tokens(&test).await;
        let lost = refresh(&test, &stage, text(&first, "refresh_token")).await.json();
        test.app.clock.advance(Duration::from_millis(10_001));
        assert_invalid_grant(&refresh(&test, &stage, text(&first, "refresh_token")).await);
        assert!(!is_good(&test, &lost).await);
    }
}

/// O6: a hundred families, each refreshed by fifty at once. While the clock stands still every one is an
/// answer that may have been lost, so each is answered, and all but the last hold what is worth nothing.
#[tokio::test]
async fn of_many_parallel_refreshes_exactly_one_lives_on() {
    for test in TestApp::each().await {
        let stage = Stage::new(&test.app, Environment::Live, "public").await;
        for _ in 0..100 {
            let first = stage.tokens(&test).await;
            let form = stage.refresh_form(text(&first, "refresh_token"));
            let tries = (0..50).map(|_| {
                let (client, form) = (test.anonymous(), form.clone());
                tokio::spawn(async move { post(&client, "/oauth/token", &form).await })
            });
            let replies = futures_util::future::join_all(tries).await.into_iter().map(Result::unwrap);
            let given: Vec<Value> =
                replies.filter(|reply| reply.status == 200).map(|reply| reply.json()).collect();
            assert_eq!(given.len(), 50);
            let mut live = 0;
            for tokens in &given {
                live += usize::from(is_good(&test, tokens).await);
            }
            assert_eq!(live, 1, "of {}", given.len());
            let mut rotated = 0;
            for tokens in &given {
                let reply = refresh(&test, &stage, text(tokens, "refresh_token")).await;
                rotated += usize::from(reply.status == 200);
            }
            assert!(rotated <= 1, "{rotated} branches");
        }
    }
}

/// O11.
#[tokio::test]
async fn thirty_days_after_the_consent_nothing_is_left_however_often_it_was_refreshed() {
    for test in TestApp::each().await {
        let stage = Stage::new(&test.app, Environment::Live, "confidential").await;
        let mut tokens = stage.tokens(&test).await;
        for _ in 0..29 {
            test.app.clock.advance(DAY);
            let reply = refresh(&test, &stage, text(&tokens, "refresh_token")).await;
            assert_eq!(reply.status, 200);
            tokens = reply.json();
        }
        test.app.clock.advance(DAY - Duration::from_secs(30));
        let last = refresh(&test, &stage, text(&tokens, "refresh_token")).await.json();
        assert_eq!(last["expires_in"].as_i64(), Some(30), "an access token does not outlive its family");
        assert!(is_good(&test, &last).await);
        test.app.clock.advance(Duration::from_secs(30));
        assert!(!is_good(&test, &last).await);
        assert_invalid_grant(&refresh(&test, &stage, text(&last, "refresh_token")).await);
    }
}

#[tokio::test]
async fn a_refresh_may_narrow_the_access_token_and_never_widen_it() {
    for test in TestApp::each().await {
        let stage = Stage::new(&test.app, Environment::Live, "public").await;
        let tokens = stage.tokens_for(&test, "journey:read balance:read").await;
        let wanting = |token: &Value, scope: &str| {
            with(&stage.refresh_form(text(token, "refresh_token")), "scope", Some(scope))
        };
        for scope in ["profile:read", "openid", "journey:read,balance:read"] {
            let reply = post(&test.anonymous(), "/oauth/token", &wanting(&tokens, scope)).await;
            assert_eq!(refusal(&reply), (400, "invalid_scope".to_owned()), "{scope}");
        }
        let narrow = post(&test.anonymous(), "/oauth/token", &wanting(&tokens, "balance:read")).await.json();
        assert_eq!(text(&narrow, "scope"), "balance:read");
        let whole = refresh(&test, &stage, text(&narrow, "refresh_token")).await.json();
        assert_eq!(text(&whole, "scope"), "journey:read balance:read");
        // As libraries do whose rider unticked something: all that was asked for at first.
        let asked = post(&test.anonymous(), "/oauth/token", &wanting(&whole, ALL)).await.json();
        assert_eq!(text(&asked, "scope"), "journey:read balance:read");
        let part = wanting(&asked, "journey:read profile:read");
        let part = post(&test.anonymous(), "/oauth/token", &part).await.json();
        assert_eq!(text(&part, "scope"), "journey:read");
    }
}

#[tokio::test]
async fn a_family_of_which_nothing_is_allowed_any_more_ends() {
    for test in TestApp::each().await {
        let stage = Stage::new(&test.app, Environment::Live, "public").await;
        let code = stage.consent(&test.app, "journey:read", "journey:read").await;
        let old = post(&test.anonymous(), "/oauth/token", &stage.exchange_form(&code)).await.json();
        // Asked for both, the rider leaves the other one ticked.
        let both = "journey:read profile:read";
        let code = stage.consent(&test.app, both, "profile:read").await;
        let new = post(&test.anonymous(), "/oauth/token", &stage.exchange_form(&code)).await.json();
        assert_invalid_grant(&refresh(&test, &stage, text(&old, "refresh_token")).await);
        // Allowed again, it stays ended: the rider never saw that one come back.
        stage.consent(&test.app, both, both).await;
        assert_invalid_grant(&refresh(&test, &stage, text(&old, "refresh_token")).await);
        assert_eq!(refresh(&test, &stage, text(&new, "refresh_token")).await.status, 200);
    }
}

#[tokio::test]
async fn another_clients_refresh_token_is_refused_and_ends_nothing() {
    for test in TestApp::each().await {
        let stage = Stage::new(&test.app, Environment::Live, "public").await;
        let thief = Stage::new(&test.app, Environment::Live, "public").await;
        let tokens = stage.tokens(&test).await;
        assert_invalid_grant(&refresh(&test, &thief, text(&tokens, "refresh_token")).await);
        assert_eq!(refresh(&test, &stage, text(&tokens, "refresh_token")).await.status, 200);
    }
}
