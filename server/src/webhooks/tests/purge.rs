//! What is forgotten, and when.

use std::time::Duration;

use domain::{events::EventKind, keys::Environment, tiers::Tier};
use serde_json::{Value, json};

use super::support::{Shop, at};
use crate::{testing::TestApp, webhooks::purge::purge};

const DAY: Duration = Duration::from_secs(24 * 3600);

#[tokio::test]
async fn deliveries_are_kept_for_thirty_days_and_a_body_as_long_as_it_is_needed() {
    for test in TestApp::each().await {
        let shop = Shop::of(&test, Tier::Pro).await;
        let endpoint = shop.register(json!(["gate.offline"])).await;
        let (old, replayed) = (
            shop.delivery(&endpoint, EventKind::GateOffline, None).await,
            shop.delivery(&endpoint, EventKind::GateOffline, None).await,
        );
        shop.end(&old, "delivered", Some(200)).await;
        shop.end(&replayed, "delivered", Some(200)).await;
        shop.app.clock.advance(29 * DAY);
        let again: Value = shop.post(&format!("/deliveries/{replayed}/replay"), json!({})).await.read();
        assert_eq!(purge(&shop.app, Environment::Live).await.unwrap(), 0);
        shop.app.clock.advance(DAY);
        assert_eq!(purge(&shop.app, Environment::Live).await.unwrap(), 0, "30 days to the microsecond");
        shop.app.clock.advance(Duration::from_micros(1));
        assert_eq!(purge(&shop.app, Environment::Live).await.unwrap(), 2);
        // The replay, and the body that it sends.
        assert_eq!(shop.rows().await, 2);
        let shown = shop.get(&format!("/deliveries/{}", again["delivery_id"].as_str().unwrap())).await;
        assert!(shown["body"].as_str().unwrap().contains("gate.offline"));
        shop.app.clock.advance(30 * DAY);
        assert_eq!(purge(&shop.app, Environment::Live).await.unwrap(), 1);
        assert_eq!(shop.rows().await, 0);
    }
}

#[tokio::test]
async fn a_reset_of_the_sandbox_takes_its_deliveries_along_and_leaves_its_endpoints() {
    for test in TestApp::each().await {
        let shop = Shop::of(&test, Tier::Pro).await;
        let other = Shop::of(&test, Tier::Pro).await;
        shop.test.post(&at("/sandbox/clock"), json!({"advance_s": 86_400})).await;
        let body = json!({"url": "http://a.example/", "events": ["gate.offline"]});
        for client in [&shop.test, &other.test] {
            let made: Value = client.post(&at("/webhooks"), body.clone()).await.read();
            let path = at(&format!("/webhooks/{}/test", made["id"].as_str().unwrap()));
            assert_eq!(client.post(&path, json!({"event": "gate.offline"})).await.status, 202);
        }
        assert_eq!(shop.test.post(&at("/sandbox/reset"), json!({})).await.status, 200);
        let total = async |client: &crate::testing::client::Client| {
            let listed: Value = client.get(&at("/webhooks")).await.read();
            let endpoint = listed["data"][0].clone();
            let path = at(&format!("/webhooks/{}/deliveries", endpoint["id"].as_str().unwrap()));
            let log: Value = client.get(&path).await.read();
            (endpoint["created_at"].as_str().unwrap().to_owned(), log["meta"]["total"].as_u64().unwrap())
        };
        // Made a day ahead: it must not wait until then for its first event.
        assert_eq!(total(&shop.test).await, ("2026-03-08T08:41:00Z".to_owned(), 0));
        assert_eq!(total(&other.test).await, ("2026-03-08T08:41:00Z".to_owned(), 1));
    }
}
