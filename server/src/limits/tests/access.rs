//! Who may call what.

use axum::http::Method;
use domain::{keys::Environment, tiers::Tier};
use serde_json::json;

use crate::{
    keys::tests::support::{Api, IP, key_with, live_key, partner},
    testing::TestApp,
};

#[tokio::test]
async fn stations_are_open_and_everything_else_asks_for_a_key() {
    for test in TestApp::each().await {
        let api = Api::new(&test.app);
        for (path, expected) in [
            ("/stations", (200, "")),
            ("/stations/STN_GMB", (404, "")),
            ("/limits", (200, "")),
            ("/nowhere", (404, "")),
            ("/fare/calculate", (401, "missing_credential")),
            ("/stats/traffic", (401, "missing_credential")),
            ("/journeys", (401, "missing_credential")),
        ] {
            let reply = api.get_as_stranger(path, IP).await;
            assert_eq!(reply.is(), expected, "{path}");
            assert_eq!(reply.number("x-ratelimit-limit"), 60, "{path}");
            assert_eq!(reply.headers.contains_key("www-authenticate"), expected.0 == 401, "{path}");
        }
    }
}

#[tokio::test]
async fn features_begin_with_their_tier_and_everybody_has_pros_in_the_sandbox() {
    for test in TestApp::each().await {
        let app = &test.app;
        let (free, api) = (partner(app, Tier::Free).await, Api::new(app));
        let (live, pro) = (live_key(app, &free).await, live_key(app, &partner(app, Tier::Pro).await).await);
        let (_, sandbox) = key_with(app, &free, Environment::Test, json!({})).await;
        let refused = api.get("/stats/traffic", &live).await;
        assert_eq!(refused.is(), (403, "tier_insufficient"));
        assert_eq!(refused.number("x-ratelimit-limit"), 120);
        for key in [&pro, &sandbox] {
            assert_eq!(api.get("/stats/traffic", key).await.status, 503, "the handler answers");
            let post = Api::request(Method::POST, "/webhooks", Some(key), IP);
            assert_eq!(api.send(post).await.status, 201);
        }
        assert_eq!(api.get("/fare/calculate", &sandbox).await.number("x-ratelimit-limit"), 1_000);
    }
}

#[tokio::test]
async fn the_sandbox_and_the_live_quota_are_two() {
    for test in TestApp::each().await {
        let app = &test.app;
        let (travelku, api) = (partner(app, Tier::Pro).await, Api::new(app));
        let live = live_key(app, &travelku).await;
        let (_, sandbox) = key_with(app, &travelku, Environment::Test, json!({})).await;
        let live_before = app.live.statements_run();
        for _ in 0..10 {
            api.fare(&sandbox).await;
        }
        // The partner's standing is the one thing a test key's call reads there, once.
        assert!(app.live.statements_run() - live_before <= 1);
        let day = |reply: &crate::keys::tests::support::Reply| reply.body["windows"][1]["remaining"].as_u64();
        assert_eq!(day(&api.get("/limits", &sandbox).await), Some(99_990));
        assert_eq!(day(&api.get("/limits", &live).await), Some(100_000));
    }
}
