//! The daily quota under load, over midnight and over restarts.

use std::{sync::Arc, time::Duration};

use domain::{keys::Environment, tiers::Tier, time::next_midnight};

use crate::{
    app::App,
    clock::Clock,
    config::Config,
    keys::tests::support::{Api, live_key, partner, partner_with, set_terms},
    limits,
    partners::Terms,
    random::Random,
    testing::TestApp,
};

/// Sends `calls` from as many tasks as there are connections, and counts those served.
async fn served(api: &Api, key: &str, tasks: usize, calls: usize) -> usize {
    let key: Arc<str> = key.into();
    let callers: Vec<_> = (0..tasks)
        .map(|_| {
            let (api, key) = (api.clone(), key.clone());
            tokio::spawn(async move {
                let mut served = 0;
                for _ in 0..calls / tasks {
                    match api.fare(&key).await.is() {
                        (200, _) => served += 1,
                        refused => assert_eq!(refused, (429, "quota_exhausted")),
                    }
                }
                served
            })
        })
        .collect();
    let mut sum = 0;
    for caller in callers {
        sum += caller.await.unwrap();
    }
    sum
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn quota_exact_under_race() {
    for test in TestApp::each().await {
        let app = &test.app;
        let travelku = partner_with(app, Some(1_000), Some(1_000_000)).await;
        let key = live_key(app, &travelku).await;
        assert_eq!(served(&Api::new(app), &key, 64, 1_280).await, 1_000);
    }
}

/// A second node on the same stores. With SQLite there is one process only.
fn second_node(app: &App) -> Option<App> {
    (app.live.engine_name() == "postgres").then(|| {
        let config = Config { data_dir: app.config.data_dir.clone(), ..Config::default() };
        App::with_stores(
            config,
            app.clock.clone(),
            Random::from_seed([8; 32]),
            app.live.clone(),
            app.sandbox.clone(),
        )
        .unwrap()
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_nodes_together_never_serve_more_than_the_quota() {
    for test in TestApp::each().await {
        let app = &test.app;
        let Some(other) = second_node(app) else { continue };
        let travelku = partner_with(app, Some(1_000), Some(1_000_000)).await;
        let key = live_key(app, &travelku).await;
        let (one, two) = (Api::new(app), Api::new(&other));
        let (a, b) = tokio::join!(served(&one, &key, 16, 800), served(&two, &key, 16, 800));
        // What a node has leased it serves in the end, so here nothing is left over either.
        assert_eq!(a + b, 1_000);
    }
}

#[tokio::test]
async fn a_partners_keys_share_its_quota() {
    for test in TestApp::each().await {
        let app = &test.app;
        let travelku = partner_with(app, Some(10), None).await;
        let (one, two, api) = (live_key(app, &travelku).await, live_key(app, &travelku).await, Api::new(app));
        for n in 0..10 {
            let reply = api.fare(if n % 2 == 0 { &one } else { &two }).await;
            assert_eq!((reply.status, reply.number("x-ratelimit-remaining")), (200, 9 - n));
        }
        assert_eq!(api.fare(&one).await.is(), (429, "quota_exhausted"));
        assert_eq!(api.fare(&two).await.is(), (429, "quota_exhausted"));
    }
}

#[tokio::test]
async fn an_exhausted_partner_causes_no_statement_and_waits_until_midnight() {
    for test in TestApp::each().await {
        let app = &test.app;
        let (travelku, api) = (partner_with(app, Some(3), None).await, Api::new(app));
        let key = live_key(app, &travelku).await;
        for _ in 0..3 {
            assert_eq!(api.fare(&key).await.status, 200);
        }
        assert_eq!(api.fare(&key).await.status, 429);
        let before = app.live.statements_run();
        let midnight = next_midnight(app.clock.now());
        for _ in 0..200 {
            let reply = api.fare(&key).await;
            assert_eq!(reply.is(), (429, "quota_exhausted"));
            assert_eq!(reply.number("x-ratelimit-reset"), midnight.as_second());
            // 15:41 in Jakarta: eight hours and nineteen minutes to go.
            assert_eq!(reply.number("retry-after"), (8 * 60 + 19) * 60);
        }
        assert_eq!(app.live.statements_run(), before);
        app.clock.advance_to(midnight);
        assert_eq!(api.fare(&key).await.number("x-ratelimit-remaining"), 2);
    }
}

#[tokio::test]
async fn in_steady_state_a_call_with_a_key_runs_no_statement() {
    for test in TestApp::each().await {
        let app = &test.app;
        let (travelku, api) = (partner(app, Tier::Pro).await, Api::new(app));
        let key = live_key(app, &travelku).await;
        api.fare(&key).await;
        let before = (app.live.statements_run(), app.sandbox.statements_run());
        // A block of Pro's quota is 500 calls.
        for _ in 0..499 {
            assert_eq!(api.fare(&key).await.status, 200);
        }
        assert_eq!((app.live.statements_run(), app.sandbox.statements_run()), before);
    }
}

#[tokio::test]
async fn a_clean_stop_loses_no_quota() {
    for test in TestApp::each().await {
        let app = &test.app;
        let travelku = partner_with(app, Some(1_000), None).await;
        let key = live_key(app, &travelku).await;
        for _ in 0..7 {
            Api::new(app).fare(&key).await;
        }
        limits::give_back(app).await;
        let after = App::with_stores(
            app.config.clone(),
            Clock::still(app.clock.now()),
            Random::from_seed([9; 32]),
            app.live.clone(),
            app.sandbox.clone(),
        )
        .unwrap();
        assert_eq!(
            limits::day_of_partner(&after, Environment::Live, &travelku).await.unwrap().unwrap().remaining,
            993
        );
        let reply = Api::new(&after).get("/limits", &key).await;
        assert_eq!(reply.body["windows"][1]["remaining"], 993);
    }
}

#[tokio::test]
async fn a_new_tier_holds_for_the_next_call() {
    for test in TestApp::each().await {
        let app = &test.app;
        let (travelku, api) = (partner(app, Tier::Free).await, Api::new(app));
        let key = live_key(app, &travelku).await;
        for _ in 0..100 {
            api.fare(&key).await;
        }
        app.clock.advance(Duration::from_secs(60));
        let terms = |tier| Terms { tier, quota_per_day: None, burst_per_minute: None };
        set_terms(app, &travelku, terms(Tier::Pro)).await;
        let windows = api.get("/limits", &key).await.body["windows"].clone();
        assert_eq!((&windows[0]["limit"], &windows[1]["limit"]), (&1_000.into(), &100_000.into()));
        // The 100 calls of today count against the new quota too.
        assert_eq!(windows[1]["remaining"], 99_900);
        set_terms(app, &travelku, terms(Tier::Enterprise)).await;
        let windows = api.get("/limits", &key).await.body["windows"].clone();
        assert_eq!((&windows[0]["limit"], &windows[1]["limit"]), (&6_000.into(), &serde_json::Value::Null));
        let reply = api.fare(&key).await;
        assert_eq!(reply.text("ratelimit-policy"), r#""burst";q=6000;w=60"#);
    }
}
