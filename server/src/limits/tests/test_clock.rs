//! Windows of test keys go by the partner's test clock.

use std::time::Duration;

use domain::{keys::Environment, tiers::Tier};
use serde_json::json;

use crate::{
    keys::tests::support::{Api, Reply, key_with, live_key, partner, partner_with},
    limits, realms,
    store::DbError,
    testing::TestApp,
};

#[tokio::test]
async fn a_test_clock_past_midnight_brings_test_keys_a_new_day_and_live_keys_none() {
    for test in TestApp::each().await {
        let app = &test.app;
        let partner = partner_with(app, Some(3), Some(1_000)).await;
        let (_, test_key) = key_with(app, &partner, Environment::Test, json!({})).await;
        let (api, live_key) = (Api::new(app), live_key(app, &partner).await);
        for key in [&test_key, &live_key] {
            for _ in 0..3 {
                assert_eq!(api.fare(key).await.is(), (200, ""));
            }
            // 15:41 in Jakarta: 8 h 19 min to midnight.
            let refused = api.fare(key).await;
            assert_eq!((refused.is(), refused.number("retry-after")), ((429, "quota_exhausted"), 29_940));
        }
        realms::advance_to(app, &partner.id, "2026-03-08T17:00:00Z".parse().unwrap()).await.unwrap();
        let served = api.fare(&test_key).await;
        assert_eq!((served.is(), served.number("x-ratelimit-remaining")), ((200, ""), 2));
        // The end of 9 March in Jakarta.
        assert_eq!(served.number("x-ratelimit-reset"), 1_773_075_600);
        assert!(served.text("ratelimit").contains(r#""day";r=2;t=86400"#), "{}", served.text("ratelimit"));
        let limits = api.get("/limits", &test_key).await.body;
        assert_eq!(limits["windows"][1]["resets_at"], "2026-03-09T17:00:00Z");
        assert_eq!(limits["windows"][0]["resets_at"], "2026-03-08T17:01:00Z");
        let day = limits::day_of_partner(app, Environment::Test, &partner).await.unwrap().unwrap();
        assert_eq!(day.remaining, 2);
        assert_eq!(api.fare(&live_key).await.is(), (429, "quota_exhausted"));

        // Put back, the clock shows the day that was used up.
        let of = partner.id.clone();
        app.sandbox
            .write::<_, DbError, _>(move |tx| Box::pin(async move { realms::forget(tx, &of).await }))
            .await
            .unwrap();
        realms::forgotten(app, &partner.id);
        assert_eq!(api.fare(&test_key).await.is(), (429, "quota_exhausted"));
    }
}

#[tokio::test]
async fn a_minute_on_the_test_clock_is_a_new_burst_window_and_the_key_lives_on() {
    for test in TestApp::each().await {
        let app = &test.app;
        let (mine, other) = (partner(app, Tier::Free).await, partner(app, Tier::Free).await);
        let expiry = json!({"expires_at": "2026-03-08T10:00:00Z"});
        let (_, my_key) = key_with(app, &mine, Environment::Test, expiry).await;
        let (_, other_key) = key_with(app, &other, Environment::Test, json!({})).await;
        let api = Api::new(app);
        let left = |reply: Reply| reply.number("x-ratelimit-remaining");
        // Pro's window, which is what the sandbox grants.
        for key in [&my_key, &other_key] {
            assert_eq!(left(api.fare(key).await), 999);
            assert_eq!(left(api.fare(key).await), 998);
        }
        realms::advance(app, &mine.id, Duration::from_secs(7 * 24 * 3600)).await.unwrap();
        // A key's own end goes by real time: a week in the sandbox is no reason to make a new one.
        assert_eq!(left(api.fare(&my_key).await), 999);
        assert_eq!(left(api.fare(&other_key).await), 997);
    }
}
