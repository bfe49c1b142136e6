//! What metering promises, on both engines.

use std::time::Duration;

use domain::{
    keys::Environment,
    tiers::Tier,
    usage::{DayView, UsageView},
};
use serde_json::json;

use super::{admin_usage, overview, prune, queries, try_flush, usage_of_partner};
use crate::{
    app::App,
    keys::tests::support::{Api, IP, key_with, live_key, partner, partner_with},
    partners::PartnerRecord,
    store::{DbError, params, sql},
    testing::TestApp,
};

sql! {
    COUNT_MINUTES = "select count(*) as total from usage_minutes";
    BREAK_TOTALS = "alter table usage_totals rename to usage_totals_away";
    MEND_TOTALS = "alter table usage_totals_away rename to usage_totals";
}

async fn usage(app: &App, partner: &PartnerRecord, environment: Environment) -> UsageView {
    usage_of_partner(app, partner, environment, 30).await.unwrap()
}

async fn run(app: &App, statement: &'static crate::store::Statement) {
    app.live
        .write::<_, DbError, _>(move |tx| Box::pin(async move { tx.execute(statement, &[]).await }))
        .await
        .unwrap();
}

fn today(view: &UsageView) -> &DayView {
    view.days.last().unwrap()
}

#[tokio::test]
async fn every_answer_is_counted_once_by_its_kind() {
    for test in TestApp::each().await {
        let app = &test.app;
        let (travelku, api) = (partner(app, Tier::Pro).await, Api::new(app));
        let key = live_key(app, &travelku).await;
        for _ in 0..50 {
            api.fare(&key).await;
        }
        for _ in 0..7 {
            api.get("/stations/STN_XXX", &key).await;
        }
        for _ in 0..3 {
            // The handler answers 503.
            api.get("/stats/traffic", &key).await;
        }
        api.get("/journeys", &key).await;
        api.get("/limits", &key).await;
        api.get("/nowhere", &key).await;
        let view = usage(app, &travelku, Environment::Live).await;
        let day = today(&view);
        assert_eq!((day.calls, day.client_errors, day.errors, day.refused), (61, 8, 3, 1));
        assert_eq!(
            (view.today.calls, view.today.quota, view.today.remaining),
            (61, Some(100_000), Some(99_939))
        );
        assert_eq!((view.days.len(), view.days[..29].iter().map(|day| day.calls).sum::<u64>()), (30, 0));
        let operations: Vec<_> =
            view.operations.iter().map(|operation| (operation.title.as_str(), operation.calls)).collect();
        assert_eq!(
            operations,
            [
                ("GET /fare/calculate", 50),
                ("GET /stations/{id}", 7),
                ("GET /stats/traffic", 3),
                ("GET /limits", 1),
                ("other", 1)
            ]
        );
        assert_eq!(view.operations[2].success_rate, 0.0);
        assert!((view.total.success_rate.unwrap() - 58.0 * 100.0 / 61.0).abs() < 1e-9);
        assert!(view.total.p50_ms.unwrap() <= view.total.p99_ms.unwrap());
        // Asking again finds the same.
        assert_eq!(usage(app, &travelku, Environment::Live).await, view);
    }
}

#[tokio::test]
async fn sandbox_calls_and_other_partners_calls_stand_elsewhere() {
    for test in TestApp::each().await {
        let app = &test.app;
        let (travelku, other, api) =
            (partner(app, Tier::Pro).await, partner(app, Tier::Free).await, Api::new(app));
        let (_, sandbox) = key_with(app, &travelku, Environment::Test, json!({})).await;
        let key = live_key(app, &other).await;
        api.fare(&sandbox).await;
        api.fare(&key).await;
        api.fare(&key).await;
        api.get_as_stranger("/stations", IP).await;
        let calls = async |partner, environment| usage(app, partner, environment).await.today.calls;
        assert_eq!(calls(&travelku, Environment::Live).await, 0);
        assert_eq!(calls(&travelku, Environment::Test).await, 1);
        assert_eq!(calls(&other, Environment::Live).await, 2);
        // Everybody together: live, with or without a key.
        assert_eq!(admin_usage(app).await.unwrap().month.calls, 3);
    }
}

#[tokio::test]
async fn a_failed_flush_loses_nothing_and_counts_nothing_twice() {
    for test in TestApp::each().await {
        let app = &test.app;
        let (travelku, api) = (partner(app, Tier::Pro).await, Api::new(app));
        let key = live_key(app, &travelku).await;
        for _ in 0..5 {
            api.fare(&key).await;
        }
        run(app, &BREAK_TOTALS).await;
        try_flush(app).await.unwrap_err();
        api.fare(&key).await;
        try_flush(app).await.unwrap_err();
        run(app, &MEND_TOTALS).await;
        let calls = async || usage(app, &travelku, Environment::Live).await.today.calls;
        assert_eq!(calls().await, 5, "the batch that waited goes first");
        assert_eq!(calls().await, 6);
        try_flush(app).await.unwrap();
        assert_eq!(calls().await, 6);
        assert_eq!(admin_usage(app).await.unwrap().month.calls, 6);
    }
}

#[tokio::test]
async fn days_are_jakartas_and_add_up_over_midnight() {
    for test in TestApp::each().await {
        let app = &test.app;
        let (travelku, api) = (partner_with(app, None, Some(10_000)).await, Api::new(app));
        let key = live_key(app, &travelku).await;
        app.clock.advance_to("2026-03-08T16:59:00Z".parse().unwrap());
        for _ in 0..240 {
            assert_eq!(api.fare(&key).await.status, 200);
            app.clock.advance(Duration::from_millis(500));
        }
        let view = usage(app, &travelku, Environment::Live).await;
        let days: Vec<_> = view.days[28..].iter().map(|day| (day.day.to_string(), day.calls)).collect();
        assert_eq!(days, [("2026-03-08".to_owned(), 120), ("2026-03-09".to_owned(), 120)]);
        assert_eq!((view.today.calls, view.today.quota, view.total.calls), (120, None, 240));
    }
}

#[tokio::test]
async fn minutes_are_kept_for_two_days_and_days_for_good() {
    for test in TestApp::each().await {
        let app = &test.app;
        let (travelku, api) = (partner(app, Tier::Pro).await, Api::new(app));
        let key = live_key(app, &travelku).await;
        for _ in 0..3 {
            api.fare(&key).await;
            app.clock.advance(Duration::from_secs(24 * 3600));
        }
        try_flush(app).await.unwrap();
        app.clock.advance(Duration::from_secs(60));
        prune(app).await.unwrap();
        let row = app.live.row(&COUNT_MINUTES, &[]).await.unwrap().unwrap();
        assert_eq!(row.get::<i64>("total").unwrap(), 1);
        assert_eq!(usage(app, &travelku, Environment::Live).await.total.calls, 3);
    }
}

#[tokio::test]
async fn the_overview_tells_the_months_calls_and_is_ten_seconds_old_at_most() {
    for test in TestApp::each().await {
        let app = &test.app;
        let (travelku, api) = (partner(app, Tier::Pro).await, Api::new(app));
        let (key, quiet) = (live_key(app, &travelku).await, partner(app, Tier::Enterprise).await);
        app.clock.advance_to("2026-03-31T16:59:59Z".parse().unwrap());
        for _ in 0..4 {
            api.fare(&key).await;
        }
        app.clock.advance(Duration::from_secs(1));
        for _ in 0..5 {
            api.fare(&key).await;
        }
        api.get("/stats/traffic", &key).await;
        try_flush(app).await.unwrap();
        let view = overview(app).await.unwrap();
        assert_eq!((view.partners_active, view.partners_in_review, view.partners_enterprise), (2, 0, 1));
        let month = &view.month;
        assert_eq!((month.calls, month.calls_last_month, month.change_percent), (6, 4, Some(50.0)));
        assert!((month.success_rate.unwrap() + month.error_rate.unwrap() - 100.0).abs() < 1e-9);
        let partners: Vec<_> =
            view.partners.iter().map(|partner| (&partner.id, partner.calls_today)).collect();
        assert_eq!(partners, [(&travelku.id, 6), (&quiet.id, 0)]);
        assert_eq!(view.partners[0].percent, Some(6.0 * 100.0 / 100_000.0));
        api.fare(&key).await;
        try_flush(app).await.unwrap();
        app.clock.advance(Duration::from_secs(9));
        assert_eq!(overview(app).await.unwrap(), view);
        app.clock.advance(Duration::from_secs(1));
        assert_eq!(overview(app).await.unwrap().month.calls, 7);
    }
}

/// The commit's answer was lost: the batch is sent again and is found to be there.
#[tokio::test]
async fn a_batch_sent_twice_counts_once() {
    for test in TestApp::each().await {
        let app = &test.app;
        let (travelku, api) = (partner(app, Tier::Pro).await, Api::new(app));
        let key = live_key(app, &travelku).await;
        api.fare(&key).await;
        super::flush::flush_twice(app).await.unwrap();
        assert_eq!(usage(app, &travelku, Environment::Live).await.today.calls, 1);
        let row = app
            .live
            .row(&queries::CALLS_OF_PARTNER, params![&travelku.id, 20_520_i64, "get_limits"])
            .await
            .unwrap();
        assert_eq!(row.unwrap().get::<i64>("calls").unwrap(), 1);
    }
}
