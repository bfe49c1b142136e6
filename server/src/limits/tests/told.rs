//! Headers: what they say is what happens.

use std::time::Duration;

use domain::{tiers::Tier, time::next_midnight};

use crate::{
    keys::tests::support::{Api, IP, live_key, partner, partner_with},
    testing::TestApp,
};

/// Over 2,000 calls: what is left falls by one with each call served and never rises before the reset
/// that was told; a refusal comes exactly when nothing is left, and Retry-After leads to the reset.
#[tokio::test]
async fn headers_are_true_over_two_thousand_calls() {
    for test in TestApp::each().await {
        let app = &test.app;
        let (travelku, api) = (partner_with(app, Some(1_500), Some(70)).await, Api::new(app));
        let key = live_key(app, &travelku).await;
        let midnight = next_midnight(app.clock.now()).as_second();
        let mut left_of_day = 1_500;
        let (mut left_of_burst, mut burst_ends) = (0, 0);
        for _ in 0..2_000 {
            app.clock.advance(Duration::from_millis(700));
            let now = app.clock.now().as_second();
            let reply = api.fare(&key).await;
            if now >= burst_ends && left_of_day > 0 {
                (left_of_burst, burst_ends) = (70, now + 60);
            }
            let expected = if left_of_day == 0 {
                (429, "quota_exhausted")
            } else if left_of_burst == 0 {
                (429, "rate_limited")
            } else {
                left_of_day -= 1;
                left_of_burst -= 1;
                (200, "")
            };
            assert_eq!(reply.is(), expected);
            let told = (
                reply.number("x-ratelimit-limit"),
                reply.number("x-ratelimit-remaining"),
                reply.number("x-ratelimit-reset"),
            );
            // Once the day is used up no burst window begins: the old one may be over.
            let burst_left = if now >= burst_ends { 70 } else { left_of_burst };
            let burst_end = if now >= burst_ends { now + 60 } else { burst_ends };
            let day_is_tightest =
                left_of_day < burst_left || (left_of_day == burst_left && midnight > burst_end);
            let tightest =
                if day_is_tightest { (1_500, left_of_day, midnight) } else { (70, burst_left, burst_end) };
            assert_eq!(told, tightest);
            let (burst_t, day_t) = (burst_end - now, midnight - now);
            assert_eq!(
                reply.text("ratelimit"),
                format!(r#""burst";r={burst_left};t={burst_t}, "day";r={left_of_day};t={day_t}"#)
            );
            assert_eq!(reply.text("ratelimit-policy"), r#""burst";q=70;w=60, "day";q=1500;w=86400"#);
            if expected.0 == 429 {
                let resets_at = if left_of_day == 0 { midnight } else { burst_end };
                let wait_us = resets_at * 1_000_000 - app.clock.now().as_microsecond();
                assert_eq!(reply.number("retry-after"), (wait_us + 999_999) / 1_000_000);
            }
        }
        assert_eq!(left_of_day, 0);
    }
}

#[tokio::test]
async fn refusals_carry_the_windows_too_and_use_nothing() {
    for test in TestApp::each().await {
        let app = &test.app;
        let (travelku, api) = (partner(app, Tier::Free).await, Api::new(app));
        let key = live_key(app, &travelku).await;
        for _ in 0..20 {
            let bad = api.get("/fare/calculate", "nonsense").await;
            assert_eq!(
                (bad.status, bad.number("x-ratelimit-limit"), bad.number("x-ratelimit-remaining")),
                (401, 60, 60)
            );
            let forbidden = api.get("/stats/traffic", &key).await;
            let told = (forbidden.number("x-ratelimit-limit"), forbidden.number("x-ratelimit-remaining"));
            assert_eq!((forbidden.status, told), (403, (120, 120)));
        }
        assert_eq!(api.get_as_stranger("/stations", IP).await.number("x-ratelimit-remaining"), 59);
        assert_eq!(api.fare(&key).await.number("x-ratelimit-remaining"), 119);
        // What the handler refuses has been let in, and counts.
        let reply = api.get("/stations/STN_XXX", &key).await;
        assert_eq!((reply.status, reply.number("x-ratelimit-remaining")), (404, 118));
    }
}

#[tokio::test]
async fn asking_for_ones_limits_costs_nothing() {
    for test in TestApp::each().await {
        let app = &test.app;
        let (travelku, api) = (partner(app, Tier::Pro).await, Api::new(app));
        let key = live_key(app, &travelku).await;
        for _ in 0..3 {
            let body = api.get("/limits", &key).await.body;
            assert_eq!(
                (&body["subject"], &body["tier"], &body["environment"]),
                (&"partner".into(), &"pro".into(), &"live".into())
            );
            assert_eq!(
                (&body["windows"][0]["name"], &body["windows"][0]["remaining"]),
                (&"burst".into(), &1_000.into())
            );
            assert_eq!(
                (&body["windows"][1]["name"], &body["windows"][1]["remaining"]),
                (&"day".into(), &100_000.into())
            );
            assert_eq!(body["windows"][1]["resets_at"], "2026-03-08T17:00:00Z");
        }
        let stranger = api.get_as_stranger("/limits", IP).await.body;
        assert_eq!(
            (&stranger["subject"], &stranger["windows"][1]["limit"]),
            (&"anonymous".into(), &1_000.into())
        );
    }
}

#[tokio::test]
async fn an_address_without_a_key_has_sixty_calls_a_minute() {
    for test in TestApp::each().await {
        let app = &test.app;
        let api = Api::new(app);
        for left in (0..60).rev() {
            let reply = api.get_as_stranger("/stations", IP).await;
            assert_eq!((reply.status, reply.number("x-ratelimit-remaining")), (200, left));
        }
        let refused = api.get_as_stranger("/stations", IP).await;
        assert_eq!((refused.is(), refused.number("retry-after")), ((429, "rate_limited"), 60));
        assert_eq!(api.get_as_stranger("/stations", "198.51.100.1").await.status, 200);
        app.clock.advance(Duration::from_secs(60));
        assert_eq!(api.get_as_stranger("/stations", IP).await.status, 200);
    }
}
