use std::time::Duration;

use domain::{ids::PartnerId, keys::Environment, realm::Realm};
use jiff::Timestamp;

use super::{ClockError, advance, advance_to, forget, forgotten, furthest, now, refresh};
use crate::{
    app::App,
    config::{Config, Mode},
    store::DbError,
    testing::TestApp,
};

fn partner(number: u8) -> PartnerId {
    PartnerId::new(1, [number; 10])
}

fn realm(number: u8) -> Realm {
    Realm::Sandbox(partner(number))
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

#[tokio::test]
async fn a_test_clock_moves_alone_and_forward_only() {
    for test in TestApp::each().await {
        let app = &test.app;
        assert_eq!(now(app, &realm(1)), at("2026-03-08T08:41:00Z"));
        advance(app, &partner(1), Duration::from_secs(3600)).await.unwrap();
        let moved = advance_to(app, &partner(1), at("2026-03-08T17:00:00Z")).await.unwrap();
        assert_eq!(moved, at("2026-03-08T17:00:00Z"));
        assert_eq!(now(app, &realm(1)), moved);
        for untouched in [Realm::Live, realm(2)] {
            assert_eq!(now(app, &untouched), at("2026-03-08T08:41:00Z"));
        }
        for past in ["2026-03-08T17:00:00Z", "2026-03-08T16:59:59Z", "2026-03-01T00:00:00Z"] {
            let refused = advance_to(app, &partner(1), at(past)).await;
            assert!(matches!(refused, Err(ClockError::NotForward { .. })), "{past}");
        }
        assert!(matches!(
            advance_to(app, &partner(1), at("2029-01-01T00:00:00Z")).await,
            Err(ClockError::TooFar)
        ));
        let year = Duration::from_secs(366 * 24 * 3600);
        advance(app, &partner(1), year).await.unwrap();
        assert!(matches!(advance(app, &partner(1), year).await, Err(ClockError::TooFar)));
        // The product's clock takes the test clocks along.
        app.clock.advance(Duration::from_secs(60));
        assert_eq!(now(app, &realm(1)), at("2027-03-09T17:01:00Z"));
        assert_eq!(furthest(app, Environment::Test), now(app, &realm(1)));
        assert_eq!(furthest(app, Environment::Live), at("2026-03-08T08:42:00Z"));
    }
}

#[tokio::test]
async fn other_nodes_follow_a_test_clock_on_and_back() {
    for test in TestApp::each().await {
        let (here, there) = (&test.app, another_node(&test.app));
        advance(here, &partner(1), Duration::from_secs(60)).await.unwrap();
        assert_eq!(now(&there, &realm(1)), here.clock.now());
        refresh(&there).await.unwrap();
        assert_eq!(now(&there, &realm(1)), now(here, &realm(1)));
        put_back(here, 1).await;
        refresh(&there).await.unwrap();
        assert_eq!(now(&there, &realm(1)), here.clock.now());
    }
}

#[tokio::test]
async fn whoever_waits_hears_of_a_move() {
    for test in TestApp::each().await {
        let mut moves = super::moves(&test.app);
        assert!(!moves.has_changed().unwrap());
        advance(&test.app, &partner(1), Duration::from_secs(1)).await.unwrap();
        moves.changed().await.unwrap();
    }
}

/// The same stores and clock, nothing in memory.
fn another_node(app: &App) -> App {
    let config = Config { data_dir: app.config.data_dir.clone(), mode: Mode::Demo, ..Config::default() };
    let (clock, random) = (app.clock.clone(), app.random.clone());
    App::with_stores(config.finished(), clock, random, app.live.clone(), app.sandbox.clone()).unwrap()
}

async fn put_back(app: &App, number: u8) {
    let of = partner(number);
    app.sandbox
        .write::<_, DbError, _>(move |tx| Box::pin(async move { forget(tx, &of).await }))
        .await
        .unwrap();
    forgotten(app, &partner(number));
}
